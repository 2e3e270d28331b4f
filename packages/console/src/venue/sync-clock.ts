import { setClock } from "./clock.ts";
import { ask } from "./http.ts";

/** Sets the clock by the venue's: its ids of requests carry its time. */
export async function syncClock(): Promise<void> {
  const sentMs = Date.now();
  const { serverTime } = await ask<{ readonly serverTime: number }>("GET", "/api/v3/time");
  setClock(serverTime, sentMs);
}

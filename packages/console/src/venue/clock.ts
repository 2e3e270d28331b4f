import { ask } from "./http.ts";

/** How far this machine's clock is behind the venue's; 0 until it was asked. */
let offsetMs = 0;

/** Sets the clock by the venue's: its ids of requests carry its time. */
export async function syncClock(): Promise<void> {
  const sentMs = Date.now();
  const { serverTime } = await ask<{ readonly serverTime: number }>("GET", "/api/v3/time");
  offsetMs = serverTime - (sentMs + Date.now()) / 2;
}

/** The venue's time. */
export function venueNowMs(): number {
  return Date.now() + Math.round(offsetMs);
}

import type ccxt from "ccxt";
import type { Credentials } from "../venue-process.ts";
import { type Place, runBlocks } from "./from-docs.ts";
import { atTheEnd } from "./world.ts";

export type Exchange = InstanceType<typeof ccxt.pro.binance>;

/** ccxt as docs/clients.md sets it up. */
export async function openCcxt(place: Place, credentials: Credentials): Promise<Exchange> {
  const { exchange } = await runBlocks("ccxt", ["exchange"], place, credentials);
  const opened = exchange as Exchange;
  if (!place.tls) await opened.loadHttpProxyAgent();
  atTheEnd(() => opened.close());
  return opened;
}

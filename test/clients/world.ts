import assert from "node:assert/strict";
import { after } from "node:test";
import {
  type Permission,
  startVenueProcess,
  type Trader,
  type VenueProcess,
} from "../venue-process.ts";
import type { Place } from "./from-docs.ts";
import { startTlsFront, strangers, type TlsFront } from "./tls-front.ts";

/** Few enough to be used up in a moment; no other test comes near them. */
export const limits = { requestWeightPerMinute: 12_000, ordersPer10Seconds: 150 } as const;

const waitMs = 20_000;

const fronts: TlsFront[] = [];
const closers: (() => unknown)[] = [];

/** Makes something for the first test that asks, and hands it to the others. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** One venue for the tests of all clients: starting it takes longer than most of them. */
export const theVenue = once(async () => {
  const settings = Object.entries(limits).map(([name, value]) => [`limits.${name}`, value]);
  const venue = await startVenueProcess(Object.fromEntries(settings));
  running = venue;
  return venue;
});
let running: VenueProcess | undefined;

after(async () => {
  for (const close of closers.reverse()) await close();
  for (const front of fronts) await front.close();
  await running?.stop();
  assert.deepEqual([...strangers], [], "hosts that clients asked for besides the venue");
});

/** Called when all tests are over, last come first. */
export function atTheEnd(close: () => unknown): void {
  closers.push(close);
}

/** The venue behind TLS; to it, everybody who comes this way has the same address. */
export async function behindTls(clientAddress = "127.0.0.1"): Promise<Place> {
  const front = await startTlsFront((await theVenue()).edgePort, clientAddress);
  fronts.push(front);
  return { tls: true, host: front.host };
}

/** The venue as its own machine reaches it. */
export async function withoutTls(): Promise<Place> {
  return { tls: false, host: `127.0.0.1:${(await theVenue()).edgePort}` };
}

/** A market of its own for a test, so that nobody else is in its book. Its assets are `base` and USDT. */
export async function makeMarket(base: string): Promise<string> {
  const venue = await theVenue();
  await venue.admin("POST", "/assets", { code: base, decimals: 8 });
  const symbol = `${base}USDT`;
  await venue.admin("POST", "/markets", {
    ...{ symbol, baseAsset: base, quoteAsset: "USDT", tickSize: "0.01", lotSize: "0.0001" },
    ...{ minPrice: "0.01", maxPrice: "100000", minQuantity: "0.0001", maxQuantity: "9000" },
    ...{ maxMarketQuantity: "100", minNotional: "5", makerFee: "0.001", takerFee: "0.002" },
  });
  return symbol;
}

/** An account with 1,000 of the base asset and 1,000,000 USDT. */
export async function makeTrader(base: string, ...more: Permission[]): Promise<Trader> {
  const amounts = { [base]: "1000", USDT: "1000000" };
  return (await theVenue()).makeTrader(base, amounts, ["read", "trade", ...more]);
}

/** Waits until `look` finds something. */
export async function eventually<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The promise's result; an error when it takes too long. */
export async function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), waitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Does something again and again until a client, which may still be subscribing, has heard of it. */
export async function whileDoing<T>(
  what: string,
  watched: Promise<T>,
  act: () => Promise<unknown>,
): Promise<T> {
  let heard = false;
  const done = inTime(what, watched).finally(() => {
    heard = true;
  });
  // What goes wrong with it is reported below, after the last act.
  done.catch(() => undefined);
  while (!heard) {
    await act();
    await Promise.race([
      done.catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, 100)),
    ]);
  }
  return done;
}

import type { VenueProcess } from "../venue-process.ts";
import { Counterparty } from "./counterparty.ts";

const TICK = 0.5;
const LEVELS = 40;
const STEP_MS = 40;
const STEPS_PER_QUOTE = 50;

/** A market with a book on both sides and trades, for pictures. */
export async function liveMarket(venue: VenueProcess, seconds: number): Promise<void> {
  const money = { USDT: "100000000", BTC: "2000" };
  const maker = new Counterparty(venue, await venue.makeTrader("maker", money));
  const taker = new Counterparty(venue, await venue.makeTrader("taker", money));
  const random = generator(7);
  const quantity = () => (0.02 + random() * random() * 2).toFixed(5);
  const until = performance.now() + seconds * 1000;
  let middle = 60_000;
  for (let step = 0; performance.now() < until; step += 1) {
    if (step % STEPS_PER_QUOTE === 0) {
      if (step > 0) await maker.cancelAll();
      for (let level = 1; level <= LEVELS; level += 1) {
        const away = level * TICK * 3;
        await maker.limit("SELL", (middle + away).toFixed(2), quantity());
        await maker.limit("BUY", (middle - away).toFixed(2), quantity());
      }
    }
    middle += Math.round((random() - 0.49) * 3) * TICK;
    const [side, price] =
      random() > 0.48 ? (["BUY", middle + TICK] as const) : (["SELL", middle] as const);
    const amount = (random() * random() * 0.6 + 0.001).toFixed(5);
    await maker.limit(side === "BUY" ? "SELL" : "BUY", price.toFixed(2), amount);
    await taker.limit(side, price.toFixed(2), amount);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

/** The same pictures each time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

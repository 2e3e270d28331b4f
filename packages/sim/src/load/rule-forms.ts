import type { MarketRules } from "@halcyon/core";
import type { Random } from "../world/random.ts";

/**
 * Rules for a market: each of them is off in about half of all draws, and tight where it is on.
 * `ppmPerTick`: what a tick is of the prices there, in millionths.
 */
export function drawRules(random: Random, ppmPerTick: number): MarketRules {
  const share = (ticks: number) => (random.chance(0.85) ? 0 : 1_000_000 + ticks * ppmPerTick);
  return {
    bidDownPpm: share(-5),
    bidUpPpm: share(4),
    askDownPpm: share(-4),
    askUpPpm: share(5),
    notionalMax: random.chance(0.9) ? 0n : 300_000n,
    algoOrdersMax: random.pick([3, 20, 20]),
    orderListsMax: random.pick([1, 3, 20]),
    icebergPartsMax: random.pick([4, 30]),
    trailingAboveBipsMin: 10,
    trailingAboveBipsMax: random.pick([500, 2_000]),
    trailingBelowBipsMin: random.pick([10, 100]),
    trailingBelowBipsMax: 2_000,
    positionLotsMax: random.chance(0.85) ? 0 : random.between(60, 200),
    selfTradeModeDefault: 0,
    selfTradeModes: random.chance(0.9) ? 0b11111 : 0b01101,
    bandPpm: random.pick([0, 0, 2, 5]) * ppmPerTick,
    bandWindowMs: random.pick([0, 300, 5_000]),
    haltMs: random.pick([0, 100, 400]),
    cancelOnlyMs: random.pick([0, 150]),
    auctionMs: random.pick([0, 200, 600]),
  };
}

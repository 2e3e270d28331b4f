import type { Sabotage } from "../sabotage.ts";
import { type CoreInternals, internalsOf, type Market, replace } from "./core-internals.ts";

/** A bug in the core, the same on every node. */
export function everywhere(plant: (core: CoreInternals) => void): Sabotage {
  return { venue: (venue) => plant(internalsOf(venue)) };
}

/** One node differs from the others. */
export function onOneNode(plant: (core: CoreInternals) => void): Sabotage {
  return {
    venue: (venue, node) => {
      if (node === 1) plant(internalsOf(venue));
    },
  };
}

/** A bug in the markets, those that exist and those to come. */
export function inMarkets(change: (market: Market) => void): Sabotage {
  return everywhere(({ markets }) => {
    for (const market of markets.all()) change(market);
    replace(markets, "add", (add) => (market) => {
      change(market);
      add(market);
    });
  });
}

import { type Side, side, type Venue } from "@halcyon/core";
import type { MarketGrid } from "../dialect/market-grid.ts";
import type { Publish, Publisher } from "./publisher.ts";
import type { Beat } from "./stream-name.ts";

/**
 * The changes of the book since the event before. Update ids are the book's own sequence, which every
 * node derives from the log, so an event begins exactly one after the last one ended, and what REST
 * calls lastUpdateId counts the same changes.
 */
export function depthPublisher(
  venue: Venue,
  grid: MarketGrid,
  beat: Beat,
  publish: Publish,
): Publisher {
  const market = grid.market;
  const changed: Readonly<Record<Side, Set<number>>> = {
    [side.buy]: new Set(),
    [side.sell]: new Set(),
  };
  let lastUpdateId = venue.bookSequence(market);
  return {
    beat,
    onLevel(levelSide, priceTicks) {
      changed[levelSide].add(priceTicks);
    },
    onBeat(nowMs) {
      const updateId = venue.bookSequence(market);
      if (updateId !== lastUpdateId) {
        const bids = levelsAt(venue, grid, side.buy, changed[side.buy]);
        const asks = levelsAt(venue, grid, side.sell, changed[side.sell]);
        publish(
          `{"e":"depthUpdate","E":${nowMs},"s":${grid.symbolJson},"U":${lastUpdateId + 1},"u":${updateId},"b":${bids},"a":${asks}}`,
        );
        lastUpdateId = updateId;
      }
      changed[side.buy].clear();
      changed[side.sell].clear();
    },
  };
}

function levelsAt(
  venue: Venue,
  grid: MarketGrid,
  levelSide: Side,
  prices: ReadonlySet<number>,
): string {
  const levels: string[] = [];
  for (const priceTicks of prices) {
    const lots = venue.levelQuantity(grid.market, levelSide, priceTicks);
    levels.push(levelText(grid, priceTicks, lots));
  }
  return `[${levels.join(",")}]`;
}

function levelText(grid: MarketGrid, priceTicks: number, lots: number): string {
  return `["${grid.priceText(priceTicks)}","${grid.quantityText(lots)}"]`;
}

/** The best levels of both sides, whenever they changed within the beat. */
export function partialDepthPublisher(
  venue: Venue,
  grid: MarketGrid,
  levels: number,
  beat: Beat,
  publish: Publish,
): Publisher {
  const market = grid.market;
  let lastUpdateId = venue.bookSequence(market);
  const sideText = (levelSide: Side): string =>
    venue
      .levels(market, levelSide, levels)
      .map((level) => levelText(grid, level.priceTicks, level.quantityLots))
      .join(",");
  const current = (): string =>
    `{"lastUpdateId":${venue.bookSequence(market)},"bids":[${sideText(side.buy)}],"asks":[${sideText(side.sell)}]}`;
  return {
    beat,
    onBeat() {
      const updateId = venue.bookSequence(market);
      if (updateId === lastUpdateId) return;
      lastUpdateId = updateId;
      publish(current());
    },
    current,
  };
}

/** The best bid and ask, at once whenever either's price or quantity changed. */
export function bookTickerPublisher(venue: Venue, grid: MarketGrid, publish: Publish): Publisher {
  const market = grid.market;
  const best = (): string => `${bestText(side.buy, "b", "B")},${bestText(side.sell, "a", "A")}`;
  const bestText = (levelSide: Side, priceName: string, quantityName: string): string => {
    const priceTicks = venue.bestPrice(market, levelSide);
    const lots = priceTicks === 0 ? 0 : venue.levelQuantity(market, levelSide, priceTicks);
    return `"${priceName}":"${grid.priceText(priceTicks)}","${quantityName}":"${grid.quantityText(lots)}"`;
  };
  const event = (text: string): string =>
    `{"u":${venue.bookSequence(market)},"s":${grid.symbolJson},${text}}`;
  let last = best();
  return {
    onBookCommand() {
      const now = best();
      if (now === last) return;
      last = now;
      publish(event(now));
    },
    current: () => event(best()),
  };
}

import { type Market, side, type Venue } from "@halcyon/core";
import type { MarketGrid } from "../dialect/market-grid.ts";
import { averagePriceText, percentText } from "../dialect/ticker-text.ts";
import type { Ticker } from "../views/records.ts";
import type { Views } from "../views/views.ts";
import type { Publish, Publisher } from "./publisher.ts";
import { type TickerWindow, windowMinutes } from "./stream-name.ts";

/** A ticker's event as it stands, and what tells one state from the next: two with the same mark say the same. */
export type TickerState = { readonly mark: string; readonly json: string };
export type ReadTicker = (market: number, nowMs: number) => TickerState;

/** What the tickers of all kinds are made of. */
export type TickerSource = {
  venue(): Venue;
  readonly views: Views;
  gridOf(market: number): MarketGrid;
};

/** One market's ticker each second in which it changed. */
export function tickerPublisher(
  market: number,
  read: ReadTicker,
  startMs: number,
  publish: Publish,
): Publisher {
  let { mark } = read(market, startMs);
  let atMs = startMs;
  return {
    beat: 1000,
    onBeat(nowMs) {
      atMs = nowMs;
      const state = read(market, nowMs);
      if (state.mark === mark) return;
      mark = state.mark;
      publish(state.json);
    },
    current: () => read(market, atMs).json,
  };
}

/** All markets' tickers that changed, each second in one array. */
export function allTickersPublisher(venue: Venue, read: ReadTicker, publish: Publish): Publisher {
  const marks = new Map<number, string>();
  let atMs = venue.logTimeMs;
  const readChanged = (nowMs: number): string[] => {
    const changed: string[] = [];
    for (const { id } of venue.markets.all()) {
      const state = read(id, nowMs);
      if (state.mark === marks.get(id)) continue;
      marks.set(id, state.mark);
      changed.push(state.json);
    }
    return changed;
  };
  // Who opens the stream is told the state as it is now: only what changes after that is news.
  readChanged(atMs);
  return {
    beat: 1000,
    onBeat(nowMs) {
      atMs = nowMs;
      const changed = readChanged(nowMs);
      if (changed.length > 0) publish(`[${changed.join(",")}]`);
    },
    current: () =>
      `[${venue.markets
        .all()
        .map(({ id }) => read(id, atMs).json)
        .join(",")}]`,
  };
}

export function readMiniTicker(source: TickerSource): ReadTicker {
  return (market, nowMs) => {
    const grid = source.gridOf(market);
    const t = source.views.tickers.day(market, nowMs);
    return {
      mark: `${t.firstTradeId},${t.lastTradeId}`,
      json: `{"e":"24hrMiniTicker","E":${nowMs},"s":${grid.symbolJson},"c":"${grid.priceText(t.lastTicks)}",${rangeText(grid, t)}}`,
    };
  };
}

export function readDayTicker(source: TickerSource): ReadTicker {
  return (market, nowMs) => {
    const grid = source.gridOf(market);
    const t = source.views.tickers.day(market, nowMs);
    const best = bestText(source.venue(), grid);
    return {
      mark: `${t.firstTradeId},${t.lastTradeId},${t.previousCloseTicks},${best}`,
      json:
        `{"e":"24hrTicker","E":${nowMs},"s":${grid.symbolJson},${changeText(source, grid, t)},` +
        `"x":"${grid.priceText(t.previousCloseTicks)}","c":"${grid.priceText(t.lastTicks)}","Q":"${grid.quantityText(t.lastLots)}",` +
        `${best},${rangeText(grid, t)},${spanText(t)}}`,
    };
  };
}

export function readWindowTicker(source: TickerSource, window: TickerWindow): ReadTicker {
  return (market, nowMs) => {
    const grid = source.gridOf(market);
    const t = source.views.tickers.window(market, windowMinutes[window], nowMs);
    return {
      mark: `${t.firstTradeId},${t.lastTradeId}`,
      json:
        `{"e":"${window}Ticker","E":${nowMs},"s":${grid.symbolJson},${changeText(source, grid, t)},` +
        `"c":"${grid.priceText(t.lastTicks)}",${rangeText(grid, t)},${spanText(t)}}`,
    };
  };
}

export function readAveragePrice(source: TickerSource): ReadTicker {
  return (market, nowMs) => {
    const grid = source.gridOf(market);
    const a = source.views.tickers.average(market, nowMs);
    const price =
      a.volumeLots === 0n
        ? grid.priceText(a.lastTicks)
        : averageText(source.venue().markets.get(market)!, grid, a.quoteUnits, a.volumeLots);
    return {
      mark: `${price},${a.lastTradeTimeMs}`,
      json: `{"e":"avgPrice","E":${nowMs},"s":${grid.symbolJson},"i":"${a.minutes}m","w":"${price}","T":${a.lastTradeTimeMs}}`,
    };
  };
}

function bestText(venue: Venue, grid: MarketGrid): string {
  const bid = venue.bestPrice(grid.market, side.buy);
  const ask = venue.bestPrice(grid.market, side.sell);
  const bidLots = bid === 0 ? 0 : venue.levelQuantity(grid.market, side.buy, bid);
  const askLots = ask === 0 ? 0 : venue.levelQuantity(grid.market, side.sell, ask);
  return `"b":"${grid.priceText(bid)}","B":"${grid.quantityText(bidLots)}","a":"${grid.priceText(ask)}","A":"${grid.quantityText(askLots)}"`;
}

function rangeText(grid: MarketGrid, t: Ticker): string {
  return `"o":"${grid.priceText(t.openTicks)}","h":"${grid.priceText(t.highTicks)}","l":"${grid.priceText(t.lowTicks)}","v":"${grid.quantityText(t.volumeLots)}","q":"${grid.quoteText(t.quoteUnits)}"`;
}

function spanText(t: Ticker): string {
  return `"O":${t.openTimeMs},"C":${t.closeTimeMs},"F":${t.firstTradeId},"L":${t.lastTradeId},"n":${t.tradeCount}`;
}

function changeText(source: TickerSource, grid: MarketGrid, t: Ticker): string {
  const market = source.venue().markets.get(grid.market)!;
  const average =
    t.volumeLots === 0n
      ? grid.priceText(t.lastTicks)
      : averageText(market, grid, t.quoteUnits, t.volumeLots);
  const change = t.lastTicks - t.openTicks;
  return `"p":"${grid.priceText(change)}","P":"${percentText(change, t.openTicks)}","w":"${average}"`;
}

function averageText(
  market: Market,
  grid: MarketGrid,
  quoteUnits: bigint,
  volumeLots: bigint,
): string {
  const baseUnits = volumeLots * market.lotUnits;
  return averagePriceText(quoteUnits, baseUnits, grid.base.decimals, grid.quote.decimals);
}

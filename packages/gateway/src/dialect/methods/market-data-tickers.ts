import { dayMs } from "../../views/candle-interval.ts";
import type { Ticker } from "../../views/records.ts";
import { dialectError, invalidParameter, missingOneOf } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { type Answer, answerJson, type GatewayContext, type Method, refuse } from "../method.ts";
import { oneOf, type ParamSpec, type Params, param, required } from "../params.ts";
import { averagePriceText, percentText } from "../ticker-text.ts";
import { bestJson } from "./market-data-book.ts";
import { readZoneOffsetMs, timeZone } from "./market-data-klines.ts";
import {
  answerForMarkets,
  readMarket,
  selectionParams,
  selectionSize,
} from "./market-selection.ts";

const tickerType = oneOf(["FULL", "MINI"], dialectError.invalidTickerType);

export const averagePrice: Method = {
  name: "avgPrice",
  rest: [{ verb: "GET", path: "/api/v3/avgPrice" }],
  ws: "avgPrice",
  security: "none",
  weight: 2,
  params: { symbol: required(param.symbol) },
  handle(gateway, _caller, params) {
    const grid = readMarket(gateway, params);
    if ("code" in grid) return refuse(grid);
    const average = gateway.views.tickers.average(grid.market, gateway.replica.venue.logTimeMs);
    const price =
      average.volumeLots === 0n
        ? grid.priceText(average.lastTicks)
        : averageText(gateway, grid, average.quoteUnits, average.volumeLots);
    return answerJson(
      `{"mins":${average.minutes},"price":"${price}","closeTime":${average.lastTradeTimeMs}}`,
    );
  },
};

/** Of all markets, or of that many. */
function dayTickerWeight(params: Params): number {
  const size = selectionSize(params);
  if (size === 0 || size > 100) return 80;
  return size > 20 ? 40 : 2;
}

export const dayTicker: Method = {
  name: "ticker.24hr",
  rest: [{ verb: "GET", path: "/api/v3/ticker/24hr" }],
  ws: "ticker.24hr",
  security: "none",
  weight: dayTickerWeight,
  params: { ...selectionParams, type: tickerType },
  handle(gateway, _caller, params) {
    const nowMs = gateway.replica.venue.logTimeMs;
    const isMini = params.text("type") === "MINI";
    return answerForMarkets(gateway, params, (grid) => {
      const ticker = gateway.views.tickers.day(grid.market, nowMs);
      return isMini ? miniJson(grid, ticker) : dayJson(gateway, grid, ticker);
    });
  },
};

export const priceTicker: Method = {
  name: "ticker.price",
  rest: [{ verb: "GET", path: "/api/v3/ticker/price" }],
  ws: "ticker.price",
  security: "none",
  weight: (params) => (selectionSize(params) === 1 ? 2 : 4),
  params: selectionParams,
  handle: (gateway, _caller, params) =>
    answerForMarkets(gateway, params, (grid) => {
      const lastTicks = gateway.views.trades.last(grid.market)?.priceTicks ?? 0;
      return `{"symbol":${grid.symbolJson},"price":"${grid.priceText(lastTicks)}"}`;
    }),
};

/** Four for each market, but never more than for fifty. */
function chosenTickersWeight(params: Params): number {
  return 4 * Math.min(Math.max(selectionSize(params), 1), 50);
}

const windowPattern = /^([1-9]|[1-5][0-9])m$|^([1-9]|1[0-9]|2[0-3])h$|^([1-7])d$/;
const windowSize: ParamSpec = {
  required: false,
  check: (name, value) => (windowPattern.test(value) ? null : invalidParameter(name)),
};

function windowMinutes(text: string): number {
  const match = windowPattern.exec(text);
  if (match === null) throw new Error(`${text} is no window size`);
  const [, minutes, hours, days] = match;
  return Number(minutes ?? 0) + 60 * Number(hours ?? 0) + 1_440 * Number(days ?? 0);
}

export const windowTicker: Method = {
  name: "ticker",
  rest: [{ verb: "GET", path: "/api/v3/ticker" }],
  ws: "ticker",
  security: "none",
  weight: chosenTickersWeight,
  params: { ...selectionParams, windowSize, type: tickerType },
  handle(gateway, _caller, params) {
    const minutes = windowMinutes(params.text("windowSize") ?? "1d");
    const nowMs = gateway.replica.venue.logTimeMs;
    return answerChosen(gateway, params, (market) =>
      gateway.views.tickers.window(market, minutes, nowMs),
    );
  },
};

export const tradingDayTicker: Method = {
  name: "ticker.tradingDay",
  rest: [{ verb: "GET", path: "/api/v3/ticker/tradingDay" }],
  ws: "ticker.tradingDay",
  security: "none",
  weight: chosenTickersWeight,
  params: { ...selectionParams, timeZone, type: tickerType },
  handle(gateway, _caller, params) {
    const offsetMs = readZoneOffsetMs(params);
    const nowMs = gateway.replica.venue.logTimeMs;
    const openTimeMs = Math.floor((nowMs + offsetMs) / dayMs) * dayMs - offsetMs;
    return answerChosen(gateway, params, (market) => ({
      ...gateway.views.tickers.since(market, "1m", openTimeMs, nowMs),
      closeTimeMs: openTimeMs + dayMs - 1,
    }));
  },
};

/** For the tickers that have to be asked for by name. */
function answerChosen(
  gateway: GatewayContext,
  params: Params,
  tickerOf: (market: number) => Ticker,
): Answer {
  if (!params.has("symbol") && !params.has("symbols")) {
    return refuse(missingOneOf("symbol", "symbols"));
  }
  const isMini = params.text("type") === "MINI";
  return answerForMarkets(gateway, params, (grid) => {
    const ticker = tickerOf(grid.market);
    return isMini ? miniJson(grid, ticker) : fullJson(gateway, grid, ticker);
  });
}

function miniJson(grid: MarketGrid, t: Ticker): string {
  return (
    `{"symbol":${grid.symbolJson},${rangeJson(grid, t)},` +
    `"lastPrice":"${grid.priceText(t.lastTicks)}",${sumsJson(grid, t)}}`
  );
}

function fullJson(gateway: GatewayContext, grid: MarketGrid, t: Ticker): string {
  return (
    `{"symbol":${grid.symbolJson},${changeJson(gateway, grid, t)},${rangeJson(grid, t)},` +
    `"lastPrice":"${grid.priceText(t.lastTicks)}",${sumsJson(grid, t)}}`
  );
}

function dayJson(gateway: GatewayContext, grid: MarketGrid, t: Ticker): string {
  return (
    `{"symbol":${grid.symbolJson},${changeJson(gateway, grid, t)},` +
    `"prevClosePrice":"${grid.priceText(t.previousCloseTicks)}",` +
    `"lastPrice":"${grid.priceText(t.lastTicks)}","lastQty":"${grid.quantityText(t.lastLots)}",` +
    `${bestJson(gateway, grid)},${rangeJson(grid, t)},${sumsJson(grid, t)}}`
  );
}

function changeJson(gateway: GatewayContext, grid: MarketGrid, t: Ticker): string {
  const change = t.lastTicks - t.openTicks;
  return (
    `"priceChange":"${grid.priceText(change)}",` +
    `"priceChangePercent":"${percentText(change, t.openTicks)}",` +
    `"weightedAvgPrice":"${averageText(gateway, grid, t.quoteUnits, t.volumeLots)}"`
  );
}

function rangeJson(grid: MarketGrid, t: Ticker): string {
  return (
    `"openPrice":"${grid.priceText(t.openTicks)}","highPrice":"${grid.priceText(t.highTicks)}",` +
    `"lowPrice":"${grid.priceText(t.lowTicks)}"`
  );
}

function sumsJson(grid: MarketGrid, t: Ticker): string {
  return (
    `"volume":"${grid.quantityText(t.volumeLots)}","quoteVolume":"${grid.quoteText(t.quoteUnits)}",` +
    `"openTime":${t.openTimeMs},"closeTime":${t.closeTimeMs},` +
    `"firstId":${t.firstTradeId},"lastId":${t.lastTradeId},"count":${t.tradeCount}`
  );
}

function averageText(
  gateway: GatewayContext,
  grid: MarketGrid,
  quoteUnits: bigint,
  lots: bigint,
): string {
  const { lotUnits } = gateway.replica.venue.markets.get(grid.market)!;
  return averagePriceText(quoteUnits, lots * lotUnits, grid.base.decimals, grid.quote.decimals);
}

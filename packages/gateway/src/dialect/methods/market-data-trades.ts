import type { AggregateTrade, Trade } from "../../views/records.ts";
import { type DialectError, dialectError, invalidParameter } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { answerJson, type Method, refuse } from "../method.ts";
import { type Params, param, required } from "../params.ts";
import { readMarket } from "./market-selection.ts";

const limitDefault = 500;
const limitMax = 1_000;

/** How many rows a list may have. */
export function readLimit(params: Params): number | DialectError {
  const limit = params.integer("limit") ?? limitDefault;
  return limit === 0 ? invalidParameter("limit") : Math.min(limit, limitMax);
}

export const recentTrades: Method = {
  name: "trades.recent",
  rest: [{ verb: "GET", path: "/api/v3/trades" }],
  ws: "trades.recent",
  security: "none",
  weight: 25,
  params: { symbol: required(param.symbol), limit: param.integer },
  handle(gateway, _caller, params) {
    const grid = readMarket(gateway, params);
    if ("code" in grid) return refuse(grid);
    const limit = readLimit(params);
    if (typeof limit === "object") return refuse(limit);
    return answerJson(tradesJson(grid, gateway.views.trades.list(grid.market, { limit })));
  },
};

export const historicalTrades: Method = {
  name: "trades.historical",
  rest: [{ verb: "GET", path: "/api/v3/historicalTrades" }],
  ws: "trades.historical",
  security: "none",
  weight: 25,
  params: { symbol: required(param.symbol), fromId: param.integer, limit: param.integer },
  handle(gateway, _caller, params) {
    const grid = readMarket(gateway, params);
    if ("code" in grid) return refuse(grid);
    const limit = readLimit(params);
    if (typeof limit === "object") return refuse(limit);
    const query = { fromId: params.integer("fromId"), limit };
    return answerJson(tradesJson(grid, gateway.views.trades.list(grid.market, query)));
  },
};

function tradesJson(grid: MarketGrid, trades: readonly Trade[]): string {
  return `[${trades.map((trade) => tradeJson(grid, trade)).join(",")}]`;
}

function tradeJson(grid: MarketGrid, t: Trade): string {
  return (
    `{"id":${t.tradeId},"price":"${grid.priceText(t.priceTicks)}",` +
    `"qty":"${grid.quantityText(t.quantityLots)}",` +
    `"quoteQty":"${grid.notionalText(t.priceTicks, t.quantityLots)}","time":${t.timeMs},` +
    `"isBuyerMaker":${t.buyerIsMaker},"isBestMatch":true}`
  );
}

export const aggregateTrades: Method = {
  name: "trades.aggregate",
  rest: [{ verb: "GET", path: "/api/v3/aggTrades" }],
  ws: "trades.aggregate",
  security: "none",
  weight: 4,
  params: {
    symbol: required(param.symbol),
    fromId: param.integer,
    startTime: param.integer,
    endTime: param.integer,
    limit: param.integer,
  },
  handle(gateway, _caller, params) {
    const grid = readMarket(gateway, params);
    if ("code" in grid) return refuse(grid);
    const limit = readLimit(params);
    if (typeof limit === "object") return refuse(limit);
    const fromId = params.integer("fromId");
    const startTimeMs = params.integer("startTime");
    const endTimeMs = params.integer("endTime");
    if (fromId !== undefined && (startTimeMs !== undefined || endTimeMs !== undefined)) {
      return refuse(dialectError.invalidCombination);
    }
    if ((startTimeMs ?? 0) > (endTimeMs ?? Number.POSITIVE_INFINITY)) {
      return refuse(dialectError.startAfterEnd);
    }
    const query = { fromId, startTimeMs, endTimeMs, limit };
    const aggregates = gateway.views.trades.listAggregates(grid.market, query);
    return answerJson(`[${aggregates.map((one) => aggregateJson(grid, one)).join(",")}]`);
  },
};

function aggregateJson(grid: MarketGrid, a: AggregateTrade): string {
  return (
    `{"a":${a.aggregateId},"p":"${grid.priceText(a.priceTicks)}",` +
    `"q":"${grid.quantityText(a.quantityLots)}","f":${a.firstTradeId},"l":${a.lastTradeId},` +
    `"T":${a.timeMs},"m":${a.buyerIsMaker},"M":true}`
  );
}

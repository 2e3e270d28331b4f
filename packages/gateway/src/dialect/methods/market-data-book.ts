import { type Side, side } from "@halcyon/core";
import { invalidParameter } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { answerJson, type GatewayContext, type Method, refuse } from "../method.ts";
import { param, required } from "../params.ts";
import { symbolStatus } from "./general.ts";
import {
  answerForMarkets,
  readMarket,
  selectionParams,
  selectionSize,
} from "./market-selection.ts";

const depthLimitDefault = 100;
const depthLimitMax = 5_000;

function depthWeight(limit: number): number {
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  return limit <= 1_000 ? 50 : 250;
}

export const depth: Method = {
  name: "depth",
  rest: [{ verb: "GET", path: "/api/v3/depth" }],
  ws: "depth",
  security: "none",
  weight: (params) => depthWeight(params.integer("limit") ?? depthLimitDefault),
  params: { symbol: required(param.symbol), limit: param.integer, symbolStatus },
  handle(gateway, _caller, params) {
    const grid = readMarket(gateway, params);
    if ("code" in grid) return refuse(grid);
    const limit = params.integer("limit") ?? depthLimitDefault;
    if (limit === 0) return refuse(invalidParameter("limit"));
    const { venue } = gateway.replica;
    const levels = (of: Side) =>
      venue
        .levels(grid.market, of, Math.min(limit, depthLimitMax))
        .map((l) => `["${grid.priceText(l.priceTicks)}","${grid.quantityText(l.quantityLots)}"]`)
        .join(",");
    return answerJson(
      `{"lastUpdateId":${venue.bookSequence(grid.market)},` +
        `"bids":[${levels(side.buy)}],"asks":[${levels(side.sell)}]}`,
    );
  },
};

export const bookTicker: Method = {
  name: "ticker.book",
  rest: [{ verb: "GET", path: "/api/v3/ticker/bookTicker" }],
  ws: "ticker.book",
  security: "none",
  weight: (params) => (selectionSize(params) === 1 ? 2 : 4),
  params: selectionParams,
  handle: (gateway, _caller, params) =>
    answerForMarkets(
      gateway,
      params,
      (grid) => `{"symbol":${grid.symbolJson},${bestJson(gateway, grid)}}`,
    ),
};

/** The best price of each side and what it offers; zeros where a side is empty. */
export function bestJson(gateway: GatewayContext, grid: MarketGrid): string {
  const { venue } = gateway.replica;
  const bid = venue.bestPrice(grid.market, side.buy);
  const ask = venue.bestPrice(grid.market, side.sell);
  const bidLots = bid === 0 ? 0 : venue.levelQuantity(grid.market, side.buy, bid);
  const askLots = ask === 0 ? 0 : venue.levelQuantity(grid.market, side.sell, ask);
  return (
    `"bidPrice":"${grid.priceText(bid)}","bidQty":"${grid.quantityText(bidLots)}",` +
    `"askPrice":"${grid.priceText(ask)}","askQty":"${grid.quantityText(askLots)}"`
  );
}

import type { ListQuery, PreventedMatch } from "../../views/records.ts";
import { type DialectError, dialectError, missingOneOf } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { answerJson, type Method, refuse } from "../method.ts";
import { preventedQuantitiesJson } from "../order-text.ts";
import { selfTradeModeText } from "../order-words.ts";
import { type Params, param, required } from "../params.ts";
import { readLimit } from "./query-window.ts";

export const preventedMatches: Method = {
  name: "myPreventedMatches",
  rest: [{ verb: "GET", path: "/api/v3/myPreventedMatches" }],
  ws: "myPreventedMatches",
  security: "read",
  weight: (params) => (params.has("orderId") ? 20 : 2),
  params: {
    symbol: required(param.symbol),
    preventedMatchId: param.integer,
    orderId: param.integer,
    fromPreventedMatchId: param.integer,
    limit: param.integer,
  },
  handle(gateway, caller, params) {
    const grid = gateway.grids.bySymbol(params.required("symbol"));
    if (grid === undefined) return refuse(dialectError.invalidSymbol);
    const query = readQuery(params);
    if ("code" in query) return refuse(query);
    const id = params.integer("preventedMatchId");
    const matches = gateway.views.preventedMatches
      .ofAccount(caller.account, grid.market, query)
      .filter((match) => id === undefined || match.preventedMatchId === id);
    return answerJson(`[${matches.map((match) => matchJson(grid, match)).join(",")}]`);
  },
};

type Query = ListQuery & { readonly orderId?: number | undefined };

/** One match by its id, or those of an order. */
function readQuery(params: Params): Query | DialectError {
  const id = params.integer("preventedMatchId");
  const orderId = params.integer("orderId");
  if (id === undefined && orderId === undefined) {
    return missingOneOf("preventedMatchId", "orderId");
  }
  if (id !== undefined) {
    const isAlone = !["orderId", "fromPreventedMatchId"].some((name) => params.has(name));
    return isAlone ? { fromId: id, limit: 1 } : dialectError.invalidCombination;
  }
  const limit = readLimit(params);
  if (typeof limit === "object") return limit;
  return { orderId, fromId: params.integer("fromPreventedMatchId") ?? 0, limit };
}

/** Accounts have no trade groups. */
function matchJson(grid: MarketGrid, match: PreventedMatch): string {
  return (
    `{"symbol":${grid.symbolJson},"preventedMatchId":${match.preventedMatchId}` +
    `,"takerOrderId":${match.takerOrderId},"makerSymbol":${grid.symbolJson}` +
    `,"makerOrderId":${match.makerOrderId},"tradeGroupId":-1` +
    `,"selfTradePreventionMode":"${selfTradeModeText[match.selfTradeMode]}"` +
    `,"price":"${grid.priceText(match.priceTicks)}"${preventedQuantitiesJson(grid, match)}` +
    `,"transactTime":${match.timeMs}}`
  );
}

import { type DialectError, dialectError, invalidParameter } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { type Answer, answerJson, type GatewayContext, refuse } from "../method.ts";
import { type Params, param } from "../params.ts";
import { marketStatusText, symbolStatus } from "./general.ts";

/** Which markets: one, several or (where the method allows it) all. */
export const selectionParams = {
  symbol: param.symbol,
  symbols: param.symbols,
  symbolStatus,
} as const;

function statusText(gateway: GatewayContext, market: number): string {
  return marketStatusText[gateway.replica.venue.markets.get(market)!.state];
}

/** The one market that a method is about. */
export function readMarket(gateway: GatewayContext, params: Params): MarketGrid | DialectError {
  const grid = gateway.grids.bySymbol(params.required("symbol"));
  if (grid === undefined) return dialectError.invalidSymbol;
  const wanted = params.text("symbolStatus");
  return wanted === undefined || statusText(gateway, grid.market) === wanted
    ? grid
    : dialectError.symbolStatusMismatch;
}

/** How many markets the parameters name; 0: all. */
export function selectionSize(params: Params): number {
  return params.has("symbol") ? 1 : (params.list("symbols")?.length ?? 0);
}

/**
 * An object for `symbol`, an array for `symbols` and for neither. A wanted status is an error for
 * one market that has another, and leaves such markets out of an array.
 */
export function answerForMarkets(
  gateway: GatewayContext,
  params: Params,
  json: (grid: MarketGrid) => string,
): Answer {
  const names = params.list("symbols");
  if (params.has("symbol")) {
    if (names !== undefined) return refuse(dialectError.invalidCombination);
    const grid = readMarket(gateway, params);
    return "code" in grid ? refuse(grid) : answerJson(json(grid));
  }
  const grids = names === undefined ? allGrids(gateway) : namedGrids(gateway, names);
  if ("code" in grids) return refuse(grids);
  const wanted = params.text("symbolStatus");
  const fitting =
    wanted === undefined
      ? grids
      : grids.filter((grid) => statusText(gateway, grid.market) === wanted);
  return answerJson(`[${fitting.map(json).join(",")}]`);
}

function allGrids(gateway: GatewayContext): MarketGrid[] {
  return gateway.replica.venue.markets.all().map((market) => gateway.grids.of(market.id));
}

function namedGrids(
  gateway: GatewayContext,
  names: readonly string[],
): MarketGrid[] | DialectError {
  if (names.length === 0) return invalidParameter("symbols");
  if (new Set(names).size < names.length) return dialectError.duplicateSymbols;
  const grids = names.map((name) => gateway.grids.bySymbol(name));
  return grids.every((grid) => grid !== undefined) ? grids : dialectError.invalidSymbol;
}

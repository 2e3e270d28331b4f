import { type Market, type MarketRules, type MarketState, selfTradeMode } from "@halcyon/core";
import { type DialectError, dialectError } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { answerJson, type GatewayContext, type Method, refuse } from "../method.ts";
import { isStop, orderTypes, selfTradeModeText } from "../order-words.ts";
import { type Params, param } from "../params.ts";
import { marketStatusText, symbolStatus } from "./general.ts";
import { marketFilters } from "./market-filters.ts";
import { isBeyondPlain, supportOf } from "./order-support.ts";

export const exchangeInfo: Method = {
  name: "exchangeInfo",
  rest: [{ verb: "GET", path: "/api/v3/exchangeInfo" }],
  ws: "exchangeInfo",
  security: "none",
  weight: 20,
  params: {
    symbol: param.symbol,
    symbols: param.symbols,
    permissions: param.text,
    showPermissionSets: param.flag,
    symbolStatus,
  },
  handle(gateway, _caller, params) {
    const chosen = chooseMarkets(gateway, params);
    if ("code" in chosen) return refuse(chosen);
    const withSets = params.flag("showPermissionSets") !== false;
    const symbols = chosen.map((market) => marketJson(gateway, market, withSets));
    return answerJson(
      `{"timezone":"UTC","serverTime":${gateway.now()}` +
        `,"rateLimits":${JSON.stringify(gateway.limits.rules())}` +
        `,"exchangeFilters":[],"symbols":[${symbols.join(",")}]}`,
    );
  },
};

function chooseMarkets(gateway: GatewayContext, params: Params): readonly Market[] | DialectError {
  const { markets } = gateway.replica.venue;
  const symbol = params.text("symbol");
  const symbols = params.list("symbols");
  const status = params.text("symbolStatus");
  const filters = [symbol, symbols, params.text("permissions")];
  if (filters.filter((filter) => filter !== undefined).length > 1) {
    return dialectError.invalidCombination;
  }
  if (status !== undefined && (symbol ?? symbols) !== undefined) {
    return dialectError.invalidCombination;
  }
  const names = symbol === undefined ? symbols : [symbol];
  if (names !== undefined) {
    if (new Set(names).size < names.length) return dialectError.duplicateSymbols;
    const found = names.map((name) => markets.bySymbol(name));
    return found.every((market) => market !== undefined) ? found : dialectError.invalidSymbol;
  }
  const permissions = params.text("permissions");
  // Everything is traded on the spot: other permissions choose nothing.
  if (permissions !== undefined && !/\bSPOT\b/.test(permissions)) return [];
  return markets
    .all()
    .filter((market) => status === undefined || marketStatusText[market.state] === status);
}

/** A market's text is made once for each state and set of rules that it has. */
type CachedText = {
  readonly state: MarketState;
  readonly rules: MarketRules;
  readonly rulesVersion: number;
  readonly json: string;
};
const textCache = new WeakMap<Market, CachedText>();

function marketJson(gateway: GatewayContext, market: Market, withSets: boolean): string {
  const rulesVersion = gateway.replica.venue.rules.version;
  const { state, rules } = market;
  const describe = () => describeMarket(market, gateway.grids.of(market.id), rulesVersion);
  if (!withSets) return JSON.stringify({ ...describe(), permissionSets: [] });
  const cached = textCache.get(market);
  const isFresh =
    cached?.state === state && cached.rules === rules && cached.rulesVersion === rulesVersion;
  if (isFresh) return cached.json;
  const json = JSON.stringify(describe());
  textCache.set(market, { state, rules, rulesVersion, json });
  return json;
}

function describeMarket(market: Market, grid: MarketGrid, rulesVersion: number): object {
  const { base, quote } = grid;
  const support = supportOf(market, rulesVersion);
  const types = [...orderTypes].filter(([, type]) => support.stops || !isStop(type));
  return {
    symbol: market.symbol,
    status: marketStatusText[market.state],
    baseAsset: base.code,
    baseAssetPrecision: base.decimals,
    quoteAsset: quote.code,
    quotePrecision: quote.decimals,
    quoteAssetPrecision: quote.decimals,
    baseCommissionPrecision: base.decimals,
    quoteCommissionPrecision: quote.decimals,
    orderTypes: types.map(([word]) => word),
    icebergAllowed: support.icebergs,
    ocoAllowed: support.lists && support.stops,
    otoAllowed: support.lists,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: support.trailing,
    cancelReplaceAllowed: true,
    amendAllowed: isBeyondPlain(rulesVersion),
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: marketFilters(market, grid, support),
    permissions: [],
    permissionSets: [["SPOT"]],
    defaultSelfTradePreventionMode: selfTradeModeText[market.rules.selfTradeModeDefault],
    allowedSelfTradePreventionModes: allowedModes(market, rulesVersion),
  };
}

function allowedModes({ rules }: Market, rulesVersion: number): string[] {
  const bits = isBeyondPlain(rulesVersion) ? rules.selfTradeModes : 1 << selfTradeMode.none;
  const allowed = Object.values(selfTradeMode).filter((mode) => (bits & (1 << mode)) !== 0);
  return allowed.map((mode) => selfTradeModeText[mode]);
}

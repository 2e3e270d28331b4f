import { type Market, type MarketState, marketState } from "@halcyon/core";
import { powerOfTen } from "../../decimal.ts";
import { type DialectError, dialectError } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { answerJson, type GatewayContext, type Method, refuse } from "../method.ts";
import { oneOf, type ParamSpec, type Params, param } from "../params.ts";

export const ping: Method = {
  name: "ping",
  rest: [{ verb: "GET", path: "/api/v3/ping" }],
  ws: "ping",
  security: "none",
  weight: 1,
  params: {},
  handle: () => answerJson("{}"),
};

export const time: Method = {
  name: "time",
  rest: [{ verb: "GET", path: "/api/v3/time" }],
  ws: "time",
  security: "none",
  weight: 1,
  params: {},
  handle: (gateway) => answerJson(`{"serverTime":${gateway.now()}}`),
};

export const marketStatusText: Readonly<Record<MarketState, string>> = {
  [marketState.trading]: "TRADING",
  [marketState.halt]: "HALT",
  [marketState.cancelOnly]: "CANCEL_ONLY",
  // The dialect has no word for a market that takes only limit makers.
  [marketState.postOnly]: "TRADING",
  [marketState.auction]: "AUCTION_MATCH",
};
export const symbolStatus: ParamSpec = oneOf(
  ["TRADING", "HALT", "BREAK", "END_OF_DAY", "CANCEL_ONLY", "AUCTION_MATCH"],
  dialectError.invalidSymbolStatus,
);

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

/** A market's text is made once for each state that it is in. */
const textCache = new WeakMap<Market, { readonly state: MarketState; readonly json: string }>();

function marketJson(gateway: GatewayContext, market: Market, withSets: boolean): string {
  if (!withSets) {
    const grid = gateway.grids.of(market.id);
    return JSON.stringify({ ...describeMarket(market, grid), permissionSets: [] });
  }
  const cached = textCache.get(market);
  if (cached?.state === market.state) return cached.json;
  const json = JSON.stringify(describeMarket(market, gateway.grids.of(market.id)));
  textCache.set(market, { state: market.state, json });
  return json;
}

function describeMarket(market: Market, grid: MarketGrid): object {
  const { base, quote } = grid;
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
    orderTypes: ["LIMIT", "LIMIT_MAKER", "MARKET"],
    icebergAllowed: false,
    ocoAllowed: false,
    otoAllowed: false,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: true,
    amendAllowed: false,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: filtersOf(market, grid),
    permissions: [],
    permissionSets: [["SPOT"]],
    defaultSelfTradePreventionMode: "NONE",
    allowedSelfTradePreventionModes: ["NONE"],
  };
}

/** The rules that the core enforces, and none else. */
function filtersOf(market: Market, grid: MarketGrid): object[] {
  const lot = {
    minQty: grid.quantityText(market.quantityLotsMin),
    stepSize: grid.quantityText(1),
  };
  return [
    {
      filterType: "PRICE_FILTER",
      minPrice: grid.priceText(market.priceTicksMin),
      maxPrice: grid.priceText(market.priceTicksMax),
      tickSize: grid.priceText(1),
    },
    {
      filterType: "LOT_SIZE",
      minQty: lot.minQty,
      maxQty: grid.quantityText(market.quantityLotsMax),
      stepSize: lot.stepSize,
    },
    {
      filterType: "MARKET_LOT_SIZE",
      minQty: lot.minQty,
      maxQty: grid.quantityText(market.marketQuantityLotsMax),
      stepSize: lot.stepSize,
    },
    {
      filterType: "NOTIONAL",
      minNotional: grid.quoteText(market.notionalMin),
      applyMinToMarket: true,
      maxNotional: grid.quoteText(
        notionalMaxUnits - (notionalMaxUnits % powerOfTen(grid.quote.decimals)),
      ),
      applyMaxToMarket: true,
      // A market order is judged by the best price there is, not by an average.
      avgPriceMins: 0,
    },
    { filterType: "MAX_NUM_ORDERS", maxNumOrders: market.openOrdersMax },
  ];
}

/** The ledger's amounts end at 2^63 - 1 units. */
const notionalMaxUnits = 0x7fff_ffff_ffff_ffffn;

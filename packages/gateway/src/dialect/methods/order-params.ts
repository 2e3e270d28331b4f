import {
  type Market,
  type OrderType,
  orderType,
  type PlaceOrder,
  type Side,
  side,
  type TimeInForce,
  timeInForce,
} from "@halcyon/core";
import type { Lane } from "@halcyon/replica";
import {
  type DialectError,
  dialectError,
  filterFailure,
  missingOneOf,
  missingParameter,
  parameterNotRequired,
} from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import type { Caller, GatewayContext } from "../method.ts";
import type { ResponseType } from "../order-text.ts";
import { oneOf, type Params, param, required } from "../params.ts";
import { clientOrderIdOf } from "../request-id.ts";

const sides: Readonly<Record<string, Side>> = { BUY: side.buy, SELL: side.sell };
const types: Readonly<Record<string, OrderType>> = {
  LIMIT: orderType.limit,
  MARKET: orderType.market,
  LIMIT_MAKER: orderType.limitMaker,
};
const timesInForce: Readonly<Record<string, TimeInForce>> = {
  GTC: timeInForce.gtc,
  IOC: timeInForce.ioc,
  FOK: timeInForce.fok,
};
const preventionModes = [
  "NONE",
  "EXPIRE_TAKER",
  "EXPIRE_MAKER",
  "EXPIRE_BOTH",
  "DECREMENT",
  "TRANSFER",
];

/** What describes a new order. */
export const newOrderParams = {
  symbol: required(param.symbol),
  side: required(oneOf(Object.keys(sides), dialectError.invalidSide)),
  type: required(oneOf(Object.keys(types), dialectError.invalidOrderType)),
  timeInForce: oneOf(Object.keys(timesInForce), dialectError.invalidTimeInForce),
  quantity: param.decimal,
  quoteOrderQty: param.decimal,
  price: param.decimal,
  newClientOrderId: param.clientOrderId,
  stopPrice: param.decimal,
  trailingDelta: param.integer,
  icebergQty: param.decimal,
  newOrderRespType: oneOf(["ACK", "RESULT", "FULL"]),
  selfTradePreventionMode: oneOf(preventionModes),
} as const;

/** A new order, read and put on its market's grid. */
export type NewOrder = {
  readonly grid: MarketGrid;
  readonly order: PlaceOrder;
  readonly responseType: ResponseType;
  readonly lane: Lane;
};

/** Parameters of the order types that do not exist yet: with these types they have no meaning. */
const conditionalParams = ["stopPrice", "trailingDelta"];

export function readNewOrder(
  gateway: GatewayContext,
  caller: Caller,
  params: Params,
): NewOrder | DialectError {
  const market = gateway.replica.venue.markets.bySymbol(params.required("symbol"));
  if (market === undefined) return dialectError.invalidSymbol;
  const grid = gateway.grids.of(market.id);
  const type = types[params.required("type")]!;
  const wrong = type === orderType.market ? checkMarket(params) : checkLimit(params, type);
  if (wrong !== null) return wrong;
  const priceTicks = readPrice(grid, market, params);
  if (typeof priceTicks === "object") return priceTicks;
  const quantityText = params.text("quantity");
  const quantityLots =
    quantityText === undefined ? 0 : grid.parseQuantity("quantity", quantityText);
  if (typeof quantityLots === "object") return quantityLots;
  if (quantityText !== undefined && quantityLots === 0) return filterFailure("LOT_SIZE");
  const quoteText = params.text("quoteOrderQty");
  const quoteUnits = quoteText === undefined ? 0 : grid.parseQuote("quoteOrderQty", quoteText);
  if (typeof quoteUnits === "object") return quoteUnits;
  if (quoteText !== undefined && quoteUnits === 0) return filterFailure("NOTIONAL");
  const order: PlaceOrder = {
    account: caller.account,
    market: market.id,
    side: sides[params.required("side")]!,
    type,
    timeInForce: timesInForce[params.text("timeInForce") ?? "GTC"]!,
    priceTicks,
    quantityLots,
    quoteUnits,
    clientOrderId: params.text("newClientOrderId") ?? clientOrderIdOf(caller.requestId),
  };
  const responseType = (params.text("newOrderRespType") ??
    (type === orderType.limitMaker ? "ACK" : "FULL")) as ResponseType;
  return { grid, order, responseType, lane: laneOf(gateway, market, grid, order) };
}

function checkMarket(params: Params): DialectError | null {
  for (const name of ["timeInForce", "price"]) {
    if (params.has(name)) return parameterNotRequired(name);
  }
  if (params.has("quantity") === params.has("quoteOrderQty")) {
    return params.has("quantity")
      ? dialectError.invalidCombination
      : missingOneOf("quantity", "quoteOrderQty");
  }
  return checkCommon(params);
}

function checkLimit(params: Params, type: OrderType): DialectError | null {
  if (type === orderType.limit && !params.has("timeInForce")) {
    return missingParameter("timeInForce");
  }
  for (const name of ["quantity", "price"]) {
    if (!params.has(name)) return missingParameter(name);
  }
  if (params.has("quoteOrderQty")) return parameterNotRequired("quoteOrderQty");
  if (type === orderType.limitMaker && params.has("timeInForce")) {
    return parameterNotRequired("timeInForce");
  }
  return checkCommon(params);
}

function checkCommon(params: Params): DialectError | null {
  for (const name of conditionalParams) {
    if (params.has(name)) return parameterNotRequired(name);
  }
  if (params.has("icebergQty")) return dialectError.icebergNotSupported;
  const mode = params.text("selfTradePreventionMode");
  return mode === undefined || mode === "NONE" ? null : dialectError.preventionNotSupported;
}

/** Ticks within the market's range, so that they surely fit the command's field. */
function readPrice(grid: MarketGrid, market: Market, params: Params): number | DialectError {
  const text = params.text("price");
  if (text === undefined) return 0;
  const ticks = grid.parsePrice("price", text);
  if (typeof ticks === "object") return ticks;
  const inRange = ticks >= market.priceTicksMin && ticks <= market.priceTicksMax;
  return inRange ? ticks : filterFailure("PRICE_FILTER");
}

/** The high lane is for orders of a high value. Rounding does not matter to the choice of a lane. */
function laneOf(
  gateway: GatewayContext,
  market: Market,
  grid: MarketGrid,
  order: PlaceOrder,
): Lane {
  const { highValueNotional } = gateway.config;
  if (highValueNotional === 0) return "normal";
  const worth =
    order.quoteUnits > 0
      ? order.quoteUnits
      : (order.priceTicks || bestPriceOf(gateway, order)) *
        order.quantityLots *
        market.notionalMultiplier;
  return worth >= highValueNotional * 10 ** grid.quote.decimals ? "high" : "normal";
}

function bestPriceOf(gateway: GatewayContext, order: PlaceOrder): number {
  const opposite = order.side === side.buy ? side.sell : side.buy;
  return gateway.replica.venue.bestPrice(order.market, opposite);
}

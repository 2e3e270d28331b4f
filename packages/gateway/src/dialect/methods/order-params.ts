import { type Market, type OrderType, orderType, type PlaceOrder, side } from "@halcyon/core";
import type { Lane } from "@halcyon/replica";
import { type DialectError, dialectError } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import type { Caller, GatewayContext } from "../method.ts";
import type { ResponseType } from "../order-text.ts";
import { orderTypes, selfTradeModes } from "../order-words.ts";
import { oneOf, type Params, param, required } from "../params.ts";
import { clientOrderIdOf } from "../request-id.ts";
import { orderNames, sideParam, termParams, typeParam } from "./order-names.ts";
import { type OrderSource, readOrder } from "./order-reader.ts";
import { anySupport, supportOf } from "./order-support.ts";

/** `TRANSFER` is a word of the dialect that no market here allows. */
const preventionModes = oneOf([...selfTradeModes.keys(), "TRANSFER"]);

/** What is said once, whether one order or a list of them is placed. */
export const placingParams = {
  symbol: required(param.symbol),
  newOrderRespType: oneOf(["ACK", "RESULT", "FULL"]),
  selfTradePreventionMode: preventionModes,
} as const;

/** What describes a new order. */
export const newOrderParams = {
  ...placingParams,
  side: required(sideParam),
  type: required(typeParam),
  quantity: param.decimal,
  quoteOrderQty: param.decimal,
  ...termParams(orderNames),
} as const;

/** A new order, read and put on its market's grid. */
export type NewOrder = {
  readonly grid: MarketGrid;
  readonly order: PlaceOrder;
  readonly responseType: ResponseType;
  readonly lane: Lane;
};

/** The market that orders are placed in, and everything else they are read with. */
export function orderSource(
  gateway: GatewayContext,
  caller: Caller,
  params: Params,
): OrderSource | DialectError {
  const market = gateway.replica.venue.markets.bySymbol(params.required("symbol"));
  if (market === undefined) return dialectError.invalidSymbol;
  const support = caller.retry
    ? anySupport
    : supportOf(market, gateway.replica.venue.rules.version);
  return { account: caller.account, market, grid: gateway.grids.of(market.id), support, params };
}

export function readNewOrder(
  gateway: GatewayContext,
  caller: Caller,
  params: Params,
): NewOrder | DialectError {
  const source = orderSource(gateway, caller, params);
  if ("code" in source) return source;
  const type = orderTypes.get(params.required("type"))!;
  const order = readOrder(source, orderNames, type, clientOrderIdOf(caller.requestId));
  if ("code" in order) return order;
  const { grid, market } = source;
  return {
    grid,
    order,
    responseType: responseTypeOf(params, answersInFull.has(type) ? "FULL" : "ACK"),
    lane: laneOf(gateway, market, order),
  };
}

/** Orders that may trade at once are answered with what they traded. */
const answersInFull: ReadonlySet<OrderType> = new Set([orderType.limit, orderType.market]);

export function responseTypeOf(params: Params, unsaid: ResponseType): ResponseType {
  return (params.text("newOrderRespType") as ResponseType | undefined) ?? unsaid;
}

/** The high lane is for orders of a high value. Rounding does not matter to the choice of a lane. */
export function laneOf(gateway: GatewayContext, market: Market, order: PlaceOrder): Lane {
  const { highValueNotional } = gateway.config;
  if (highValueNotional === 0) return "normal";
  const price = order.priceTicks || order.terms?.stopPriceTicks || bestPriceOf(gateway, order);
  const worth = order.quoteUnits || price * order.quantityLots * market.notionalMultiplier;
  const { decimals } = gateway.grids.of(market.id).quote;
  return worth >= highValueNotional * 10 ** decimals ? "high" : "normal";
}

function bestPriceOf(gateway: GatewayContext, order: PlaceOrder): number {
  const opposite = order.side === side.buy ? side.sell : side.buy;
  return gateway.replica.venue.bestPrice(order.market, opposite);
}

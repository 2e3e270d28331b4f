import { dialectError } from "../errors.ts";
import { orderTypes, sides, timesInForce } from "../order-words.ts";
import { oneOf, type ParamSpec, type ParamTable, param } from "../params.ts";

/**
 * What the parameters are called that describe one order: a request for a list has a set of names for
 * each of its orders, and may share a side and a quantity among them.
 */
export type OrderNames = {
  readonly type: string;
  readonly side: string;
  readonly quantity: string;
  /** Where an order may be asked for by its worth. */
  readonly quoteOrderQty?: string;
  readonly price: string;
  readonly timeInForce: string;
  readonly goodTillDate: string;
  readonly stopPrice: string;
  readonly trailingDelta: string;
  readonly icebergQty: string;
  readonly strategyId: string;
  readonly strategyType: string;
  readonly clientOrderId: string;
};

export const orderNames: OrderNames = {
  type: "type",
  side: "side",
  quantity: "quantity",
  quoteOrderQty: "quoteOrderQty",
  price: "price",
  timeInForce: "timeInForce",
  goodTillDate: "goodTillDate",
  stopPrice: "stopPrice",
  trailingDelta: "trailingDelta",
  icebergQty: "icebergQty",
  strategyId: "strategyId",
  strategyType: "strategyType",
  clientOrderId: "newClientOrderId",
};

/** The names of an order in a list: `prefixedNames("above")` has `abovePrice` and so on. */
export function prefixedNames(
  prefix: string,
  shared: { readonly side?: string; readonly quantity?: string } = {},
): OrderNames {
  return {
    type: `${prefix}Type`,
    side: shared.side ?? `${prefix}Side`,
    quantity: shared.quantity ?? `${prefix}Quantity`,
    price: `${prefix}Price`,
    timeInForce: `${prefix}TimeInForce`,
    goodTillDate: `${prefix}GoodTillDate`,
    stopPrice: `${prefix}StopPrice`,
    trailingDelta: `${prefix}TrailingDelta`,
    icebergQty: `${prefix}IcebergQty`,
    strategyId: `${prefix}StrategyId`,
    strategyType: `${prefix}StrategyType`,
    clientOrderId: `${prefix}ClientOrderId`,
  };
}

export const sideParam: ParamSpec = oneOf([...sides.keys()], dialectError.invalidSide);
export const typeParam: ParamSpec = oneOf([...orderTypes.keys()], dialectError.invalidOrderType);

/** What an order's parameters may hold, but for its type, side and quantity. */
export function termParams(names: OrderNames): ParamTable {
  return {
    [names.price]: param.decimal,
    [names.timeInForce]: oneOf([...timesInForce.keys()], dialectError.invalidTimeInForce),
    [names.goodTillDate]: param.integer,
    [names.stopPrice]: param.decimal,
    [names.trailingDelta]: param.integer,
    [names.icebergQty]: param.decimal,
    [names.strategyId]: param.integer,
    [names.strategyType]: param.integer,
    [names.clientOrderId]: param.clientOrderId,
  };
}

import { type OrderType, orderType } from "@halcyon/core";
import {
  type DialectError,
  dialectError,
  missingOneOf,
  missingParameter,
  parameterNotRequired,
} from "../errors.ts";
import type { Params } from "../params.ts";
import type { OrderNames } from "./order-names.ts";

/** What an order of a type has: it must be sent, and of any other type it must not. */
type Shape = {
  readonly price: boolean;
  readonly timeInForce: boolean;
  /** A stop price, a trailing delta or both. */
  readonly trigger: boolean;
};
const shapes: Readonly<Record<OrderType, Shape>> = {
  [orderType.limit]: { price: true, timeInForce: true, trigger: false },
  [orderType.market]: { price: false, timeInForce: false, trigger: false },
  // Rests until it is cancelled, or until the time of a GTD, which is the only one it may name.
  [orderType.limitMaker]: { price: true, timeInForce: false, trigger: false },
  [orderType.stopLoss]: { price: false, timeInForce: false, trigger: true },
  [orderType.stopLossLimit]: { price: true, timeInForce: true, trigger: true },
  [orderType.takeProfit]: { price: false, timeInForce: false, trigger: true },
  [orderType.takeProfitLimit]: { price: true, timeInForce: true, trigger: true },
};

/** Whether the parameters that an order of this type needs were sent, and none that it has no use for. */
export function checkOrderShape(
  params: Params,
  names: OrderNames,
  type: OrderType,
): DialectError | null {
  const shape = shapes[type];
  const restsOnly = type === orderType.limitMaker;
  const isGtd = params.text(names.timeInForce) === "GTD";
  return (
    need(params, names.timeInForce, shape.timeInForce || (restsOnly && isGtd)) ??
    checkQuantity(params, names, type) ??
    need(params, names.price, shape.price) ??
    checkTrigger(params, names, shape.trigger) ??
    checkIceberg(params, names, shape.price) ??
    need(params, names.goodTillDate, isGtd)
  );
}

function need(params: Params, name: string, isNeeded: boolean): DialectError | null {
  if (params.has(name) === isNeeded) return null;
  return isNeeded ? missingParameter(name) : parameterNotRequired(name);
}

function checkQuantity(params: Params, names: OrderNames, type: OrderType): DialectError | null {
  const { quantity, quoteOrderQty } = names;
  if (quoteOrderQty === undefined) return need(params, quantity, true);
  if (type !== orderType.market) {
    return need(params, quantity, true) ?? need(params, quoteOrderQty, false);
  }
  if (params.has(quantity) !== params.has(quoteOrderQty)) return null;
  return params.has(quantity)
    ? dialectError.invalidCombination
    : missingOneOf(quantity, quoteOrderQty);
}

function checkTrigger(params: Params, names: OrderNames, isNeeded: boolean): DialectError | null {
  const { stopPrice, trailingDelta } = names;
  if (!isNeeded) return need(params, stopPrice, false) ?? need(params, trailingDelta, false);
  const isSent = params.has(stopPrice) || params.has(trailingDelta);
  return isSent ? null : missingOneOf(stopPrice, trailingDelta);
}

function checkIceberg(params: Params, names: OrderNames, hasPrice: boolean): DialectError | null {
  if (!params.has(names.icebergQty)) return null;
  if (!hasPrice) return parameterNotRequired(names.icebergQty);
  return canRest(params, names) ? null : dialectError.unsupportedCombination;
}

/** Whether what is left of the order stays on the book: by its time in force it does not expire at once. */
export function canRest(params: Params, names: OrderNames): boolean {
  const text = params.text(names.timeInForce);
  return text !== "IOC" && text !== "FOK";
}

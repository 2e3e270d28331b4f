import { type OrderType, orderType } from "@halcyon/core";
import { type DialectError, dialectError, icebergNeedsGtc } from "../errors.ts";
import type { Params } from "../params.ts";
import type { OrderNames } from "./order-names.ts";
import { canRest } from "./order-shape.ts";

/** An order of a list, with the type that was sent for it or that the kind of list gives it. */
export type ListOrder = { readonly names: OrderNames; readonly type: OrderType };

/** Which of two places in a pair orders of a kind have, and what is said when they have the other. */
type Place = {
  readonly aboveInSell: boolean;
  readonly wrongInBuy: DialectError;
  readonly wrongInSell: DialectError;
};
const limitPlace: Place = {
  aboveInSell: true,
  wrongInBuy: dialectError.buyListLimitBelow,
  wrongInSell: dialectError.sellListLimitAbove,
};
const stopPlace: Place = {
  aboveInSell: false,
  wrongInBuy: dialectError.buyListStopAbove,
  wrongInSell: dialectError.sellListStopBelow,
};
const profitPlace: Place = {
  aboveInSell: true,
  wrongInBuy: dialectError.buyListProfitBelow,
  wrongInSell: dialectError.sellListProfitAbove,
};
const places: ReadonlyMap<OrderType, Place> = new Map([
  [orderType.limitMaker, limitPlace],
  [orderType.stopLoss, stopPlace],
  [orderType.stopLossLimit, stopPlace],
  [orderType.takeProfit, profitPlace],
  [orderType.takeProfitLimit, profitPlace],
]);

/**
 * Whether two orders can cancel each other: a stop loss, and one that is better than the market. Their
 * prices are compared by the core.
 */
export function checkPair(params: Params, upper: ListOrder, lower: ListOrder): DialectError | null {
  const { limitMaker } = orderType;
  if (upper.type === limitMaker && lower.type === limitMaker) {
    return dialectError.bothListOrdersLimit;
  }
  return (
    checkPlace(params, upper, true) ??
    checkPlace(params, lower, false) ??
    checkIceberg(params, upper) ??
    checkIceberg(params, lower)
  );
}

function checkPlace(
  params: Params,
  { names, type }: ListOrder,
  isAbove: boolean,
): DialectError | null {
  const place = places.get(type);
  if (place === undefined) return dialectError.listTypeNotSupported;
  const isBuy = params.required(names.side) === "BUY";
  if (isAbove === (isBuy !== place.aboveInSell)) return null;
  return isBuy ? place.wrongInBuy : place.wrongInSell;
}

function checkIceberg(params: Params, { names }: ListOrder): DialectError | null {
  if (!params.has(names.icebergQty) || canRest(params, names)) return null;
  return icebergNeedsGtc(names.icebergQty, names.timeInForce);
}

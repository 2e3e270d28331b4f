import { notify } from "../../design/notices.tsx";
import { tellRefused } from "../../design/tell-refused.ts";
import { texts } from "../../texts/texts.ts";
import { unitsOf, unitsText } from "../../venue/decimal.ts";
import type { Market } from "../../venue/market.ts";
import type { Order } from "../../venue/order.ts";
import {
  cancelAll,
  cancelOrder,
  type OrderParams,
  reduceOrder,
  replaceOrder,
} from "../../venue/trading.ts";

const { orders } = texts;

export function cancelOne(order: Order): Promise<boolean> {
  return done(orders.cancelled, () => cancelOrder(order.symbol, order.id));
}

/** All open orders of these markets. */
export function cancelAllOf(symbols: Iterable<string>): Promise<boolean> {
  return done(orders.cancelledAll, () => Promise.all([...symbols].map(cancelAll)));
}

/** Another order may stand in its place: it is alone, and has a price. */
export function canBeReplaced({ type, listId, status }: Order): boolean {
  return (
    (type === "LIMIT" || type === "LIMIT_MAKER") && listId === null && status !== "PENDING_NEW"
  );
}

/** A smaller quantity at the same price keeps the place in the queue; all else is a new order. */
export function keepsPlace(order: Order, price: bigint, quantity: bigint, market: Market): boolean {
  const before = unitsOf(order.quantity, market.quantityDecimals);
  return price === unitsOf(order.price, market.priceDecimals) && quantity < before;
}

export function amend(
  order: Order,
  market: Market,
  price: bigint,
  quantity: bigint,
): Promise<boolean> {
  if (keepsPlace(order, price, quantity, market)) {
    const newQty = unitsText(quantity, market.quantityDecimals);
    return done(orders.changed, () => reduceOrder(order.symbol, order.id, newQty));
  }
  const open = quantity - unitsOf(order.executed, market.quantityDecimals);
  const params = replacement(order, market, price, open);
  return done(orders.changed, () => replaceOrder(order.id, params));
}

export function moveByTicks(
  order: Order,
  market: Market | undefined,
  ticks: bigint,
): Promise<boolean> {
  if (market === undefined || !canBeReplaced(order)) {
    notify("bad", orders.failed, orders.onlyPlain);
    return Promise.resolve(false);
  }
  const price = unitsOf(order.price, market.priceDecimals) + market.tick * ticks;
  const open =
    unitsOf(order.quantity, market.quantityDecimals) -
    unitsOf(order.executed, market.quantityDecimals);
  const params = replacement(order, market, price, open);
  return done(orders.moved, () => replaceOrder(order.id, params));
}

/** The same order at another price, with what is left of it. */
function replacement(order: Order, market: Market, price: bigint, open: bigint): OrderParams {
  const isMaker = order.type === "LIMIT_MAKER";
  return {
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    price: unitsText(price, market.priceDecimals),
    quantity: unitsText(open, market.quantityDecimals),
    ...(isMaker && order.goodTillMs === null ? {} : { timeInForce: order.timeInForce }),
    ...(order.goodTillMs === null ? {} : { goodTillDate: String(order.goodTillMs) }),
    ...(order.iceberg === "" ? {} : { icebergQty: order.iceberg }),
  };
}

async function done(what: string, act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    notify("good", what);
    return true;
  } catch (error) {
    tellRefused(error, orders.failed);
    return false;
  }
}

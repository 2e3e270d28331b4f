import { closeReason, refusal } from "@halcyon/core";
import type { Cancel, OrderName } from "./commands.ts";
import { close, closeAll } from "./reference-closing.ts";
import { find, loseLots } from "./reference-orders.ts";
import type { OpenOrder, ReferenceState } from "./reference-state.ts";

/** Cancels, reductions and amendments: each returns its refusal, 0 when there is none. */
export function cancel(s: ReferenceState, c: Cancel, reason: number): number {
  if (s.markets[c.market] === undefined) return refusal.unknownMarket;
  const order = find(s, c);
  if (order === undefined) return refusal.unknownOrder;
  close(s, order, reason, c.cancelClientOrderId);
  return 0;
}

export function cancelAll(s: ReferenceState, account: number, market: number): number {
  if (s.accounts[account] === undefined) return refusal.unknownAccount;
  if (market !== -1 && s.markets[market] === undefined) return refusal.unknownMarket;
  const hadSome = closeAll(s, account, s.markets[market] ?? null, closeReason.cancelled);
  return hadSome ? 0 : refusal.unknownOrder;
}

/** Takes lots off an order, which keeps its place. */
export function reduce(s: ReferenceState, name: OrderName, by: bigint): number {
  const market = s.markets[name.market];
  if (market === undefined) return refusal.unknownMarket;
  const order = name.orderId === 0n ? undefined : find(s, name);
  if (order === undefined) return refusal.unknownOrder;
  if (isOfPair(order)) return refusal.amendInList;
  if (by < 1n || by > order.lots - market.grid.lotsMin) return refusal.quantityOutOfRange;
  loseLots(s, order, by);
  order.quantity -= by;
  const { asked: o } = order;
  s.say(
    `reduced #${order.id} account ${o.account} market ${o.market} side ${o.side} ` +
      `@ ${o.price} by ${by} left ${order.lots}`,
  );
  return 0;
}

/** Gives an order a smaller quantity in all; it keeps its place. */
export function amend(s: ReferenceState, name: OrderName, to: bigint, newId: string): number {
  const market = s.markets[name.market];
  if (market === undefined) return refusal.unknownMarket;
  const order = find(s, name);
  if (order === undefined) return refusal.unknownOrder;
  if (isOfPair(order)) return refusal.amendInList;
  if (to >= order.quantity) return refusal.amendNotSmaller;
  const by = order.quantity - to;
  if (order.lots - by < market.grid.lotsMin) return refusal.quantityOutOfRange;
  const isTaken = s.orders.some(
    (other) =>
      other !== order && other.asked.account === name.account && other.clientOrderId === newId,
  );
  if (newId !== "" && isTaken) return refusal.duplicateClientOrderId;
  const { quantity: before, clientOrderId: oldId, asked: o } = order;
  loseLots(s, order, by);
  order.quantity = to;
  if (newId !== "") order.clientOrderId = newId;
  s.say(
    `amended #${order.id} account ${o.account} market ${o.market} side ${o.side} @ ${o.price} ` +
      `from ${before} to ${to} left ${order.lots} id "${oldId}" to "${order.clientOrderId}"`,
  );
  return 0;
}

/** Whether it is one of a pair, both of which are open or pending. */
function isOfPair(order: OpenOrder): boolean {
  const { list } = order;
  return list?.pair.includes(order) === true && list.pair.every((one) => list.open.includes(one));
}

import { closeReason } from "@halcyon/core";
import { isByQuote, release } from "./reference-orders.ts";
import type { Market, OpenOrder, ReferenceState } from "./reference-state.ts";

/** Closes an open order, and what its list says goes with it. */
export function close(s: ReferenceState, order: OpenOrder, reason: number, by = ""): void {
  const { id, asked: o, lots, state } = order;
  s.say(
    `closed #${id} account ${o.account} market ${o.market} side ${o.side} type ${o.type} ` +
      `@ ${o.price} reason ${reason} left ${isByQuote(o) ? 0 : lots} ` +
      `resting ${state === "resting"} by "${by}"`,
  );
  release(s, order, lots);
  end(s, order, reason, by);
}

/** An order is filled whole. */
export function endFilled(s: ReferenceState, order: OpenOrder): void {
  end(s, order, 0, "");
}

/** The other one of a pair of which only one may execute, as long as both are open. */
export function siblingOf(order: OpenOrder): OpenOrder | undefined {
  const { list } = order;
  if (list === null || !list.pair.includes(order)) return undefined;
  return list.pair.find((other) => other !== order && list.open.includes(other));
}

/** An order executes or triggers: the other one of its pair ends. */
export function closeSibling(s: ReferenceState, order: OpenOrder): void {
  const sibling = siblingOf(order);
  if (sibling !== undefined) close(s, sibling, closeReason.listEnded);
}

/** `reason` 0: it was filled whole. */
function end(s: ReferenceState, order: OpenOrder, reason: number, by: string): void {
  s.orders = s.orders.filter((other) => other !== order);
  const { list } = order;
  if (list === null) return;
  list.open = list.open.filter((other) => other !== order);
  if (reason === 0 && order === list.first) list.market.toPlace.push(list);
  else if (reason !== 0 && reason !== closeReason.listEnded) {
    for (let other = list.open[0]; other !== undefined; other = list.open[0]) {
      close(s, other, reason, by);
    }
  }
  if (list.open.length > 0 || !s.lists.includes(list)) return;
  s.lists = s.lists.filter((other) => other !== list);
  s.say(`list ${list.id} of ${list.account} market ${list.market.id} closed by "${by}"`);
}

/** Closes all open orders of an account, the newest first; returns whether there were any. */
export function closeAll(
  s: ReferenceState,
  account: number,
  market: Market | null,
  reason: number,
): boolean {
  const newest = () =>
    s.orders
      .filter((order) => order.asked.account === account)
      .filter((order) => market === null || order.market === market)
      .sort((a, b) => Number(b.id - a.id))[0];
  const hadSome = newest() !== undefined;
  for (let order = newest(); order !== undefined; order = newest()) close(s, order, reason);
  return hadSome;
}

/** Good till date: closes those whose time has come, the earliest first, then the oldest. */
export function closeExpired(s: ReferenceState): void {
  const due = () =>
    s.orders
      .filter(({ asked }) => asked.expireAtMs !== 0n && asked.expireAtMs <= s.clock.nowMs)
      .sort((a, b) => Number(a.asked.expireAtMs - b.asked.expireAtMs || a.id - b.id))[0];
  for (let order = due(); order !== undefined; order = due()) {
    close(s, order, closeReason.outOfTime);
  }
}

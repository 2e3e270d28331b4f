import { closeReason, refusal } from "@halcyon/core";
import type { Order, OrderListCommand } from "./commands.ts";
import { refuseOrder } from "./reference-checks.ts";
import { close } from "./reference-closing.ts";
import { accept, isTakeProfit, mayRest, sayAccepted } from "./reference-orders.ts";
import { contingency, type OrderList, type ReferenceState, side, type } from "./reference-state.ts";
import { begin } from "./reference-stops.ts";

/** Lists whose orders belong together as their contingency says. */
function hasSoundShape(c: OrderListCommand, rulesVersion: number): boolean {
  if (c.orders.length !== (c.contingency === contingency.otoco ? 3 : 2)) return false;
  if (c.orders.some((o) => o.account !== c.account || o.market !== c.market)) return false;
  if (c.contingency === contingency.oco) return isPair(c.orders[0]!, c.orders[1]!);
  const [first, second, third] = c.orders;
  const isWorking = first!.type === type.limit || first!.type === type.limitMaker;
  const mayEndAtOnce = rulesVersion >= 3 && first!.type === type.limit;
  if (!isWorking || !(mayEndAtOnce || mayRest(first!))) return false;
  return third === undefined ? second!.quoteUnits === 0n : isPair(second!, third);
}

/** A stop loss and something better than the market, the one above first. */
function isPair(above: Order, below: Order): boolean {
  const isSale = above.side === side.sell;
  const [profit, stop] = isSale ? [above, below] : [below, above];
  if (above.side !== below.side || above.lots !== below.lots) return false;
  if (stop.type !== type.stopLoss && stop.type !== type.stopLossLimit) return false;
  if (!isTakeProfit(profit) && profit.type !== type.limitMaker) return false;
  const profitPrice = isTakeProfit(profit) ? profit.stopPrice : profit.price;
  if (profitPrice === 0n || stop.stopPrice === 0n) return true;
  return isSale ? profitPrice > stop.stopPrice : profitPrice < stop.stopPrice;
}

function refuseList(s: ReferenceState, c: OrderListCommand): number {
  if (c.contingency < contingency.oco || c.contingency > contingency.otoco) {
    return refusal.malformedCommand;
  }
  const account = s.customer(c.account);
  if (account === undefined) return refusal.unknownAccount;
  if ((account.flags & 8) !== 0) return refusal.accountFrozen;
  if ((account.flags & 1) !== 0) return refusal.accountMayNotTrade;
  const market = s.markets[c.market];
  if (market === undefined) return refusal.unknownMarket;
  if (!hasSoundShape(c, s.rulesVersion)) return refusal.orderListShape;
  const own = s.lists.filter((list) => list.account === c.account);
  if (c.clientId !== "" && own.some(({ clientId }) => clientId === c.clientId)) {
    return refusal.duplicateListClientOrderId;
  }
  if (own.filter((list) => list.market === market).length >= market.rules.orderListsMax) {
    return refusal.tooManyOrderLists;
  }
  const names = c.orders.map((o) => o.clientOrderId).filter((name) => name !== "");
  if (new Set(names).size < names.length) return refusal.duplicateClientOrderId;
  for (const [at, order] of c.orders.entries()) {
    const isPending = c.contingency !== contingency.oco && at > 0;
    const refused = refuseOrder(s, order, { isPending, earlier: c.orders.slice(0, at) });
    if (refused !== 0) return refused;
  }
  return 0;
}

/** Places a list; returns the refusal, 0 when there is none. */
export function placeList(s: ReferenceState, c: OrderListCommand): number {
  const refused = refuseList(s, c);
  if (refused !== 0) return refused;
  const market = s.markets[c.market]!;
  const { account, clientId } = c;
  const isOco = c.contingency === contingency.oco;
  const list: OrderList = {
    id: s.nextList++,
    account,
    market,
    contingency: c.contingency,
    clientId,
    open: [],
    first: null,
    pair: [],
  };
  s.lists.push(list);
  const orders = c.orders.map((order, at) => accept(s, order, list, !isOco && at > 0));
  if (isOco) list.pair = orders;
  else list.first = orders[0]!;
  if (c.contingency === contingency.otoco) list.pair = orders.slice(1);
  const ids = orders.map(({ id }) => `#${id}`).join(" ");
  s.say(
    `list ${list.id} of ${account} market ${c.market} contingency ${c.contingency} ` +
      `opened with ${ids} id "${clientId}"`,
  );
  for (const order of orders) sayAccepted(s, order);
  for (const order of isOco ? orders : orders.slice(0, 1)) begin(s, order);
  return 0;
}

export function cancelList(
  s: ReferenceState,
  c: {
    readonly account: number;
    readonly market: number;
    readonly listId: bigint;
    readonly clientId: string;
    readonly cancelClientOrderId: string;
  },
): number {
  if (s.markets[c.market] === undefined) return refusal.unknownMarket;
  const list = s.lists.find(
    ({ id, account, market, clientId }) =>
      account === c.account &&
      market.id === c.market &&
      (c.listId !== 0n || c.clientId !== "") &&
      (c.listId === 0n || BigInt(id) === c.listId) &&
      (c.clientId === "" || clientId === c.clientId),
  );
  if (list === undefined) return refusal.unknownOrderList;
  close(s, list.open[0]!, closeReason.cancelled, c.cancelClientOrderId);
  return 0;
}

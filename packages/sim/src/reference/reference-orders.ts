import type { Order, OrderName } from "./commands.ts";
import {
  least,
  type Market,
  type OpenOrder,
  type OrderList,
  type ReferenceState,
  side,
  tif,
  type,
} from "./reference-state.ts";

/** What an order is by its type. */
export function isStop(o: Order): boolean {
  return o.type >= type.stopLoss;
}
export function isTakeProfit(o: Order): boolean {
  return o.type === type.takeProfit || o.type === type.takeProfitLimit;
}
/** Whether it takes any price, once it works. */
export function hasNoPrice(o: Order): boolean {
  return o.type === type.market || o.type === type.stopLoss || o.type === type.takeProfit;
}
export function isByQuote(o: Order): boolean {
  return o.type === type.market && o.lots === 0n;
}
export function mayRest(o: Order): boolean {
  return !hasNoPrice(o) && (o.timeInForce === tif.gtc || o.timeInForce === tif.gtd);
}
/** Whether it waits for the last price to rise: a buy's stop loss, a sale's take profit. */
export function isRising(o: Order): boolean {
  return (o.side === side.buy) !== isTakeProfit(o);
}
/** The price for which a waiting buy holds: its own, its stop price, or the last one; 0: none of them. */
export function waitingPrice(o: Order, market: Market): bigint {
  return o.price || o.stopPrice || market.last;
}

/** What each lot of an order costs its side at a price. */
export function perLot(o: Order, market: Market, price: bigint): bigint {
  return o.side === side.buy ? price * market.unit : market.grid.lotUnits;
}
export function payAsset(o: Order, market: Market): number {
  return o.side === side.buy ? market.grid.quoteAsset : market.grid.baseAsset;
}
export function receiveAsset(o: Order, market: Market): number {
  return o.side === side.buy ? market.grid.baseAsset : market.grid.quoteAsset;
}

export function ordersOf(s: ReferenceState, account: number, market: Market): OpenOrder[] {
  return s.orders.filter((order) => order.asked.account === account && order.market === market);
}

/** Takes an order into the venue; it does nothing yet. */
export function accept(
  s: ReferenceState,
  o: Order,
  list: OrderList | null,
  isPending: boolean,
): OpenOrder {
  const order: OpenOrder = {
    id: s.nextOrder++,
    asked: o,
    market: s.markets[o.market]!,
    list,
    clientOrderId: o.clientOrderId,
    quantity: o.lots,
    lots: o.lots,
    quoteLeft: o.quoteUnits,
    state: isPending ? "pending" : "working",
    shown: 0n,
    turn: 0,
    holdPerLot: 0n,
    best: 0n,
  };
  s.orders.push(order);
  list?.open.push(order);
  if (isPending || isStop(o)) openReceiving(s, order);
  return order;
}

export function sayAccepted(s: ReferenceState, { id, asked: o, list, state }: OpenOrder): void {
  s.say(
    `accepted #${id} account ${o.account} market ${o.market} side ${o.side} type ${o.type} ` +
      `tif ${o.timeInForce} ${o.lots} @ ${o.price} quote ${o.quoteUnits} mode ${o.selfTradeMode} ` +
      `stop ${o.stopPrice} trailing ${o.trailingDelta} iceberg ${o.icebergLots} ` +
      `until ${o.expireAtMs} strategy ${o.strategyId}/${o.strategyType} list ${list?.id ?? 0} ` +
      `pending ${state === "pending"} id "${o.clientOrderId}"`,
  );
}

/** Begins to hold so much for each of its lots. */
export function hold(s: ReferenceState, order: OpenOrder, amountPerLot: bigint): void {
  order.holdPerLot = amountPerLot;
  moveHold(s, order, amountPerLot * order.lots);
}

/** Gives back what it holds for so many of its lots. */
export function release(s: ReferenceState, order: OpenOrder, lots: bigint): void {
  moveHold(s, order, -order.holdPerLot * lots);
}

function moveHold(s: ReferenceState, { asked, market }: OpenOrder, amount: bigint): void {
  if (amount !== 0n) s.ledger.hold(asked.account, payAsset(asked, market), amount);
}

/** An account has a balance, if only of zero, in what an order of its may receive. */
export function openReceiving(s: ReferenceState, { asked, market }: OpenOrder): void {
  s.ledger.add(asked.account, receiveAsset(asked, market), 0n);
}

/** What is left of an order goes to the end of the queue at its price. */
export function rest(s: ReferenceState, order: OpenOrder): void {
  const { asked, market } = order;
  openReceiving(s, order);
  hold(s, order, perLot(asked, market, asked.price));
  order.state = "resting";
  showNextPart(s, order);
}

/** An iceberg's next part, or all of another order, behind the others at its price. */
export function showNextPart(s: ReferenceState, order: OpenOrder): void {
  const { icebergLots } = order.asked;
  order.shown = icebergLots === 0n ? order.lots : least(icebergLots, order.lots);
  order.turn = s.turns++;
}

/** An order loses lots without a trade: hidden ones first. It keeps its place. */
export function loseLots(s: ReferenceState, order: OpenOrder, lots: bigint): void {
  release(s, order, lots);
  order.lots -= lots;
  order.shown = least(order.shown, order.lots);
}

/** The open order that is meant: where both names are given, both must fit. */
export function find(s: ReferenceState, name: OrderName): OpenOrder | undefined {
  if (name.orderId === 0n && name.clientOrderId === "") return undefined;
  return s.orders.find(
    ({ id, asked, clientOrderId }) =>
      asked.account === name.account &&
      asked.market === name.market &&
      (name.orderId === 0n || id === name.orderId) &&
      (name.clientOrderId === "" || clientOrderId === name.clientOrderId),
  );
}

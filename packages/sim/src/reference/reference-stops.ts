import { closeReason, refusal } from "@halcyon/core";
import { refuseLevelSum } from "./reference-checks.ts";
import { close, closeSibling, siblingOf } from "./reference-closing.ts";
import { work } from "./reference-matching.ts";
import { refuseWorking } from "./reference-moment.ts";
import {
  hasNoPrice,
  hold,
  isRising,
  isStop,
  isTakeProfit,
  perLot,
  release,
  waitingPrice,
} from "./reference-orders.ts";
import {
  type Market,
  marketState,
  type OpenOrder,
  type OrderList,
  type ReferenceState,
  side,
  type,
} from "./reference-state.ts";

const goOnMax = 1_000;
const stageActivation = 3;
const placeOrderType = 20;
const activation = { placed: 1, tracking: 2, triggered: 3 } as const;

/** An order that was accepted, or that its list places, begins: a stop to wait, another to work. */
export function begin(s: ReferenceState, order: OpenOrder): void {
  const { asked: o } = order;
  if (!isStop(o)) {
    order.state = "working";
    work(s, order);
    return;
  }
  hold(s, order, waitingHoldPerLot(order));
  if (o.stopPrice === 0n) track(s, order);
  else {
    order.state = "waiting";
    order.turn = s.turns++;
  }
}

/** A stop loss of a pair holds only what the other one of the pair does not hold already. */
function waitingHoldPerLot(order: OpenOrder): bigint {
  const { asked: o, market } = order;
  const own = perLot(o, market, waitingPrice(o, market));
  const sibling = isTakeProfit(o) ? undefined : siblingOf(order);
  if (sibling === undefined) return own;
  const others = perLot(sibling.asked, market, waitingPrice(sibling.asked, market));
  return own > others ? own - others : 0n;
}

function track(s: ReferenceState, order: OpenOrder): void {
  order.state = "tracking";
  order.turn = s.turns++;
  order.best = order.market.last;
}

/** Trailing orders see the last price. */
export function seePrice(s: ReferenceState, market: Market): void {
  for (const order of s.orders) {
    if (order.market !== market || order.state !== "tracking" || market.last === 0n) continue;
    const isBuy = order.asked.side === side.buy;
    const isBetter = isBuy ? market.last < order.best : market.last > order.best;
    if (order.best === 0n || isBetter) order.best = market.last;
  }
}

/** In a market that trades, all that waited and whose time has come goes on, one at a time. */
export function goOn(s: ReferenceState, market: Market): void {
  seePrice(s, market);
  for (let count = 0; count < goOnMax && market.state === marketState.trading; count++) {
    const list = market.toPlace.shift();
    if (list !== undefined) placeRest(s, list);
    else {
      const order = nextDue(s, market);
      if (order === undefined) return;
      if (order.state === "waiting" && order.asked.trailingDelta !== 0n) {
        sayActivated(s, order, activation.tracking);
        track(s, order);
      } else trigger(s, order);
    }
    seePrice(s, market);
  }
}

/** The stop or trailing order that the last price sets off next. */
function nextDue(s: ReferenceState, market: Market): OpenOrder | undefined {
  const { last } = market;
  if (last === 0n) return undefined;
  const own = s.orders.filter((order) => order.market === market);
  const waiting = own.filter(({ state }) => state === "waiting");
  const stopOf = ({ asked }: OpenOrder) => asked.stopPrice;
  const rising = waiting
    .filter((order) => isRising(order.asked) && last >= stopOf(order))
    .sort((a, b) => Number(stopOf(a) - stopOf(b)) || a.turn - b.turn);
  const falling = waiting
    .filter((order) => !isRising(order.asked) && last <= stopOf(order))
    .sort((a, b) => Number(stopOf(b) - stopOf(a)) || a.turn - b.turn);
  const turned = own
    .filter((order) => order.state === "tracking" && hasTurned(order, last))
    .sort((a, b) => a.turn - b.turn);
  return rising[0] ?? falling[0] ?? turned[0];
}

/** Whether the price has turned from its best by the trailing delta. */
function hasTurned({ asked: o, best }: OpenOrder, last: bigint): boolean {
  return o.side === side.buy
    ? last * 10_000n >= best * (10_000n + o.trailingDelta)
    : last * 10_000n <= best * (10_000n - o.trailingDelta);
}

/** A stop's price has come: it gives back what it holds, and works like a new market or limit order. */
function trigger(s: ReferenceState, order: OpenOrder): void {
  sayActivated(s, order, activation.triggered);
  closeSibling(s, order);
  release(s, order, order.lots);
  order.holdPerLot = 0n;
  order.state = "working";
  const refused = refuseNow(s, order, hasNoPrice(order.asked) ? type.market : type.limit);
  if (refused === 0) work(s, order);
  else {
    sayRefused(s, refused);
    close(s, order, closeReason.rejected);
  }
}

/** The first order of a list was filled whole: those that waited for it are placed, or closed together. */
function placeRest(s: ReferenceState, list: OrderList): void {
  const orders = [...list.open];
  for (const order of orders) sayActivated(s, order, activation.placed);
  for (const order of orders) {
    const refused = refuseNow(s, order, order.asked.type);
    if (refused === 0) continue;
    sayRefused(s, refused);
    close(s, order, closeReason.rejected);
    return;
  }
  for (const order of orders) begin(s, order);
}

/** What is checked again when an order goes on. */
function refuseNow(s: ReferenceState, order: OpenOrder, asType: number): number {
  const { asked, market, lots } = order;
  const { flags } = s.accounts[asked.account]!;
  if ((flags & 8) !== 0) return refusal.accountFrozen;
  if ((flags & 1) !== 0) return refusal.accountMayNotTrade;
  const now = { ...asked, type: asType, lots };
  return refuseLevelSum(s, now, market, lots) || refuseWorking(s, now, market, order);
}

function sayRefused(s: ReferenceState, code: number): void {
  s.say(`refused ${code} stage ${stageActivation} type ${placeOrderType}`);
}

function sayActivated(s: ReferenceState, { id, asked: o }: OpenOrder, how: number): void {
  s.say(
    `activated #${id} account ${o.account} market ${o.market} side ${o.side} type ${o.type} ` +
      `@ ${o.price} how ${how}`,
  );
}

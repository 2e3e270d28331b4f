import { closeReason } from "@halcyon/core";
import { haltByBand, isOutOfBand, openBandWindow } from "./reference-band.ts";
import { close, closeSibling, endFilled } from "./reference-closing.ts";
import { settle } from "./reference-fill.ts";
import {
  hasNoPrice,
  isByQuote,
  loseLots,
  mayRest,
  openReceiving,
  rest,
  showNextPart,
} from "./reference-orders.ts";
import { counterparts, firstCounterpart } from "./reference-queue.ts";
import {
  least,
  marketState,
  mode,
  type OpenOrder,
  type ReferenceState,
  tif,
} from "./reference-state.ts";

/** An order works: it takes what it reaches, and what is left of it rests or is closed. */
export function work(s: ReferenceState, order: OpenOrder): void {
  const { asked: o, market } = order;
  const ending = market.state === marketState.trading ? take(s, order) : 0;
  const canRest = !hasNoPrice(o) && mayRest(o);
  if (ending === closeReason.outOfBand) {
    if (canRest) rest(s, order);
    else close(s, order, ending);
    haltByBand(s, market);
  } else if (ending !== 0) close(s, order, ending);
  else if (isByQuote(o)) close(s, order, closeReason.expired);
  else if (order.lots === 0n) endFilled(s, order);
  else if (canRest) rest(s, order);
  else close(s, order, closeReason.expired);
}

/** Trades as far as it goes; returns why the rest is to be closed whatever its time in force, or 0. */
function take(s: ReferenceState, taker: OpenOrder): number {
  const { asked: o, market } = taker;
  const limit = hasNoPrice(o) ? null : o.price;
  if (firstCounterpart(s, market, o.side, limit) === undefined) return 0;
  openBandWindow(s, market);
  if (o.timeInForce === tif.fok && !canFillWhole(s, taker, limit)) return 0;
  openReceiving(s, taker);
  while (isByQuote(o) || taker.lots > 0n) {
    const maker = firstCounterpart(s, market, o.side, limit);
    if (maker === undefined) break;
    const { price } = maker.asked;
    const wanted = isByQuote(o) ? taker.quoteLeft / (price * market.unit) : taker.lots;
    if (wanted === 0n) break;
    if (o.selfTradeMode !== mode.none && maker.asked.account === o.account) {
      if (prevent(s, taker, maker, price)) return closeReason.selfTrade;
      continue;
    }
    if (isOutOfBand(market, price)) return closeReason.outOfBand;
    closeSibling(s, maker);
    settle(s, taker, maker, least(wanted, maker.shown), price, false);
    endPart(s, maker);
  }
  return isByQuote(o) && isSpent(s, taker) ? closeReason.filled : 0;
}

/** By quote units: something was traded, and what is left pays for no further lot at the best price. */
function isSpent(s: ReferenceState, { asked: o, market, quoteLeft }: OpenOrder): boolean {
  if (quoteLeft === o.quoteUnits) return false;
  const best = firstCounterpart(s, market, o.side, null);
  return quoteLeft === 0n || (best !== undefined && quoteLeft < best.asked.price * market.unit);
}

/** What shows of a resting order is filled: it ends, or its next part shows. */
export function endPart(s: ReferenceState, order: OpenOrder): void {
  if (order.lots === 0n) endFilled(s, order);
  else if (order.shown === 0n) showNextPart(s, order);
}

/** Two orders of one account meet. Returns whether that ends the taker. */
function prevent(s: ReferenceState, taker: OpenOrder, maker: OpenOrder, price: bigint): boolean {
  const { asked: o } = taker;
  const byQuote = isByQuote(o);
  const isDecrement = o.selfTradeMode === mode.decrement && !byQuote;
  const endsTaker = o.selfTradeMode === mode.expireTaker || o.selfTradeMode === mode.expireBoth;
  const endsMaker = o.selfTradeMode !== mode.expireTaker && !isDecrement;
  const common = least(taker.lots, maker.lots);
  const takerLots = isDecrement ? common : endsTaker ? taker.lots : 0n;
  const makerLots = isDecrement ? common : endsMaker ? maker.lots : 0n;
  if (isDecrement) closeSibling(s, maker);
  sayPrevented(s, taker, maker, price, takerLots, makerLots);
  if (isDecrement) {
    loseLots(s, maker, common);
    loseLots(s, taker, common);
    if (maker.lots === 0n) close(s, maker, closeReason.selfTrade);
    return taker.lots === 0n;
  }
  if (endsMaker) close(s, maker, closeReason.selfTrade);
  return endsTaker;
}

export function sayPrevented(
  s: ReferenceState,
  taker: OpenOrder,
  maker: OpenOrder,
  price: bigint,
  takerLots: bigint,
  makerLots: bigint,
): void {
  const { market, asked: o } = taker;
  market.prevented++;
  s.say(
    `prevented ${market.id}/${market.prevented} of ${o.account} mode ${o.selfTradeMode} @ ${price} ` +
      `side ${o.side} taker #${taker.id} loses ${takerLots} maker #${maker.id} loses ${makerLots}`,
  );
}

/** Whether a fill-or-kill order gets all its lots: it goes through the queue as it would, in thought. */
function canFillWhole(s: ReferenceState, taker: OpenOrder, limit: bigint | null): boolean {
  const { asked: o, market } = taker;
  if (isByQuote(o)) return false;
  let missing = taker.lots;
  const queue = counterparts(s, market, o.side, limit).map(({ asked, shown, lots }) => ({
    asked,
    shown,
    hidden: lots - shown,
  }));
  for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
    const { asked, shown, hidden } = first;
    if (isOutOfBand(market, asked.price)) return false;
    if (o.selfTradeMode !== mode.none && asked.account === o.account) {
      if (o.selfTradeMode !== mode.expireMaker) return false;
      continue;
    }
    missing -= shown;
    if (missing <= 0n) return true;
    if (hidden === 0n) continue;
    const next = least(asked.icebergLots, hidden);
    const behind = queue.findIndex((other) => other.asked.price !== asked.price);
    const part = { asked, shown: next, hidden: hidden - next };
    queue.splice(behind < 0 ? queue.length : behind, 0, part);
  }
  return false;
}

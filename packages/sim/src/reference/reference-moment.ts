import { refusal } from "@halcyon/core";
import type { Order } from "./commands.ts";
import {
  hasNoPrice,
  isByQuote,
  isRising,
  isStop,
  ordersOf,
  payAsset,
  perLot,
  waitingPrice,
} from "./reference-orders.ts";
import { counterparts } from "./reference-queue.ts";
import {
  least,
  type Market,
  marketState,
  mode,
  type OpenOrder,
  type ReferenceState,
  side,
  type,
} from "./reference-state.ts";

const beyond = 1n << 63n;

/**
 * What depends on the moment at which an order begins to work, or to wait: what it is worth, what it
 * would meet, and whether it can pay. `o` is the order as it works (a stop that has triggered: the
 * market or limit order that it has become), `self` the order where it is open already.
 */
export function refuseWorking(
  s: ReferenceState,
  o: Order,
  market: Market,
  self: OpenOrder | null = null,
): number {
  if (hasNoPrice(o) && !isStop(o)) {
    const best = counterparts(s, market, o.side, null)[0];
    const worth = isByQuote(o) ? o.quoteUnits : (best?.asked.price ?? 0n) * o.lots * market.unit;
    if (best !== undefined && worth < market.grid.notionalMin) return refusal.notionalTooSmall;
    return refusePosition(s, o, market, self) || refusePayment(s, o, market);
  }
  const price = isStop(o) ? waitingPrice(o, market) : o.price;
  return (
    (price === 0n ? 0 : refuseNotional(price * o.lots * market.unit, market)) ||
    refuseAtOnce(s, o, market) ||
    refusePosition(s, o, market, self) ||
    refusePayment(s, o, market)
  );
}

function refuseNotional(worth: bigint, { grid, rules }: Market): number {
  if (worth >= beyond) return refusal.notionalTooLarge;
  if (worth < grid.notionalMin) return refusal.notionalTooSmall;
  return rules.notionalMax !== 0n && worth > rules.notionalMax ? refusal.notionalTooLarge : 0;
}

/** A limit maker that would take, a stop whose price is met. */
function refuseAtOnce(s: ReferenceState, o: Order, market: Market): number {
  if (o.type === type.limitMaker && market.state !== marketState.auction) {
    return counterparts(s, market, o.side, o.price).length > 0 ? refusal.wouldMatch : 0;
  }
  if (!isStop(o) || o.stopPrice === 0n || market.last === 0n) return 0;
  const isMet = isRising(o) ? market.last >= o.stopPrice : market.last <= o.stopPrice;
  return isMet ? refusal.wouldTrigger : 0;
}

function refusePosition(
  s: ReferenceState,
  o: Order,
  market: Market,
  self: OpenOrder | null,
): number {
  const most = market.rules.positionLotsMax;
  if (most === 0n || o.side !== side.buy) return 0;
  const { baseAsset, lotUnits } = market.grid;
  const owned = s.ledger.available(o.account, baseAsset) + s.ledger.held(o.account, baseAsset);
  let lots = o.lots;
  for (const other of ordersOf(s, o.account, market)) {
    const isWithIt = other === self || (other.list !== null && other.list === self?.list);
    if (other.asked.side === side.buy && !isWithIt) lots += other.lots;
  }
  return owned + lots * lotUnits > most * lotUnits ? refusal.positionTooLarge : 0;
}

function refusePayment(s: ReferenceState, o: Order, market: Market): number {
  const needed = neededOf(s, o, market);
  if (needed >= beyond) {
    const isOfQuote = o.side === side.buy || isByQuote(o);
    return isOfQuote ? refusal.notionalTooLarge : refusal.amountTooLarge;
  }
  const asset = payAsset(o, market);
  const isCovered =
    s.ledger.knows(o.account, asset) && s.ledger.available(o.account, asset) >= needed;
  return isCovered ? 0 : refusal.insufficientBalance;
}

/** What an order must be able to pay at most. */
function neededOf(s: ReferenceState, o: Order, market: Market): bigint {
  if (isStop(o)) return perLot(o, market, waitingPrice(o, market)) * o.lots;
  if (!hasNoPrice(o)) return perLot(o, market, o.price) * o.lots;
  if (o.side === side.buy && isByQuote(o)) return o.quoteUnits;
  if (o.side === side.sell && !isByQuote(o)) return o.lots * market.grid.lotUnits;
  const goesPastOwn =
    o.selfTradeMode === mode.expireMaker || (o.selfTradeMode === mode.decrement && isByQuote(o));
  let lotsLeft = o.lots;
  let quoteLeft = o.quoteUnits;
  let sum = 0n;
  for (const maker of counterparts(s, market, o.side, null)) {
    if (goesPastOwn && maker.asked.account === o.account) continue;
    const unitPrice = maker.asked.price * market.unit;
    if (o.side === side.buy) {
      const taken = least(maker.lots, lotsLeft);
      sum += taken * unitPrice;
      lotsLeft -= taken;
    } else {
      const taken = least(maker.lots, quoteLeft / unitPrice);
      if (taken === 0n) break;
      sum += taken * market.grid.lotUnits;
      quoteLeft -= taken * unitPrice;
    }
  }
  return sum;
}

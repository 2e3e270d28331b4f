import { closeReason } from "@halcyon/core";
import { close, closeSibling } from "./reference-closing.ts";
import { settle } from "./reference-fill.ts";
import { endPart, sayPrevented } from "./reference-matching.ts";
import { counterparts, firstCounterpart } from "./reference-queue.ts";
import {
  least,
  type Market,
  mode,
  type OpenOrder,
  type ReferenceState,
  side,
} from "./reference-state.ts";

/** Opens a market whose book may be crossed: auctions until it is not. */
export function uncross(s: ReferenceState, market: Market): void {
  for (let price = auctionPrice(s, market); price !== null; price = auctionPrice(s, market)) {
    const before = market.trades;
    matchAt(s, market, price);
    if (market.trades === before) continue;
    market.reference = price;
    market.windowEndsMs = s.clock.nowMs + Number(market.rules.bandWindowMs);
  }
}

/** The price at which most lots trade; null when the book is not crossed. */
function auctionPrice(s: ReferenceState, market: Market): bigint | null {
  const bids = counterparts(s, market, side.sell, null);
  const asks = counterparts(s, market, side.buy, null);
  const [bid, ask] = [bids[0]?.asked.price, asks[0]?.asked.price];
  if (bid === undefined || ask === undefined || bid < ask) return null;
  const outcomes = ticksWorthTrying([...bids, ...asks], market.last)
    .filter((price) => price >= ask && price <= bid)
    .map((price) => {
      const bought = sumOfLots(bids.filter((order) => order.asked.price >= price));
      const sold = sumOfLots(asks.filter((order) => order.asked.price <= price));
      const distance = market.last === 0n ? 0n : magnitude(price - market.last);
      return { price, traded: least(bought, sold), surplus: magnitude(bought - sold), distance };
    });
  outcomes.sort((a, b) =>
    Number(
      b.traded - a.traded || a.surplus - b.surplus || a.distance - b.distance || a.price - b.price,
    ),
  );
  return outcomes[0]!.price;
}

/** Between the orders' prices nothing changes: so these ticks, the ones beside them, and the last price are all. */
function ticksWorthTrying(orders: readonly OpenOrder[], last: bigint): bigint[] {
  const ticks = orders.flatMap(({ asked: { price } }) => [price - 1n, price, price + 1n]);
  return [...new Set([...ticks, last])];
}

function sumOfLots(orders: readonly OpenOrder[]): bigint {
  return orders.reduce((sum, { lots }) => sum + lots, 0n);
}
function magnitude(difference: bigint): bigint {
  return difference < 0n ? -difference : difference;
}

/** The first of both queues trade at the price until one side has nobody left for it. */
function matchAt(s: ReferenceState, market: Market, price: bigint): void {
  for (;;) {
    const bid = firstCounterpart(s, market, side.sell, price);
    const ask = firstCounterpart(s, market, side.buy, price);
    if (bid === undefined || ask === undefined) return;
    const [taker, maker] = bid.id > ask.id ? [bid, ask] : [ask, bid];
    const isOwn = taker.asked.account === maker.asked.account;
    if (isOwn && taker.asked.selfTradeMode !== mode.none) preventAt(s, taker, maker, price);
    else {
      closeSibling(s, maker);
      closeSibling(s, taker);
      settle(s, taker, maker, least(taker.shown, maker.shown), price, true);
      endPart(s, maker);
      endPart(s, taker);
    }
  }
}

/** Two orders of one account meet: one of them is closed, or both; none only loses a part. */
function preventAt(s: ReferenceState, taker: OpenOrder, maker: OpenOrder, price: bigint): void {
  const { selfTradeMode } = taker.asked;
  const isDecrement = selfTradeMode === mode.decrement;
  const endsTaker = isDecrement ? taker.lots <= maker.lots : selfTradeMode !== mode.expireMaker;
  const endsMaker = isDecrement ? maker.lots <= taker.lots : selfTradeMode !== mode.expireTaker;
  sayPrevented(s, taker, maker, price, endsTaker ? taker.lots : 0n, endsMaker ? maker.lots : 0n);
  if (endsMaker) close(s, maker, closeReason.selfTrade);
  if (endsTaker) close(s, taker, closeReason.selfTrade);
}

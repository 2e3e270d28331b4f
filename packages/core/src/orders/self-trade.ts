import type { Books } from "../books/books.ts";
import { orderField as f, orderAt } from "../books/order-slab.ts";
import { type SelfTradeMode, selfTradeMode } from "../commands/command.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import { closeReason } from "../events/order-event.ts";
import type { Market } from "../registry/markets.ts";
import type { Closing } from "./closing.ts";
import type { OrderLists } from "./order-lists.ts";

/** An order that is about to meet one of its own account. */
export type SelfTrader = {
  readonly account: number;
  readonly idLow: number;
  readonly idHigh: number;
  readonly side: number;
  readonly mode: SelfTradeMode;
  /** Lots left; -1 for a market order by quote units, which has none of its own. */
  readonly left: number;
};

/** What a prevented match did to the taker. */
export type Prevented = { readonly lotsTaken: number; readonly endsTaker: boolean };

/** Keeps orders of one account from trading with each other. Rules: docs/rules.md, Self-trade prevention. */
export class SelfTrade {
  private readonly books: Books;
  private readonly events: EventBuffer;
  private readonly closing: Closing;
  private readonly lists: OrderLists;

  constructor(books: Books, events: EventBuffer, closing: Closing, lists: OrderLists) {
    this.books = books;
    this.events = events;
    this.closing = closing;
    this.lists = lists;
  }

  /**
   * By the taker's mode one or both lose their rest, or what they have in common. The maker's side is
   * done here; the taker's is for the caller.
   */
  prevent(taker: SelfTrader, maker: number, price: number, market: Market): Prevented {
    const { books, events, closing, lists } = this;
    const { mode } = taker;
    const byQuote = taker.left < 0;
    const takerLeft = byQuote ? 0 : taker.left;
    const makerLeft = books.slab.lotsLeft(maker);
    const isDecrement = mode === selfTradeMode.decrement && !byQuote;
    const common = Math.min(takerLeft, makerLeft);
    const endsTaker = mode === selfTradeMode.expireTaker || mode === selfTradeMode.expireBoth;
    const endsMaker = mode !== selfTradeMode.expireTaker && !isDecrement;
    if (isDecrement) lists.executes(maker);
    this.tell(taker, maker, price, market, [
      isDecrement ? common : endsTaker ? takerLeft : 0,
      isDecrement ? common : endsMaker ? makerLeft : 0,
    ]);
    if (isDecrement) {
      books.releaseHold(maker, common, market);
      books.takeHiddenFirst(maker, common, market);
    }
    if (endsMaker || (isDecrement && common === makerLeft)) {
      closing.close(maker, closeReason.selfTrade, events.words, -1);
    }
    const lotsTaken = isDecrement ? common : 0;
    return { lotsTaken, endsTaker: endsTaker || (!byQuote && lotsTaken === takerLeft) };
  }

  /** Two orders on the book that an auction would have let trade; decrement ends the smaller one. */
  preventInAuction(
    taker: SelfTrader,
    takerSlot: number,
    maker: number,
    price: number,
    market: Market,
  ): void {
    const { books, events, closing } = this;
    const makerLeft = books.slab.lotsLeft(maker);
    const isDecrement = taker.mode === selfTradeMode.decrement;
    const endsTaker = isDecrement
      ? taker.left <= makerLeft
      : taker.mode !== selfTradeMode.expireMaker;
    const endsMaker = isDecrement
      ? makerLeft <= taker.left
      : taker.mode !== selfTradeMode.expireTaker;
    this.tell(taker, maker, price, market, [endsTaker ? taker.left : 0, endsMaker ? makerLeft : 0]);
    if (endsMaker) closing.close(maker, closeReason.selfTrade, events.words, -1);
    if (endsTaker) closing.close(takerSlot, closeReason.selfTrade, events.words, -1);
  }

  private tell(
    taker: SelfTrader,
    maker: number,
    price: number,
    market: Market,
    [takerLots, makerLots]: readonly [number, number],
  ): void {
    const { words } = this.books.slab;
    const o = orderAt(maker);
    market.preventedCount++;
    this.events.tradePrevented(
      market.id,
      market.preventedCount,
      taker.account,
      taker.idLow,
      taker.idHigh,
      words[o + f.idLow]!,
      words[o + f.idHigh]!,
      taker.side,
      taker.mode,
      price,
      takerLots,
      makerLots,
    );
  }
}

import type { Books } from "../books/books.ts";
import * as orderSlab from "../books/order-slab.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import type { CloseReason } from "../events/order-event.ts";
import type { Market } from "../registry/markets.ts";
import type { OrderLists } from "./order-lists.ts";
import type { WaitingOrders } from "./waiting-orders.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { noLevel, orderField: f, orderAt, orderState } = orderSlab;

/** Ends open orders: gives back what they hold, and ends what their lists say goes with them. */
export class Closing {
  declare private readonly books: Books;
  declare private readonly events: EventBuffer;
  declare private readonly waiting: WaitingOrders;
  declare private readonly lists: OrderLists;

  constructor(books: Books, events: EventBuffer, waiting: WaitingOrders, lists: OrderLists) {
    this.books = books;
    this.events = events;
    this.waiting = waiting;
    this.lists = lists;
  }

  /**
   * Closes an order that rests or waits. The client id of the cancel that asked for it lies at
   * source[from]: its byte count, then its words; `from` -1: there is none.
   */
  close(slot: number, reason: CloseReason, source: Int32Array, from: number): void {
    const { slab, markets } = this.books;
    const words = slab.words;
    const o = orderAt(slot);
    const market = markets.get(words[o + f.market]!)!;
    const hasTerms = slab.hasTerms(slot);
    const lots = slab.lotsLeft(slot);
    const state = hasTerms ? slab.state(slot) : orderState.working;
    // An order without terms is on the book.
    const isResting = !hasTerms || (state === orderState.working && words[o + f.level] !== noLevel);
    this.events.orderClosed(
      words[o + f.idLow]!,
      words[o + f.idHigh]!,
      words[o + f.account]!,
      market.id,
      words[o + f.kind]!,
      words[o + f.price]!,
      lots,
      reason,
      isResting,
      source,
      from,
    );
    if (isResting) {
      this.books.releaseHold(slot, lots, market);
      this.books.unrest(slot, market);
    } else if (state === orderState.waiting || state === orderState.tracking) {
      this.waiting.disarm(slot, market);
    }
    if (hasTerms) this.lists.ended(slot, reason, source, from);
    this.books.unregister(slot, market);
  }

  /** Closes every open order of an account, newest first; returns how many there were. */
  closeAll(account: number, market: Market | null, reason: CloseReason): number {
    const { accounts, slab } = this.books;
    let closed = 0;
    for (let slot = accounts.firstOrder(account); slot !== 0; ) {
      const o = orderAt(slot);
      const next = slab.words[o + f.accountNext]!;
      if (market === null || slab.words[o + f.market] === market.id) {
        const goesWithOthers = this.lists.of(slot) !== undefined;
        this.close(slot, reason, slab.words, -1);
        closed++;
        // The next one may have been in the same list: begin anew.
        slot = goesWithOthers ? accounts.firstOrder(account) : next;
      } else slot = next;
    }
    return closed;
  }
}

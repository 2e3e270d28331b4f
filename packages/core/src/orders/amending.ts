import type { Books } from "../books/books.ts";
import {
  clientIdWords,
  orderField as f,
  noLevel,
  orderAt,
  orderNumber,
  orderNumbersShift,
  orderState,
} from "../books/order-slab.ts";
import { readU53, type WordReader } from "../bytes/word-reader.ts";
import { eventType } from "../events/event.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { Market } from "../registry/markets.ts";
import type { OrderLists } from "./order-lists.ts";
import type { WaitingOrders } from "./waiting-orders.ts";

const clientIdBytesMax = clientIdWords * 4;

/** Takes lots off open orders, which keep their place. */
export class Amending {
  private readonly books: Books;
  private readonly events: EventBuffer;
  private readonly waiting: WaitingOrders;
  private readonly lists: OrderLists;

  constructor(books: Books, events: EventBuffer, waiting: WaitingOrders, lists: OrderLists) {
    this.books = books;
    this.events = events;
    this.waiting = waiting;
    this.lists = lists;
  }

  /** Body of reduceOrder at words[at]. The order must keep at least the market's smallest quantity. */
  reduce(words: Int32Array, at: number): Refusal | 0 {
    const { books, events } = this;
    const account = words[at]!;
    const market = books.markets.get(words[at + 1]!);
    if (market === undefined) return refusal.unknownMarket;
    const slot = books.findOwn(words[at + 2]!, words[at + 3]!, account, market.id);
    if (slot === 0) return refusal.unknownOrder;
    const by = readU53(words, at + 4);
    const left = books.slab.lotsLeft(slot);
    if (this.lists.siblingOf(slot) !== 0) return refusal.amendInList;
    if (by < 1 || by > left - market.quantityLotsMin) return refusal.quantityOutOfRange;
    this.take(slot, by, market);
    const o = orderAt(slot);
    const event = events.begin(eventType.orderReduced);
    events
      .i32(words[at + 2]!)
      .i32(words[at + 3]!)
      .i32(account)
      .i32(market.id);
    events.i32(books.slab.words[o + f.kind]!).i32(books.slab.words[o + f.price]!);
    events.u53(by).u53(left - by);
    events.end(event);
    return 0;
  }

  /** Gives an order a smaller quantity in all, and another client id where one is named. */
  amend(r: WordReader): Refusal | 0 {
    const { books } = this;
    const account = r.i32();
    const market = books.markets.get(r.i32());
    const [idLow, idHigh] = [r.i32(), r.i32()];
    const clientIdAt = r.at;
    r.text(clientIdBytesMax);
    const lots = r.u53();
    const newIdAt = r.at;
    r.text(clientIdBytesMax);
    if (!r.done) return refusal.malformedCommand;
    if (market === undefined) return refusal.unknownMarket;
    const slot = books.findNamed(r.words, account, market.id, idLow, idHigh, clientIdAt);
    if (slot === 0) return refusal.unknownOrder;
    const quantity = books.slab.numbers[(slot << orderNumbersShift) + orderNumber.quantityLots]!;
    const left = books.slab.lotsLeft(slot);
    const by = quantity - lots;
    if (this.lists.siblingOf(slot) !== 0) return refusal.amendInList;
    if (by < 1) return refusal.amendNotSmaller;
    if (left - by < market.quantityLotsMin) return refusal.quantityOutOfRange;
    const idBytes = r.words[newIdAt]!;
    if (idBytes !== 0) {
      const holder = books.byClientId.find(account, idBytes, r.words, newIdAt + 1);
      if (holder !== 0 && holder !== slot) return refusal.duplicateClientOrderId;
    }
    this.take(slot, by, market);
    this.tell(slot, quantity, lots, left - by, r.words, newIdAt);
    if (idBytes !== 0) books.rename(slot, r.words, newIdAt);
    return 0;
  }

  private take(slot: number, by: number, market: Market): void {
    const { books } = this;
    const { slab } = books;
    const n = slot << orderNumbersShift;
    slab.numbers[n + orderNumber.quantityLots] = slab.numbers[n + orderNumber.quantityLots]! - by;
    if (slab.state(slot) !== orderState.working) {
      this.waiting.reduce(slot, by);
      return;
    }
    if (slab.words[orderAt(slot) + f.level] === noLevel) {
      throw new Error(`the order in slot ${slot} works and is not on the book`);
    }
    books.releaseHold(slot, by, market);
    books.takeHiddenFirst(slot, by, market);
  }

  private tell(
    slot: number,
    oldLots: number,
    newLots: number,
    left: number,
    words: Int32Array,
    newIdAt: number,
  ): void {
    const { slab } = this.books;
    const { events } = this;
    const o = orderAt(slot);
    const event = events.begin(eventType.orderAmended);
    for (const field of [f.idLow, f.idHigh, f.account, f.market, f.kind, f.price]) {
      events.i32(slab.words[o + field]!);
    }
    events.u53(oldLots).u53(newLots).u53(left);
    const ownBytes = slab.words[o + f.clientIdBytes]!;
    events.packed(ownBytes, slab.clientIds, slot * clientIdWords);
    if (words[newIdAt] === 0) events.packed(ownBytes, slab.clientIds, slot * clientIdWords);
    else events.packed(words[newIdAt]!, words, newIdAt + 1);
    events.end(event);
  }
}

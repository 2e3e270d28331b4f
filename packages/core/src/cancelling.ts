import type { Books } from "./books.ts";
import * as eventTypes from "./event.ts";
import type { EventBuffer } from "./event-buffer.ts";
import type { Market } from "./markets.ts";
import type { CloseReason } from "./order-event.ts";
import * as events from "./order-event.ts";
import * as orderSlab from "./order-slab.ts";
import type { Refusal } from "./refusal.ts";
import * as refusals from "./refusal.ts";
import { readU53 } from "./word-reader.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { eventType } = eventTypes;
const { closeReason } = events;
const { orderField: f, orderNumber, orderNumbersShift, orderAt } = orderSlab;
const { refusal } = refusals;

/** Word offsets of a cancelOrder body (`encodeCancelOrder`); the cancel's own client id follows the order's. */
const field = { account: 0, market: 1, id: 2, clientIdBytes: 4, clientId: 5 } as const;
export const cancelField: typeof field = field;

/** Takes orders off the book and gives their holds back. */
export class Cancelling {
  declare private readonly books: Books;
  declare private readonly events: EventBuffer;

  constructor(books: Books, events: EventBuffer) {
    this.books = books;
    this.events = events;
  }

  /** Cancels the order that the body at words[at] names. Both its texts lie within the command. */
  cancel(words: Int32Array, at: number, reason: CloseReason): Refusal | 0 {
    const market = this.books.markets.get(words[at + field.market]!);
    if (market === undefined) return refusal.unknownMarket;
    const slot = this.find(words, at, market);
    if (slot === 0) return refusal.unknownOrder;
    const idWords = (words[at + field.clientIdBytes]! + 3) >>> 2;
    this.close(slot, market, reason, words, at + field.clientId + idWords);
    return 0;
  }

  private find(words: Int32Array, at: number, market: Market): number {
    const account = words[at + field.account]!;
    const idLow = words[at + field.id]!;
    const idHigh = words[at + field.id + 1]!;
    const idBytes = words[at + field.clientIdBytes]!;
    if ((idLow | idHigh) === 0) {
      if (idBytes === 0) return 0;
      const slot = this.books.byClientId.find(account, idBytes, words, at + field.clientId);
      return this.books.isOwn(slot, account, market.id) ? slot : 0;
    }
    const slot = this.books.findOwn(idLow, idHigh, account, market.id);
    if (slot === 0 || idBytes === 0) return slot;
    // Both are named: then both must name the same order.
    const named = this.books.byClientId.find(account, idBytes, words, at + field.clientId);
    return named === slot ? slot : 0;
  }

  /** Cancels every open order of an account in one market, or in all with market -1; newest first. */
  cancelAll(account: number, marketId: number): Refusal | 0 {
    if (!this.books.accounts.exists(account)) return refusal.unknownAccount;
    if (marketId !== -1 && this.books.markets.get(marketId) === undefined) {
      return refusal.unknownMarket;
    }
    const words = this.books.slab.words;
    let cancelled = 0;
    let slot = this.books.accounts.firstOrder(account);
    while (slot !== 0) {
      const next = words[orderAt(slot) + f.accountNext]!;
      const own = words[orderAt(slot) + f.market]!;
      if (marketId === -1 || own === marketId) {
        this.close(slot, this.books.markets.get(own)!, closeReason.cancelled, words, -1);
        cancelled++;
      }
      slot = next;
    }
    return cancelled === 0 ? refusal.unknownOrder : 0;
  }

  private close(
    slot: number,
    market: Market,
    reason: CloseReason,
    source: Int32Array,
    from: number,
  ): void {
    const books = this.books;
    const words = books.slab.words;
    const o = orderAt(slot);
    const lots = books.slab.numbers[(slot << orderNumbersShift) + orderNumber.remainingLots]!;
    this.events.orderClosed(
      words[o + f.idLow]!,
      words[o + f.idHigh]!,
      words[o + f.account]!,
      market.id,
      words[o + f.kind]!,
      words[o + f.price]!,
      lots,
      reason,
      true,
      source,
      from,
    );
    books.releaseHold(slot, lots, market);
    books.remove(slot, market);
  }

  /** Takes lots off an order, which keeps its place; it must keep at least the market's smallest quantity. */
  reduce(words: Int32Array, at: number): Refusal | 0 {
    const books = this.books;
    const account = words[at]!;
    const market = books.markets.get(words[at + 1]!);
    if (market === undefined) return refusal.unknownMarket;
    const slot = books.findOwn(words[at + 2]!, words[at + 3]!, account, market.id);
    if (slot === 0) return refusal.unknownOrder;
    const by = readU53(words, at + 4);
    const n = slot << orderNumbersShift;
    const remaining = books.slab.numbers[n + orderNumber.remainingLots]!;
    if (by < 1 || by > remaining - market.quantityLotsMin) return refusal.quantityOutOfRange;
    books.releaseHold(slot, by, market);
    books.takeLots(slot, by, market);
    books.slab.numbers[n + orderNumber.quantityLots] =
      books.slab.numbers[n + orderNumber.quantityLots]! - by;
    const o = orderAt(slot);
    const event = this.events.begin(eventType.orderReduced);
    this.events
      .i32(words[at + 2]!)
      .i32(words[at + 3]!)
      .i32(account)
      .i32(market.id);
    this.events.i32(books.slab.words[o + f.kind]!).i32(books.slab.words[o + f.price]!);
    this.events.u53(by).u53(remaining - by);
    this.events.end(event);
    return 0;
  }
}

import { type Books, stopQueueOf } from "../books/books.ts";
import { levelField, levelShift } from "../books/level-slab.ts";
import {
  orderField as f,
  lotsAt,
  noLevel,
  orderAt,
  orderState,
  orderTerm,
  termsAt,
} from "../books/order-slab.ts";
import { readI64 } from "../bytes/word-reader.ts";
import { side } from "../commands/command.ts";
import * as amounts from "../money/amount.ts";
import type { Market } from "../registry/markets.ts";
import type { OrderCheck } from "./order-check.ts";
import { enterOrderInHand } from "./order-entry.ts";

const { highWord, productToWide, wide } = amounts;
const bips = 10_000;

/** Orders that are open and not at work: stops until their price comes, what lists place later. */
export class WaitingOrders {
  private readonly books: Books;

  constructor(books: Books) {
    this.books = books;
  }

  /** Registers the order in hand, whose body lies at words[at], in no queue yet; returns its slot. */
  register(
    order: OrderCheck,
    words: Int32Array,
    at: number,
    orderId: number,
    listId: number,
    acceptedAtMs: number,
  ): number {
    const { books } = this;
    const low = orderId | 0;
    const high = (orderId / 4294967296) | 0;
    const slot = enterOrderInHand(books, order, words, at, low, high, acceptedAtMs);
    const { slab } = books;
    const o = orderAt(slot);
    slab.words[o + f.level] = noLevel;
    slab.setLots(slot, order.lots, 0);
    slab.ensureTerms(slot);
    slab.terms[termsAt(slot) + orderTerm.listId] = listId | 0;
    slab.terms[termsAt(slot) + orderTerm.listId + 1] = highWord(listId);
    slab.terms[termsAt(slot) + orderTerm.state] = orderState.pending;
    books.register(slot, order.market);
    return slot;
  }

  /**
   * The stop in hand begins to wait for its price. It holds what it would pay, less what another
   * order of its pair holds for it (`heldBySibling`, in ticks of price per lot for a buy; -1: none).
   */
  arm(slot: number, order: OrderCheck, siblingPrice = -1): void {
    const { books } = this;
    const { slab, ledger } = books;
    const market = order.market;
    const terms = termsAt(slot);
    this.holdToWide(order, siblingPrice);
    slab.words[orderAt(slot) + f.paySlot] = order.paySlot;
    slab.terms[terms + orderTerm.hold] = wide[0]!;
    slab.terms[terms + orderTerm.hold + 1] = wide[1]!;
    ledger.holdWide(order.paySlot, wide[0]!, wide[1]!);
    market.waitingCount++;
    if (order.trailingDelta !== 0) market.trailingCount++;
    if (order.stopPrice === 0) this.addTracking(slot, market);
    else {
      slab.terms[terms + orderTerm.state] = orderState.waiting;
      books.enqueue(slot, stopQueueOf(market, order.kind), order.stopPrice);
    }
  }

  private holdToWide(order: OrderCheck, siblingPrice: number): void {
    const { market, lots } = order;
    if (!order.isBuy) {
      productToWide(1, siblingPrice < 0 ? lots : 0, market.lotUnitsNumber);
      return;
    }
    const price = order.holdPrice() - (siblingPrice < 0 ? 0 : siblingPrice);
    productToWide(price > 0 ? price : 0, lots, market.notionalMultiplier);
  }

  /** Puts a trailing order at the end of those that track, from the last price on. */
  private addTracking(slot: number, market: Market): void {
    const { slab } = this.books;
    const terms = termsAt(slot);
    slab.terms[terms + orderTerm.state] = orderState.tracking;
    slab.terms[terms + orderTerm.bestPrice] = market.lastPrice;
    const o = orderAt(slot);
    slab.words[o + f.level] = noLevel;
    slab.words[o + f.previous] = market.lastTracking;
    slab.words[o + f.next] = 0;
    if (market.lastTracking === 0) market.firstTracking = slot;
    else slab.words[orderAt(market.lastTracking) + f.next] = slot;
    market.lastTracking = slot;
  }

  /** A trailing order's stop price has come: it leaves the queue and tracks. */
  beginTracking(slot: number, market: Market): void {
    const kind = this.books.slab.words[orderAt(slot) + f.kind]!;
    this.books.dequeue(slot, stopQueueOf(market, kind));
    this.addTracking(slot, market);
  }

  /** Takes a waiting or tracking order out of its queue and gives back what it holds; it works from here on. */
  disarm(slot: number, market: Market): void {
    const { slab, ledger } = this.books;
    const o = orderAt(slot);
    const terms = termsAt(slot);
    if (slab.terms[terms + orderTerm.state] === orderState.tracking) this.untrack(slot, market);
    else this.books.dequeue(slot, stopQueueOf(market, slab.words[o + f.kind]!));
    ledger.releaseWide(
      slab.words[o + f.paySlot]!,
      slab.terms[terms + orderTerm.hold]!,
      slab.terms[terms + orderTerm.hold + 1]!,
    );
    market.waitingCount--;
    if (slab.terms[terms + orderTerm.trailingDelta] !== 0) market.trailingCount--;
    slab.terms[terms + orderTerm.state] = orderState.working;
    slab.words[o + f.level] = noLevel;
  }

  private untrack(slot: number, market: Market): void {
    const words = this.books.slab.words;
    const next = words[orderAt(slot) + f.next]!;
    const previous = words[orderAt(slot) + f.previous]!;
    if (previous === 0) market.firstTracking = next;
    else words[orderAt(previous) + f.next] = next;
    if (next === 0) market.lastTracking = previous;
    else words[orderAt(next) + f.previous] = previous;
  }

  /** Takes lots off an order that waits, and off what it holds. */
  reduce(slot: number, by: number): void {
    const { slab, ledger, levels } = this.books;
    const n = lotsAt(slot);
    const before = slab.lots[n]!;
    slab.lots[n] = before - by;
    const state = slab.state(slot);
    if (state === orderState.pending) return;
    const o = orderAt(slot);
    if (state === orderState.waiting) {
      const level = slab.words[o + f.level]!;
      levels.addLots(level, -by);
    }
    // Held per lot, all alike: a pair, whose holds differ, cannot be reduced.
    const held = this.heldBy(slot);
    const released = (held / BigInt(before)) * BigInt(by);
    amounts.bigToWide(released);
    ledger.releaseWide(slab.words[o + f.paySlot]!, wide[0]!, wide[1]!);
    amounts.bigToWide(held - released);
    slab.terms[termsAt(slot) + orderTerm.hold] = wide[0]!;
    slab.terms[termsAt(slot) + orderTerm.hold + 1] = wide[1]!;
  }

  /** The order that the last price sets off next, 0 when there is none. Tracking orders see that price now. */
  nextDue(market: Market): number {
    const { levels } = this.books;
    const last = market.lastPrice;
    const { risingStops, fallingStops } = market;
    const tracked = this.track(market);
    if (last === 0) return 0;
    if (risingStops.bestPrice !== 0 && risingStops.bestPrice <= last) {
      return levels.words[(risingStops.bestLevel << levelShift) + levelField.head]!;
    }
    if (fallingStops.bestPrice !== 0 && fallingStops.bestPrice >= last) {
      return levels.words[(fallingStops.bestLevel << levelShift) + levelField.head]!;
    }
    return tracked;
  }

  /** Shows tracking orders the last price; returns the first that it sets off, 0 when there is none. */
  track(market: Market): number {
    const { slab } = this.books;
    const last = market.lastPrice;
    let due = 0;
    for (let slot = market.firstTracking; slot !== 0 && last !== 0; ) {
      const o = orderAt(slot);
      const terms = termsAt(slot);
      const isBuy = (slab.words[o + f.kind]! & 1) === side.buy;
      const before = slab.terms[terms + orderTerm.bestPrice]!;
      const isBetter = before === 0 || (isBuy ? last < before : last > before);
      const best = isBetter ? last : before;
      slab.terms[terms + orderTerm.bestPrice] = best;
      const delta = slab.terms[terms + orderTerm.trailingDelta]!;
      const isDue = isBuy
        ? last * bips >= best * (bips + delta)
        : last * bips <= best * (bips - delta);
      if (isDue && due === 0) due = slot;
      slot = slab.words[o + f.next]!;
    }
    return due;
  }

  /** Whether a due order that waited now tracks instead of working. */
  isToTrack(slot: number): boolean {
    const { slab } = this.books;
    return (
      slab.state(slot) === orderState.waiting && slab.term(slot, orderTerm.trailingDelta) !== 0
    );
  }

  /** What a waiting order holds, for the audit. */
  heldBy(slot: number): bigint {
    return readI64(this.books.slab.terms, termsAt(slot) + orderTerm.hold);
  }
}

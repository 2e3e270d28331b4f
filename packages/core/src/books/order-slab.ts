import { readU53 } from "../bytes/word-reader.ts";
import * as orderCommands from "../commands/order-command.ts";

/**
 * All resting orders of all markets, one slot each, linked by slot numbers: within their price level
 * (first in, first out), and within their account. What commands touch of an order fills one line of
 * the processor's cache; what they seldom touch lies in tables beside it. Slot 0 is nobody's; what is
 * written there means nothing. Freed slots are reused last-in first-out through the `next` word, in
 * the same order on every node.
 */
const shift = 4;
export const orderShift: number = shift;
export const orderWords: number = 1 << shift;

/** Word offsets within an order's slot. */
export const orderField = {
  next: 0,
  previous: 1,
  level: 2,
  account: 3,
  market: 4,
  /** Side, type and time in force as the command packs them. */
  kind: 5,
  price: 6,
  idLow: 7,
  idHigh: 8,
  accountNext: 9,
  accountPrevious: 10,
  /** Ledger slot whose held part covers the order. */
  paySlot: 11,
  /** Ledger slot that receives what it buys. */
  receiveSlot: 12,
  clientIdBytes: 13,
  // Words 14 and 15 are the lots that show, an exact number (`lotsAt`).
} as const;

/**
 * Where a slot's words begin. The mask changes nothing: it tells V8 that the sum of this and a
 * field's offset cannot overflow, which spares a check at each use.
 */
export function orderAt(slot: number): number {
  return (slot << shift) & 0x3fff_fff0;
}

/** Where a slot's lots lie among the numbers of the same memory. An iceberg has hidden lots beside them. */
export function lotsAt(slot: number): number {
  return ((slot << (shift - 1)) & 0x1fff_fff8) + 7;
}

/** Exact integers beside the words. */
const numbersShift = 2;
export const orderNumbersShift: number = numbersShift;
export const orderNumbers: number = 1 << numbersShift;
/** The first number of each slot is the snapshot's. */
export const orderNumber = { quantityLots: 1, acceptedAtMs: 2, hiddenLots: 3 } as const;

const termsShift = 4;
const termsSlotWords = 1 << termsShift;
/**
 * Word offsets of what only orders with terms have (`kindHasTerms`): first the terms as the command
 * gave them (`termsField`), then what has become of the order.
 */
export const orderTerm = {
  stopPrice: 0,
  trailingDelta: 1,
  icebergLots: 2,
  expireAtMs: 4,
  strategyId: 6,
  strategyType: 8,
  state: 9,
  /** Low and high, as all numbers of two words. */
  listId: 10,
  /** Of an order that waits or tracks: what it holds, low and high. */
  hold: 12,
  /** Of a tracking order: the best last price so far, 0 before the first. */
  bestPrice: 14,
} as const;

/** What an order with terms is doing. Every other order works. */
export const orderState = {
  /** On the book, or taking. */
  working: 0,
  /** Waits for its list to place it. */
  pending: 1,
  /** Waits for its stop price. */
  waiting: 2,
  /** Follows the price with its trailing delta. */
  tracking: 3,
} as const;
export type OrderState = (typeof orderState)[keyof typeof orderState];

/** The level of an order that is alive and on none. */
export const noLevel = -1;

/** Words kept for a client order id: 36 bytes. */
export const clientIdWords = 9;

/** Large memory begins 16 bytes into a cache line (glibc): slots that are to fill whole lines begin so many words behind. */
const lineOffsetWords = 12;

// Locals, because V8 folds those into the code; what is imported or exported it loads and checks at each use.
const f = orderField;
const { acceptedAtMs, hiddenLots } = orderNumber;
/** Where a snapshot has the lots that show. */
const savedLots = 0;
const { kindHasTerms } = orderCommands;

/** Where an order's terms begin. */
export function termsAt(slot: number): number {
  return (slot << termsShift) & 0x3fff_fff0;
}

export class OrderSlab {
  /** One memory, as words and as exact numbers (`lotsAt`). */
  declare words: Int32Array;
  declare lots: Float64Array;
  declare numbers: Float64Array;
  declare clientIds: Int32Array;
  /** Up to the highest slot that ever had terms (`termsEnd` words). */
  terms: Int32Array = new Int32Array(termsSlotWords);
  termsEnd = 0;
  private free = 0;
  private count = 1;

  constructor(capacity = 1024) {
    this.allocate(capacity);
    this.numbers = new Float64Array(capacity * orderNumbers);
    this.clientIds = new Int32Array(capacity * clientIdWords);
  }

  take(): number {
    const slot = this.free;
    if (slot !== 0) {
      this.free = this.words[slot << shift]!;
      return slot;
    }
    if (this.count << shift >= this.words.length) this.grow();
    return this.count++;
  }

  give(slot: number): void {
    const at = slot << shift;
    this.words[at] = this.free;
    // A free slot has no level: what walks the slab can tell it from a live one.
    this.words[at + f.level] = 0;
    this.free = slot;
  }

  get slotCount(): number {
    return this.count;
  }

  isLive(slot: number): boolean {
    return this.words[(slot << shift) + f.level] !== 0;
  }

  /** Where an order's terms begin; room is made for them. */
  makeTerms(slot: number): number {
    const at = slot << termsShift;
    if (at + termsSlotWords > this.termsEnd) this.setTermsEnd(at + termsSlotWords);
    this.terms.fill(0, at, at + termsSlotWords);
    return at;
  }

  private setTermsEnd(end: number): void {
    this.termsEnd = end;
    if (end <= this.terms.length) return;
    let length = this.terms.length;
    while (length < end) length *= 2;
    const terms = new Int32Array(length);
    terms.set(this.terms);
    this.terms = terms;
  }

  /** After a restore. */
  setTerms(terms: Int32Array): void {
    this.setTermsEnd(terms.length);
    this.terms.set(terms);
  }

  /** Room for what an order in a list needs to know, where the order brought no terms. */
  ensureTerms(slot: number): void {
    const o = orderAt(slot);
    const kind = this.words[o + f.kind]!;
    if ((kind & kindHasTerms) !== 0) return;
    this.words[o + f.kind] = kind | kindHasTerms;
    this.makeTerms(slot);
  }

  hasTerms(slot: number): boolean {
    return (this.words[orderAt(slot) + f.kind]! & kindHasTerms) !== 0;
  }

  /** A word of an order's terms, 0 when it has none. */
  term(slot: number, field: number): number {
    return this.hasTerms(slot) ? this.terms[termsAt(slot) + field]! : 0;
  }

  /** The same for numbers of two words, exact to 2^53. */
  longTerm(slot: number, field: number): number {
    return this.hasTerms(slot) ? readU53(this.terms, termsAt(slot) + field) : 0;
  }

  state(slot: number): OrderState {
    return this.term(slot, orderTerm.state) as OrderState;
  }

  setAcceptedAt(slot: number, timeMs: number): void {
    this.numbers[(slot << numbersShift) + acceptedAtMs] = timeMs;
  }
  setLots(slot: number, shown: number, hidden: number): void {
    this.lots[lotsAt(slot)] = shown;
    this.numbers[(slot << numbersShift) + hiddenLots] = hidden;
  }
  hiddenLots(slot: number): number {
    return this.numbers[(slot << numbersShift) + hiddenLots]!;
  }

  /** All lots that an order has left, hidden ones included. */
  lotsLeft(slot: number): number {
    const shown = this.lots[lotsAt(slot)]!;
    return this.hasTerms(slot) ? shown + this.hiddenLots(slot) : shown;
  }

  orderId(slot: number): number {
    const at = slot << shift;
    return (this.words[at + f.idHigh]! >>> 0) * 4294967296 + (this.words[at + f.idLow]! >>> 0);
  }

  private allocate(capacity: number): void {
    const memory = new ArrayBuffer(((capacity << shift) + lineOffsetWords) * 4);
    this.words = new Int32Array(memory, lineOffsetWords * 4, capacity << shift);
    this.lots = new Float64Array(memory, lineOffsetWords * 4, capacity << (shift - 1));
  }

  private grow(): void {
    const words = this.words;
    this.allocate((words.length >> shift) * 2);
    this.words.set(words);
    const numbers = new Float64Array(this.numbers.length * 2);
    numbers.set(this.numbers);
    this.numbers = numbers;
    const clientIds = new Int32Array(this.clientIds.length * 2);
    clientIds.set(this.clientIds);
    this.clientIds = clientIds;
  }

  raw(): {
    words: Int32Array;
    numbers: Float64Array;
    clientIds: Int32Array;
    terms: Int32Array;
    free: number;
  } {
    for (let slot = 0; slot < this.count; slot++) {
      this.numbers[(slot << numbersShift) + savedLots] = this.lots[lotsAt(slot)]!;
    }
    return {
      terms: this.terms.subarray(0, this.termsEnd),
      words: this.words.subarray(0, this.count * orderWords),
      numbers: this.numbers.subarray(0, this.count * orderNumbers),
      clientIds: this.clientIds.subarray(0, this.count * clientIdWords),
      free: this.free,
    };
  }

  /** Without terms: they are restored after it. The first format had the lots among the numbers alone. */
  static fromRaw(
    raw: Omit<ReturnType<OrderSlab["raw"]>, "terms">,
    hasLotsInWords: boolean,
  ): OrderSlab {
    const count = raw.words.length / orderWords;
    const belong =
      Number.isInteger(count) &&
      count >= 1 &&
      raw.numbers.length === count * orderNumbers &&
      raw.clientIds.length === count * clientIdWords;
    if (!belong) throw new Error("the orders' tables do not belong together");
    let capacity = 1024;
    while (capacity < count) capacity *= 2;
    const slab = new OrderSlab(capacity);
    slab.words.set(raw.words);
    slab.numbers.set(raw.numbers);
    for (let slot = 0; slot < count; slot++) {
      slab.lots[lotsAt(slot)] = raw.numbers[(slot << numbersShift) + savedLots]!;
    }
    if (hasLotsInWords && !slab.hasLotsOf(raw.words)) {
      throw new Error("an order has two numbers of lots");
    }
    slab.clientIds.set(raw.clientIds);
    slab.free = raw.free;
    slab.count = count;
    slab.checkFree();
    return slab;
  }

  /** Whether the lots that stand in the words too are those of the numbers. */
  private hasLotsOf(words: Int32Array): boolean {
    for (let at = orderWords - 2; at < words.length; at += orderWords) {
      if (words[at] !== this.words[at] || words[at + 1] !== this.words[at + 1]) return false;
    }
    return true;
  }

  /** The free slots, and no others, are those that hold no order. */
  private checkFree(): void {
    let unused = 0;
    for (let slot = 1; slot < this.count; slot++) if (!this.isLive(slot)) unused++;
    let slot = this.free;
    for (; slot !== 0 && unused > 0; unused--) {
      if (slot < 0 || slot >= this.count || this.isLive(slot)) break;
      slot = this.words[slot << shift]!;
    }
    if (slot !== 0 || unused !== 0) throw new Error("the free order slots are not a list of them");
  }
}

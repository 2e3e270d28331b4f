import { doubledWords } from "../bytes/doubling.ts";
import type { OrderSlab } from "./order-slab.ts";
import * as orderSlab from "./order-slab.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { orderField: f, orderAt } = orderSlab;

/**
 * Finds an open order's slot by the low word of its id, which no two open orders share
 * (`Books.takeOrderId`). The orders whose ids agree in the low bits form a chain, newest first. Ids
 * count up, so they spread evenly over the chains, and most have a chain of their own.
 */
export class IdIndex {
  declare private readonly slab: OrderSlab;
  /** The first slot of each chain. */
  private heads: Int32Array;
  /** By slot: the next one of its chain. */
  private nexts: Int32Array;
  private mask: number;
  private used = 0;

  constructor(slab: OrderSlab) {
    this.slab = slab;
    // Room for what a restored slab holds.
    let capacity = 1024;
    while (capacity <= slab.slotCount * 2) capacity *= 2;
    this.heads = new Int32Array(capacity);
    this.nexts = new Int32Array(capacity);
    this.mask = capacity - 1;
  }

  /** The slot of the open order with this id, 0 when there is none. */
  find(idLow: number, idHigh: number): number {
    const slot = this.slotOf(idLow);
    return slot !== 0 && this.slab.words[orderAt(slot) + f.idHigh] === idHigh ? slot : 0;
  }

  /** Whether an open order's id has this low word. */
  hasLow(idLow: number): boolean {
    return this.slotOf(idLow) !== 0;
  }

  private slotOf(idLow: number): number {
    const words = this.slab.words;
    let slot = this.heads[idLow & this.mask]!;
    while (slot !== 0 && words[orderAt(slot) + f.idLow] !== idLow) {
      slot = this.nexts[slot]!;
    }
    return slot;
  }

  add(slot: number): void {
    if (++this.used * 2 > this.mask) this.grow();
    while (slot >= this.nexts.length) this.nexts = doubledWords(this.nexts);
    this.put(slot);
  }

  private put(slot: number): void {
    const head = this.slab.words[orderAt(slot) + f.idLow]! & this.mask;
    this.nexts[slot] = this.heads[head]!;
    this.heads[head] = slot;
  }

  remove(slot: number): void {
    const nexts = this.nexts;
    const head = this.slab.words[orderAt(slot) + f.idLow]! & this.mask;
    let at = this.heads[head]!;
    this.used--;
    if (at === slot) {
      this.heads[head] = nexts[slot]!;
      return;
    }
    while (nexts[at] !== slot) at = nexts[at]!;
    nexts[at] = nexts[slot]!;
  }

  private grow(): void {
    const old = this.heads;
    this.heads = new Int32Array(old.length * 2);
    this.mask = this.heads.length - 1;
    for (const head of old) {
      for (let slot = head; slot !== 0; ) {
        const next = this.nexts[slot]!;
        this.put(slot);
        slot = next;
      }
    }
  }
}

import type { OrderSlab } from "./order-slab.ts";
import * as orderSlab from "./order-slab.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { clientIdWords, orderField, orderAt } = orderSlab;

/**
 * Finds an open order's slot by account and client id, which lie in the slab: open addressing over
 * slots, linear probing, removal by shifting back.
 */
export class ClientIdIndex {
  declare private slots: Int32Array;
  declare private mask: number;
  private used = 0;
  declare private readonly slab: OrderSlab;

  constructor(slab: OrderSlab) {
    this.slab = slab;
    // Room for what a restored slab holds.
    let capacity = 1024;
    while (capacity <= slab.slotCount * 2) capacity *= 2;
    this.slots = new Int32Array(capacity);
    this.mask = capacity - 1;
  }

  add(slot: number): void {
    let at = this.homeOf(slot) & this.mask;
    while (this.slots[at] !== 0) at = (at + 1) & this.mask;
    this.slots[at] = slot;
    if (++this.used * 2 > this.mask) this.grow();
  }

  remove(slot: number): void {
    const slots = this.slots;
    const mask = this.mask;
    let hole = this.homeOf(slot) & mask;
    while (slots[hole] !== slot) {
      if (slots[hole] === 0) throw new Error(`order slot ${slot} is not in the index`);
      hole = (hole + 1) & mask;
    }
    this.used--;
    let at = hole;
    for (;;) {
      at = (at + 1) & mask;
      const next = slots[at]!;
      if (next === 0) break;
      const home = this.homeOf(next) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = next;
        hole = at;
      }
    }
    slots[hole] = 0;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(old.length * 2);
    this.mask = this.slots.length - 1;
    this.used = 0;
    for (let i = 0; i < old.length; i++) if (old[i] !== 0) this.add(old[i]!);
  }

  /** Where the key of the order in a slot would like to lie, before masking. */
  private homeOf(slot: number): number {
    const words = this.slab.words;
    const o = orderAt(slot);
    return hashClientId(
      words[o + orderField.account]!,
      words[o + orderField.clientIdBytes]!,
      this.slab.clientIds,
      slot * clientIdWords,
    );
  }

  /** The slot of an account's open order with this client id, whose bytes lie packed at words[at]. */
  find(account: number, byteCount: number, words: Int32Array, at: number): number {
    const slab = this.slab;
    let home = hashClientId(account, byteCount, words, at) & this.mask;
    for (;;) {
      const slot = this.slots[home]!;
      if (slot === 0) return 0;
      const o = orderAt(slot);
      if (
        slab.words[o + orderField.account] === account &&
        slab.words[o + orderField.clientIdBytes] === byteCount &&
        sameWords(slab.clientIds, slot * clientIdWords, words, at, (byteCount + 3) >>> 2)
      ) {
        return slot;
      }
      home = (home + 1) & this.mask;
    }
  }
}

/**
 * Ids that count up differ in their last bytes, which are the upper ones of the last word: they must
 * reach the lower bits, or the orders of one account lie in one long cluster.
 */
function hashClientId(account: number, byteCount: number, words: Int32Array, at: number): number {
  let hash = Math.imul(account ^ 0x811c9dc5, 16777619);
  const count = (byteCount + 3) >>> 2;
  for (let i = 0; i < count; i++) {
    hash = Math.imul(hash ^ words[at + i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function sameWords(a: Int32Array, aAt: number, b: Int32Array, bAt: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (a[aAt + i] !== b[bAt + i]) return false;
  return true;
}

import { IntMap } from "./int-map.ts";
import type { OrderSlab } from "./order-slab.ts";
import * as orderSlab from "./order-slab.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { orderField: f, orderAt } = orderSlab;

/**
 * Finds an open order's slot by the low word of its id, which no two open orders share
 * (`Books.takeOrderId`). Ids count up, so a table with one place for each id modulo its length
 * serves nearly all of them without a search; an order whose place an older one still has goes into
 * a map beside it. The table grows with the open orders, so those stay few.
 */
export class IdIndex {
  declare private readonly slab: OrderSlab;
  private places: Int32Array;
  private mask: number;
  private crowded: IntMap = new IntMap(16);
  private used = 0;

  constructor(slab: OrderSlab) {
    this.slab = slab;
    // Room for what a restored slab holds.
    let capacity = 1024;
    while (capacity <= slab.slotCount * 4) capacity *= 2;
    this.places = new Int32Array(capacity);
    this.mask = capacity - 1;
  }

  /** The slot of the open order with this id, 0 when there is none. */
  find(idLow: number, idHigh: number): number {
    const words = this.slab.words;
    let slot = this.places[idLow & this.mask]!;
    let at = orderAt(slot);
    if (words[at + f.idLow] !== idLow || slot === 0) {
      if (this.crowded.size === 0) return 0;
      slot = this.crowded.get(idLow);
      at = orderAt(slot);
    }
    return words[at + f.idHigh] === idHigh ? slot : 0;
  }

  /** Whether an open order's id has this low word. */
  hasLow(idLow: number): boolean {
    const slot = this.places[idLow & this.mask]!;
    if (slot !== 0 && this.slab.words[orderAt(slot) + f.idLow] === idLow) return true;
    return this.crowded.get(idLow) !== 0;
  }

  add(slot: number): void {
    if (++this.used * 4 > this.mask) this.grow();
    this.put(slot, this.places);
  }

  private put(slot: number, places: Int32Array): void {
    const idLow = this.slab.words[orderAt(slot) + f.idLow]!;
    const at = idLow & this.mask;
    if (places[at] === 0) places[at] = slot;
    else this.crowded.set(idLow, slot);
  }

  remove(slot: number): void {
    const places = this.places;
    const idLow = this.slab.words[orderAt(slot) + f.idLow]!;
    const at = idLow & this.mask;
    this.used--;
    if (places[at] === slot) places[at] = 0;
    else this.crowded.delete(idLow);
  }

  private grow(): void {
    const old = this.places;
    const crowded = this.crowded.values();
    this.places = new Int32Array(old.length * 2);
    this.mask = this.places.length - 1;
    this.crowded = new IntMap(16);
    for (const slot of old) if (slot !== 0) this.put(slot, this.places);
    for (const slot of crowded) this.put(slot, this.places);
  }
}

/**
 * What ends by itself, soonest first: slots of some table, each with the log time at which it ends
 * and a number that decides between equal times (the lower first; no two entries share both). The
 * order in which they come out depends on nothing else, so a restored venue may add them in any order.
 *
 * A binary heap of slots over keys by slot, and each slot's place in it, so that an entry can be
 * taken out anywhere in O(log n). Slots count from 1; nothing is allocated between growths.
 */
export class ExpiryHeap {
  /** Slots by place; place 0 is free. */
  private heap: Int32Array = new Int32Array(16);
  /** By slot: place in the heap, 0 when it is not in. */
  private places: Int32Array = new Int32Array(16);
  private timesMs: Float64Array = new Float64Array(16);
  private numbers: Float64Array = new Float64Array(16);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The slot that ends first, 0 when there is none. */
  get first(): number {
    return this.count === 0 ? 0 : this.heap[1]!;
  }

  /** When the first ends; infinity when there is none. */
  get firstMs(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.timesMs[this.heap[1]!]!;
  }

  /** The slot that has ended by this time and comes first, 0 when there is none. It stays in. */
  due(logTimeMs: number): number {
    return this.firstMs <= logTimeMs ? this.heap[1]! : 0;
  }

  /** All slots that are in, in no order that means anything. */
  slots(): Int32Array {
    return this.heap.slice(1, this.count + 1);
  }

  /** Adds a slot that is not in yet. */
  add(slot: number, timeMs: number, number: number): void {
    if (slot >= this.places.length) this.growSlots(slot);
    if (this.places[slot] !== 0) throw new Error(`slot ${slot} has an expiry already`);
    if (++this.count >= this.heap.length) {
      const heap = new Int32Array(this.heap.length * 2);
      heap.set(this.heap);
      this.heap = heap;
    }
    this.timesMs[slot] = timeMs;
    this.numbers[slot] = number;
    this.rise(slot, this.count);
  }

  /** Takes a slot out; nothing happens when it is not in. */
  remove(slot: number): void {
    const place = slot < this.places.length ? this.places[slot]! : 0;
    if (place === 0) return;
    this.places[slot] = 0;
    const last = this.heap[this.count--]!;
    if (last === slot) return;
    // The last entry fills the hole, and goes to where it belongs from there.
    this.rise(last, place);
    this.sink(last, this.places[last]!);
  }

  private isBefore(a: number, b: number): boolean {
    const difference = this.timesMs[a]! - this.timesMs[b]!;
    return difference === 0 ? this.numbers[a]! < this.numbers[b]! : difference < 0;
  }

  private rise(slot: number, from: number): void {
    let place = from;
    while (place > 1) {
      const parent = this.heap[place >> 1]!;
      if (!this.isBefore(slot, parent)) break;
      this.put(parent, place);
      place >>= 1;
    }
    this.put(slot, place);
  }

  private sink(slot: number, from: number): void {
    let place = from;
    for (;;) {
      let below = place * 2;
      if (below > this.count) break;
      if (below < this.count && this.isBefore(this.heap[below + 1]!, this.heap[below]!)) below++;
      const child = this.heap[below]!;
      if (!this.isBefore(child, slot)) break;
      this.put(child, place);
      place = below;
    }
    this.put(slot, place);
  }

  private put(slot: number, place: number): void {
    this.heap[place] = slot;
    this.places[slot] = place;
  }

  private growSlots(slot: number): void {
    let length = this.places.length;
    while (length <= slot) length *= 2;
    const places = new Int32Array(length);
    places.set(this.places);
    this.places = places;
    const timesMs = new Float64Array(length);
    timesMs.set(this.timesMs);
    this.timesMs = timesMs;
    const numbers = new Float64Array(length);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}

/**
 * A map from 32-bit keys to non-zero 32-bit values in one typed array: open addressing, linear
 * probing, removal by shifting back, so that nothing is left behind and nothing is allocated
 * between growths. 0 means absent.
 */
export class IntMap {
  /** Pairs key, value; a pair whose value is 0 is free. */
  declare private pairs: Int32Array;
  declare private mask: number;
  private used = 0;

  constructor(capacity = 16) {
    this.pairs = new Int32Array(capacity * 2);
    this.mask = capacity - 1;
  }

  get size(): number {
    return this.used;
  }

  get(key: number): number {
    return this.pairs[this.place(key) + 1]!;
  }

  /** Sets a non-zero value. */
  set(key: number, value: number): void {
    this.put(this.place(key), key, value);
  }

  /** Adds to the value at a key (an absent one counts as 0) and returns the sum; a sum of 0 removes it. */
  add(key: number, by: number): number {
    const at = this.place(key);
    const sum = this.pairs[at + 1]! + by;
    this.put(at, key, sum);
    return sum;
  }

  /** Sets bits in the value at a key and returns what it was. */
  setBits(key: number, bits: number): number {
    const at = this.place(key);
    const before = this.pairs[at + 1]!;
    this.put(at, key, before | bits);
    return before;
  }

  /** Clears bits in the value at a key and returns what is left; nothing left removes it. */
  clearBits(key: number, bits: number): number {
    const at = this.place(key);
    const after = this.pairs[at + 1]! & ~bits;
    this.put(at, key, after);
    return after;
  }

  /** Index of the pair of a key, or of the free pair where it would go. */
  private place(key: number): number {
    const pairs = this.pairs;
    const last = this.mask * 2;
    let at = (spread(key) & this.mask) * 2;
    while (pairs[at + 1] !== 0 && pairs[at] !== key) at = (at + 2) & last;
    return at;
  }

  private put(at: number, key: number, value: number): void {
    const wasFree = this.pairs[at + 1] === 0;
    if (value === 0) {
      if (!wasFree) this.removeAt(at >> 1);
      return;
    }
    this.pairs[at] = key;
    this.pairs[at + 1] = value;
    if (wasFree && ++this.used * 2 > this.mask) this.grow();
  }

  delete(key: number): void {
    const at = this.place(key);
    if (this.pairs[at + 1] !== 0) this.removeAt(at >> 1);
  }

  private removeAt(from: number): void {
    const pairs = this.pairs;
    const mask = this.mask;
    let at = from;
    this.used--;
    let hole = at;
    for (;;) {
      at = (at + 1) & mask;
      if (pairs[at * 2 + 1] === 0) break;
      const home = spread(pairs[at * 2]!) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        pairs[hole * 2] = pairs[at * 2]!;
        pairs[hole * 2 + 1] = pairs[at * 2 + 1]!;
        hole = at;
      }
    }
    pairs[hole * 2 + 1] = 0;
  }

  private grow(): void {
    const old = this.pairs;
    this.pairs = new Int32Array(old.length * 2);
    this.mask = this.pairs.length / 2 - 1;
    this.used = 0;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] !== 0) this.set(old[i]!, old[i + 1]!);
    }
  }

  values(): number[] {
    const values: number[] = [];
    for (let i = 1; i < this.pairs.length; i += 2)
      if (this.pairs[i] !== 0) values.push(this.pairs[i]!);
    return values;
  }
}

/** Multiplicative hashing (Knuth): neighbouring prices and ids land apart. */
function spread(key: number): number {
  const h = Math.imul(key, 0x9e3779b1);
  return h ^ (h >>> 15);
}

/**
 * A map from 32-bit keys to non-zero 32-bit values in one typed array: open addressing, linear
 * probing, removal by shifting back, so that nothing is left behind and nothing is allocated
 * between growths. 0 means absent.
 */
export class IntMap {
  /** Pairs key, value; a pair whose value is 0 is free. */
  private pairs: Int32Array;
  private mask: number;
  private used = 0;

  constructor(capacity = 16) {
    this.pairs = new Int32Array(capacity * 2);
    this.mask = capacity - 1;
  }

  get size(): number {
    return this.used;
  }

  get(key: number): number {
    const pairs = this.pairs;
    const mask = this.mask;
    let at = spread(key) & mask;
    for (;;) {
      const value = pairs[at * 2 + 1]!;
      if (value === 0 || pairs[at * 2] === key) return value;
      at = (at + 1) & mask;
    }
  }

  /** Sets a non-zero value. */
  set(key: number, value: number): void {
    const pairs = this.pairs;
    const mask = this.mask;
    let at = spread(key) & mask;
    for (;;) {
      const present = pairs[at * 2 + 1]!;
      if (present === 0) break;
      if (pairs[at * 2] === key) {
        pairs[at * 2 + 1] = value;
        return;
      }
      at = (at + 1) & mask;
    }
    pairs[at * 2] = key;
    pairs[at * 2 + 1] = value;
    this.used++;
    if (this.used * 2 > mask) this.grow();
  }

  delete(key: number): void {
    const pairs = this.pairs;
    const mask = this.mask;
    let at = spread(key) & mask;
    for (;;) {
      if (pairs[at * 2 + 1] === 0) return;
      if (pairs[at * 2] === key) break;
      at = (at + 1) & mask;
    }
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

  /** The raw pairs, for a snapshot: a restored map probes exactly like the one that lived. */
  raw(): Int32Array {
    return this.pairs;
  }

  static fromRaw(pairs: Int32Array): IntMap {
    const capacity = pairs.length / 2;
    if (capacity < 1 || (capacity & (capacity - 1)) !== 0) throw new Error("not the pairs of a map");
    const map = new IntMap(1);
    map.pairs = pairs;
    map.mask = capacity - 1;
    for (let i = 1; i < pairs.length; i += 2) if (pairs[i] !== 0) map.used++;
    return map;
  }
}

/** Multiplicative hashing (Knuth): neighbouring prices and ids land apart. */
function spread(key: number): number {
  const h = Math.imul(key, 0x9e3779b1);
  return h ^ (h >>> 15);
}

/**
 * Finds rows by a key that only its owner knows: open addressing over pairs of row and hash, linear
 * probing, removal by shifting back. `isWanted` tells of a row with the right hash whether it has
 * the key that its owner is looking for; it is given once, so that a search allocates nothing.
 *
 * Hashes may be ids that count up. They are spread: side by side they would lie in runs of thousands,
 * which each removal, and each id that comes to lie on such a run a round later, walks along.
 */
export class RowIndex {
  readonly #isWanted: (row: number) => boolean;
  #pairs = new Int32Array(2 * 1024);
  #mask = 1023;
  #used = 0;

  constructor(isWanted: (row: number) => boolean) {
    this.#isWanted = isWanted;
  }

  /** 0 when there is none. */
  find(keyHash: number): number {
    const pairs = this.#pairs;
    const hash = spread(keyHash);
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const row = pairs[2 * at]!;
      if (row === 0) return 0;
      if (pairs[2 * at + 1] === hash && this.#isWanted(row)) return row;
    }
  }

  /** The key is not in the index yet. */
  add(row: number, hash: number): void {
    this.#put(row, spread(hash));
    if (++this.#used * 2 > this.#mask) this.#grow();
  }

  /** The key of `row` means `successor` from now on. */
  replace(row: number, hash: number, successor: number): void {
    this.#pairs[2 * this.#positionOf(row, hash)] = successor;
  }

  has(row: number, hash: number): boolean {
    return this.#positionOf(row, hash) >= 0;
  }

  remove(row: number, hash: number): void {
    const pairs = this.#pairs;
    const mask = this.#mask;
    let hole = this.#positionOf(row, hash);
    if (hole < 0) throw new Error(`row ${row} is not in the index`);
    this.#used--;
    for (let at = (hole + 1) & mask; pairs[2 * at] !== 0; at = (at + 1) & mask) {
      const home = pairs[2 * at + 1]! & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      pairs[2 * hole] = pairs[2 * at]!;
      pairs[2 * hole + 1] = pairs[2 * at + 1]!;
      hole = at;
    }
    pairs[2 * hole] = 0;
  }

  #positionOf(row: number, hash: number): number {
    const pairs = this.#pairs;
    for (let at = spread(hash) & this.#mask; ; at = (at + 1) & this.#mask) {
      if (pairs[2 * at] === row) return at;
      if (pairs[2 * at] === 0) return -1;
    }
  }

  #put(row: number, hash: number): void {
    const pairs = this.#pairs;
    let at = hash & this.#mask;
    while (pairs[2 * at] !== 0) at = (at + 1) & this.#mask;
    pairs[2 * at] = row;
    pairs[2 * at + 1] = hash;
  }

  #grow(): void {
    const old = this.#pairs;
    this.#pairs = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] !== 0) this.#put(old[at]!, old[at + 1]!);
    }
  }
}

/** Multiplicative hashing (Knuth), with the upper bits folded down; different hashes stay different. */
function spread(hash: number): number {
  const h = Math.imul(hash, 0x9e3779b1);
  return h ^ (h >>> 15);
}

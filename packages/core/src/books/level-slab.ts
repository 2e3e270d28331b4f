/**
 * All price levels of all markets, one slot each: price, first and last order, and the lots they
 * offer. A slot is half a line of the processor's cache. Slot 0 is nobody's.
 */
const shift = 3;
export const levelShift: number = shift;
export const levelWords: number = 1 << shift;
export const levelField = { price: 0, head: 1, tail: 2 } as const;

const numbersShift = shift - 1;
export const levelNumbersShift: number = numbersShift;
/** Offsets within the same slot of exact integers, two words each: lots that show, and lots of icebergs that do not. */
export const levelNumber = { lots: 2, hidden: 3 } as const;

/** What a snapshot keeps of each slot's words. */
const savedWords = 4;

// Locals, because V8 folds those into the code; what is exported it loads and checks at each use.
const f = levelField;
const number = levelNumber;

export class LevelSlab {
  /** One memory, as words and as exact numbers. */
  declare words: Int32Array;
  declare numbers: Float64Array;
  private free = 0;
  private used = 1;

  constructor(capacity = 1024) {
    this.allocate(capacity);
  }

  take(price: number): number {
    let level = this.free;
    if (level !== 0) this.free = this.words[(level << shift) + f.head]!;
    else {
      if (this.used << shift === this.words.length) this.grow();
      level = this.used++;
    }
    const at = level << shift;
    this.words[at + f.price] = price;
    this.words[at + f.head] = 0;
    this.words[at + f.tail] = 0;
    this.numbers[(level << numbersShift) + number.lots] = 0;
    return level;
  }

  give(level: number): void {
    this.words[(level << shift) + f.head] = this.free;
    this.free = level;
  }

  /** Lots at a level that show. */
  lots(level: number): number {
    return this.numbers[(level << numbersShift) + number.lots]!;
  }
  /** Lots at a level, hidden ones included. */
  allLots(level: number): number {
    const n = level << numbersShift;
    return this.numbers[n + number.lots]! + this.numbers[n + number.hidden]!;
  }
  addLots(level: number, by: number): void {
    const n = (level << numbersShift) + number.lots;
    this.numbers[n] = this.numbers[n]! + by;
  }
  addHidden(level: number, by: number): void {
    const n = (level << numbersShift) + number.hidden;
    this.numbers[n] = this.numbers[n]! + by;
  }

  get slotCount(): number {
    return this.used;
  }

  /** Whether the free levels, and no others, are those that are not `used`. */
  isFreeList(used: Uint8Array): boolean {
    const left = used.slice(0, this.used);
    left[0] = 1;
    let level = this.free;
    for (; level > 0 && left[level] === 0; level = this.words[(level << shift) + f.head]!) {
      left[level] = 1;
    }
    return level === 0 && left.every((isTaken) => isTaken === 1);
  }

  private allocate(capacity: number): void {
    const memory = new ArrayBuffer((capacity << shift) * 4);
    this.words = new Int32Array(memory);
    this.numbers = new Float64Array(memory);
  }

  private grow(): void {
    const old = this.words;
    this.allocate((old.length >> shift) * 2);
    this.words.set(old);
  }

  /** As a snapshot has it: words, and both kinds of lots, each by themselves. */
  raw(): { words: Int32Array; lots: Float64Array; hidden: Float64Array; free: number } {
    const words = new Int32Array(this.used * savedWords);
    const lots = new Float64Array(this.used);
    const hidden = new Float64Array(this.used);
    for (let level = 0; level < this.used; level++) {
      const at = level << shift;
      for (let i = 0; i < savedWords; i++) words[level * savedWords + i] = this.words[at + i]!;
      lots[level] = this.numbers[(level << numbersShift) + number.lots]!;
      hidden[level] = this.numbers[(level << numbersShift) + number.hidden]!;
    }
    return { words, lots, hidden, free: this.free };
  }

  /** Without hidden lots: they are restored after it. */
  static fromRaw(raw: Omit<ReturnType<LevelSlab["raw"]>, "hidden">): LevelSlab {
    const count = raw.lots.length;
    if (count < 1 || raw.words.length !== count * savedWords) {
      throw new Error("the levels' tables do not belong together");
    }
    let capacity = 1024;
    while (capacity < count) capacity *= 2;
    const slab = new LevelSlab(capacity);
    for (let level = 0; level < count; level++) {
      const from = level * savedWords;
      const at = level << shift;
      for (let i = 0; i < savedWords; i++) slab.words[at + i] = raw.words[from + i]!;
      slab.numbers[(level << numbersShift) + number.lots] = raw.lots[level]!;
    }
    slab.free = raw.free;
    slab.used = count;
    return slab;
  }

  setHidden(hidden: Float64Array): void {
    if (hidden.length !== this.used) throw new Error("the hidden lots do not fit the levels");
    for (let level = 0; level < this.used; level++) {
      this.numbers[(level << numbersShift) + number.hidden] = hidden[level]!;
    }
  }
}

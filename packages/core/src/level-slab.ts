/** All price levels of all markets: slots with price, first and last order; and the lots they offer. */
/** Words per level, as a shift: the last one is spare. */
const shift = 2;
export const levelShift: number = shift;
export const levelWords: number = 1 << shift;
export const levelField = { price: 0, head: 1, tail: 2 } as const;

// Locals, because V8 folds those into the code; what is exported it loads and checks at each use.
const f = levelField;

export class LevelSlab {
  declare words: Int32Array;
  /** Lots at the level, an exact integer. */
  declare lots: Float64Array;
  /** Lots of icebergs at the level that do not show. */
  declare hidden: Float64Array;
  private free = 0;
  private used = 1;

  constructor(capacity = 1024) {
    this.words = new Int32Array(capacity * levelWords);
    this.lots = new Float64Array(capacity);
    this.hidden = new Float64Array(capacity);
  }

  take(price: number): number {
    let level = this.free;
    if (level !== 0) this.free = this.words[(level << shift) + f.head]!;
    else {
      if (this.used === this.lots.length) this.grow();
      level = this.used++;
    }
    const at = level << shift;
    this.words[at + f.price] = price;
    this.words[at + f.head] = 0;
    this.words[at + f.tail] = 0;
    this.lots[level] = 0;
    return level;
  }

  give(level: number): void {
    this.words[(level << shift) + f.head] = this.free;
    this.free = level;
  }

  private grow(): void {
    const words = new Int32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    const lots = new Float64Array(this.lots.length * 2);
    lots.set(this.lots);
    this.lots = lots;
    const hidden = new Float64Array(this.hidden.length * 2);
    hidden.set(this.hidden);
    this.hidden = hidden;
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

  raw(): { words: Int32Array; lots: Float64Array; hidden: Float64Array; free: number } {
    return {
      words: this.words.subarray(0, this.used * levelWords),
      lots: this.lots.subarray(0, this.used),
      hidden: this.hidden.subarray(0, this.used),
      free: this.free,
    };
  }

  /** Without hidden lots: they are restored after it. */
  static fromRaw(raw: Omit<ReturnType<LevelSlab["raw"]>, "hidden">): LevelSlab {
    if (raw.lots.length < 1 || raw.words.length !== raw.lots.length * levelWords) {
      throw new Error("the levels' tables do not belong together");
    }
    let capacity = 1024;
    while (capacity < raw.lots.length) capacity *= 2;
    const slab = new LevelSlab(capacity);
    slab.words.set(raw.words);
    slab.lots.set(raw.lots);
    slab.free = raw.free;
    slab.used = raw.lots.length;
    return slab;
  }
}

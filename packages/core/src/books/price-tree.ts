import { IntMap } from "../bytes/int-map.ts";

/**
 * The price levels of one side of a book. 32 neighbouring prices share a leaf: a bitmap of which of
 * them have a level, and the levels. Over the leaves stands a tree of 32-bit bitmaps that says which
 * are not empty, so that the next price up or down is found in a few steps however far away it lies.
 * There is no window: a price near the touch and one at the far end of the range take the same path,
 * and memory follows the number of levels.
 *
 *   leaf       one bit and one level per price, found by price / 32
 *   height h   one bit per non-empty leaf (h = 1) or node of height h - 1, up to height 6 (35 bits
 *              cover every price)
 */
const heightMax = 6;

export class PriceTree {
  /** Leaf by price / 32. Leaf 0 is nobody's. */
  private readonly leaves = new IntMap(64);
  private readonly bitmaps = new IntMap(64);
  private leafBits = new Int32Array(16);
  private leafLevels = new Int32Array(16 * 32);
  private freeLeaf = 0;
  private leafCount = 1;
  /** The leaf that was asked for last: the next question is often about the same one. */
  private lastKey = -1;
  private lastLeaf = 0;

  /** The level at a price, 0 when there is none. */
  level(price: number): number {
    return this.leafLevels[(this.leafOf(price >>> 5) << 5) | (price & 31)]!;
  }

  /** A level at a price that has none. */
  add(price: number, level: number): void {
    const key = price >>> 5;
    let leaf = this.leafOf(key);
    if (leaf === 0) leaf = this.openLeaf(key);
    this.leafLevels[(leaf << 5) | (price & 31)] = level;
    this.leafBits[leaf] = this.leafBits[leaf]! | (1 << (price & 31));
  }

  /** Takes the level off a price that has one. */
  remove(price: number): void {
    const leaf = this.leafOf(price >>> 5);
    this.leafLevels[(leaf << 5) | (price & 31)] = 0;
    const bits = this.leafBits[leaf]! & ~(1 << (price & 31));
    this.leafBits[leaf] = bits;
    if (bits === 0) this.closeLeaf(price >>> 5, leaf);
  }

  /** The lowest price above `price` that has a level, 0 when there is none. */
  above(price: number): number {
    const bits = this.leafBits[this.leafOf(price >>> 5)]! & (-2 << (price & 31));
    return bits !== 0 ? (price & ~31) | lowestBit(bits) : this.aboveLeaf(price);
  }

  private aboveLeaf(price: number): number {
    let rest = price >>> 5;
    for (let height = 1; height <= heightMax; height++) {
      const bits = this.bitmaps.get((height << 27) | (rest >>> 5)) & (-2 << (rest & 31));
      if (bits !== 0) return this.lowest(((rest >>> 5) << 5) | lowestBit(bits), height);
      rest >>>= 5;
    }
    return 0;
  }

  /** The highest price below `price` that has a level, 0 when there is none. */
  below(price: number): number {
    const bits = this.leafBits[this.leafOf(price >>> 5)]! & ((1 << (price & 31)) - 1);
    return bits !== 0 ? (price & ~31) | (31 - Math.clz32(bits)) : this.belowLeaf(price);
  }

  private belowLeaf(price: number): number {
    let rest = price >>> 5;
    for (let height = 1; height <= heightMax; height++) {
      const bits = this.bitmaps.get((height << 27) | (rest >>> 5)) & ((1 << (rest & 31)) - 1);
      if (bits !== 0) return this.highest(((rest >>> 5) << 5) | (31 - Math.clz32(bits)), height);
      rest >>>= 5;
    }
    return 0;
  }

  private lowest(prefix: number, height: number): number {
    let rest = prefix;
    for (let h = height - 1; h > 0; h--) {
      rest = (rest << 5) | lowestBit(this.bitmaps.get((h << 27) | rest));
    }
    return (rest << 5) | lowestBit(this.leafBits[this.leafOf(rest)]!);
  }

  private highest(prefix: number, height: number): number {
    let rest = prefix;
    for (let h = height - 1; h > 0; h--) {
      rest = (rest << 5) | (31 - Math.clz32(this.bitmaps.get((h << 27) | rest)));
    }
    return (rest << 5) | (31 - Math.clz32(this.leafBits[this.leafOf(rest)]!));
  }

  /** 0 when no price of the leaf has a level: leaf 0 is empty. */
  private leafOf(key: number): number {
    if (key === this.lastKey) return this.lastLeaf;
    const leaf = this.leaves.get(key);
    this.lastKey = key;
    this.lastLeaf = leaf;
    return leaf;
  }

  private openLeaf(key: number): number {
    let leaf = this.freeLeaf;
    if (leaf !== 0) {
      this.freeLeaf = this.leafBits[leaf]!;
      this.leafBits[leaf] = 0;
    } else {
      if (this.leafCount === this.leafBits.length) this.grow();
      leaf = this.leafCount++;
    }
    this.leaves.set(key, leaf);
    this.lastLeaf = leaf;
    let rest = key;
    for (let height = 1; height <= heightMax; height++) {
      if (this.bitmaps.setBits((height << 27) | (rest >>> 5), 1 << (rest & 31)) !== 0) break;
      rest >>>= 5;
    }
    return leaf;
  }

  private closeLeaf(key: number, leaf: number): void {
    this.leaves.delete(key);
    this.lastLeaf = 0;
    // A free leaf keeps the next free one where its bits would be.
    this.leafBits[leaf] = this.freeLeaf;
    this.freeLeaf = leaf;
    let rest = key;
    for (let height = 1; height <= heightMax; height++) {
      if (this.bitmaps.clearBits((height << 27) | (rest >>> 5), 1 << (rest & 31)) !== 0) return;
      rest >>>= 5;
    }
  }

  private grow(): void {
    const bits = new Int32Array(this.leafBits.length * 2);
    bits.set(this.leafBits);
    this.leafBits = bits;
    const levels = new Int32Array(this.leafLevels.length * 2);
    levels.set(this.leafLevels);
    this.leafLevels = levels;
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

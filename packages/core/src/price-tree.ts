import { IntMap } from "./int-map.ts";

/**
 * The price levels of one side of a book: a map from price to level, and over it a tree of 32-bit
 * bitmaps that says which prices have a level, so that the next price up or down is found in a few
 * steps however far away it lies. There is no window: a price near the touch and one at the far end
 * of the range take the same path, and memory follows the number of levels.
 *
 *   height 0   one bit per price, 32 prices to a node
 *   height h   one bit per non-empty node of height h-1, up to height 6 (35 bits cover every price)
 */
const heightMax = 6;

export class PriceTree {
  private levelByPrice: IntMap;
  private bitmaps: IntMap;

  constructor(levelByPrice: IntMap = new IntMap(64), bitmaps: IntMap = new IntMap(64)) {
    this.levelByPrice = levelByPrice;
    this.bitmaps = bitmaps;
  }

  get size(): number {
    return this.levelByPrice.size;
  }

  /** The level at a price, 0 when there is none. */
  level(price: number): number {
    return this.levelByPrice.get(price);
  }

  add(price: number, level: number): void {
    this.levelByPrice.set(price, level);
    let rest = price;
    for (let height = 0; height <= heightMax; height++) {
      if (this.bitmaps.setBits((height << 27) | (rest >>> 5), 1 << (rest & 31)) !== 0) return;
      rest >>>= 5;
    }
  }

  remove(price: number): void {
    this.levelByPrice.delete(price);
    let rest = price;
    for (let height = 0; height <= heightMax; height++) {
      if (this.bitmaps.clearBits((height << 27) | (rest >>> 5), 1 << (rest & 31)) !== 0) return;
      rest >>>= 5;
    }
  }

  /** The lowest price above `price` that has a level, 0 when there is none. */
  above(price: number): number {
    let rest = price;
    for (let height = 0; height <= heightMax; height++) {
      const bit = rest & 31;
      const bits = this.bitmaps.get((height << 27) | (rest >>> 5)) & (bit === 31 ? 0 : -2 << bit);
      if (bits !== 0) return this.lowest(((rest >>> 5) << 5) | lowestBit(bits), height);
      rest >>>= 5;
    }
    return 0;
  }

  /** The highest price below `price` that has a level, 0 when there is none. */
  below(price: number): number {
    let rest = price;
    for (let height = 0; height <= heightMax; height++) {
      const bits = this.bitmaps.get((height << 27) | (rest >>> 5)) & ((1 << (rest & 31)) - 1);
      if (bits !== 0) return this.highest(((rest >>> 5) << 5) | (31 - Math.clz32(bits)), height);
      rest >>>= 5;
    }
    return 0;
  }

  private lowest(prefix: number, height: number): number {
    let rest = prefix;
    for (let h = height - 1; h >= 0; h--) {
      rest = (rest << 5) | lowestBit(this.bitmaps.get((h << 27) | rest));
    }
    return rest;
  }

  private highest(prefix: number, height: number): number {
    let rest = prefix;
    for (let h = height - 1; h >= 0; h--) {
      rest = (rest << 5) | (31 - Math.clz32(this.bitmaps.get((h << 27) | rest)));
    }
    return rest;
  }

  raw(): readonly [Int32Array, Int32Array] {
    return [this.levelByPrice.raw(), this.bitmaps.raw()];
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

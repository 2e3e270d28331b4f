import { doubledWords } from "./doubling.ts";
import type { WordReader } from "./word-reader.ts";
import type { WordWriter } from "./word-writer.ts";

const chunkShift = 14;
const chunkRows = 1 << chunkShift;
/** Room in the first chunk to begin with: a small venue stays small. */
const firstRows = 1 << 6;

/**
 * Rows of so many words each that are only ever added, and stay: in chunks, so that no growth
 * copies what is there. Rows count from 1; 0 is none.
 */
export class RowTable {
  private readonly width: number;
  private readonly chunks: Int32Array[] = [];
  private rows = 0;

  constructor(width: number) {
    this.width = width;
  }

  get count(): number {
    return this.rows;
  }

  /** Adds a row of zeros and returns its number. */
  add(): number {
    const row = ++this.rows;
    const at = row >>> chunkShift;
    if (at >= this.chunks.length) {
      this.chunks.push(new Int32Array((at === 0 ? firstRows : chunkRows) * this.width));
    } else if ((row & (chunkRows - 1)) * this.width >= this.chunks[at]!.length) {
      this.chunks[at] = doubledWords(this.chunks[at]!);
    }
    return row;
  }

  get(row: number, field: number): number {
    return this.chunks[row >>> chunkShift]![(row & (chunkRows - 1)) * this.width + field]!;
  }

  set(row: number, field: number, value: number): void {
    this.chunks[row >>> chunkShift]![(row & (chunkRows - 1)) * this.width + field] = value;
  }

  /** Takes back the rows after this one. */
  truncate(count: number): void {
    for (let row = count + 1; row <= this.rows; row++) {
      for (let field = 0; field < this.width; field++) this.set(row, field, 0);
    }
    this.rows = count;
  }

  save(w: WordWriter): void {
    w.i32(this.rows);
    for (let first = 0; first <= this.rows && this.rows > 0; first += chunkRows) {
      const rows = Math.min(chunkRows, this.rows + 1 - first);
      w.run(this.chunks[first >>> chunkShift]!.subarray(0, rows * this.width));
    }
  }

  /** Into a table that is still empty. */
  restore(r: WordReader): void {
    const count = r.i32();
    if (count < 0) throw new Error(`a table of ${count} rows`);
    for (let first = 0; first <= count && count > 0; first += chunkRows) {
      const words = r.run();
      if (words.length !== Math.min(chunkRows, count + 1 - first) * this.width) {
        throw new Error("a table's rows do not have its width");
      }
      let room = first === 0 ? firstRows : chunkRows;
      while (room * this.width < words.length) room *= 2;
      const chunk = new Int32Array(room * this.width);
      chunk.set(words);
      this.chunks.push(chunk);
    }
    this.rows = count;
  }
}

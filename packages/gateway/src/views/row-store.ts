const chunkShift = 12;
const chunkRows = 1 << chunkShift;
const chunkMask = chunkRows - 1;

/** Words at the head of each row: whose it is, and its neighbours in the lists it is in. */
export const rowField = {
  account: 0,
  accountNext: 1,
  accountPrevious: 2,
  allNext: 3,
  allPrevious: 4,
} as const;
export const rowHeadWords = 5;

/**
 * Rows of int32 words and float64 numbers, in chunks so that growing copies nothing. Row 0 is
 * nobody. Freed rows are used again.
 */
export class RowStore {
  readonly #wordCount: number;
  readonly #numberCount: number;
  readonly #words: Int32Array[] = [];
  readonly #numbers: Float64Array[] = [];
  #free = 0;
  #next = 1;

  constructor(wordCount: number, numberCount: number) {
    this.#wordCount = wordCount;
    this.#numberCount = numberCount;
  }

  take(): number {
    const row = this.#free;
    if (row !== 0) {
      this.#free = this.word(row, 0);
      return row;
    }
    if (this.#next >>> chunkShift === this.#words.length) {
      this.#words.push(new Int32Array(chunkRows * this.#wordCount));
      this.#numbers.push(new Float64Array(chunkRows * this.#numberCount));
    }
    return this.#next++;
  }

  give(row: number): void {
    this.setWord(row, 0, this.#free);
    this.#free = row;
  }

  word(row: number, field: number): number {
    return this.#words[row >>> chunkShift]![(row & chunkMask) * this.#wordCount + field]!;
  }
  setWord(row: number, field: number, value: number): void {
    this.#words[row >>> chunkShift]![(row & chunkMask) * this.#wordCount + field] = value;
  }
  number(row: number, field: number): number {
    return this.#numbers[row >>> chunkShift]![(row & chunkMask) * this.#numberCount + field]!;
  }
  setNumber(row: number, field: number, value: number): void {
    this.#numbers[row >>> chunkShift]![(row & chunkMask) * this.#numberCount + field] = value;
  }

  /** The words and numbers a row lies in, and where: for more than one field at once. */
  wordsOf(row: number): Int32Array {
    return this.#words[row >>> chunkShift]!;
  }
  wordsAt(row: number): number {
    return (row & chunkMask) * this.#wordCount;
  }
  numbersOf(row: number): Float64Array {
    return this.#numbers[row >>> chunkShift]!;
  }
  numbersAt(row: number): number {
    return (row & chunkMask) * this.#numberCount;
  }
}

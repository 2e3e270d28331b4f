import { RowTable } from "../bytes/row-table.ts";
import type { WordReader } from "../bytes/word-reader.ts";
import type { WordWriter } from "../bytes/word-writer.ts";
import { type Refusal, refusal } from "../refusal.ts";

/**
 * Every id that a transfer, deposit or withdrawal ever had, kept for ever with what became of it: a
 * repetition is told the same result, and an id that failed never succeeds. 40 bytes each, and 8 to
 * 16 for finding it.
 *
 * Words of a row: the id (4) · a digest of the content (2) · the number, low and 21 bits high, with
 * the state above them (2) · a detail (2): of a hold its row in `holds.ts`; of a post or void the
 * amount that it moved; of a failure the refusal.
 *
 * The digest compares contents by 64 bits. Somebody who makes two contents with one digest gains
 * nothing: under the same id, the second is answered with the result of the first.
 */
const field = { id: 0, digest: 4, number: 6, state: 7, detail: 8 } as const;
const rowWords = 10;
const numberHighBits = 21;

export const transferState = {
  failed: 0,
  done: 1,
  holdOpen: 2,
  holdPosted: 3,
  holdVoided: 4,
  holdExpired: 5,
} as const;
export type TransferState = (typeof transferState)[keyof typeof transferState];

/** 100 million ids are about 5 GB. */
export const transferIdsMax = 100_000_000;
const shardCount = 256;

/** What is wrong with the request itself burns no id: put right, it may come again. */
export function burnsId(code: Refusal): boolean {
  switch (code) {
    case refusal.malformedCommand:
    case refusal.amountNotPositive:
    case refusal.sameAccount:
    case refusal.transferIdFailed:
    case refusal.transferIdReused:
    case refusal.tooManyTransfers:
      return false;
    default:
      return true;
  }
}

export class TransferIds {
  private readonly rows = new RowTable(rowWords);
  /** Open addressing over rows, in shards by the hash's upper bits, so that each growth is short. */
  private readonly shards: Int32Array[] = [];
  private readonly used = new Int32Array(shardCount);
  /** Deposits, withdrawals, transfers, holds, posts and voids so far: the number of the latest. */
  lastNumber = 0;

  constructor() {
    for (let shard = 0; shard < shardCount; shard++) this.shards.push(new Int32Array(16));
  }

  get count(): number {
    return this.rows.count;
  }

  get isFull(): boolean {
    return this.rows.count >= transferIdsMax;
  }

  /** The row of the id at words[at], 0 when it was never used. */
  find(words: Int32Array, at: number): number {
    const hash = hashOf(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    const index = this.shards[hash >>> 24]!;
    const mask = index.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const row = index[place]!;
      if (row === 0 || this.hasId(row, words, at)) return row;
    }
  }

  /** Adds the id at words[at], which has no row yet, as failed with that refusal (0 until it is `book`ed). */
  add(
    words: Int32Array,
    at: number,
    digestA: number,
    digestB: number,
    failure: Refusal | 0,
  ): number {
    const row = this.rows.add();
    for (let i = 0; i < 4; i++) this.rows.set(row, field.id + i, words[at + i]!);
    this.rows.set(row, field.digest, digestA);
    this.rows.set(row, field.digest + 1, digestB);
    this.rows.set(row, field.detail, failure);
    this.addToIndex(row);
    return row;
  }

  /** Gives a row the next number and the state that goes with it. */
  book(row: number, state: TransferState, detailLow: number, detailHigh: number): void {
    const number = ++this.lastNumber;
    this.rows.set(row, field.number, number | 0);
    this.rows.set(row, field.state, (number / 4294967296) | 0 | (state << numberHighBits));
    this.rows.set(row, field.detail, detailLow);
    this.rows.set(row, field.detail + 1, detailHigh);
  }

  /** Takes a booking back: the id has failed. The caller puts `lastNumber` back. */
  unbook(row: number, failure: Refusal): void {
    this.rows.set(row, field.number, 0);
    this.rows.set(row, field.state, 0);
    this.rows.set(row, field.detail, failure);
    this.rows.set(row, field.detail + 1, 0);
  }

  word(row: number, index: number): number {
    return this.rows.get(row, field.id + index);
  }

  state(row: number): TransferState {
    return (this.rows.get(row, field.state) >>> numberHighBits) as TransferState;
  }

  setState(row: number, state: TransferState): void {
    const high = this.rows.get(row, field.state) & ((1 << numberHighBits) - 1);
    this.rows.set(row, field.state, high | (state << numberHighBits));
  }

  number(row: number): number {
    const high = this.rows.get(row, field.state) & ((1 << numberHighBits) - 1);
    return high * 4294967296 + (this.rows.get(row, field.number) >>> 0);
  }

  detailLow(row: number): number {
    return this.rows.get(row, field.detail);
  }

  detailHigh(row: number): number {
    return this.rows.get(row, field.detail + 1);
  }

  hasContent(row: number, digestA: number, digestB: number): boolean {
    return (
      this.rows.get(row, field.digest) === digestA &&
      this.rows.get(row, field.digest + 1) === digestB
    );
  }

  private hasId(row: number, words: Int32Array, at: number): boolean {
    const rows = this.rows;
    return (
      rows.get(row, field.id) === words[at] &&
      rows.get(row, field.id + 1) === words[at + 1] &&
      rows.get(row, field.id + 2) === words[at + 2] &&
      rows.get(row, field.id + 3) === words[at + 3]
    );
  }

  private hashOfRow(row: number): number {
    return hashOf(this.word(row, 0), this.word(row, 1), this.word(row, 2), this.word(row, 3));
  }

  private addToIndex(row: number): void {
    const hash = this.hashOfRow(row);
    const shard = hash >>> 24;
    if (++this.used[shard]! * 2 > this.shards[shard]!.length) this.growShard(shard);
    insert(this.shards[shard]!, hash, row);
  }

  private growShard(shard: number): void {
    const old = this.shards[shard]!;
    const grown = new Int32Array(old.length * 2);
    for (const row of old) if (row !== 0) insert(grown, this.hashOfRow(row), row);
    this.shards[shard] = grown;
  }

  save(w: WordWriter): void {
    this.rows.save(w);
  }

  /** Into a table that is still empty. `lastNumber` is kept elsewhere: it is older than this table. */
  restore(r: WordReader): void {
    this.rows.restore(r);
    for (let row = 1; row <= this.rows.count; row++) this.addToIndex(row);
  }
}

function insert(index: Int32Array, hash: number, row: number): void {
  const mask = index.length - 1;
  let at = hash & mask;
  while (index[at] !== 0) at = (at + 1) & mask;
  index[at] = row;
}

/** MurmurHash3 over four words: ids that count up, or were made to a pattern, land apart. */
function hashOf(a: number, b: number, c: number, d: number): number {
  let h = mixWord(mixWord(mixWord(mixWord(0, a), b), c), d);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function mixWord(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

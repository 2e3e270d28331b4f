import { RowIndex } from "./row-index.ts";
import { RowList } from "./row-list.ts";
import { RowStore, rowField, rowHeadWords } from "./row-store.ts";

/** Of a balance: its asset, its oldest and newest entry, how many, whether all, whether it is touched. */
const field = {
  asset: rowHeadWords,
  first: rowHeadWords + 1,
  last: rowHeadWords + 2,
  count: rowHeadWords + 3,
  isWhole: rowHeadWords + 4,
  isTouched: rowHeadWords + 5,
} as const;
const balanceWords = rowHeadWords + 6;

/** Of an entry: the next newer one, then both amounts, low word first. */
const entryWord = { next: 0, available: 1, held: 3 } as const;
const entryWords = 5;
const entryNumber = { position: 0, timeMs: 1 } as const;

/** An amount as two words: what is equal in both is equal. */
export type AmountWords = { low: number; high: number };

/**
 * Balances with their entries, as rows of numbers: an object for each change of a balance would be
 * most of what a node does while it catches up. Balances with entries are listed by their newest
 * change, the one that changed last at the end.
 */
export class BalanceRows {
  readonly #balances = new RowStore(balanceWords, 0);
  readonly #listed = new RowList(this.#balances);
  readonly #entries = new RowStore(entryWords, 2);
  #wantedAccount = 0;
  #wantedAsset = 0;
  readonly #index = new RowIndex(
    (row) => this.account(row) === this.#wantedAccount && this.asset(row) === this.#wantedAsset,
  );
  /** Entries of all balances together. */
  entryCount = 0;

  /** Balances that have entries. */
  get listedCount(): number {
    return this.#listed.count;
  }
  /** The balance whose newest change is the longest ago; 0: none has any. */
  get firstListed(): number {
    return this.#listed.first;
  }
  nextListed(row: number): number {
    return this.#listed.next(row);
  }

  account(row: number): number {
    return this.#balances.word(row, rowField.account);
  }
  asset(row: number): number {
    return this.#balances.word(row, field.asset);
  }
  countOf(row: number): number {
    return this.#balances.word(row, field.count);
  }
  isWhole(row: number): boolean {
    return this.#balances.word(row, field.isWhole) === 1;
  }
  setWhole(row: number, isWhole: boolean): void {
    this.#balances.setWord(row, field.isWhole, isWhole ? 1 : 0);
  }
  isTouched(row: number): boolean {
    return this.#balances.word(row, field.isTouched) === 1;
  }
  setTouched(row: number, isTouched: boolean): void {
    this.#balances.setWord(row, field.isTouched, isTouched ? 1 : 0);
  }

  /** 0 when there is none. */
  find(account: number, asset: number): number {
    this.#wantedAccount = account;
    this.#wantedAsset = asset;
    return this.#index.find(hashOf(account, asset));
  }

  /** The balance's row, made without entries when there is none. */
  row(account: number, asset: number): number {
    const found = this.find(account, asset);
    if (found !== 0) return found;
    const row = this.#balances.take();
    const words = this.#balances.wordsOf(row);
    const at = this.#balances.wordsAt(row);
    words.fill(0, at, at + balanceWords);
    words[at + rowField.account] = account;
    words[at + field.asset] = asset;
    this.#index.add(row, hashOf(account, asset));
    return row;
  }

  /** Forgets a balance that has no entries. */
  forget(row: number): void {
    this.#index.remove(row, hashOf(this.account(row), this.asset(row)));
    this.#balances.give(row);
  }

  firstEntry(row: number): number {
    return this.#balances.word(row, field.first);
  }
  nextEntry(entry: number): number {
    return this.#entries.word(entry, entryWord.next);
  }
  position(entry: number): number {
    return this.#entries.number(entry, entryNumber.position);
  }
  timeMs(entry: number): number {
    return this.#entries.number(entry, entryNumber.timeMs);
  }
  available(entry: number): AmountWords {
    return this.#amount(entry, entryWord.available);
  }
  held(entry: number): AmountWords {
    return this.#amount(entry, entryWord.held);
  }
  #amount(entry: number, at: number): AmountWords {
    return { low: this.#entries.word(entry, at), high: this.#entries.word(entry, at + 1) };
  }

  /** Whether the balance's newest entry says these amounts; without any, whether they are zero. */
  isLast(row: number, available: AmountWords, held: AmountWords): boolean {
    const last = this.#balances.word(row, field.last);
    if (last === 0) return (available.low | available.high | held.low | held.high) === 0;
    const words = this.#entries.wordsOf(last);
    const at = this.#entries.wordsAt(last);
    return (
      words[at + entryWord.available] === available.low &&
      words[at + entryWord.available + 1] === available.high &&
      words[at + entryWord.held] === held.low &&
      words[at + entryWord.held + 1] === held.high
    );
  }

  /** The balance's newest entry; the balance changed last of all. */
  append(
    row: number,
    position: number,
    timeMs: number,
    available: AmountWords,
    held: AmountWords,
  ): void {
    const entry = this.#entries.take();
    const words = this.#entries.wordsOf(entry);
    const at = this.#entries.wordsAt(entry);
    words[at + entryWord.next] = 0;
    words[at + entryWord.available] = available.low;
    words[at + entryWord.available + 1] = available.high;
    words[at + entryWord.held] = held.low;
    words[at + entryWord.held + 1] = held.high;
    this.#entries.setNumber(entry, entryNumber.position, position);
    this.#entries.setNumber(entry, entryNumber.timeMs, timeMs);
    const balances = this.#balances;
    const last = balances.word(row, field.last);
    if (last === 0) balances.setWord(row, field.first, entry);
    else {
      this.#entries.setWord(last, entryWord.next, entry);
      this.#listed.remove(row);
    }
    balances.setWord(row, field.last, entry);
    balances.setWord(row, field.count, this.countOf(row) + 1);
    this.#listed.append(row);
    this.entryCount++;
  }

  /** Drops so many of the balance's entries, the oldest. */
  drop(row: number, dropCount: number): void {
    const balances = this.#balances;
    let entry = this.firstEntry(row);
    for (let i = 0; i < dropCount; i++) {
      const next = this.nextEntry(entry);
      this.#entries.give(entry);
      entry = next;
    }
    balances.setWord(row, field.first, entry);
    balances.setWord(row, field.count, this.countOf(row) - dropCount);
    this.entryCount -= dropCount;
    if (entry !== 0) return;
    balances.setWord(row, field.last, 0);
    this.#listed.remove(row);
  }
}

function hashOf(account: number, asset: number): number {
  const hash = Math.imul(Math.imul(account, 0x85ebca6b) ^ asset, 0x9e3779b1);
  return hash ^ (hash >>> 15);
}

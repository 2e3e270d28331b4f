import { type RowStore, rowField } from "./row-store.ts";

/** Words per account: first row, last row, how many. */
const accountWords = 3;

/**
 * Rows in the order in which they were appended: per account, and over all accounts. A row is in
 * at most one list of its store at a time, since its links lie in the row.
 */
export class RowList {
  readonly #store: RowStore;
  #accounts = new Int32Array(64 * accountWords);
  #first = 0;
  #last = 0;
  #count = 0;

  constructor(store: RowStore) {
    this.#store = store;
  }

  get count(): number {
    return this.#count;
  }
  /** The oldest row over all accounts; 0 when there is none. */
  get first(): number {
    return this.#first;
  }
  next(row: number): number {
    return this.#store.word(row, rowField.allNext);
  }

  countOf(account: number): number {
    return this.#accounts[account * accountWords + 2] ?? 0;
  }
  /** The account's oldest row; 0 when there is none. */
  firstOf(account: number): number {
    return this.#accounts[account * accountWords] ?? 0;
  }
  nextOf(row: number): number {
    return this.#store.word(row, rowField.accountNext);
  }
  lastOf(account: number): number {
    return this.#accounts[account * accountWords + 1] ?? 0;
  }
  previousOf(row: number): number {
    return this.#store.word(row, rowField.accountPrevious);
  }

  /** The row's account is set already. */
  append(row: number): void {
    const store = this.#store;
    const account = store.word(row, rowField.account);
    const at = account * accountWords;
    if (at >= this.#accounts.length) this.#grow(at);
    const previousOf = this.#accounts[at + 1]!;
    store.setWord(row, rowField.accountPrevious, previousOf);
    store.setWord(row, rowField.accountNext, 0);
    if (previousOf === 0) this.#accounts[at] = row;
    else store.setWord(previousOf, rowField.accountNext, row);
    this.#accounts[at + 1] = row;
    this.#accounts[at + 2]!++;
    store.setWord(row, rowField.allPrevious, this.#last);
    store.setWord(row, rowField.allNext, 0);
    if (this.#last === 0) this.#first = row;
    else store.setWord(this.#last, rowField.allNext, row);
    this.#last = row;
    this.#count++;
  }

  remove(row: number): void {
    const store = this.#store;
    const at = store.word(row, rowField.account) * accountWords;
    const nextOf = store.word(row, rowField.accountNext);
    const previousOf = store.word(row, rowField.accountPrevious);
    if (previousOf === 0) this.#accounts[at] = nextOf;
    else store.setWord(previousOf, rowField.accountNext, nextOf);
    if (nextOf === 0) this.#accounts[at + 1] = previousOf;
    else store.setWord(nextOf, rowField.accountPrevious, previousOf);
    this.#accounts[at + 2]!--;
    const next = store.word(row, rowField.allNext);
    const previous = store.word(row, rowField.allPrevious);
    if (previous === 0) this.#first = next;
    else store.setWord(previous, rowField.allNext, next);
    if (next === 0) this.#last = previous;
    else store.setWord(next, rowField.allPrevious, previous);
    this.#count--;
  }

  #grow(at: number): void {
    const grown = new Int32Array(Math.max(at + accountWords, this.#accounts.length * 2));
    grown.set(this.#accounts);
    this.#accounts = grown;
  }
}

import { doubledWords } from "../bytes/doubling.ts";
import { TextTable } from "../bytes/text-table.ts";

/** Accounts are dense integers; 0 and 1 are the venue's own (`ledger.ts`), customers follow. */
export const accountsMax = 4_000_000;
/** Words per account, as a shift: the last two are spare. */
const shift = 3;
const fields = 1 << shift;

/** What the core keeps of each account beside its balances. */
export class Accounts {
  /** By account: flags, maker fee, taker fee (-1: the market's), first open order, count of open orders, fee tier. */
  words: Int32Array = new Int32Array(fields * 1024);
  private labels = new TextTable();

  count = 0;

  exists(account: number): boolean {
    return account >= 0 && account < this.count;
  }

  /** Opens the next account and returns its number. */
  open(label: string): number {
    const account = this.count;
    this.labels.add(label);
    this.count = this.labels.count;
    if (this.count * fields > this.words.length) this.words = doubledWords(this.words);
    this.words[(account << shift) + 1] = -1;
    this.words[(account << shift) + 2] = -1;
    return account;
  }

  label(account: number): string {
    return this.labels.get(account) ?? "";
  }
  flags(account: number): number {
    return this.words[account << shift]!;
  }
  setFlags(account: number, flags: number): void {
    this.words[account << shift] = flags;
  }
  makerFeePpm(account: number): number {
    return this.words[(account << shift) + 1]!;
  }
  takerFeePpm(account: number): number {
    return this.words[(account << shift) + 2]!;
  }
  setFees(account: number, makerFeePpm: number, takerFeePpm: number): void {
    this.words[(account << shift) + 1] = makerFeePpm;
    this.words[(account << shift) + 2] = takerFeePpm;
  }
  /** 0: none. */
  tier(account: number): number {
    return this.words[(account << shift) + 5]!;
  }
  setTier(account: number, tier: number): void {
    this.words[(account << shift) + 5] = tier;
  }
  /** Slot of the newest open order, 0 when there is none. */
  firstOrder(account: number): number {
    return this.words[(account << shift) + 3]!;
  }
  setFirstOrder(account: number, slot: number): void {
    this.words[(account << shift) + 3] = slot;
  }
  openOrderCount(account: number): number {
    return this.words[(account << shift) + 4]!;
  }
  /** Returns the new count. */
  addOpenOrders(account: number, by: number): number {
    const at = (account << shift) + 4;
    const count = this.words[at]! + by;
    this.words[at] = count;
    return count;
  }

  raw(): { readonly words: Int32Array; readonly labels: TextTable } {
    return { words: this.words.subarray(0, this.count * fields), labels: this.labels };
  }

  static fromRaw(labels: TextTable, words: Int32Array): Accounts {
    const { count } = labels;
    if (count < 2 || count > accountsMax || words.length !== count * fields) {
      throw new Error("the accounts' words and labels do not belong together");
    }
    const accounts = new Accounts();
    accounts.labels = labels;
    accounts.count = count;
    let capacity = accounts.words.length;
    while (capacity < words.length) capacity *= 2;
    accounts.words = new Int32Array(capacity);
    accounts.words.set(words);
    return accounts;
  }
}

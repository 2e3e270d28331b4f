/** Accounts are dense integers; 0 and 1 are the venue's own (`ledger.ts`), customers follow. */
export const accountsMax = 4_000_000;
/** Words per account, as a shift: the last two are spare. */
const shift = 3;
const fields = 1 << shift;

/** What the core keeps of each account beside its balances. */
export class Accounts {
  /** By account: flags, maker fee, taker fee (-1: the market's), first open order, count of open orders, fee tier. */
  words: Int32Array = new Int32Array(fields * 1024);
  private readonly labels: string[] = [];

  count = 0;

  exists(account: number): boolean {
    return account >= 0 && account < this.count;
  }

  /** Opens the next account and returns its number. */
  open(label: string): number {
    const account = this.labels.length;
    this.labels.push(label);
    this.count = this.labels.length;
    if (this.labels.length * fields > this.words.length) {
      const words = new Int32Array(this.words.length * 2);
      words.set(this.words);
      this.words = words;
    }
    this.words[(account << shift) + 1] = -1;
    this.words[(account << shift) + 2] = -1;
    return account;
  }

  label(account: number): string {
    return this.labels[account] ?? "";
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

  raw(): { readonly words: Int32Array; readonly labels: readonly string[] } {
    return { words: this.words.subarray(0, this.labels.length * fields), labels: this.labels };
  }

  static fromRaw(words: Int32Array, labels: readonly string[]): Accounts {
    if (
      labels.length < 2 ||
      labels.length > accountsMax ||
      words.length !== labels.length * fields
    ) {
      throw new Error("the accounts' words and labels do not belong together");
    }
    const accounts = new Accounts();
    for (const label of labels) accounts.open(label);
    accounts.words.set(words);
    return accounts;
  }
}

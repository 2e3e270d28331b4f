/** Balances by account and asset, as bigints in maps. */
export class ReferenceLedger {
  #available = new Map<string, bigint>();
  #held = new Map<string, bigint>();

  available(account: number, asset: number): bigint {
    return this.#available.get(`${account}:${asset}`) ?? 0n;
  }
  held(account: number, asset: number): bigint {
    return this.#held.get(`${account}:${asset}`) ?? 0n;
  }
  /** Whether the account ever had a balance in the asset. */
  knows(account: number, asset: number): boolean {
    return this.#available.has(`${account}:${asset}`);
  }

  add(account: number, asset: number, by: bigint): void {
    this.#available.set(`${account}:${asset}`, this.available(account, asset) + by);
  }
  addHeld(account: number, asset: number, by: bigint): void {
    this.#held.set(`${account}:${asset}`, this.held(account, asset) + by);
  }
  hold(account: number, asset: number, amount: bigint): void {
    this.add(account, asset, -amount);
    this.addHeld(account, asset, amount);
  }

  copy(): ReferenceLedger {
    const copy = new ReferenceLedger();
    copy.become(this);
    return copy;
  }
  /** Takes all balances from another ledger. */
  become(other: ReferenceLedger): void {
    this.#available = new Map(other.#available);
    this.#held = new Map(other.#held);
  }
}

import { doubledWords } from "../bytes/doubling.ts";
import { accountsMax } from "../registry/accounts.ts";
import { assetsMax } from "../registry/assets.ts";

/**
 * Whose each ledger slot is, and which one an account has in an asset: open addressing over slots,
 * linear probing, removal by shifting back. Slots count from 1 and are only ever added, but for the
 * newest, which a refused chain of transfers takes back.
 */
export class LedgerSlots {
  /** Pairs account, asset by slot. */
  private owners: Int32Array = new Int32Array(2 * 1024);
  private index: Int32Array = new Int32Array(2 * 1024);
  private mask = 2 * 1024 - 1;
  private used = 1;

  /** One more than the last slot. */
  get count(): number {
    return this.used;
  }

  /** The slot of an account in an asset, 0 when it never had any. */
  find(account: number, asset: number): number {
    const { index, owners, mask } = this;
    for (let at = homeOf(account, asset) & mask; ; at = (at + 1) & mask) {
      const slot = index[at]!;
      if (slot === 0) return 0;
      const o = slot * 2;
      // One comparison: which of the two differs nobody needs to know.
      if (((owners[o]! ^ account) | (owners[o + 1]! ^ asset)) === 0) return slot;
    }
  }

  /** A slot for an account that has none in an asset. */
  open(account: number, asset: number): number {
    const slot = this.used;
    if (slot * 2 >= this.owners.length) this.owners = doubledWords(this.owners);
    this.owners[slot * 2] = account;
    this.owners[slot * 2 + 1] = asset;
    this.used++;
    if (this.used * 2 > this.mask) this.grow();
    else this.put(slot);
    return slot;
  }

  /** Takes back the slots from this one on. */
  close(from: number): void {
    for (let slot = from; slot < this.used; slot++) {
      this.take(slot);
      this.owners[slot * 2] = 0;
      this.owners[slot * 2 + 1] = 0;
    }
    this.used = from;
  }

  accountOf(slot: number): number {
    return this.owners[slot * 2]!;
  }
  assetOf(slot: number): number {
    return this.owners[slot * 2 + 1]!;
  }

  private put(slot: number): void {
    const { index, mask } = this;
    let at = this.homeOfSlot(slot) & mask;
    while (index[at] !== 0) at = (at + 1) & mask;
    index[at] = slot;
  }

  private take(slot: number): void {
    const { index, mask } = this;
    let hole = this.homeOfSlot(slot) & mask;
    while (index[hole] !== slot) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = this.homeOfSlot(index[at]!) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      index[hole] = index[at]!;
      hole = at;
    }
    index[hole] = 0;
  }

  private homeOfSlot(slot: number): number {
    return homeOf(this.owners[slot * 2]!, this.owners[slot * 2 + 1]!);
  }

  private grow(): void {
    this.index = new Int32Array(this.index.length * 2);
    this.mask = this.index.length - 1;
    for (let slot = 1; slot < this.used; slot++) this.put(slot);
  }

  raw(): Int32Array {
    return this.owners.subarray(0, this.used * 2);
  }

  /** Throws where a slot is nobody's, or somebody's second. */
  static fromRaw(owners: Int32Array): LedgerSlots {
    const slots = new LedgerSlots();
    const count = owners.length / 2;
    let capacity = slots.owners.length;
    while (capacity <= owners.length) capacity *= 2;
    slots.owners = new Int32Array(capacity);
    slots.owners.set(owners);
    slots.index = new Int32Array(capacity);
    slots.mask = capacity - 1;
    slots.used = count;
    for (let slot = 1; slot < count; slot++) slots.adopt(slot);
    return slots;
  }

  private adopt(slot: number): void {
    const account = this.owners[slot * 2]!;
    const asset = this.owners[slot * 2 + 1]!;
    const isKnown = account >= 0 && account < accountsMax && asset >= 0 && asset < assetsMax;
    if (!isKnown || this.find(account, asset) !== 0) {
      throw new Error(`ledger slot ${slot} is nobody's, or somebody's second`);
    }
    this.put(slot);
  }
}

/** Where a slot would like to lie, before masking: neighbouring accounts and assets land apart. */
function homeOf(account: number, asset: number): number {
  const h = Math.imul(account, 0x9e3779b1) ^ Math.imul(asset, 0x85ebca6b);
  return h ^ (h >>> 15);
}

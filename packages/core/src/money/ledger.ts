import { doubledNumbers, doubledWords } from "../bytes/doubling.ts";
import * as amounts from "./amount.ts";
import { LedgerSlots } from "./ledger-slots.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { bigOfWords, highWord } = amounts;

/** The world outside: deposits come from it and withdrawals go to it, so its balance is minus what the venue owes. */
export const externalAccount = 0;
/** Where trading fees go. */
export const feeAccount = 1;

/**
 * A balance is top x 2^52 + rest: 0 <= rest < 2^52 and a top from 0 up, or, where it is negative,
 * -2^52 <= rest < 0 and a top from 0 down. So the rest alone tells the sign.
 */
const restLimit = 4503599627370496;
const bigRestLimit = 4503599627370496n;
/** Brings a number's high word, spread, into its low one. */
const foldUnit = 1 + 40503 / 4294967296;
/** The bits of an amount's high word that belong to the rest. */
const topShift = 20;
/** Amounts below this are posted as numbers, larger ones as bigints: a rest and one such amount stay exact. */
export const postingLimit: number = restLimit;

/**
 * The double-entry ledger. A slot is one account's balance in one asset: available and held, each a
 * signed 64-bit integer. Every movement is a pair of postings of the same amount, so per asset all
 * slots, the world's included, sum to zero at all times (`audit.ts` checks it).
 *
 * Parts of a slot: available, held. Slot 0 is nobody's.
 */
export class Ledger {
  /** By part: the balance's rest, and its top in a table of its own, which is hardly ever touched. */
  private rests: Float64Array = new Float64Array(2 * 1024);
  private tops: Int32Array = new Int32Array(2 * 1024);
  private slots = new LedgerSlots();
  /** Rolls over every posting, what it left where: ledgers that ever differed in one have different digests. */
  digest: number = 0x811c9dc5 | 0;

  get slotCount(): number {
    return this.slots.count;
  }

  /** The slot of an account in an asset, 0 when it never had any. */
  find(account: number, asset: number): number {
    return this.slots.find(account, asset);
  }

  /** The slot of an account in an asset, made when there is none. */
  slot(account: number, asset: number): number {
    const found = this.slots.find(account, asset);
    return found !== 0 ? found : this.open(account, asset);
  }

  private open(account: number, asset: number): number {
    const slot = this.slots.open(account, asset);
    if (slot * 2 >= this.rests.length) {
      this.rests = doubledNumbers(this.rests);
      this.tops = doubledWords(this.tops);
    }
    return slot;
  }

  /** Takes back the slots from this one on: the newest, without a balance. */
  closeSlots(from: number): void {
    this.slots.close(from);
  }

  ownerOf(slot: number): { readonly account: number; readonly asset: number } {
    return { account: this.slots.accountOf(slot), asset: this.slots.assetOf(slot) };
  }

  available(slot: number): bigint {
    return this.read(slot * 2);
  }

  held(slot: number): bigint {
    return this.read(slot * 2 + 1);
  }

  /** Whether what is available is below zero. */
  isOverdrawn(slot: number): boolean {
    return this.rests[slot * 2]! < 0;
  }

  /** Available and held together where both are below 2^52, else -1: ask for them as bigints then. */
  ownedNumber(slot: number): number {
    const part = slot * 2;
    const available = this.rests[part]!;
    if (available < 0 || (this.tops[part]! | this.tops[part + 1]!) !== 0) return -1;
    return available + this.rests[part + 1]!;
  }

  /** The same as numbers where they lie between -2^52 and 2^52, else NaN: ask for the bigints then. */
  availableNumber(slot: number): number {
    return this.tops[slot * 2] === 0 ? this.rests[slot * 2]! : Number.NaN;
  }
  heldNumber(slot: number): number {
    return this.tops[slot * 2 + 1] === 0 ? this.rests[slot * 2 + 1]! : Number.NaN;
  }

  private read(part: number): bigint {
    if (this.tops[part] === 0) return BigInt(this.rests[part]!);
    return BigInt(this.tops[part]!) * bigRestLimit + BigInt(this.rests[part]!);
  }

  /** Whether at least this much (positive, below `postingLimit`) is available. */
  covers(slot: number, amount: number): boolean {
    return this.rests[slot * 2]! >= amount || this.tops[slot * 2]! > 0;
  }

  /** Available to held. The caller has checked that it is covered. */
  hold(slot: number, amount: number): void {
    this.debit(slot * 2, amount);
    this.credit(slot * 2 + 1, amount);
  }

  /** Held to available. */
  release(slot: number, amount: number): void {
    this.debit(slot * 2 + 1, amount);
    this.credit(slot * 2, amount);
  }

  /**
   * A fill at once. Each side pays what the other receives, the taker out of what is available, the
   * maker out of its hold, and gives the fee on what it receives. All amounts below `postingLimit`.
   */
  exchange(
    takerPays: number,
    makerPays: number,
    takerReceives: number,
    makerReceives: number,
    takerFeeTo: number,
    makerFeeTo: number,
    toTaker: number,
    toMaker: number,
    takerFee: number,
    makerFee: number,
  ): void {
    this.debit(takerPays * 2, toMaker);
    this.debit(makerPays * 2 + 1, toTaker);
    this.credit(takerReceives * 2, toTaker - takerFee);
    this.credit(makerReceives * 2, toMaker - makerFee);
    this.credit(takerFeeTo * 2, takerFee);
    this.credit(makerFeeTo * 2, makerFee);
  }

  /** Adds an amount (not negative, below `postingLimit`) to a part of a slot. */
  private credit(part: number, amount: number): void {
    const before = this.rests[part]!;
    let rest = before + amount;
    if (before < 0 || rest >= restLimit) rest = this.carry(part, rest);
    this.rests[part] = rest;
    this.roll(part, rest);
  }

  /** Takes such an amount off. */
  private debit(part: number, amount: number): void {
    let rest = this.rests[part]! - amount;
    if (rest < 0) rest = this.carry(part, rest);
    this.rests[part] = rest;
    this.roll(part, rest);
  }

  private roll(part: number, rest: number): void {
    // Both words of the rest in one: rounded, but alike everywhere, which is all that a digest asks.
    const folded = (rest * foldUnit) | 0;
    this.digest = (Math.imul(this.digest ^ folded, 0x9e3779b1) + part) | 0;
  }

  /** Brings a rest and its top back into their ranges; returns the rest. */
  private carry(part: number, sum: number): number {
    let top = this.tops[part]!;
    let rest = sum;
    if (rest >= restLimit || (top < 0 && rest >= 0)) {
      top++;
      rest -= restLimit;
    } else if (rest < -restLimit || (top > 0 && rest < 0)) {
      top--;
      rest += restLimit;
    }
    this.tops[part] = top;
    this.digest = Math.imul(this.digest ^ top, 0x85ebca6b);
    return rest;
  }

  /** The same three for amounts of any size, as two words. */
  coversWide(slot: number, low: number, high: number): boolean {
    return this.available(slot) >= bigOfWords(low, high);
  }
  holdWide(slot: number, low: number, high: number): void {
    const amount = bigOfWords(low, high);
    this.post(slot, -amount, amount);
  }
  releaseWide(slot: number, low: number, high: number): void {
    const amount = bigOfWords(low, high);
    this.post(slot, amount, -amount);
  }

  /** Postings of any size onto what a slot has available and what it has held. */
  post(slot: number, toAvailable: bigint, toHeld: bigint): void {
    this.addBig(slot * 2, toAvailable);
    this.addBig(slot * 2 + 1, toHeld);
  }

  private addBig(part: number, amount: bigint): void {
    if (amount === 0n) return;
    const sum = this.read(part) + amount;
    const magnitude = sum < 0n ? -sum - 1n : sum;
    const top = Number(magnitude / bigRestLimit);
    const rest = Number(magnitude % bigRestLimit);
    this.tops[part] = sum < 0n ? -top : top;
    this.rests[part] = sum < 0n ? -rest - 1 : rest;
    this.digest = Math.imul(this.digest ^ this.tops[part]!, 0x85ebca6b);
    this.roll(part, this.rests[part]!);
  }

  /** Balances as signed 64-bit integers in words: available low, high, held low, high by slot; owners. */
  raw(): { readonly words: Int32Array; readonly owners: Int32Array } {
    const count = this.slotCount;
    const words = new Int32Array(count * 4);
    for (let part = 0; part < count * 2; part++) {
      const isNegative = this.rests[part]! < 0;
      const rest = isNegative ? this.rests[part]! + restLimit : this.rests[part]!;
      const top = isNegative ? this.tops[part]! - 1 : this.tops[part]!;
      words[part * 2] = rest | 0;
      words[part * 2 + 1] = (top << topShift) | highWord(rest);
    }
    return { words, owners: this.slots.raw() };
  }

  static fromRaw(words: Int32Array, owners: Int32Array, digest: number): Ledger {
    const ledger = new Ledger();
    const count = owners.length / 2;
    if (!Number.isInteger(count) || count < 1 || words.length !== count * 4) {
      throw new Error("the ledger's words and owners do not belong together");
    }
    if (words.subarray(0, 4).some((word) => word !== 0)) throw new Error("nobody has a balance");
    let capacity = 1024;
    while (capacity < count) capacity *= 2;
    ledger.rests = new Float64Array(capacity * 2);
    ledger.tops = new Int32Array(capacity * 2);
    for (let part = 0; part < count * 2; part++) {
      const high = words[part * 2 + 1]!;
      const top = high >> topShift;
      const rest = (high & ((1 << topShift) - 1)) * 4294967296 + (words[part * 2]! >>> 0);
      ledger.tops[part] = top < 0 ? top + 1 : top;
      ledger.rests[part] = top < 0 ? rest - restLimit : rest;
    }
    ledger.slots = LedgerSlots.fromRaw(owners);
    ledger.digest = digest;
    return ledger;
  }
}

import { accountsMax } from "./accounts.ts";
import * as amounts from "./amount.ts";
import { assetsMax } from "./assets.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { highWord } = amounts;

/** The world outside: deposits come from it and withdrawals go to it, so its balance is minus what the venue owes. */
export const externalAccount = 0;
/** Where trading fees go. */
export const feeAccount = 1;

const chunkBits = 12;
/** Words per slot, as a shift. */
const slotShift = 2;
const wordsPerSlot = 1 << slotShift;

/**
 * The double-entry ledger. A slot is one account's balance in one asset: available and held, each a
 * signed 64-bit integer in two words. Every movement is a pair of postings of the same amount, so
 * per asset all slots, the world's included, sum to zero at all times (`audit.ts` checks it).
 *
 * Words of a slot: available low, available high, held low, held high. Slot 0 is nobody's.
 */
export class Ledger {
  words: Int32Array = new Int32Array(wordsPerSlot * 1024);
  /** Pairs account, asset by slot. */
  private owners: Int32Array = new Int32Array(2 * 1024);
  private count = 1;
  /** By asset, then by account in chunks: the slot, 0 when there is none. */
  private readonly tables: (Int32Array | undefined)[][] = [];
  /** Sums over every posting what it left where: ledgers that ever differed in one have different digests. */
  digest: number = 0x811c9dc5 | 0;

  get slotCount(): number {
    return this.count;
  }

  /** The slot of an account in an asset, 0 when it never had any. */
  find(account: number, asset: number): number {
    const chunk = this.tables[asset]?.[account >>> chunkBits];
    return chunk === undefined ? 0 : chunk[account & ((1 << chunkBits) - 1)]!;
  }

  /** The slot of an account in an asset, made when there is none. */
  slot(account: number, asset: number): number {
    const found = this.find(account, asset);
    return found !== 0 ? found : this.open(account, asset);
  }

  private open(account: number, asset: number): number {
    const slot = this.count++;
    if (slot << slotShift >= this.words.length) this.grow();
    this.owners[slot * 2] = account;
    this.owners[slot * 2 + 1] = asset;
    this.index(slot);
    return slot;
  }

  private index(slot: number): void {
    const account = this.owners[slot * 2]!;
    const asset = this.owners[slot * 2 + 1]!;
    while (this.tables.length <= asset) this.tables.push([]);
    const chunks = this.tables[asset]!;
    const at = account >>> chunkBits;
    while (chunks.length <= at) chunks.push(undefined);
    chunks[at] ??= new Int32Array(1 << chunkBits);
    chunks[at][account & ((1 << chunkBits) - 1)] = slot;
  }

  private grow(): void {
    const words = new Int32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    const owners = new Int32Array(this.owners.length * 2);
    owners.set(this.owners);
    this.owners = owners;
  }

  /** Takes back the slots from this one on: the newest, without a balance. */
  closeSlots(from: number): void {
    for (let slot = from; slot < this.count; slot++) {
      const account = this.owners[slot * 2]!;
      const chunk = this.tables[this.owners[slot * 2 + 1]!]![account >>> chunkBits]!;
      chunk[account & ((1 << chunkBits) - 1)] = 0;
      this.owners[slot * 2] = 0;
      this.owners[slot * 2 + 1] = 0;
    }
    this.count = from;
  }

  ownerOf(slot: number): { readonly account: number; readonly asset: number } {
    return { account: this.owners[slot * 2]!, asset: this.owners[slot * 2 + 1]! };
  }

  available(slot: number): bigint {
    return slot === 0 ? 0n : this.read(slot << slotShift);
  }

  held(slot: number): bigint {
    return slot === 0 ? 0n : this.read((slot << slotShift) + 2);
  }

  private read(at: number): bigint {
    return (BigInt(this.words[at + 1]!) << 32n) | BigInt(this.words[at]! >>> 0);
  }

  /** Whether at least this much (not negative) is available. */
  covers(slot: number, low: number, high: number): boolean {
    const at = slot << slotShift;
    const availableHigh = this.words[at + 1]!;
    if (availableHigh !== high) return availableHigh > high;
    return this.words[at]! >>> 0 >= low >>> 0;
  }

  /** Available to held. The caller has checked that it is covered. */
  hold(slot: number, low: number, high: number): void {
    const at = slot << slotShift;
    this.digest =
      (this.digest + subtract(this.words, at, low, high) + add(this.words, at + 2, low, high)) | 0;
  }

  /** Held to available. */
  release(slot: number, low: number, high: number): void {
    const at = slot << slotShift;
    this.digest =
      (this.digest + subtract(this.words, at + 2, low, high) + add(this.words, at, low, high)) | 0;
  }

  /** Out of what is held; the other leg of the posting is a credit elsewhere. */
  capture(slot: number, low: number, high: number): void {
    this.digest = (this.digest + subtract(this.words, (slot << slotShift) + 2, low, high)) | 0;
  }

  /** Out of what is available; the other leg is a credit elsewhere. */
  debit(slot: number, low: number, high: number): void {
    this.digest = (this.digest + subtract(this.words, slot << slotShift, low, high)) | 0;
  }

  credit(slot: number, low: number, high: number): void {
    this.digest = (this.digest + add(this.words, slot << slotShift, low, high)) | 0;
  }

  /**
   * A fill at once. Each side pays what the other receives, the taker out of what is available, the
   * maker out of its hold, and gives the fee on what it receives. Amounts are exact below 2^53.
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
    const words = this.words;
    const takerIn = toTaker - takerFee;
    const makerIn = toMaker - makerFee;
    let digest = this.digest;
    digest += subtract(words, takerPays << slotShift, toMaker | 0, highWord(toMaker));
    digest += subtract(words, (makerPays << slotShift) + 2, toTaker | 0, highWord(toTaker));
    digest |= 0;
    digest += add(words, takerReceives << slotShift, takerIn | 0, highWord(takerIn));
    digest += add(words, makerReceives << slotShift, makerIn | 0, highWord(makerIn));
    digest |= 0;
    if (takerFee !== 0) {
      digest += add(words, takerFeeTo << slotShift, takerFee | 0, highWord(takerFee));
    }
    if (makerFee !== 0) {
      digest += add(words, makerFeeTo << slotShift, makerFee | 0, highWord(makerFee));
    }
    this.digest = digest | 0;
  }

  /** Postings of any size, also negative, onto what a slot has available and what it has held. */
  post(slot: number, toAvailable: bigint, toHeld: bigint): void {
    const at = slot << slotShift;
    let digest = this.digest;
    if (toAvailable !== 0n) digest += add(this.words, at, lowOf(toAvailable), highOf(toAvailable));
    if (toHeld !== 0n) digest += add(this.words, at + 2, lowOf(toHeld), highOf(toHeld));
    this.digest = digest | 0;
  }

  raw(): { readonly words: Int32Array; readonly owners: Int32Array } {
    return {
      words: this.words.subarray(0, this.count * wordsPerSlot),
      owners: this.owners.subarray(0, this.count * 2),
    };
  }

  static fromRaw(words: Int32Array, owners: Int32Array, digest: number): Ledger {
    const ledger = new Ledger();
    const count = owners.length / 2;
    if (!Number.isInteger(count) || count < 1 || words.length !== count * wordsPerSlot) {
      throw new Error("the ledger's words and owners do not belong together");
    }
    let capacity = 1024;
    while (capacity < count) capacity *= 2;
    ledger.words = new Int32Array(capacity * wordsPerSlot);
    ledger.words.set(words);
    ledger.owners = new Int32Array(capacity * 2);
    ledger.owners.set(owners);
    ledger.count = count;
    ledger.digest = digest;
    for (let slot = 1; slot < count; slot++) {
      const { account, asset } = ledger.ownerOf(slot);
      const isKnown = account >= 0 && account < accountsMax && asset >= 0 && asset < assetsMax;
      if (!isKnown || ledger.find(account, asset) !== 0) {
        throw new Error(`ledger slot ${slot} is nobody's, or somebody's second`);
      }
      ledger.index(slot);
    }
    return ledger;
  }
}

function lowOf(amount: bigint): number {
  return Number(BigInt.asIntN(32, amount));
}
function highOf(amount: bigint): number {
  return Number(amount >> 32n);
}

/** Adds two words to the two at `at`; returns the posting's share of the digest. */
function add(words: Int32Array, at: number, low: number, high: number): number {
  const before = words[at]!;
  const sum = (before + low) | 0;
  const sumHigh = (words[at + 1]! + high + (sum >>> 0 < before >>> 0 ? 1 : 0)) | 0;
  words[at] = sum;
  words[at + 1] = sumHigh;
  return mixPosting(at, sum, sumHigh);
}

function subtract(words: Int32Array, at: number, low: number, high: number): number {
  const before = words[at]!;
  const rest = (before - low) | 0;
  const restHigh = (words[at + 1]! - high - (before >>> 0 < low >>> 0 ? 1 : 0)) | 0;
  words[at] = rest;
  words[at + 1] = restHigh;
  return mixPosting(at, rest, restHigh);
}

/** Not in a chain with the posting before it, so that postings can overlap in the processor. */
function mixPosting(at: number, low: number, high: number): number {
  return Math.imul(low ^ Math.imul(at, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(high, 0xc2b2ae35);
}

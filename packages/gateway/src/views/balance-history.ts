import { externalAccount, feeAccount, type Venue, type VenueEvent } from "@halcyon/core";
import type { CommandContext, Projection } from "@halcyon/replica";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

/** An account's balance in an asset as it was after a position, until its next entry. */
export type BalanceEntry = {
  readonly position: number;
  readonly timeMs: number;
  readonly available: bigint;
  readonly held: bigint;
};

/** `entries`: oldest first. `isWhole`: nothing older was dropped, nor missed. */
export type BalanceEntries = {
  readonly entries: readonly BalanceEntry[];
  readonly isWhole: boolean;
};

export type BalanceHistoryLimits = {
  /** Entries of one account in one asset. */
  readonly entriesPerBalance: number;
  readonly entriesTotal: number;
};
/** At most some 100 MB. */
const limitsDefault: BalanceHistoryLimits = { entriesPerBalance: 1_000, entriesTotal: 500_000 };

const savedVersion = 1;
/** Assets per account in a key: more than there may be. */
const assetRange = 4096;
const entryBytes = 32;

type History = { entries: BalanceEntry[]; isWhole: boolean };

/**
 * How balances changed: after each batch, those that are not what they were after the one before.
 * It begins at the first batch that this node applies with it: balances from before are known from
 * their first change on.
 */
export class BalanceHistory implements Projection {
  readonly name = "balances";
  readonly #limits: BalanceHistoryLimits;
  /** By account and asset, the one that changed last at the end. */
  #histories = new Map<number, History>();
  #count = 0;
  /** Whether every batch of the log was seen. */
  #isFromStart = true;
  #position = 0;
  readonly #touched = new Set<number>();

  constructor(limits: BalanceHistoryLimits = limitsDefault) {
    this.#limits = limits;
  }

  of(account: number, asset: number): BalanceEntries {
    const history = this.#histories.get(keyOf(account, asset));
    return history ?? { entries: [], isWhole: this.#isFromStart };
  }

  onCommand({ venue }: CommandContext, events: readonly VenueEvent[]): void {
    for (const event of events) this.#touchBy(event, venue);
  }

  onBatch(position: number, logTimeMs: number, venue: Venue): void {
    if (position !== this.#position + 1) this.#isFromStart = false;
    this.#position = position;
    for (const key of this.#touched) {
      const account = Math.floor(key / assetRange);
      const asset = key % assetRange;
      const available = venue.available(account, asset);
      const held = venue.held(account, asset);
      this.#add(key, { position, timeMs: logTimeMs, available, held });
    }
    this.#touched.clear();
  }

  #touchBy(event: VenueEvent, venue: Venue): void {
    switch (event.type) {
      case "deposited":
      case "withdrawn":
        this.#touch(event.account, event.asset);
        this.#touch(externalAccount, event.asset);
        break;
      case "transferred":
        this.#touch(event.from, event.asset);
        this.#touch(event.to, event.asset);
        break;
      case "fill":
        for (const account of [event.takerAccount, event.makerAccount, feeAccount]) {
          this.#touchBoth(account, event.market, venue);
        }
        break;
      case "orderAccepted":
      case "orderClosed":
      case "orderReduced":
      case "orderAmended":
      case "orderActivated":
      case "tradePrevented":
        this.#touchBoth(event.account, event.market, venue);
        break;
      case "refused":
      case "transferRefused":
      case "listOpened":
      case "listClosed":
      case "assetCreated":
      case "marketCreated":
      case "marketStateChanged":
      case "marketFeesChanged":
      case "marketRulesChanged":
      case "accountCreated":
      case "accountFlagsChanged":
      case "accountFeesChanged":
      case "accountTierChanged":
      case "keyCreated":
      case "keyRevoked":
      case "feeTierChanged":
      case "rulesVersionChanged":
        break;
    }
  }

  #touchBoth(account: number, marketId: number, venue: Venue): void {
    const { baseAsset, quoteAsset } = venue.markets.get(marketId)!;
    this.#touch(account, baseAsset);
    this.#touch(account, quoteAsset);
  }

  #touch(account: number, asset: number): void {
    this.#touched.add(keyOf(account, asset));
  }

  #add(key: number, entry: BalanceEntry): void {
    const history = this.#histories.get(key) ?? { entries: [], isWhole: this.#isFromStart };
    const last = history.entries.at(-1);
    const { available, held } = last ?? { available: 0n, held: 0n };
    if (available === entry.available && held === entry.held) return;
    history.entries.push(entry);
    this.#count++;
    this.#histories.delete(key);
    this.#histories.set(key, history);
    if (history.entries.length > this.#limits.entriesPerBalance) this.#dropHalf(history);
    while (this.#count > this.#limits.entriesTotal) this.#dropOldest();
  }

  /** The older half, so that dropping costs little per entry. */
  #dropHalf(history: History): void {
    const dropped = history.entries.splice(0, history.entries.length >> 1).length;
    history.isWhole = false;
    this.#count -= dropped;
  }

  /** Of the balance whose last change is the longest ago: all but that change, or that too. */
  #dropOldest(): void {
    const [key, history] = this.#histories.entries().next().value!;
    if (history.entries.length > 1) {
      this.#count -= history.entries.splice(0, history.entries.length - 1).length;
      history.isWhole = false;
      return;
    }
    this.#histories.delete(key);
    this.#count--;
    // Whoever asks for it now must not be told that it never changed.
    this.#isFromStart = false;
  }

  save(): Uint8Array {
    const out = new ByteWriter();
    out.u53(savedVersion);
    out.u53(this.#position);
    out.u53(this.#isFromStart ? 1 : 0);
    out.u53(this.#histories.size);
    for (const [key, { entries, isWhole }] of this.#histories) {
      out.u53(key);
      out.u53(isWhole ? 1 : 0);
      out.u53(entries.length);
      for (const entry of entries) out.raw(entryToBytes(entry));
    }
    return out.toBytes();
  }

  restore(bytes: Uint8Array): void {
    const from = new ByteReader(bytes);
    const version = from.u53();
    if (version !== savedVersion) throw new Error(`balance history of version ${version}`);
    this.#position = from.u53();
    this.#isFromStart = from.u53() === 1;
    this.#histories = new Map();
    this.#count = 0;
    this.#touched.clear();
    for (let count = from.u53(); count > 0; count--) {
      const key = from.u53();
      const isWhole = from.u53() === 1;
      const length = from.u53();
      const entries = Array.from({ length }, () => entryOfBytes(from.raw(entryBytes)));
      this.#histories.set(key, { entries, isWhole });
      this.#count += length;
    }
    if (!from.atEnd) throw new Error("the saved balances are damaged: restore another snapshot");
  }
}

function keyOf(account: number, asset: number): number {
  return account * assetRange + asset;
}

function entryToBytes({ position, timeMs, available, held }: BalanceEntry): Uint8Array {
  const view = new DataView(new ArrayBuffer(entryBytes));
  view.setFloat64(0, position);
  view.setFloat64(8, timeMs);
  view.setBigInt64(16, available);
  view.setBigInt64(24, held);
  return new Uint8Array(view.buffer);
}

function entryOfBytes(bytes: Uint8Array): BalanceEntry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, entryBytes);
  return {
    position: view.getFloat64(0),
    timeMs: view.getFloat64(8),
    available: view.getBigInt64(16),
    held: view.getBigInt64(24),
  };
}

import {
  eventLengthWords,
  eventType,
  eventTypeAt,
  externalAccount,
  feeAccount,
  fillField,
  type MoneyEvent,
  orderField,
  preventedField,
  type Venue,
} from "@halcyon/core";
import type { CommandContext, CommandEvents, Projection } from "@halcyon/replica";
import { type AmountWords, BalanceRows } from "./balance-rows.ts";
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
/** Assets per account in a saved key: more than there may be. */
const assetRange = 4096;
const entryBytes = 32;
const wordRange = 4294967296;

/**
 * How balances changed: after each batch, those that are not what they were after the one before.
 * It begins at the first batch that this node applies with it: balances from before are known from
 * their first change on.
 */
export class BalanceHistory implements Projection {
  readonly name = "balances";
  readonly #limits: BalanceHistoryLimits;
  #rows = new BalanceRows();
  /** Whether every batch of the log was seen. */
  #isFromStart = true;
  #position = 0;
  /** Rows of the balances that the batch in hand may have changed, in the order of their first touch. */
  #touched: number[] = [];
  readonly #available: AmountWords = { low: 0, high: 0 };
  readonly #held: AmountWords = { low: 0, high: 0 };

  constructor(limits: BalanceHistoryLimits = limitsDefault) {
    this.#limits = limits;
  }

  of(account: number, asset: number): BalanceEntries {
    const rows = this.#rows;
    const row = rows.find(account, asset);
    if (row === 0 || rows.countOf(row) === 0) return { entries: [], isWhole: this.#isFromStart };
    const entries: BalanceEntry[] = [];
    for (let entry = rows.firstEntry(row); entry !== 0; entry = rows.nextEntry(entry)) {
      entries.push({
        position: rows.position(entry),
        timeMs: rows.timeMs(entry),
        available: toBig(rows.available(entry)),
        held: toBig(rows.held(entry)),
      });
    }
    return { entries, isWhole: rows.isWhole(row) };
  }

  onCommand({ venue }: CommandContext, events: CommandEvents): void {
    const { words, end } = events;
    let index = 0;
    for (let at = events.start; at < end; at += eventLengthWords(words, at)) {
      switch (eventTypeAt(words, at)) {
        case eventType.fill: {
          const market = words[at + fillField.market]!;
          this.#touchBoth(words[at + fillField.takerAccount]!, market, venue);
          this.#touchBoth(words[at + fillField.makerAccount]!, market, venue);
          this.#touchBoth(feeAccount, market, venue);
          break;
        }
        case eventType.orderAccepted:
        case eventType.orderClosed:
        case eventType.orderReduced:
        case eventType.orderAmended:
        case eventType.orderActivated:
          this.#touchBoth(words[at + orderField.account]!, words[at + orderField.market]!, venue);
          break;
        case eventType.tradePrevented: {
          const market = words[at + preventedField.market]!;
          this.#touchBoth(words[at + preventedField.account]!, market, venue);
          break;
        }
        case eventType.deposited:
        case eventType.withdrawn:
        case eventType.transferred:
          this.#touchByMoney(events.all[index] as MoneyEvent);
          break;
      }
      index++;
    }
  }

  onBatch(position: number, logTimeMs: number, venue: Venue): void {
    if (position !== this.#position + 1) this.#isFromStart = false;
    this.#position = position;
    const rows = this.#rows;
    for (const row of this.#touched) {
      rows.setTouched(row, false);
      const account = rows.account(row);
      const asset = rows.asset(row);
      const available = venue.availableNumber(account, asset);
      if (!Number.isNaN(available)) split(available, this.#available);
      else splitBig(venue.available(account, asset), this.#available);
      const held = venue.heldNumber(account, asset);
      if (!Number.isNaN(held)) split(held, this.#held);
      else splitBig(venue.held(account, asset), this.#held);
      this.#add(row, position, logTimeMs);
    }
    this.#touched.length = 0;
  }

  #touchByMoney(event: MoneyEvent): void {
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
      case "transferRefused":
        break;
    }
  }

  #touchBoth(account: number, marketId: number, venue: Venue): void {
    const { baseAsset, quoteAsset } = venue.markets.get(marketId)!;
    this.#touch(account, baseAsset);
    this.#touch(account, quoteAsset);
  }

  #touch(account: number, asset: number): void {
    const row = this.#rows.row(account, asset);
    if (this.#rows.isTouched(row)) return;
    this.#rows.setTouched(row, true);
    this.#touched.push(row);
  }

  /** The amounts in hand, where they are not what they were. */
  #add(row: number, position: number, timeMs: number): void {
    const rows = this.#rows;
    const isFirst = rows.countOf(row) === 0;
    if (rows.isLast(row, this.#available, this.#held)) {
      if (isFirst) rows.forget(row);
      return;
    }
    if (isFirst) rows.setWhole(row, this.#isFromStart);
    rows.append(row, position, timeMs, this.#available, this.#held);
    if (rows.countOf(row) > this.#limits.entriesPerBalance) {
      // The older half, so that dropping costs little per entry.
      rows.drop(row, rows.countOf(row) >> 1);
      rows.setWhole(row, false);
    }
    while (rows.entryCount > this.#limits.entriesTotal) this.#dropOldest();
  }

  /** Of the balance whose last change is the longest ago: all but that change, or that too. */
  #dropOldest(): void {
    const rows = this.#rows;
    const row = rows.firstListed;
    if (rows.countOf(row) > 1) {
      rows.drop(row, rows.countOf(row) - 1);
      rows.setWhole(row, false);
      return;
    }
    rows.drop(row, 1);
    // One that the batch in hand touched is still to be looked at.
    if (!rows.isTouched(row)) rows.forget(row);
    // Whoever asks for it now must not be told that it never changed.
    this.#isFromStart = false;
  }

  save(): Uint8Array {
    const rows = this.#rows;
    const out = new ByteWriter();
    out.u53(savedVersion);
    out.u53(this.#position);
    out.u53(this.#isFromStart ? 1 : 0);
    out.u53(rows.listedCount);
    const bytes = new Uint8Array(entryBytes);
    const view = new DataView(bytes.buffer);
    for (let row = rows.firstListed; row !== 0; row = rows.nextListed(row)) {
      out.u53(rows.account(row) * assetRange + rows.asset(row));
      out.u53(rows.isWhole(row) ? 1 : 0);
      out.u53(rows.countOf(row));
      for (let entry = rows.firstEntry(row); entry !== 0; entry = rows.nextEntry(entry)) {
        view.setFloat64(0, rows.position(entry));
        view.setFloat64(8, rows.timeMs(entry));
        putAmount(view, 16, rows.available(entry));
        putAmount(view, 24, rows.held(entry));
        out.raw(bytes);
      }
    }
    return out.toBytes();
  }

  restore(bytes: Uint8Array): void {
    const from = new ByteReader(bytes);
    const version = from.u53();
    if (version !== savedVersion) throw new Error(`balance history of version ${version}`);
    this.#position = from.u53();
    this.#isFromStart = from.u53() === 1;
    this.#rows = new BalanceRows();
    this.#touched = [];
    for (let count = from.u53(); count > 0; count--) {
      const key = from.u53();
      const row = this.#rows.row(Math.floor(key / assetRange), key % assetRange);
      this.#rows.setWhole(row, from.u53() === 1);
      for (let entries = from.u53(); entries > 0; entries--) {
        const entry = from.raw(entryBytes);
        const view = new DataView(entry.buffer, entry.byteOffset, entryBytes);
        takeAmount(view, 16, this.#available);
        takeAmount(view, 24, this.#held);
        const [position, timeMs] = [view.getFloat64(0), view.getFloat64(8)];
        this.#rows.append(row, position, timeMs, this.#available, this.#held);
      }
    }
    if (!from.atEnd) throw new Error("the saved balances are damaged: restore another snapshot");
  }
}

/** Both words of a whole number between -2^53 and 2^53. */
function split(value: number, to: AmountWords): void {
  to.low = value | 0;
  to.high = Math.floor(value / wordRange) | 0;
}

function splitBig(value: bigint, to: AmountWords): void {
  to.low = Number(BigInt.asIntN(32, value));
  to.high = Number(BigInt.asIntN(32, value >> 32n));
}

function toBig({ low, high }: AmountWords): bigint {
  return (BigInt(high) << 32n) + BigInt(low >>> 0);
}

function putAmount(view: DataView, at: number, { low, high }: AmountWords): void {
  view.setInt32(at, high);
  view.setInt32(at + 4, low);
}

function takeAmount(view: DataView, at: number, to: AmountWords): void {
  to.high = view.getInt32(at);
  to.low = view.getInt32(at + 4);
}

import type { Books } from "../books/books.ts";
import {
  orderField as f,
  orderState,
  orderTerm,
  orderWords,
  termsAt,
} from "../books/order-slab.ts";
import { accountFlag } from "../commands/command.ts";
import type { Assets } from "../registry/assets.ts";
import { wide } from "./amount.ts";
import { type Holds, holdField } from "./holds.ts";
import { externalAccount, type Ledger } from "./ledger.ts";

export type AssetAudit = {
  readonly asset: number;
  readonly code: string;
  /** Deposits less withdrawals so far. */
  readonly entered: bigint;
  /** What all accounts have, available and held, the fee account's included. */
  readonly owed: bigint;
  readonly held: bigint;
  /** What the open orders should hold. */
  readonly heldByOrders: bigint;
  /** What the open holds of transfers set aside. */
  readonly heldByTransfers: bigint;
  /** Balances below zero, but for those that may be overdrawn. */
  readonly negativeBalances: number;
  readonly balanced: boolean;
};
export type AuditReport = { readonly balanced: boolean; readonly assets: readonly AssetAudit[] };

/**
 * Adds everything up again: per asset, balances and holds against what entered, and each balance's
 * hold against its open orders and transfers.
 */
export function auditLedger(
  ledger: Ledger,
  books: Books,
  assets: Assets,
  transferHolds: Holds,
): AuditReport {
  const count = assets.all().length;
  const owed = new WideSums(count);
  const held = new WideSums(count);
  const heldByOrders = new WideSums(count);
  const heldByTransfers = new WideSums(count);
  const negative = new Array<number>(count).fill(0);
  const misheld = new Array<number>(count).fill(0);
  const { words, owners } = ledger.raw();
  const byOrders = holdsOfOrders(ledger, books);
  const byTransfers = holdsOfTransfers(ledger, transferHolds);
  const hasTransferHolds = transferHolds.openCount > 0;
  for (let slot = 1; slot < ledger.slotCount; slot++) {
    const asset = owners[slot * 2 + 1]!;
    const at = slot * 4;
    heldByOrders.addFrom(asset, byOrders, slot);
    if (hasTransferHolds) {
      heldByTransfers.addFrom(asset, byTransfers, slot);
      byOrders.addFrom(slot, byTransfers, slot);
    }
    if (!byOrders.equals(slot, words[at + 2]!, words[at + 3]!)) {
      misheld[asset] = misheld[asset]! + 1;
    }
    const account = owners[slot * 2]!;
    if (account === externalAccount) continue;
    owed.add(asset, words[at]!, words[at + 1]!);
    owed.add(asset, words[at + 2]!, words[at + 3]!);
    held.add(asset, words[at + 2]!, words[at + 3]!);
    const mayOverdraw = (books.accounts.flags(account) & accountFlag.mayOverdraw) !== 0;
    if ((words[at + 1]! < 0 && !mayOverdraw) || words[at + 3]! < 0) {
      negative[asset] = negative[asset]! + 1;
    }
  }
  const rows = assets.all().map(({ id, code }) => {
    const entered = -ledger.available(ledger.find(externalAccount, id));
    return {
      asset: id,
      code,
      entered,
      owed: owed.total(id),
      held: held.total(id),
      heldByOrders: heldByOrders.total(id),
      heldByTransfers: heldByTransfers.total(id),
      negativeBalances: negative[id]!,
      balanced: entered === owed.total(id) && misheld[id] === 0 && negative[id] === 0,
    };
  });
  return { balanced: rows.every((row) => row.balanced), assets: rows };
}

/** What the open holds of transfers set aside, by ledger slot. */
function holdsOfTransfers(ledger: Ledger, holds: Holds): WideSums {
  const { rows } = holds;
  const sums = new WideSums(ledger.slotCount);
  for (const row of holds.openRows()) {
    const slot = ledger.find(rows.get(row, holdField.from), rows.get(row, holdField.asset));
    sums.add(slot, rows.get(row, holdField.amountLow), rows.get(row, holdField.amountHigh));
  }
  return sums;
}

/** What the open orders hold, by ledger slot. */
function holdsOfOrders(ledger: Ledger, books: Books): WideSums {
  const sums = new WideSums(ledger.slotCount);
  const { words, terms } = books.slab;
  for (let slot = 1; slot < books.slab.slotCount; slot++) {
    if (!books.slab.isLive(slot)) continue;
    const state = books.slab.state(slot);
    if (state === orderState.pending) continue;
    const o = slot * orderWords;
    const paySlot = words[o + f.paySlot]!;
    if (state !== orderState.working) {
      const hold = termsAt(slot) + orderTerm.hold;
      sums.add(paySlot, terms[hold]!, terms[hold + 1]!);
      continue;
    }
    const market = books.markets.get(words[o + f.market]!)!;
    books.holdOf(market, words[o + f.kind]!, words[o + f.price]!, books.slab.lotsLeft(slot));
    sums.add(paySlot, wide[0]!, wide[1]!);
  }
  return sums;
}

/** Sums of amounts given as two words, in exact numbers: a million balances are added up in no time. */
class WideSums {
  /** From 0 to 2^32 - 1 each. */
  readonly low: Float64Array;
  readonly high: Float64Array;

  constructor(count: number) {
    this.low = new Float64Array(count);
    this.high = new Float64Array(count);
  }

  add(at: number, low: number, high: number): void {
    const sum = this.low[at]! + (low >>> 0);
    const carry = sum >= 4294967296 ? 1 : 0;
    this.low[at] = sum - carry * 4294967296;
    this.high[at] = this.high[at]! + high + carry;
  }

  /** Adds what other sums have at a place. */
  addFrom(at: number, other: WideSums, otherAt: number): void {
    this.add(at, other.low[otherAt]!, other.high[otherAt]!);
  }

  equals(at: number, low: number, high: number): boolean {
    return this.low[at] === low >>> 0 && this.high[at] === high;
  }

  total(at: number): bigint {
    return (BigInt(this.high[at]!) << 32n) + BigInt(this.low[at]!);
  }
}

import { wide } from "./amount.ts";
import type { Assets } from "./assets.ts";
import type { Books } from "./books.ts";
import { accountFlag } from "./command.ts";
import { type Holds, holdField } from "./holds.ts";
import { externalAccount, type Ledger } from "./ledger.ts";
import { orderField as f, orderState, orderTerm, orderWords, termsAt } from "./order-slab.ts";
import { readI64 } from "./word-reader.ts";

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

/** Adds everything up again: per asset, balances and holds against what entered, holds against what is open. */
export function auditLedger(
  ledger: Ledger,
  books: Books,
  assets: Assets,
  transferHolds: Holds,
): AuditReport {
  const count = assets.all().length;
  const owed = new Array<bigint>(count).fill(0n);
  const held = new Array<bigint>(count).fill(0n);
  const negative = new Array<number>(count).fill(0);
  for (let slot = 1; slot < ledger.slotCount; slot++) {
    const { account, asset } = ledger.ownerOf(slot);
    if (account === externalAccount) continue;
    const available = ledger.available(slot);
    const holds = ledger.held(slot);
    owed[asset] = owed[asset]! + available + holds;
    held[asset] = held[asset]! + holds;
    const mayOverdraw = (books.accounts.flags(account) & accountFlag.mayOverdraw) !== 0;
    if ((available < 0n && !mayOverdraw) || holds < 0n) negative[asset] = negative[asset]! + 1;
  }
  const byOrders = holdsOfOrders(ledger, books, count);
  const byTransfers = holdsOfTransfers(transferHolds, count);
  const rows = assets.all().map(({ id, code }) => {
    const entered = -ledger.available(ledger.find(externalAccount, id));
    return {
      asset: id,
      code,
      entered,
      owed: owed[id]!,
      held: held[id]!,
      heldByOrders: byOrders[id]!,
      heldByTransfers: byTransfers[id]!,
      negativeBalances: negative[id]!,
      balanced:
        entered === owed[id] && held[id] === byOrders[id]! + byTransfers[id]! && negative[id] === 0,
    };
  });
  return { balanced: rows.every((row) => row.balanced), assets: rows };
}

function holdsOfTransfers(holds: Holds, assetCount: number): bigint[] {
  const sums = new Array<bigint>(assetCount).fill(0n);
  for (const row of holds.openRows()) {
    const asset = holds.rows.get(row, holdField.asset);
    sums[asset] = sums[asset]! + holds.amount(row);
  }
  return sums;
}

function holdsOfOrders(ledger: Ledger, books: Books, assetCount: number): bigint[] {
  const sums = new Array<bigint>(assetCount).fill(0n);
  const { words } = books.slab;
  for (let slot = 1; slot < books.slab.slotCount; slot++) {
    if (!books.slab.isLive(slot)) continue;
    const o = slot * orderWords;
    const market = books.markets.get(words[o + f.market]!)!;
    const state = books.slab.state(slot);
    if (state === orderState.pending) continue;
    const { asset } = ledger.ownerOf(words[o + f.paySlot]!);
    if (state !== orderState.working) {
      sums[asset] = sums[asset]! + readI64(books.slab.terms, termsAt(slot) + orderTerm.hold);
      continue;
    }
    books.holdOf(market, words[o + f.kind]!, words[o + f.price]!, books.slab.lotsLeft(slot));
    sums[asset] = sums[asset]! + ((BigInt(wide[1]!) << 32n) | BigInt(wide[0]! >>> 0));
  }
  return sums;
}

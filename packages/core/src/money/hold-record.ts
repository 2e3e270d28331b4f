import type { TransferId } from "../commands/money-command.ts";
import { type Holds, holdField } from "./holds.ts";
import { type TransferIds, transferState } from "./transfer-ids.ts";

/** A hold of a transfer: one that is open, or what became of it. */
export type HoldRecord = {
  readonly id: TransferId;
  readonly number: number;
  readonly state: "open" | "posted" | "voided" | "expired";
  readonly from: number;
  readonly to: number;
  readonly asset: number;
  /** Units that it held, or holds. */
  readonly amount: bigint;
  /** Log time; 0: it stays until it is posted or voided. */
  readonly expiresAtMs: number;
  readonly code: number;
};

export function findHold(ids: TransferIds, holds: Holds, id: TransferId): HoldRecord | undefined {
  const idRow = ids.find(Int32Array.from(id), 0);
  if (idRow === 0 || ids.state(idRow) < transferState.holdOpen) return undefined;
  return readHold(ids, holds, ids.detailLow(idRow));
}

/**
 * Open holds with higher numbers than `after`, by rising number, at most `limit`: of the account that
 * has the money, or of all with account -1. Looks at every open hold.
 */
export function listHolds(
  ids: TransferIds,
  holds: Holds,
  account: number,
  after: number,
  limit: number,
): HoldRecord[] {
  const numberOf = (row: number) => ids.number(holds.rows.get(row, holdField.idRow));
  return Array.from(holds.openRows())
    .filter((row) => account === -1 || holds.rows.get(row, holdField.from) === account)
    .map((row) => ({ row, number: numberOf(row) }))
    .filter(({ number }) => number > after)
    .sort((a, b) => a.number - b.number)
    .slice(0, limit)
    .map(({ row }) => readHold(ids, holds, row));
}

function readHold(ids: TransferIds, holds: Holds, row: number): HoldRecord {
  const { rows } = holds;
  const idRow = rows.get(row, holdField.idRow);
  return {
    id: [ids.word(idRow, 0), ids.word(idRow, 1), ids.word(idRow, 2), ids.word(idRow, 3)],
    number: ids.number(idRow),
    state: stateOf(ids, idRow),
    from: rows.get(row, holdField.from),
    to: rows.get(row, holdField.to),
    asset: rows.get(row, holdField.asset),
    amount: holds.amount(row),
    expiresAtMs: holds.expiresAtMs(row),
    code: rows.get(row, holdField.code) >>> 0,
  };
}

function stateOf(ids: TransferIds, idRow: number): HoldRecord["state"] {
  switch (ids.state(idRow)) {
    case transferState.holdPosted:
      return "posted";
    case transferState.holdVoided:
      return "voided";
    case transferState.holdExpired:
      return "expired";
    default:
      return "open";
  }
}

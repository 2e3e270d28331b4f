import { RowTable } from "../bytes/row-table.ts";
import type { WordReader } from "../bytes/word-reader.ts";
import type { WordWriter } from "../bytes/word-writer.ts";
import { ExpiryHeap } from "./expiry-heap.ts";
import { type TransferIds, transferState } from "./transfer-ids.ts";

/**
 * Holds of transfers: money set aside until it is posted, voided or expires. A hold's row stays for
 * ever, as its id does, so that what has ended can still be told; its state stands with its id
 * (`transfer-ids.ts`).
 *
 * Words of a row: from, to, asset, amount (2), expiry in ms (2; 0: never), user code, row of the id.
 */
export const holdField = {
  from: 0,
  to: 1,
  asset: 2,
  amountLow: 3,
  amountHigh: 4,
  expiryLow: 5,
  expiryHigh: 6,
  code: 7,
  idRow: 8,
} as const;
const rowWords = 9;

/** Open ones at once. */
export const openHoldsMax = 10_000_000;

export class Holds {
  readonly rows: RowTable = new RowTable(rowWords);
  /** The open ones; those without an expiry stand at its end. */
  private readonly open = new ExpiryHeap();

  get openCount(): number {
    return this.open.size;
  }

  /** Rows of the open ones, in no order that means anything. */
  openRows(): Int32Array {
    return this.open.slots();
  }

  /** Makes a hold's row known as open. */
  add(row: number, number: number): void {
    this.open.add(row, this.endsAtMs(row), number);
  }

  end(row: number): void {
    this.open.remove(row);
  }

  /** The open hold that has ended by this time and comes first, 0 when there is none. */
  due(logTimeMs: number): number {
    return this.open.due(logTimeMs);
  }

  /** 0: it stays until it is posted or voided. */
  expiresAtMs(row: number): number {
    const high = this.rows.get(row, holdField.expiryHigh);
    return high * 4294967296 + (this.rows.get(row, holdField.expiryLow) >>> 0);
  }

  endsAtMs(row: number): number {
    return this.expiresAtMs(row) || Number.POSITIVE_INFINITY;
  }

  amount(row: number): bigint {
    const high = BigInt(this.rows.get(row, holdField.amountHigh));
    return (high << 32n) | BigInt(this.rows.get(row, holdField.amountLow) >>> 0);
  }

  save(w: WordWriter): void {
    this.rows.save(w);
  }

  /** Into a table that is still empty. */
  restore(r: WordReader, ids: TransferIds): void {
    this.rows.restore(r);
    for (let row = 1; row <= this.rows.count; row++) {
      const idRow = this.rows.get(row, holdField.idRow);
      if (ids.state(idRow) === transferState.holdOpen) this.add(row, ids.number(idRow));
    }
  }
}

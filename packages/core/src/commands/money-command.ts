import type { WordWriter } from "../bytes/word-writer.ts";
import {
  beginFrom,
  beginLongCommand,
  type CommandType,
  commandType,
  endCommand,
  endLongCommand,
  type Origin,
  type RequestId,
} from "./command.ts";

/** 128 bits, chosen where a payment begins and kept there before it is sent; all zero is none. */
export type TransferId = RequestId;

/**
 * Money in or out. `reference` is the payer's or payee's own id; with one, a repetition counts once.
 * Since rules version 2 it goes with `transferId`, which every node makes of the direction, the
 * account and the reference in the same way; it is as permanent as a transfer's.
 */
export type MoneyTransfer = {
  readonly account: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly network: string;
  readonly address: string;
  readonly reference: string;
  readonly transferId?: TransferId;
};
export function encodeDeposit(w: WordWriter, origin: Origin, c: MoneyTransfer): void {
  encodeMoneyTransfer(w, commandType.deposit, origin, c);
}
export function encodeWithdraw(w: WordWriter, origin: Origin, c: MoneyTransfer): void {
  encodeMoneyTransfer(w, commandType.withdraw, origin, c);
}
function encodeMoneyTransfer(
  w: WordWriter,
  type: CommandType,
  origin: Origin,
  c: MoneyTransfer,
): void {
  const start = beginFrom(w, type, origin);
  w.i32(c.account).i32(c.asset).i64(c.amount);
  w.text(c.network).text(c.address).text(c.reference);
  if (c.transferId !== undefined) writeId(w, c.transferId);
  endCommand(w, start);
}

export const transferKind = { transfer: 0, hold: 1, post: 2, void: 3 } as const;
export type TransferKind = (typeof transferKind)[keyof typeof transferKind];

type TransferHead = {
  /** Never used before by another transfer, deposit or withdrawal, nor ever again. */
  readonly id: TransferId;
  /** The user's own, 32 bits: handed through. */
  readonly code?: number;
  /** With the next one: all of a chain, or none. The last of a chain is not linked. */
  readonly linked?: boolean;
};
type TransferParties = {
  readonly from: number;
  readonly to: number;
  readonly asset: number;
  /** Units, 1 to 2^63 - 1. */
  readonly amount: bigint;
};
/** One of the transfers of a command. */
export type TransferOrder =
  /** At once, out of what is available. */
  | (TransferHead & TransferParties & { readonly kind: typeof transferKind.transfer })
  /** Sets money aside for `to`, until it is posted, voided or expires (seconds of log time, to 2^31 - 1; 0: never). */
  | (TransferHead &
      TransferParties & {
        readonly kind: typeof transferKind.hold;
        readonly timeoutSeconds: number;
      })
  /**
   * Pays out of a hold, 1 to all of it (0: all); what is left goes back, and the hold ends. With an
   * asset, the hold must be of that one: for who counted the amount's units in it.
   */
  | (TransferHead & {
      readonly kind: typeof transferKind.post;
      readonly hold: TransferId;
      readonly amount: bigint;
      readonly asset?: number;
    })
  /** Gives a hold back. */
  | (TransferHead & { readonly kind: typeof transferKind.void; readonly hold: TransferId });

export const transfersPerCommandMax = 8190;

/**
 * Words of one transfer: kind (bits 0-7), linked (bit 8) and, of a post, the asset it names plus 1
 * (bits 16-31); id (4); then either from, to, asset and
 * timeout, or the hold's id (4); amount (2); code.
 */
export const transferField = {
  head: 0,
  id: 1,
  from: 5,
  to: 6,
  asset: 7,
  timeout: 8,
  hold: 5,
  amount: 9,
  code: 11,
} as const;
export const transferWords = 12;
export const transferLinkedBit: number = 1 << 8;

/** Each gets a result of its own, in order: a transferred or a transferRefused event. */
export function encodeTransfers(
  w: WordWriter,
  origin: Origin,
  transfers: readonly TransferOrder[],
): void {
  const start = beginLongCommand(w, commandType.transfer, origin);
  w.i32(transfers.length);
  for (const transfer of transfers) writeTransfer(w, transfer);
  endLongCommand(w, start);
}

function writeTransfer(w: WordWriter, t: TransferOrder): void {
  const namedAsset = t.kind === transferKind.post && t.asset !== undefined ? t.asset + 1 : 0;
  w.i32(t.kind | (t.linked === true ? transferLinkedBit : 0) | (namedAsset << 16));
  writeId(w, t.id);
  switch (t.kind) {
    case transferKind.transfer:
      w.i32(t.from).i32(t.to).i32(t.asset).i32(0).i64(t.amount);
      break;
    case transferKind.hold:
      w.i32(t.from).i32(t.to).i32(t.asset).i32(t.timeoutSeconds).i64(t.amount);
      break;
    case transferKind.post:
      writeId(w, t.hold);
      w.i64(t.amount);
      break;
    case transferKind.void:
      writeId(w, t.hold);
      w.i64(0n);
      break;
  }
  w.i32(t.code ?? 0);
}

function writeId(w: WordWriter, id: TransferId): void {
  w.i32(id[0]).i32(id[1]).i32(id[2]).i32(id[3]);
}

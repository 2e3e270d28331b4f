import { WordReader } from "../bytes/word-reader.ts";
import type { TransferId, TransferKind } from "../commands/money-command.ts";
import type { Refusal } from "../refusal.ts";
import { eventLengthWords, eventType } from "./event.ts";

export type MoneyMovedEvent = {
  readonly type: "deposited" | "withdrawn";
  /** Counts from 1 over deposits, withdrawals and transfers of all kinds together. */
  readonly transferId: number;
  readonly account: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly network: string;
  readonly address: string;
  readonly reference: string;
};

/** What a transfer did; `expiry`: a hold ended by itself. */
export const movement = { transfer: 0, hold: 1, post: 2, void: 3, expiry: 4 } as const;
export type Movement = (typeof movement)[keyof typeof movement];

export type TransferredEvent = {
  readonly type: "transferred";
  readonly movement: Movement;
  /** The same transfer was done before: this is its result again, and nothing was changed now. */
  readonly repeated: boolean;
  /** Place in the command, from 0; -1 for an expiry. */
  readonly index: number;
  readonly id: TransferId;
  /** Counts like `transferId` above; for an expiry the hold's. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly asset: number;
  /** Units from `from`'s available balance to `to`'s; of a hold: to what `from` has held; of a post: out of it. */
  readonly amount: bigint;
  /** Units that went back from held to available: of a post, void or expiry. */
  readonly released: bigint;
  /** The user's own word, unsigned. */
  readonly code: number;
  /** Log time at which the hold ends by itself; 0: never, or no hold. */
  readonly expiresAtMs: number;
  /** Number of the hold that was made or has ended; 0: none. */
  readonly holdNumber: number;
};

export type TransferRefusedEvent = {
  readonly type: "transferRefused";
  readonly index: number;
  readonly id: TransferId;
  readonly kind: TransferKind;
  readonly code: Refusal;
  /** With `transferIdFailed`: what the id failed with; else 0. */
  readonly failure: Refusal | 0;
};
export type MoneyEvent = MoneyMovedEvent | TransferredEvent | TransferRefusedEvent;

/** Bit of a transferred event's flags. */
export const transferRepeatedBit: number = 1 << 7;

/** The event at words[at], undefined when it is not one of money. */
export function readMoneyEvent(words: Int32Array, at: number): MoneyEvent | undefined {
  const type = words[at]! & 0xff;
  const flags = (words[at]! >>> 8) & 0xff;
  const r = new WordReader(words, at + 1, at + eventLengthWords(words, at));
  switch (type) {
    case eventType.deposited:
    case eventType.withdrawn:
      return {
        type: type === eventType.deposited ? "deposited" : "withdrawn",
        transferId: r.u53(),
        account: r.i32(),
        asset: r.i32(),
        amount: r.i64(),
        network: r.text(64),
        address: r.text(256),
        reference: r.text(128),
      };
    case eventType.transferred:
      return {
        type: "transferred",
        movement: (flags & (transferRepeatedBit - 1)) as Movement,
        repeated: (flags & transferRepeatedBit) !== 0,
        index: r.i32(),
        id: readId(r),
        number: r.u53(),
        from: r.i32(),
        to: r.i32(),
        asset: r.i32(),
        amount: r.i64(),
        released: r.i64(),
        code: r.i32() >>> 0,
        expiresAtMs: r.u53(),
        holdNumber: r.u53(),
      };
    case eventType.transferRefused:
      return {
        type: "transferRefused",
        kind: flags as TransferKind,
        index: r.i32(),
        id: readId(r),
        code: r.i32() as Refusal,
        failure: r.i32() as Refusal | 0,
      };
    default:
      return undefined;
  }
}

function readId(r: WordReader): TransferId {
  return [r.i32(), r.i32(), r.i32(), r.i32()];
}

import { eventLengthWords, eventType } from "./event.ts";
import { WordReader } from "./word-reader.ts";

export type MoneyMovedEvent = {
  readonly type: "deposited" | "withdrawn";
  /** Counts from 1 over deposits and withdrawals together. */
  readonly transferId: number;
  readonly account: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly network: string;
  readonly address: string;
  readonly reference: string;
};
export type MoneyEvent = MoneyMovedEvent;

/** The event at words[at], undefined when it is not one of money. */
export function readMoneyEvent(words: Int32Array, at: number): MoneyEvent | undefined {
  const type = words[at]! & 0xff;
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
    default:
      return undefined;
  }
}

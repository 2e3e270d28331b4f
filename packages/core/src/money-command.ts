import { beginFrom, type CommandType, commandType, endCommand, type Origin } from "./command.ts";
import type { WordWriter } from "./word-writer.ts";

/** Money in or out. `reference` is the payer's or payee's own id; with one, a repetition is refused. */
export type MoneyTransfer = {
  readonly account: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly network: string;
  readonly address: string;
  readonly reference: string;
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
  endCommand(w, start);
}

import { type MoneyEvent, movement, type TransferredEvent } from "@halcyon/core";

/** What something that is no order did to one of an account's balances, in units of the asset. */
export type BalanceChange = {
  readonly account: number;
  readonly asset: number;
  /** Of available and held together. */
  readonly total: bigint;
  readonly held: bigint;
  readonly timeMs: number;
};

/** Calls back with each change that the event made. */
export function eachBalanceChange(
  event: MoneyEvent,
  timeMs: number,
  onChange: (change: BalanceChange) => void,
): void {
  switch (event.type) {
    case "deposited":
    case "withdrawn": {
      const { account, asset, amount } = event;
      const total = event.type === "deposited" ? amount : -amount;
      onChange({ account, asset, total, held: 0n, timeMs });
      return;
    }
    case "transferred":
      if (!event.repeated) eachOfTransfer(event, timeMs, onChange);
      return;
    case "transferRefused":
      return;
  }
}

function eachOfTransfer(
  event: TransferredEvent,
  timeMs: number,
  onChange: (change: BalanceChange) => void,
): void {
  const { from, to, asset, amount, released } = event;
  const of = { asset, timeMs };
  switch (event.movement) {
    case movement.hold:
      onChange({ ...of, account: from, total: 0n, held: amount });
      return;
    case movement.void:
    case movement.expiry:
      onChange({ ...of, account: from, total: 0n, held: -released });
      return;
    case movement.transfer:
      onChange({ ...of, account: from, total: -amount, held: 0n });
      break;
    case movement.post:
      onChange({ ...of, account: from, total: -amount, held: -amount - released });
      break;
  }
  onChange({ ...of, account: to, total: amount, held: 0n });
}

import { refusal } from "@halcyon/core";
import type { Transfer } from "./commands.ts";
import type { ReferenceState } from "./reference-state.ts";

const beyond = 1n << 63n;
const world = 0;
const fees = 1;

/** Money in and out of the venue, each reference once. */
export class ReferenceMoney {
  readonly #references = new Set<string>();
  #transfers = 0;

  /** Returns the refusal, or 0. */
  move(s: ReferenceState, t: Transfer, isDeposit: boolean): number {
    const refused = refuse(s, t, isDeposit);
    if (refused !== 0) return refused;
    const key = `${isDeposit} ${t.account} ${t.reference}`;
    if (t.reference !== "" && this.#references.has(key)) return refusal.duplicateTransfer;
    this.#references.add(key);
    const signed = isDeposit ? t.amount : -t.amount;
    s.ledger.add(t.account, t.asset, signed);
    s.ledger.add(world, t.asset, -signed);
    this.#transfers++;
    s.say(
      `${isDeposit ? "deposited" : "withdrawn"} ${this.#transfers} account ${t.account} ` +
        `asset ${t.asset} ${t.amount} "${t.network}" "${t.address}" "${t.reference}"`,
    );
    return 0;
  }
}

function refuse(s: ReferenceState, t: Transfer, isDeposit: boolean): number {
  const account = s.accounts[t.account];
  const mayHave = account !== undefined && t.account !== world;
  if (!mayHave || (isDeposit && t.account === fees)) return refusal.unknownAccount;
  if (s.assets[t.asset] === undefined) return refusal.unknownAsset;
  if (t.amount <= 0n) return refusal.amountNotPositive;
  if ((account.flags & 8) !== 0) return refusal.accountFrozen;
  if (isDeposit) {
    if ((account.flags & 4) !== 0) return refusal.accountMayNotDeposit;
    const entered = -s.ledger.available(world, t.asset);
    return entered + t.amount >= beyond ? refusal.amountTooLarge : 0;
  }
  if ((account.flags & 2) !== 0) return refusal.accountMayNotWithdraw;
  return s.ledger.available(t.account, t.asset) < t.amount ? refusal.insufficientBalance : 0;
}

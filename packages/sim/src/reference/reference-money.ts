import { refusal } from "@halcyon/core";
import type { MoneyMove } from "./commands.ts";
import type { ReferenceState } from "./reference-state.ts";
import { mayGrow, type ReferenceTransfers, refuseDebit } from "./reference-transfers.ts";

const greatest = (1n << 63n) - 1n;
const world = 0;
const fees = 1;

/** Money in and out of the venue: each id, and without one each reference, once. */
export class ReferenceMoney {
  readonly #references = new Set<string>();
  readonly #transfers: ReferenceTransfers;

  constructor(transfers: ReferenceTransfers) {
    this.#transfers = transfers;
  }

  /** Returns the refusal, or 0. */
  move(s: ReferenceState, t: MoneyMove): number {
    const hasId = t.id !== "" && s.rulesVersion >= 2;
    const known = hasId ? this.#transfers.known(t) : null;
    if (typeof known === "number") return known;
    if (known !== null) {
      s.say(known);
      return 0;
    }
    const refused = this.#refuse(s, t);
    const line = refused === 0 ? this.#book(s, t) : "";
    if (hasId) this.#transfers.remember(t, refused, line);
    else if (refused === 0) this.#references.add(keyOf(t));
    return refused;
  }

  #book(s: ReferenceState, t: MoneyMove): string {
    const signed = t.isDeposit ? t.amount : -t.amount;
    s.ledger.add(t.account, t.asset, signed);
    s.ledger.add(world, t.asset, -signed);
    const line =
      `${t.isDeposit ? "deposited" : "withdrawn"} ${this.#transfers.nextNumber()} ` +
      `account ${t.account} asset ${t.asset} ${t.amount} "${t.network}" "${t.address}" "${t.reference}"`;
    s.say(line);
    return line;
  }

  #refuse(s: ReferenceState, t: MoneyMove): number {
    const account = s.accounts[t.account];
    const mayHave = account !== undefined && t.account !== world;
    if (!mayHave || (t.isDeposit && t.account === fees)) return refusal.unknownAccount;
    if (s.assets[t.asset] === undefined) return refusal.unknownAsset;
    if (t.amount <= 0n) return refusal.amountNotPositive;
    if ((account.flags & 8) !== 0) return refusal.accountFrozen;
    if (t.isDeposit) {
      if ((account.flags & 4) !== 0) return refusal.accountMayNotDeposit;
      if (!mayGrow(s, t.asset, t.amount)) return refusal.amountTooLarge;
    } else {
      if ((account.flags & 2) !== 0) return refusal.accountMayNotWithdraw;
      const refused = refuseDebit(s, t.account, t.asset, t.amount);
      if (refused !== 0) return refused;
      if (s.ledger.available(world, t.asset) + t.amount > greatest) return refusal.amountTooLarge;
    }
    const isUsed = t.reference !== "" && this.#references.has(keyOf(t));
    return isUsed ? refusal.duplicateTransfer : 0;
  }
}

function keyOf({ isDeposit, account, reference }: MoneyMove): string {
  return `${isDeposit} ${account} ${reference}`;
}

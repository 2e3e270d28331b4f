import { accountFlag } from "../commands/command.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { Accounts } from "../registry/accounts.ts";
import { amountMax } from "./amount.ts";
import { externalAccount, type Ledger } from "./ledger.ts";

/**
 * The movements of money outside trading, which can leave an account overdrawn, and which can be
 * taken back as a whole until the next `begin`.
 *
 * What keeps every balance within 64 bits: per asset, all that accounts have (available above zero,
 * and held) is what entered it and what accounts have overdrawn. Nothing may enter or be overdrawn
 * that would take this sum beyond 2^63 - 1 units; so no fill, release or transfer can.
 */
export class Postings {
  private readonly ledger: Ledger;
  private readonly accounts: Accounts;
  /**
   * By asset: what accounts have overdrawn. Trading gives an overdrawn account money without saying
   * so, so this may be too much; it is never too little, and is added up again before it refuses.
   */
  private readonly overdrawn: bigint[] = [];
  /** By asset: the command in which it was added up, since when nothing was traded. */
  private readonly addedUpIn: number[] = [];
  private commandNumber = 0;
  /** What `rollback` takes back. */
  private readonly slots: number[] = [];
  private readonly amounts: bigint[] = [];
  private digestBefore = 0;
  private slotCountBefore = 0;

  constructor(ledger: Ledger, accounts: Accounts) {
    this.ledger = ledger;
    this.accounts = accounts;
    for (let slot = 1; slot < ledger.slotCount; slot++) {
      if (ledger.isOverdrawn(slot)) this.track(slot, 0n, ledger.available(slot));
    }
  }

  /** A command begins: what was traded since the last one is not known here. */
  beginCommand(): void {
    this.commandNumber++;
  }

  /** From here on all can be taken back. */
  begin(): void {
    this.slots.length = 0;
    this.amounts.length = 0;
    this.digestBefore = this.ledger.digest;
    this.slotCountBefore = this.ledger.slotCount;
  }

  /** Puts the ledger back to the bit to where it was at `begin`. */
  rollback(): void {
    for (let i = this.slots.length - 1; i >= 0; i--) {
      const slot = this.slots[i]!;
      const now = this.ledger.available(slot);
      const before = now - this.amounts[i * 2]!;
      this.ledger.post(slot, -this.amounts[i * 2]!, -this.amounts[i * 2 + 1]!);
      this.track(slot, now, before);
    }
    this.ledger.closeSlots(this.slotCountBefore);
    this.ledger.digest = this.digestBefore;
    this.begin();
  }

  /** One leg: onto what a slot has available and what it has held. The caller posts the other one. */
  post(slot: number, toAvailable: bigint, toHeld: bigint): void {
    const before = this.ledger.available(slot);
    this.ledger.post(slot, toAvailable, toHeld);
    this.slots.push(slot);
    this.amounts.push(toAvailable, toHeld);
    this.track(slot, before, before + toAvailable);
  }

  /**
   * Whether an account can pay a positive amount out of what it has available. `insufficientBalance`,
   * or `amountTooLarge` where it may overdraw and the asset's sum would pass its limit.
   */
  checkPayment(account: number, asset: number, amount: bigint): Refusal | 0 {
    const available = this.ledger.available(this.ledger.find(account, asset));
    if (available >= amount) return 0;
    if ((this.accounts.flags(account) & accountFlag.mayOverdraw) === 0) {
      return refusal.insufficientBalance;
    }
    const after = available - amount;
    if (after < -amountMax) return refusal.amountTooLarge;
    return this.mayGrow(asset, below(after) - below(available)) ? 0 : refusal.amountTooLarge;
  }

  /** Whether what all accounts have of an asset may become this much more. */
  mayGrow(asset: number, amount: bigint): boolean {
    const entered = -this.ledger.available(this.ledger.find(externalAccount, asset));
    const room = amountMax - entered - amount;
    if ((this.overdrawn[asset] ?? 0n) <= room) return true;
    if (this.addedUpIn[asset] === this.commandNumber) return false;
    this.addUp(asset);
    return this.overdrawn[asset]! <= room;
  }

  /** Whether so much can leave an asset: the world's balance has 64 bits too. */
  mayLeave(asset: number, amount: bigint): boolean {
    return this.ledger.available(this.ledger.find(externalAccount, asset)) + amount <= amountMax;
  }

  private track(slot: number, from: bigint, to: bigint): void {
    if (from >= 0n && to >= 0n) return;
    const { account, asset } = this.ledger.ownerOf(slot);
    if (account === externalAccount) return;
    this.overdrawn[asset] = (this.overdrawn[asset] ?? 0n) + below(to) - below(from);
  }

  private addUp(asset: number): void {
    let sum = 0n;
    for (let slot = 1; slot < this.ledger.slotCount; slot++) {
      const owner = this.ledger.ownerOf(slot);
      if (owner.asset !== asset || owner.account === externalAccount) continue;
      sum += below(this.ledger.available(slot));
    }
    this.overdrawn[asset] = sum;
    this.addedUpIn[asset] = this.commandNumber;
  }
}

/** What a balance lacks to zero. */
function below(balance: bigint): bigint {
  return balance < 0n ? -balance : 0n;
}

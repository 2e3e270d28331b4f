import type { Accounts } from "./accounts.ts";
import type { Assets } from "./assets.ts";
import { accountFlag } from "./command.ts";
import { eventType } from "./event.ts";
import type { EventBuffer } from "./event-buffer.ts";
import { externalAccount, feeAccount, type Ledger } from "./ledger.ts";
import { type Refusal, refusal } from "./refusal.ts";
import type { WordReader } from "./word-reader.ts";

/** Money in and out: each a posting between a customer and the world outside. */
export class Treasury {
  private readonly ledger: Ledger;
  private readonly accounts: Accounts;
  private readonly assets: Assets;
  private readonly events: EventBuffer;
  /** Deposits and withdrawals so far: the id of the latest. */
  transferCount = 0;
  /** References that were used, so that none counts twice. In the order of their use. */
  readonly references: Set<string>;

  constructor(
    ledger: Ledger,
    accounts: Accounts,
    assets: Assets,
    events: EventBuffer,
    references: Set<string> = new Set(),
  ) {
    this.ledger = ledger;
    this.accounts = accounts;
    this.assets = assets;
    this.events = events;
    this.references = references;
  }

  /** Refuses amounts that are not positive, and any that would make the venue owe more than 2^63 - 1 units. */
  deposit(r: WordReader): Refusal | 0 {
    return this.transfer(r, true);
  }

  /** Refuses what is not available: holds of open orders do not count as available. */
  withdraw(r: WordReader): Refusal | 0 {
    return this.transfer(r, false);
  }

  private transfer(r: WordReader, isDeposit: boolean): Refusal | 0 {
    const account = r.i32();
    const asset = r.i32();
    const amount = r.i64();
    const textFrom = r.at;
    r.text(64);
    r.text(256);
    const reference = r.text(128);
    if (!r.done) return refusal.malformedCommand;
    const key = reference === "" ? "" : `${isDeposit ? "in" : "out"}:${account}:${reference}`;
    const wrong = this.checkTransfer(account, asset, amount, isDeposit);
    if (wrong !== 0) return wrong;
    if (key !== "" && this.references.has(key)) return refusal.duplicateTransfer;
    if (key !== "") this.references.add(key);
    const own = this.ledger.slot(account, asset);
    const world = this.ledger.slot(externalAccount, asset);
    this.ledger.move(isDeposit ? world : own, isDeposit ? own : world, amount);
    this.transferCount++;
    const event = this.events.begin(isDeposit ? eventType.deposited : eventType.withdrawn);
    this.events.u53(this.transferCount).i32(account).i32(asset).i64(amount);
    for (let i = textFrom; i < r.at; i++) this.events.i32(r.words[i]!);
    this.events.end(event);
    return 0;
  }

  private checkTransfer(
    account: number,
    asset: number,
    amount: bigint,
    isDeposit: boolean,
  ): Refusal | 0 {
    // The fee account may be paid out: that is how the venue takes its income.
    const known = this.accounts.exists(account) && account !== externalAccount;
    if (!known || (isDeposit && account === feeAccount)) return refusal.unknownAccount;
    if (this.assets.get(asset) === undefined) return refusal.unknownAsset;
    if (amount <= 0n) return refusal.amountNotPositive;
    const flags = this.accounts.flags(account);
    if (isDeposit) {
      if ((flags & accountFlag.noDeposits) !== 0) return refusal.accountMayNotDeposit;
      return this.ledger.mayEnter(asset, amount) ? 0 : refusal.amountTooLarge;
    }
    if ((flags & accountFlag.noWithdrawals) !== 0) return refusal.accountMayNotWithdraw;
    const available = this.ledger.available(this.ledger.find(account, asset));
    return available >= amount ? 0 : refusal.insufficientBalance;
  }
}

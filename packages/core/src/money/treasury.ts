import { WordHash } from "../bytes/hash.ts";
import type { WordReader } from "../bytes/word-reader.ts";
import { accountFlag } from "../commands/command.ts";
import { eventType } from "../events/event.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { Accounts } from "../registry/accounts.ts";
import type { Assets } from "../registry/assets.ts";
import type { Rules } from "../registry/rules-version.ts";
import { externalAccount, feeAccount, type Ledger } from "./ledger.ts";
import type { Postings } from "./postings.ts";
import { burnsId, type TransferIds, transferState } from "./transfer-ids.ts";

/** A deposit or withdrawal as its command's body says it: words [from, idAt), then its id. */
type Asked = {
  readonly isDeposit: boolean;
  readonly account: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly reference: string;
  readonly words: Int32Array;
  readonly from: number;
  /** Where the network's text begins. */
  readonly textFrom: number;
  readonly idAt: number;
};

/**
 * Money in and out: each a posting between a customer and the world outside. Refused in this order:
 * shape · since rules version 2 its id, as a transfer's · account · asset · amount · what the account
 * may not · the asset's limit of 2^63 - 1 units, the balance · a reference used before without an id.
 */
export class Treasury {
  private readonly ledger: Ledger;
  private readonly accounts: Accounts;
  private readonly assets: Assets;
  private readonly postings: Postings;
  private readonly ids: TransferIds;
  private readonly rules: Rules;
  private readonly events: EventBuffer;
  private readonly content = new WordHash();
  /** References that were used without an id, so that none counts twice. In the order of their use. */
  readonly references: Set<string>;

  constructor(of: {
    ledger: Ledger;
    accounts: Accounts;
    assets: Assets;
    postings: Postings;
    transferIds: TransferIds;
    rules: Rules;
    events: EventBuffer;
    references: Set<string>;
  }) {
    this.ledger = of.ledger;
    this.accounts = of.accounts;
    this.assets = of.assets;
    this.postings = of.postings;
    this.ids = of.transferIds;
    this.rules = of.rules;
    this.events = of.events;
    this.references = of.references;
  }

  /** Refuses amounts that are not positive, and any that would make the venue owe more than 2^63 - 1 units. */
  deposit(r: WordReader): Refusal | 0 {
    return this.book(r, true);
  }

  /** Refuses what is not available (holds do not count), unless the account may overdraw. */
  withdraw(r: WordReader): Refusal | 0 {
    return this.book(r, false);
  }

  private book(r: WordReader, isDeposit: boolean): Refusal | 0 {
    const from = r.at;
    const account = r.i32();
    const asset = r.i32();
    const amount = r.i64();
    const textFrom = r.at;
    r.text(64);
    r.text(256);
    const reference = r.text(128);
    const idAt = r.at;
    const { words } = r;
    const hasId = r.end - idAt === 4 && [0, 1, 2, 3].some((i) => words[idAt + i] !== 0);
    if (!r.ok || !(hasId || r.done)) return refusal.malformedCommand;
    const asked = { isDeposit, account, asset, amount, reference, words, from, textFrom, idAt };
    return hasId && this.rules.version >= 2 ? this.bookById(asked) : this.bookByReference(asked);
  }

  /** As in version 1; since then of those that come without an id. */
  private bookByReference(asked: Asked): Refusal | 0 {
    const refused = this.check(asked);
    if (refused !== 0) return refused;
    if (asked.reference !== "") this.references.add(referenceKey(asked));
    return this.move(asked, 0);
  }

  private bookById(asked: Asked): Refusal | 0 {
    const { words, idAt } = asked;
    this.content.restart();
    this.content.addWord(asked.isDeposit ? eventType.deposited : eventType.withdrawn);
    this.content.add(words, asked.from, idAt);
    const row = this.ids.find(words, idAt);
    if (row !== 0) return this.repeat(asked, row);
    if (this.ids.isFull) return refusal.tooManyTransfers;
    const refused = this.check(asked);
    if (refused !== 0 && !burnsId(refused)) return refused;
    const added = this.ids.add(words, idAt, this.content.a, this.content.b, refused);
    return refused || this.move(asked, added);
  }

  private repeat(asked: Asked, row: number): Refusal | 0 {
    if (this.ids.state(row) === transferState.failed) return refusal.transferIdFailed;
    if (!this.ids.hasContent(row, this.content.a, this.content.b)) return refusal.transferIdReused;
    const repeated = this.events.begin(eventType.repeated);
    this.writeEvent(asked, this.ids.number(row));
    this.events.end(repeated);
    return 0;
  }

  private check({ isDeposit, account, asset, amount, ...asked }: Asked): Refusal | 0 {
    // The fee account may be paid out: that is how the venue takes its income.
    const known = this.accounts.exists(account) && account !== externalAccount;
    if (!known || (isDeposit && account === feeAccount)) return refusal.unknownAccount;
    if (this.assets.get(asset) === undefined) return refusal.unknownAsset;
    if (amount <= 0n) return refusal.amountNotPositive;
    const flags = this.accounts.flags(account);
    if ((flags & accountFlag.frozen) !== 0) return refusal.accountFrozen;
    this.postings.beginCommand();
    if (isDeposit) {
      if ((flags & accountFlag.noDeposits) !== 0) return refusal.accountMayNotDeposit;
      if (!this.postings.mayGrow(asset, amount)) return refusal.amountTooLarge;
    } else {
      if ((flags & accountFlag.noWithdrawals) !== 0) return refusal.accountMayNotWithdraw;
      const refused = this.postings.checkPayment(account, asset, amount);
      if (refused !== 0) return refused;
      if (!this.postings.mayLeave(asset, amount)) return refusal.amountTooLarge;
    }
    const wasUsed = this.references.has(referenceKey({ isDeposit, account, ...asked }));
    return wasUsed ? refusal.duplicateTransfer : 0;
  }

  /** Posts it, and books it under its id where it has one (row 0: none). */
  private move(asked: Asked, row: number): 0 {
    const own = this.ledger.slot(asked.account, asked.asset);
    const world = this.ledger.slot(externalAccount, asked.asset);
    const amount = asked.isDeposit ? asked.amount : -asked.amount;
    this.postings.begin();
    this.postings.post(world, -amount, 0n);
    this.postings.post(own, amount, 0n);
    if (row === 0) this.ids.lastNumber++;
    else this.ids.book(row, transferState.done, 0, 0);
    this.writeEvent(asked, this.ids.lastNumber);
    return 0;
  }

  private writeEvent(asked: Asked, number: number): void {
    const type = asked.isDeposit ? eventType.deposited : eventType.withdrawn;
    const event = this.events.begin(type);
    this.events.u53(number).i32(asked.account).i32(asked.asset).i64(asked.amount);
    for (let i = asked.textFrom; i < asked.idAt; i++) this.events.i32(asked.words[i]!);
    this.events.end(event);
  }
}

/** No reference is in no set: an empty one makes a key that none was added under. */
function referenceKey(of: Pick<Asked, "isDeposit" | "account" | "reference">): string {
  return `${of.isDeposit ? "in" : "out"}:${of.account}:${of.reference}`;
}

import { WordHash } from "../bytes/hash.ts";
import { readI64 } from "../bytes/word-reader.ts";
import { accountFlag } from "../commands/command.ts";
import { transferField as f, transferKind, transferLinkedBit } from "../commands/money-command.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { Accounts } from "../registry/accounts.ts";
import type { Assets } from "../registry/assets.ts";
import { type Holds, holdField, openHoldsMax } from "./holds.ts";
import { feeAccount, type Ledger } from "./ledger.ts";
import type { Postings } from "./postings.ts";
import { type TransferIds, transferState } from "./transfer-ids.ts";

export type TransferTables = {
  readonly accounts: Accounts;
  readonly assets: Assets;
  readonly ledger: Ledger;
  readonly transferIds: TransferIds;
  readonly holds: Holds;
  readonly postings: Postings;
};

/**
 * Does transfers one after the other, each checked whole before it changes anything, and takes all
 * of them back, since `begin`, when one of a chain is refused. What was taken back leaves nothing
 * but its ids, which have failed.
 *
 * Checked in this order, the first that fails is the refusal: shape (`malformedCommand`) · the id
 * (`transferIdFailed`, `transferIdReused`) · amount positive, two accounts (`amountNotPositive`,
 * `sameAccount`) · room for its id (`tooManyTransfers`). Then, of a transfer or hold: accounts ·
 * asset · `accountFrozen` · balance (`insufficientBalance`, `amountTooLarge`) · `tooManyHolds`. Of a
 * post or void: the hold (`unknownHold`, `holdPosted`, `holdVoided`, `holdExpired`, `holdOfOtherAsset`) ·
 * `exceedsHold` · of a post `accountFrozen`.
 */
export class TransferChain {
  private readonly accounts: Accounts;
  private readonly assets: Assets;
  private readonly ledger: Ledger;
  private readonly ids: TransferIds;
  private readonly holds: Holds;
  private readonly postings: Postings;
  private readonly content = new WordHash();
  /** The row of the id that `add` booked, or found booked before. */
  row = 0;
  repeated = false;

  private idsBefore = 0;
  private lastNumberBefore = 0;
  private holdsBefore = 0;
  private readonly endedHolds: number[] = [];

  constructor(tables: TransferTables) {
    this.accounts = tables.accounts;
    this.assets = tables.assets;
    this.ledger = tables.ledger;
    this.ids = tables.transferIds;
    this.holds = tables.holds;
    this.postings = tables.postings;
  }

  begin(): void {
    this.postings.begin();
    this.idsBefore = this.ids.count;
    this.lastNumberBefore = this.ids.lastNumber;
    this.holdsBefore = this.holds.rows.count;
    this.endedHolds.length = 0;
  }

  /** Takes back everything since `begin`; the ids that were new have failed as members of a chain. */
  rollback(): void {
    const { ids, holds } = this;
    this.postings.rollback();
    for (const hold of this.endedHolds) {
      if (hold > this.holdsBefore) continue;
      const idRow = holds.rows.get(hold, holdField.idRow);
      ids.setState(idRow, transferState.holdOpen);
      holds.add(hold, ids.number(idRow));
    }
    for (let hold = this.holdsBefore + 1; hold <= holds.rows.count; hold++) holds.end(hold);
    holds.rows.truncate(this.holdsBefore);
    for (let row = this.idsBefore + 1; row <= ids.count; row++) {
      ids.unbook(row, refusal.linkedTransferFailed);
    }
    ids.lastNumber = this.lastNumberBefore;
  }

  /** Does the transfer at words[at]. After 0, `row` and `repeated` say where its id is booked. */
  add(words: Int32Array, at: number, nowMs: number): Refusal | 0 {
    if (!isWellFormed(words, at)) return refusal.malformedCommand;
    const row = this.ids.find(words, at + f.id);
    if (row !== 0) return this.addKnown(words, at, row);
    this.repeated = false;
    const amount = readI64(words, at + f.amount);
    const kind = words[at + f.head]! & 0xff;
    const isPayment = kind === transferKind.transfer || kind === transferKind.hold;
    if (amount < 0n || (isPayment && amount === 0n)) return refusal.amountNotPositive;
    if (isPayment && words[at + f.from] === words[at + f.to]) return refusal.sameAccount;
    if (this.ids.isFull) return refusal.tooManyTransfers;
    if (kind === transferKind.transfer) return this.transfer(words, at, amount);
    if (kind === transferKind.hold) return this.hold(words, at, amount, nowMs);
    return this.endHold(words, at, kind === transferKind.post, amount, nowMs);
  }

  /** Whether the id at words[at] was booked, with the same content: then `row` says where. */
  isBooked(words: Int32Array, at: number): boolean {
    const row = this.ids.find(words, at + f.id);
    this.row = row;
    if (row === 0 || this.ids.state(row) === transferState.failed) return false;
    this.digest(words, at);
    return this.ids.hasContent(row, this.content.a, this.content.b);
  }

  /** Burns an id that was never used. */
  fail(words: Int32Array, at: number, code: Refusal): void {
    const noId = (words[at + 1]! | words[at + 2]! | words[at + 3]! | words[at + 4]!) === 0;
    if (noId || this.ids.isFull || this.ids.find(words, at + f.id) !== 0) return;
    this.digest(words, at);
    this.ids.add(words, at + f.id, this.content.a, this.content.b, code);
  }

  private addKnown(words: Int32Array, at: number, row: number): Refusal | 0 {
    if (this.ids.state(row) === transferState.failed) return refusal.transferIdFailed;
    if (!this.isBooked(words, at)) return refusal.transferIdReused;
    this.repeated = true;
    return 0;
  }

  private transfer(words: Int32Array, at: number, amount: bigint): Refusal | 0 {
    const refused = this.checkPayment(words, at, amount);
    if (refused !== 0) return refused;
    const asset = words[at + f.asset]!;
    this.postings.post(this.ledger.slot(words[at + f.from]!, asset), -amount, 0n);
    this.postings.post(this.ledger.slot(words[at + f.to]!, asset), amount, 0n);
    this.ids.book(this.addId(words, at), transferState.done, 0, 0);
    return 0;
  }

  private hold(words: Int32Array, at: number, amount: bigint, nowMs: number): Refusal | 0 {
    const refused = this.checkPayment(words, at, amount);
    if (refused !== 0) return refused;
    if (this.holds.openCount >= openHoldsMax) return refusal.tooManyHolds;
    const slot = this.ledger.slot(words[at + f.from]!, words[at + f.asset]!);
    this.postings.post(slot, -amount, amount);
    const row = this.addId(words, at);
    const { rows } = this.holds;
    const hold = rows.add();
    for (let i = 0; i < 3; i++) rows.set(hold, holdField.from + i, words[at + f.from + i]!);
    rows.set(hold, holdField.amountLow, words[at + f.amount]!);
    rows.set(hold, holdField.amountHigh, words[at + f.amount + 1]!);
    rows.set(hold, holdField.code, words[at + f.code]!);
    rows.set(hold, holdField.idRow, row);
    const timeoutSeconds = words[at + f.timeout]!;
    const expiresAtMs = timeoutSeconds === 0 ? 0 : nowMs + timeoutSeconds * 1000;
    rows.set(hold, holdField.expiryLow, expiresAtMs | 0);
    rows.set(hold, holdField.expiryHigh, (expiresAtMs / 4294967296) | 0);
    this.ids.book(row, transferState.holdOpen, hold, 0);
    this.holds.add(hold, this.ids.lastNumber);
    return 0;
  }

  private checkPayment(words: Int32Array, at: number, amount: bigint): Refusal | 0 {
    const from = words[at + f.from]!;
    const to = words[at + f.to]!;
    const asset = words[at + f.asset]!;
    if (!this.isInside(from) || !this.isInside(to)) return refusal.unknownAccount;
    if (this.assets.get(asset) === undefined) return refusal.unknownAsset;
    if (this.isFrozen(from) || this.isFrozen(to)) return refusal.accountFrozen;
    return this.postings.checkPayment(from, asset, amount);
  }

  private endHold(
    words: Int32Array,
    at: number,
    isPost: boolean,
    asked: bigint,
    nowMs: number,
  ): Refusal | 0 {
    const idRow = this.ids.find(words, at + f.hold);
    const wrong = this.checkHold(idRow, nowMs);
    if (wrong !== 0) return wrong;
    const hold = this.ids.detailLow(idRow);
    const asset = this.holds.rows.get(hold, holdField.asset);
    const namedAsset = words[at + f.head]! >>> 16;
    if (namedAsset !== 0 && namedAsset - 1 !== asset) return refusal.holdOfOtherAsset;
    const held = this.holds.amount(hold);
    if (asked > held) return refusal.exceedsHold;
    const from = this.holds.rows.get(hold, holdField.from);
    const to = this.holds.rows.get(hold, holdField.to);
    if (isPost && (this.isFrozen(from) || this.isFrozen(to))) return refusal.accountFrozen;
    const amount = !isPost ? 0n : asked === 0n ? held : asked;
    this.postings.post(this.ledger.find(from, asset), held - amount, -held);
    if (isPost) this.postings.post(this.ledger.slot(to, asset), amount, 0n);
    this.ids.setState(idRow, isPost ? transferState.holdPosted : transferState.holdVoided);
    this.holds.end(hold);
    this.endedHolds.push(hold);
    const low = Number(BigInt.asIntN(32, amount));
    this.ids.book(this.addId(words, at), transferState.done, low, Number(amount >> 32n));
    return 0;
  }

  private checkHold(idRow: number, nowMs: number): Refusal | 0 {
    switch (idRow === 0 ? transferState.failed : this.ids.state(idRow)) {
      case transferState.failed:
      case transferState.done:
        return refusal.unknownHold;
      case transferState.holdPosted:
        return refusal.holdPosted;
      case transferState.holdVoided:
        return refusal.holdVoided;
      case transferState.holdExpired:
        return refusal.holdExpired;
      case transferState.holdOpen:
        // Its time may have come while others were still to be ended before it.
        return this.holds.endsAtMs(this.ids.detailLow(idRow)) <= nowMs ? refusal.holdExpired : 0;
    }
  }

  /** Adds the id at words[at], which is about to be booked. */
  private addId(words: Int32Array, at: number): number {
    this.digest(words, at);
    this.row = this.ids.add(words, at + f.id, this.content.a, this.content.b, 0);
    return this.row;
  }

  /** Everything but the id and whether it is linked. */
  private digest(words: Int32Array, at: number): void {
    this.content.restart();
    this.content.addWord(words[at + f.head]! & ~transferLinkedBit);
    this.content.add(words, at + f.from, at + f.code + 1);
  }

  /** Customers and the fee account: what comes from outside is a deposit. */
  private isInside(account: number): boolean {
    return account >= feeAccount && this.accounts.exists(account);
  }

  private isFrozen(account: number): boolean {
    return (this.accounts.flags(account) & accountFlag.frozen) !== 0;
  }
}

function isWellFormed(words: Int32Array, at: number): boolean {
  const head = words[at + f.head]!;
  const kind = head & 0xff;
  const isKnown = (head & 0xffff & ~(0xff | transferLinkedBit)) === 0 && kind <= transferKind.void;
  if (!isKnown || (head >>> 16 !== 0 && kind !== transferKind.post)) return false;
  if ((words[at + 1]! | words[at + 2]! | words[at + 3]! | words[at + 4]!) === 0) return false;
  const timeout = words[at + f.timeout]!;
  if (kind === transferKind.transfer) return timeout === 0;
  if (kind === transferKind.hold) return timeout >= 0;
  return kind === transferKind.post || (words[at + f.amount]! | words[at + f.amount + 1]!) === 0;
}

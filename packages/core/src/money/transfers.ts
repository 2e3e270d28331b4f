import { WordHash } from "../bytes/hash.ts";
import { commandHeaderWords, commandType } from "../commands/command.ts";
import {
  transferField as f,
  transferLinkedBit,
  transfersPerCommandMax,
  transferWords,
} from "../commands/money-command.ts";
import { eventType } from "../events/event.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import { type Refusal, refusal } from "../refusal.ts";
import { type Holds, holdField } from "./holds.ts";
import type { Ledger } from "./ledger.ts";
import type { Postings } from "./postings.ts";
import { TransferChain, type TransferTables } from "./transfer-chain.ts";
import { TransferEvents } from "./transfer-events.ts";
import { burnsId, type TransferIds, transferState } from "./transfer-ids.ts";

/** So many holds end by themselves before a batch's commands; more wait for the next batch. */
export const expiriesPerBatchMax = 1000;

/** Event type and length, and a digest of the command's body; then its exceptions. */
const keptHeaderWords = 3;

/** The transfer command: chains of transfers, each of which happens whole or not at all. */
export class Transfers {
  private readonly ledger: Ledger;
  private readonly ids: TransferIds;
  private readonly holds: Holds;
  private readonly postings: Postings;
  private readonly buffer: EventBuffer;
  private readonly chain: TransferChain;
  private readonly events: TransferEvents;
  private readonly content = new WordHash();
  /** Of the command in hand, those that are not simply done: index in the upper half, refusal in the lower (0: repeated). */
  private readonly exceptions: number[] = [];

  constructor(tables: TransferTables, buffer: EventBuffer) {
    this.ledger = tables.ledger;
    this.ids = tables.transferIds;
    this.holds = tables.holds;
    this.postings = tables.postings;
    this.buffer = buffer;
    this.chain = new TransferChain(tables);
    this.events = new TransferEvents(buffer, tables.transferIds, tables.holds);
  }

  /** The command with the body words[body, end), as `encodeTransfers` writes it. */
  apply(words: Int32Array, body: number, end: number, nowMs: number): Refusal | 0 {
    const first = firstTransfer(words, body, end);
    if (first < 0) return refusal.malformedCommand;
    this.postings.beginCommand();
    this.exceptions.length = 0;
    for (let at = first; at < end; ) {
      let last = at;
      while (isLinked(words, last) && last + transferWords < end) last += transferWords;
      this.applyChain(words, first, at, last, nowMs);
      at = last + transferWords;
    }
    return 0;
  }

  private applyChain(
    words: Int32Array,
    first: number,
    from: number,
    last: number,
    nowMs: number,
  ): void {
    const eventsBefore = this.buffer.length;
    const exceptionsBefore = this.exceptions.length;
    this.chain.begin();
    for (let at = from; at <= last; at += transferWords) {
      // The last of a command has no next one to be linked with.
      const isOpen = at === last && isLinked(words, at);
      const refused = isOpen ? refusal.malformedCommand : this.chain.add(words, at, nowMs);
      if (refused !== 0) {
        this.chain.rollback();
        this.buffer.length = eventsBefore;
        this.exceptions.length = exceptionsBefore;
        for (let member = from; member <= last; member += transferWords) {
          this.refuse(words, first, member, member === at ? refused : refusal.linkedTransferFailed);
        }
        return;
      }
      this.tell(words, first, at, this.chain.repeated);
    }
  }

  /** A member of a chain that failed. One that was done before the chain is told so all the same. */
  private refuse(words: Int32Array, first: number, at: number, code: Refusal): void {
    if (code === refusal.linkedTransferFailed && this.chain.isBooked(words, at)) {
      this.tell(words, first, at, true);
      return;
    }
    if (burnsId(code)) this.chain.fail(words, at, code);
    const index = indexOf(first, at);
    this.exceptions.push((index << 16) | code);
    this.events.refused(words, at, index, code);
  }

  private tell(words: Int32Array, first: number, at: number, repeated: boolean): void {
    const index = indexOf(first, at);
    if (repeated) this.exceptions.push(index << 16);
    this.events.transferred(words, at, index, this.chain.row, repeated);
  }

  /** Gives back, before a batch's commands, what holds that have ended set aside. */
  expire(nowMs: number): void {
    for (let count = 0; count < expiriesPerBatchMax; count++) {
      const hold = this.holds.due(nowMs);
      if (hold === 0) return;
      const { rows } = this.holds;
      const amount = this.holds.amount(hold);
      const slot = this.ledger.find(
        rows.get(hold, holdField.from),
        rows.get(hold, holdField.asset),
      );
      this.postings.begin();
      this.postings.post(slot, amount, -amount);
      this.ids.setState(rows.get(hold, holdField.idRow), transferState.holdExpired);
      this.holds.end(hold);
      this.events.expired(hold);
    }
  }

  /**
   * What the memory of outcomes keeps of the command that was just applied: which transfers were
   * refused or repeated. The others' results are found by their ids, for ever; so a full command's
   * outcome takes a few words, not a large part of the memory.
   */
  outcome(words: Int32Array, body: number, end: number): Int32Array {
    const kept = new Int32Array(keptHeaderWords + this.exceptions.length);
    this.digest(words, body, end);
    kept[0] = eventType.transfersKept | (kept.length << 16);
    kept[1] = this.content.a;
    kept[2] = this.content.b;
    for (const [i, packed] of this.exceptions.entries()) kept[keptHeaderWords + i] = packed;
    return kept;
  }

  isOutcome(kept: Int32Array): boolean {
    return (kept[0]! & 0xff) === eventType.transfersKept;
  }

  /** Writes the events of the command at words[at] again; none when another one had its request id. */
  repeat(words: Int32Array, at: number, end: number, kept: Int32Array): void {
    const event = this.buffer.extend(1);
    this.buffer.words[event] = eventType.repeated | (1 << 16);
    const body = at + commandHeaderWords;
    const isTransfer = (words[at]! & 0xff) === commandType.transfer;
    const first = isTransfer ? firstTransfer(words, body, end) : -1;
    if (first < 0) return;
    this.digest(words, body, end);
    if (kept[1] !== this.content.a || kept[2] !== this.content.b) return;
    let next = keptHeaderWords;
    for (let member = first; member < end; member += transferWords) {
      const index = indexOf(first, member);
      const packed = next < kept.length ? kept[next]! : -1;
      const isException = packed >> 16 === index;
      if (isException) next++;
      if (isException && (packed & 0xffff) !== 0) {
        this.events.refused(words, member, index, (packed & 0xffff) as Refusal);
        continue;
      }
      this.chain.isBooked(words, member);
      this.events.transferred(words, member, index, this.chain.row, isException);
    }
  }

  private digest(words: Int32Array, body: number, end: number): void {
    this.content.restart();
    this.content.add(words, body, end);
  }
}

/** Whether words[start, end) are what `outcome` keeps of a command. */
export function areRefusals(words: Int32Array, start: number, end: number): boolean {
  const isKept = (words[start]! & 0xff) === eventType.transfersKept;
  return isKept && words[start]! >>> 16 === end - start && end - start >= keptHeaderWords;
}

/** Where the first transfer stands, -1 when the body is not as `encodeTransfers` writes it. */
function firstTransfer(words: Int32Array, body: number, end: number): number {
  const first = body + 2;
  const isLong = words[body - commandHeaderWords]! >>> 16 === 0;
  if (end < first || !isLong || words[body] !== end - body + commandHeaderWords) return -1;
  const count = words[body + 1]!;
  const isSound = count >= 1 && count <= transfersPerCommandMax;
  return isSound && end - first === count * transferWords ? first : -1;
}

function isLinked(words: Int32Array, at: number): boolean {
  return (words[at + f.head]! & transferLinkedBit) !== 0;
}

function indexOf(first: number, at: number): number {
  return (at - first) / transferWords;
}

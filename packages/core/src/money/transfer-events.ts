import { transferField as f } from "../commands/money-command.ts";
import { eventType } from "../events/event.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import { type Movement, movement, transferRepeatedBit } from "../events/money-event.ts";
import { type Refusal, refusal } from "../refusal.ts";
import { type Holds, holdField } from "./holds.ts";
import type { TransferIds } from "./transfer-ids.ts";

/** Word offsets of a transferred event (`readMoneyEvent`). */
const out = {
  index: 1,
  id: 2,
  number: 6,
  from: 8,
  to: 9,
  asset: 10,
  amount: 11,
  released: 13,
  code: 15,
  expiry: 16,
  holdNumber: 18,
} as const;
const transferredWords = 20;
const refusedWords = 8;

/** Writes what `readMoneyEvent` reads: change both together. */
export class TransferEvents {
  private readonly events: EventBuffer;
  private readonly ids: TransferIds;
  private readonly holds: Holds;

  constructor(events: EventBuffer, ids: TransferIds, holds: Holds) {
    this.events = events;
    this.ids = ids;
    this.holds = holds;
  }

  /** Of the transfer at words[at], whose id was booked in that row: now, or long ago. */
  transferred(words: Int32Array, at: number, index: number, row: number, repeated: boolean): void {
    const kind = (words[at + f.head]! & 0xff) as Movement;
    const event = this.begin(kind, repeated, index, row);
    const to = this.events.words;
    to[event + out.code] = words[at + f.code]!;
    if (kind === movement.post || kind === movement.void) {
      const hold = this.ids.detailLow(this.ids.find(words, at + f.hold));
      this.putHold(event, hold);
      const low = this.ids.detailLow(row);
      const high = this.ids.detailHigh(row);
      to[event + out.amount] = low;
      to[event + out.amount + 1] = high;
      this.putAmount(event + out.released, this.holds.amount(hold) - bigOf(low, high));
      return;
    }
    to[event + out.from] = words[at + f.from]!;
    to[event + out.to] = words[at + f.to]!;
    to[event + out.asset] = words[at + f.asset]!;
    to[event + out.amount] = words[at + f.amount]!;
    to[event + out.amount + 1] = words[at + f.amount + 1]!;
    if (kind === movement.hold) this.putHold(event, this.ids.detailLow(row));
  }

  /** A hold ended by itself. */
  expired(hold: number): void {
    const idRow = this.holds.rows.get(hold, holdField.idRow);
    const event = this.begin(movement.expiry, false, -1, idRow);
    this.events.words[event + out.code] = this.holds.rows.get(hold, holdField.code);
    this.putHold(event, hold);
    this.putAmount(event + out.released, this.holds.amount(hold));
  }

  refused(words: Int32Array, at: number, index: number, code: Refusal): void {
    const event = this.events.extend(refusedWords);
    const to = this.events.words;
    to[event] = eventType.transferRefused | ((words[at + f.head]! & 0xff) << 8);
    to[event] = to[event]! | (refusedWords << 16);
    to[event + 1] = index;
    for (let i = 0; i < 4; i++) to[event + 2 + i] = words[at + f.id + i]!;
    to[event + 6] = code;
    const failedBefore = code === refusal.transferIdFailed;
    to[event + 7] = failedBefore ? this.ids.detailLow(this.ids.find(words, at + f.id)) : 0;
  }

  private begin(kind: Movement, repeated: boolean, index: number, row: number): number {
    const event = this.events.extend(transferredWords);
    const to = this.events.words;
    to.fill(0, event, event + transferredWords);
    const flags = kind | (repeated ? transferRepeatedBit : 0);
    to[event] = eventType.transferred | (flags << 8) | (transferredWords << 16);
    to[event + out.index] = index;
    for (let i = 0; i < 4; i++) to[event + out.id + i] = this.ids.word(row, i);
    putNumber(to, event + out.number, this.ids.number(row));
    return event;
  }

  private putHold(event: number, hold: number): void {
    const to = this.events.words;
    const rows = this.holds.rows;
    to[event + out.from] = rows.get(hold, holdField.from);
    to[event + out.to] = rows.get(hold, holdField.to);
    to[event + out.asset] = rows.get(hold, holdField.asset);
    to[event + out.expiry] = rows.get(hold, holdField.expiryLow);
    to[event + out.expiry + 1] = rows.get(hold, holdField.expiryHigh);
    putNumber(to, event + out.holdNumber, this.ids.number(rows.get(hold, holdField.idRow)));
  }

  private putAmount(at: number, amount: bigint): void {
    this.events.words[at] = Number(BigInt.asIntN(32, amount));
    this.events.words[at + 1] = Number(amount >> 32n);
  }
}

function putNumber(words: Int32Array, at: number, number: number): void {
  words[at] = number | 0;
  words[at + 1] = (number / 4294967296) | 0;
}

function bigOf(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

import type { EventType, RefusedStage } from "./event.ts";
import * as eventWords from "./event.ts";
import type { CloseReason } from "./order-event.ts";
import type { Refusal } from "./refusal.ts";
import { WordWriter } from "./word-writer.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { eventType } = eventWords;

// More words than there ever are: it tells V8 that sums with it cannot overflow, which spares checks.
const lengthMask = 0x3fff_ffff;

/**
 * Where the events of commands go. The frequent ones are written here, word by word and without
 * allocating; the rare ones through `begin`, the writer's own methods, and `end`.
 * `order-event-reader.ts` and its siblings read what is written here: change both together.
 */
export class EventBuffer extends WordWriter {
  constructor() {
    super(1 << 14);
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for an event of so many words at the end, and returns where it begins. */
  extend(wordCount: number): number {
    this.reserve(wordCount);
    const at = this.length & lengthMask;
    this.length = at + wordCount;
    return at;
  }

  begin(type: EventType): number {
    const start = this.length;
    this.i32(type);
    return start;
  }

  end(start: number): void {
    this.words[start] = (this.words[start]! & 0xffff) | ((this.length - start) << 16);
  }

  refused(code: Refusal, stage: RefusedStage, commandType: number): void {
    const at = this.extend(4);
    const words = this.words;
    words[at] = eventType.refused | (4 << 16);
    words[at + 1] = code;
    words[at + 2] = stage;
    words[at + 3] = commandType;
  }

  /** Lots and quote units are copied as words from the command at `source[from]`; client id words follow at `source[from + 4]`. */
  orderAccepted(
    idLow: number,
    idHigh: number,
    account: number,
    market: number,
    kind: number,
    price: number,
    source: Int32Array,
    from: number,
  ): void {
    const idBytes = source[from + 4]!;
    const idWords = (idBytes + 3) >>> 2;
    const at = this.extend(12 + idWords);
    const words = this.words;
    words[at] = eventType.orderAccepted | ((12 + idWords) << 16);
    words[at + 1] = idLow;
    words[at + 2] = idHigh;
    words[at + 3] = account;
    words[at + 4] = market;
    words[at + 5] = kind;
    words[at + 6] = price;
    words[at + 7] = source[from]!;
    words[at + 8] = source[from + 1]!;
    words[at + 9] = source[from + 2]!;
    words[at + 10] = source[from + 3]!;
    words[at + 11] = idBytes;
    for (let i = 0; i < idWords; i++) words[at + 12 + i] = source[from + 5 + i]!;
  }

  /** The cancel's client id: its byte count at `source[from]`, then its words. `from` -1: none. */
  orderClosed(
    idLow: number,
    idHigh: number,
    account: number,
    market: number,
    kind: number,
    price: number,
    remainingLots: number,
    reason: CloseReason,
    wasResting: boolean,
    source: Int32Array,
    from: number,
  ): void {
    const idBytes = from < 0 ? 0 : source[from]!;
    const idWords = (idBytes + 3) >>> 2;
    const at = this.extend(10 + idWords);
    const words = this.words;
    words[at] =
      eventType.orderClosed | (reason << 8) | (wasResting ? 1 << 15 : 0) | ((10 + idWords) << 16);
    words[at + 1] = idLow;
    words[at + 2] = idHigh;
    words[at + 3] = account;
    words[at + 4] = market;
    words[at + 5] = kind;
    words[at + 6] = price;
    words[at + 7] = remainingLots | 0;
    words[at + 8] = (remainingLots / 4294967296) | 0;
    words[at + 9] = idBytes;
    for (let i = 0; i < idWords; i++) words[at + 10 + i] = source[from + 1 + i]!;
  }
}

import { areEvents } from "./events/venue-event.ts";
import { areRefusals } from "./money/transfers.ts";

/**
 * The outcomes of recent requests: the events of each command that carried a request id, in a ring
 * of words, found by id. A request that comes again gets its one result; one that may have been
 * forgotten is refused, never done twice.
 *
 * An entry in the ring: length in words, four id words, then the events.
 * Ids are UUIDv7, whose first 48 bits are milliseconds; `forgottenThroughMs` is the latest such time
 * among the entries that have been overwritten.
 */
export const outcomeRingWords: number = 1 << 22;
/** Until it is full for the first time, ring and index grow with what they hold: a small venue stays small. */
const ringWordsMin = 1 << 12;
const indexCapacityMin = 1 << 10;
const entriesMax = 1 << 18;
const entryHeaderWords = 5;
/** Larger outcomes (a cancel-all of thousands) are cut to their first events: enough to say what happened. */
export const outcomeEventWordsMax: number = 65_000;

export class Outcomes {
  private ring = new Int32Array(ringWordsMin);
  private index = new Int32Array(indexCapacityMin);
  /** Offsets of the oldest entry and of the next one, counted without wrapping. */
  private tail = 0;
  private head = 0;
  private entries = 0;
  forgottenThroughMs = 0;

  /** Offset of the entry for the id at words[at..at+3], -1 when there is none. */
  find(words: Int32Array, at: number): number {
    const mask = this.index.length - 1;
    let slot = homeOf(words, at) & mask;
    for (;;) {
      const entry = this.index[slot]! - 1;
      if (entry < 0) return -1;
      if (sameId(this.ring, entry + 1, words, at)) return entry;
      slot = (slot + 1) & mask;
    }
  }

  /** Whether an outcome for this id could have been kept and lost since. */
  mayBeForgotten(words: Int32Array, at: number): boolean {
    return requestTimeMs(words, at) <= this.forgottenThroughMs;
  }

  /** The events kept at an entry: a view that the next `remember` may overwrite. */
  eventWords(entry: number): Int32Array {
    return this.ring.subarray(entry + entryHeaderWords, entry + this.ring[entry]!);
  }

  remember(id: Int32Array, idAt: number, events: Int32Array, start: number, end: number): void {
    const length = entryHeaderWords + (end - start);
    this.growRing(this.head + length);
    const ringLength = this.ring.length;
    // Entries do not wrap: the words that are left at the end of the ring are skipped.
    const place = this.head % ringLength;
    if (place + length > ringLength) {
      this.makeRoom(ringLength - place);
      this.ring.fill(0, place);
      this.head += ringLength - place;
    }
    this.makeRoom(length);
    while (this.entries >= entriesMax) this.forgetOldest();
    const entry = this.head % ringLength;
    this.ring[entry] = length;
    for (let i = 0; i < 4; i++) this.ring[entry + 1 + i] = id[idAt + i]!;
    for (let i = start; i < end; i++) this.ring[entry + entryHeaderWords + i - start] = events[i]!;
    this.head += length;
    this.entries++;
    this.addToIndex(entry);
  }

  /** Room for so many words since the beginning, as long as there is more to be had: then it wraps. */
  private growRing(words: number): void {
    let capacity = this.ring.length;
    while (capacity < words && capacity < outcomeRingWords) capacity *= 2;
    if (capacity === this.ring.length) return;
    const ring = new Int32Array(capacity);
    ring.set(this.ring);
    this.ring = ring;
  }

  private makeRoom(words: number): void {
    while (this.head + words - this.tail > this.ring.length) this.forgetOldest();
  }

  private forgetOldest(): void {
    const ringLength = this.ring.length;
    const entry = this.tail % ringLength;
    const length = this.ring[entry]!;
    if (length === 0) {
      this.tail += ringLength - entry;
      return;
    }
    const timeMs = requestTimeMs(this.ring, entry + 1);
    if (timeMs > this.forgottenThroughMs) this.forgottenThroughMs = timeMs;
    this.removeFromIndex(entry);
    this.tail += length;
    this.entries--;
  }

  private addToIndex(entry: number): void {
    if (this.entries * 2 > this.index.length) this.growIndex();
    this.putIndex(entry + 1);
  }

  private putIndex(indexed: number): void {
    const mask = this.index.length - 1;
    let slot = homeOf(this.ring, indexed) & mask;
    while (this.index[slot] !== 0) slot = (slot + 1) & mask;
    this.index[slot] = indexed;
  }

  private growIndex(): void {
    const old = this.index;
    this.index = new Int32Array(old.length * 2);
    for (const indexed of old) if (indexed !== 0) this.putIndex(indexed);
  }

  private removeFromIndex(entry: number): void {
    const index = this.index;
    const mask = index.length - 1;
    let hole = homeOf(this.ring, entry + 1) & mask;
    while (index[hole] !== entry + 1) hole = (hole + 1) & mask;
    let at = hole;
    for (;;) {
      at = (at + 1) & mask;
      const next = index[at]!;
      if (next === 0) break;
      const home = homeOf(this.ring, next) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        index[hole] = next;
        hole = at;
      }
    }
    index[hole] = 0;
  }

  /** What a snapshot keeps: only the words in use, oldest first, so that its size follows the traffic. */
  raw(): { head: number; tail: number; forgottenThroughMs: number; words: Int32Array } {
    const length = this.head - this.tail;
    const words = new Int32Array(length);
    for (let i = 0; i < length; i++) words[i] = this.ring[(this.tail + i) % this.ring.length]!;
    return { head: this.head, tail: this.tail, forgottenThroughMs: this.forgottenThroughMs, words };
  }

  /** Throws when the words are not entries from end to end. */
  static fromRaw(raw: ReturnType<Outcomes["raw"]>): Outcomes {
    const outcomes = new Outcomes();
    const { head, tail, words } = raw;
    if (words.length > outcomeRingWords || head - tail !== words.length) {
      throw new Error("the outcomes do not fit their ring");
    }
    outcomes.growRing(head);
    const { ring } = outcomes;
    for (let i = 0; i < words.length; i++) ring[(tail + i) % ring.length] = words[i]!;
    outcomes.head = head;
    outcomes.tail = tail;
    outcomes.forgottenThroughMs = raw.forgottenThroughMs;
    for (let at = tail; at < head; ) at += outcomes.adopt(at);
    return outcomes;
  }

  /** Makes the restored entry at an offset findable, and returns its length. */
  private adopt(at: number): number {
    const ring = this.ring;
    const entry = at % ring.length;
    const length = ring[entry]!;
    const isSkip = length === 0;
    const end = isSkip ? ring.length : entry + length;
    if (end > ring.length || at + (end - entry) > this.head) {
      throw new Error(`the outcome at ${at} reaches beyond its ring`);
    }
    if (isSkip) {
      for (let i = entry; i < end; i++) if (ring[i] !== 0) throw new Error("outcomes have a gap");
      return end - entry;
    }
    const isSound =
      length >= entryHeaderWords &&
      hasRequestId(ring, entry + 1) &&
      this.find(ring, entry + 1) < 0 &&
      isOutcome(ring, entry + entryHeaderWords, end);
    if (!isSound || ++this.entries > entriesMax) throw new Error(`the outcome at ${at} is none`);
    this.addToIndex(entry);
    return length;
  }
}

function isOutcome(words: Int32Array, start: number, end: number): boolean {
  return (start < end && areRefusals(words, start, end)) || areEvents(words, start, end);
}

function homeOf(words: Int32Array, at: number): number {
  const h = Math.imul(words[at]! ^ Math.imul(words[at + 3]!, 0x9e3779b1), 0x85ebca6b);
  return h ^ (h >>> 15) ^ words[at + 2]!;
}

function sameId(a: Int32Array, aAt: number, b: Int32Array, bAt: number): boolean {
  return (
    a[aAt] === b[bAt] &&
    a[aAt + 1] === b[bAt + 1] &&
    a[aAt + 2] === b[bAt + 2] &&
    a[aAt + 3] === b[bAt + 3]
  );
}

/** The milliseconds of a UUIDv7: its first word (bits 47-16 of the time) and the upper half of its second. */
export function requestTimeMs(words: Int32Array, at: number): number {
  return (words[at]! >>> 0) * 65536 + (words[at + 1]! >>> 16);
}

export function hasRequestId(words: Int32Array, at: number): boolean {
  return (words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) !== 0;
}

/**
 * A ring of records in shared memory, from one thread to one other. The producer copies a record
 * in and rings; the consumer sleeps in Atomics.wait and works on the records where they lie. The
 * producer alone knows how much is free: it is told what has been consumed by message.
 *
 *   submitted i32 | padding | where each of the last records starts, SLOTS × u32 | records
 *   record: kind u32 | length u32 | `length` bytes | padding to 8 bytes
 */
export const RecordKind = { Append: 1, Trim: 2, Stop: 3 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

/** More records than this are never in the ring at once. A power of two: the counters wrap. */
const SLOTS = 256;
const SLOTS_OFFSET = 64;
const RECORDS_OFFSET: number = SLOTS_OFFSET + 4 * SLOTS;
const RECORD_HEADER_BYTES = 8;

function recordBytes(length: number): number {
  return RECORD_HEADER_BYTES + ((length + 7) & ~7);
}

export class RingProducer {
  readonly memory: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #submitted: Int32Array;
  readonly #starts: Uint32Array;
  readonly #capacity: number;
  #reserved = 0;
  #tail = 0;
  #used = 0;
  #ready = 0;
  /** Bytes of each record not yet released, with what was left unused before it. */
  readonly #sizes: number[] = [];

  constructor(capacity: number) {
    this.memory = new SharedArrayBuffer(RECORDS_OFFSET + capacity);
    this.#submitted = new Int32Array(this.memory, 0, 1);
    this.#starts = new Uint32Array(this.memory, SLOTS_OFFSET, SLOTS);
    this.bytes = new Uint8Array(this.memory, RECORDS_OFFSET);
    this.view = new DataView(this.memory, RECORDS_OFFSET);
    this.#capacity = capacity;
  }

  /** The offset at which to write a record of this length, or -1 when it does not fit now. */
  reserve(kind: RecordKind, length: number): number {
    // Starting over whenever nothing is in it keeps what both threads touch in their caches.
    if (this.#used === 0) this.#tail = 0;
    const needed = recordBytes(length);
    const toEnd = this.#capacity - this.#tail;
    const wraps = needed > toEnd;
    const skipped = wraps ? toEnd : 0;
    if (this.#used + skipped + needed > this.#capacity || this.#sizes.length === SLOTS) return -1;
    const start = wraps ? 0 : this.#tail;
    this.view.setUint32(start, kind, true);
    this.view.setUint32(start + 4, length, true);
    this.#starts[this.#reserved % SLOTS] = start;
    this.#reserved = (this.#reserved + 1) % SLOTS;
    this.#tail = start + needed;
    this.#used += skipped + needed;
    this.#sizes.push(skipped + needed);
    return start + RECORD_HEADER_BYTES;
  }

  /**
   * Hands the reserved record over, together with all others of this turn: one wake-up, which costs
   * more than copying, and one group for the consumer instead of the first and then the rest.
   */
  submit(): void {
    this.#ready += 1;
    if (this.#ready > 1) return;
    queueMicrotask(() => {
      Atomics.add(this.#submitted, 0, this.#ready);
      Atomics.notify(this.#submitted, 0);
      this.#ready = 0;
    });
  }

  /** So many records, the oldest, are no longer read by the consumer. */
  release(count: number): void {
    for (const size of this.#sizes.splice(0, count)) this.#used -= size;
  }
}

export interface RingRecord {
  readonly kind: RecordKind;
  readonly offset: number;
  readonly length: number;
}

export class RingConsumer {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly #submitted: Int32Array;
  readonly #starts: Uint32Array;
  /** Wraps like the Int32 it is compared with. */
  #taken = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#submitted = new Int32Array(memory, 0, 1);
    this.#starts = new Uint32Array(memory, SLOTS_OFFSET, SLOTS);
    this.bytes = Buffer.from(memory, RECORDS_OFFSET);
    this.view = new DataView(memory, RECORDS_OFFSET);
  }

  get available(): number {
    return (Atomics.load(this.#submitted, 0) - this.#taken) | 0;
  }

  /** Sleeps until a record is there. */
  wait(): void {
    while (this.available === 0) Atomics.wait(this.#submitted, 0, this.#taken);
  }

  /** Sleeps until so many records are there, or until the time is over. */
  waitFor(count: number, timeoutMs: number): void {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const available = this.available;
      const leftMs = end - performance.now();
      if (available >= count || leftMs <= 0) return;
      Atomics.wait(this.#submitted, 0, (this.#taken + available) | 0, leftMs);
    }
  }

  /** The next record, still in place, or null when none is there. */
  peek(): RingRecord | null {
    if (this.available === 0) return null;
    const start = this.#starts[this.#taken & (SLOTS - 1)]!;
    return {
      kind: this.view.getUint32(start, true) as RecordKind,
      length: this.view.getUint32(start + 4, true),
      offset: start + RECORD_HEADER_BYTES,
    };
  }

  /** Moves on to the record after the one that was peeked at. */
  take(): void {
    this.#taken = (this.#taken + 1) | 0;
  }
}

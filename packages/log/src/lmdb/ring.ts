/**
 * A ring of records in shared memory, from one thread to one other. The producer copies a record
 * in and rings; the consumer sleeps in Atomics.wait and works on the records where they lie. The
 * producer alone knows how much is free: it is told what has been consumed by message.
 *
 * A record is: kind u32 | length u32 | `length` bytes | padding to 8 bytes.
 */
export const RecordKind = { Wrap: 0, Append: 1, Trim: 2, Stop: 3 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

const CONTROL_BYTES = 64;
const RECORD_HEADER_BYTES = 8;

function recordBytes(length: number): number {
  return RECORD_HEADER_BYTES + ((length + 7) & ~7);
}

export class RingProducer {
  readonly memory: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #submitted: Int32Array;
  readonly #capacity: number;
  #tail = 0;
  #used = 0;
  #ready = 0;
  /** Bytes of each record not yet consumed, the wrap before it included. */
  readonly #sizes: number[] = [];

  constructor(capacity: number) {
    this.memory = new SharedArrayBuffer(CONTROL_BYTES + capacity);
    this.#submitted = new Int32Array(this.memory, 0, 1);
    this.bytes = new Uint8Array(this.memory, CONTROL_BYTES);
    this.view = new DataView(this.memory, CONTROL_BYTES);
    this.#capacity = capacity;
  }

  /** The offset at which to write a record of this length, or -1 when it does not fit now. */
  reserve(kind: RecordKind, length: number): number {
    const needed = recordBytes(length);
    // Starting over whenever nothing is in it keeps what both threads touch in their caches.
    if (this.#used === 0) this.#wrap();
    const toEnd = this.#capacity - this.#tail;
    const skipped = needed > toEnd ? toEnd : 0;
    if (this.#used + skipped + needed > this.#capacity) return -1;
    if (skipped > 0) this.#wrap();
    const start = this.#tail;
    this.view.setUint32(start, kind, true);
    this.view.setUint32(start + 4, length, true);
    this.#tail = (start + needed) % this.#capacity;
    this.#used += skipped + needed;
    this.#sizes.push(skipped + needed);
    return start + RECORD_HEADER_BYTES;
  }

  #wrap(): void {
    this.view.setUint32(this.#tail, RecordKind.Wrap, true);
    this.#tail = 0;
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
  readonly #capacity: number;
  #taken = 0;
  #head = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#submitted = new Int32Array(memory, 0, 1);
    this.bytes = Buffer.from(memory, CONTROL_BYTES);
    this.view = new DataView(memory, CONTROL_BYTES);
    this.#capacity = memory.byteLength - CONTROL_BYTES;
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
    const toEnd = this.#capacity - this.#head;
    if (toEnd === 0 || this.view.getUint32(this.#head, true) === RecordKind.Wrap) this.#head = 0;
    return {
      kind: this.view.getUint32(this.#head, true) as RecordKind,
      length: this.view.getUint32(this.#head + 4, true),
      offset: this.#head + RECORD_HEADER_BYTES,
    };
  }

  take(record: RingRecord): void {
    this.#head = record.offset - RECORD_HEADER_BYTES + recordBytes(record.length);
    // The counter wraps like the Int32 it is compared with.
    this.#taken = (this.#taken + 1) | 0;
  }

  get available(): number {
    return (Atomics.load(this.#submitted, 0) - this.#taken) | 0;
  }
}

/**
 * The thread that writes. It takes what has gathered in the ring since the last commit, gives it
 * the next positions in one LMDB transaction, and answers when that is on disk. The write lock is
 * shared by all processes; because nothing else runs on this thread, a busy event loop never
 * holds it.
 */
import { openSync, writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { LogError } from "../port.ts";
import { DataFile, pagedBytes } from "./data-file.ts";
import { doorbellFile } from "./doorbell.ts";
import {
  encodeKey,
  encodeMarker,
  finishEntry,
  MARKER_POSITION,
  tornError,
} from "./entry-format.ts";
import {
  asLogError,
  type Environment,
  openEnvironment,
  readFileBytes,
  readHead,
  readMarker,
  readUsage,
} from "./environment.ts";
import { RecordKind, RingConsumer, type RingRecord } from "./ring.ts";
import { transact } from "./transaction.ts";
import type { WriterMessage, WriterStart } from "./writer-messages.ts";

/** Bounds on one transaction, so that writers of other processes get their turn. */
const GROUP_ENTRIES_MAX = 64;
const GROUP_BYTES_MAX = 2 * 1024 * 1024;
const TRIM_ENTRIES_MAX = 64;

/**
 * After a commit, whoever was acknowledged often appends again at once. Waiting this long for it
 * makes one group out of what would be two halves that take turns forever.
 */
const GATHER_MS = 0.1;

class Writer {
  readonly #path: string;
  readonly #environment: Environment;
  readonly #ring: RingConsumer;
  readonly #dataFile: DataFile;
  readonly #doorbell: number;
  readonly #sizeMaxBytes: number;
  readonly #key = Buffer.alloc(8);
  readonly #ringByte = Buffer.from([1]);
  /** This thread's last commit of entries. */
  #newest = { transaction: 0, head: 0 };
  #trimBefore = 0;
  #doorbellFailed = false;
  /** After a failure that LMDB may not survive, it is not touched again. */
  #failure: LogError | null = null;

  constructor(start: WriterStart) {
    this.#path = start.path;
    this.#environment = openEnvironment(start.path);
    this.#ring = new RingConsumer(start.memory);
    this.#dataFile = new DataFile(start.path);
    this.#doorbell = openSync(doorbellFile(start.path), "r+");
    this.#sizeMaxBytes = start.sizeMaxBytes;
  }

  run(): void {
    for (;;) {
      if (this.#trimBefore === 0) this.#ring.wait();
      const record = this.#ring.peek();
      if (record?.kind === RecordKind.Stop) return;
      if (record?.kind === RecordKind.Trim) this.#noteTrim(record);
      else if (record !== null) this.#serve(this.#takeGroup());
      if (this.#trimBefore > 0) this.#trimSome();
    }
  }

  #serve(group: readonly RingRecord[]): void {
    const answer = this.#commit(group);
    // Looked at before the answer: whoever gets it may append again before the next line runs.
    const waiting = this.#ring.available;
    post(answer);
    if (answer.type === "appended") this.#ringDoorbell();
    if (waiting > 0) this.#ring.waitFor(waiting + group.length, GATHER_MS);
  }

  #takeGroup(): readonly RingRecord[] {
    const group: RingRecord[] = [];
    let bytes = 0;
    while (group.length < GROUP_ENTRIES_MAX && bytes < GROUP_BYTES_MAX) {
      const record = this.#ring.peek();
      if (record?.kind !== RecordKind.Append) break;
      this.#ring.take();
      group.push(record);
      bytes += record.length;
    }
    return group;
  }

  #commit(group: readonly RingRecord[]): WriterMessage {
    const count = group.length;
    try {
      if (this.#failure !== null) throw this.#failure;
      let transaction = 0;
      const first = transact(this.#path, this.#environment, () => {
        transaction = this.#environment.getWriteTxnId();
        return this.#put(group);
      });
      this.#newest = { transaction, head: first + count - 1 };
      return { type: "appended", count, first };
    } catch (error) {
      const refusal = this.#refuse(error, "append");
      return { type: "refused", count, code: refusal.code, message: refusal.message };
    }
  }

  /** Apart from the commit: what is durable and answered must not be refused afterwards. */
  #ringDoorbell(): void {
    try {
      writeSync(this.#doorbell, this.#ringByte, 0, 1, 0);
    } catch (error) {
      if (this.#doorbellFailed) return;
      this.#doorbellFailed = true;
      process.emitWarning(
        `The log's doorbell cannot be rung (${String(error)}): entries reach other processes up to 50 ms late. Free disk space, and check the folder's permissions.`,
        { code: "HALCYON_LOG_DOORBELL" },
      );
    }
  }

  #put(group: readonly RingRecord[]): number {
    const fileBytes = readFileBytes(this.#environment);
    this.#assertWithinLimit(fileBytes);
    const bytes = group.reduce((sum, record) => sum + pagedBytes(record.length), 0);
    this.#dataFile.ensureRoomForAppend(this.#environment, fileBytes, bytes);
    const first = this.#currentHead() + 1;
    let position = first;
    for (const { offset, length } of group) {
      finishEntry(this.#ring.view, offset, position);
      const value = this.#ring.bytes.subarray(offset, offset + length);
      const key = encodeKey(position, this.#key);
      if (!putNew(this.#environment, key, value)) {
        throw tornError(`position ${position} is taken although ${first - 1} is the newest`);
      }
      position += 1;
    }
    return first;
  }

  /** Inside a write transaction: the newest position of all processes. */
  #currentHead(): number {
    const transaction = this.#environment.getWriteTxnId();
    // Transactions are numbered without gaps: after our own last one nobody else has written.
    if (transaction !== this.#newest.transaction + 1) return readHead(this.#environment);
    return this.#newest.head;
  }

  #assertWithinLimit(fileBytes: number): void {
    // A file that is not that long cannot hold that much.
    if (fileBytes < this.#sizeMaxBytes) return;
    const { bytes } = readUsage(this.#environment);
    if (bytes >= this.#sizeMaxBytes) throw fullError(bytes, this.#sizeMaxBytes);
  }

  #noteTrim(record: RingRecord): void {
    const before = this.#ring.view.getFloat64(record.offset, true);
    this.#trimBefore = Math.max(this.#trimBefore, before);
    this.#ring.take();
    post({ type: "trim-noted" });
    // Snapshots pinned by readers that were killed would keep trimmed pages from being reused.
    this.#environment.readerCheck();
  }

  #trimSome(): void {
    const before = this.#trimBefore;
    try {
      if (this.#failure !== null) throw this.#failure;
      const done = transact(this.#path, this.#environment, () => this.#removeSome(before));
      if (!done) return;
      this.#trimBefore = 0;
      post({ type: "trimmed", before });
    } catch (error) {
      this.#trimBefore = 0;
      const refusal = this.#refuse(error, "trim");
      post({ type: "trim-refused", code: refusal.code, message: refusal.message });
    }
  }

  /** Removes a bounded number of entries from the front; true when nothing is left to remove. */
  #removeSome(before: number): boolean {
    const first = readMarker(this.#environment) ?? 1;
    const end = Math.min(before, readHead(this.#environment));
    if (first >= end) return true;
    this.#dataFile.ensureRoomForTrim(this.#environment);
    const stop = Math.min(end, first + TRIM_ENTRIES_MAX);
    for (let position = first; position < stop; position += 1) {
      if (!this.#environment.removeSync(encodeKey(position, this.#key))) {
        throw tornError(`entry ${position} is missing`);
      }
    }
    this.#environment.putSync(encodeKey(MARKER_POSITION, this.#key), encodeMarker(stop));
    return stop === end;
  }

  #refuse(error: unknown, doing: string): LogError {
    const refusal = asLogError(error, doing);
    if (refusal.code !== "no-space") this.#failure = refusal;
    return refusal;
  }
}

/** lmdb-js answers whether it put; its types do not know. */
function putNew(environment: Environment, key: Buffer, value: Uint8Array): boolean {
  const written: unknown = environment.putSync(key, value, { noOverwrite: true });
  return written === true;
}

function fullError(bytes: number, sizeMaxBytes: number): LogError {
  return new LogError(
    "no-space",
    `The log's entries take ${bytes} bytes, its limit is ${sizeMaxBytes}. Trim it behind a newer snapshot, or raise the limit; appends then work again by themselves.`,
  );
}

function post(message: WriterMessage): void {
  parentPort?.postMessage(message);
}

new Writer(workerData as WriterStart).run();

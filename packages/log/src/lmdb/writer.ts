import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { LogError } from "../port.ts";
import { busyError } from "../refusals.ts";
import { ENTRY_HEADER_BYTES, startEntry } from "./entry-format.ts";
import { RecordKind, RingProducer } from "./ring.ts";
import type { WriterMessage, WriterStart } from "./writer-messages.ts";

/** Holds several of the largest batches; what does not fit waits here, in order. */
const RING_BYTES = 4 * 1024 * 1024;
const IN_FLIGHT_MAX = 64;
const WAITING_MAX = 1024;
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: LogError) => void;
}

interface Waiting extends Pending<number> {
  readonly batch: Uint8Array;
}

interface PendingTrim extends Pending<void> {
  readonly before: number;
}

/** This process's side of the writer thread, which is started by the first append or trim. */
export class LmdbWriter {
  readonly #path: string;
  readonly #sizeMaxBytes: number;
  readonly #onDurable: () => void;
  readonly #ring = new RingProducer(RING_BYTES);
  #thread: Worker | null = null;
  #failure: LogError | null = null;
  #inFlight: Pending<number>[] = [];
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #trims: PendingTrim[] = [];
  #onIdle: (() => void) | null = null;

  constructor(path: string, sizeMaxBytes: number, onDurable: () => void) {
    this.#path = path;
    this.#sizeMaxBytes = sizeMaxBytes;
    this.#onDurable = onDurable;
  }

  append(batch: Uint8Array): Promise<number> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#start();
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0 && this.#submit(batch, { resolve, reject })) return;
      if (!this.#hasRoomToWait(batch)) return reject(busyError(IN_FLIGHT_MAX));
      // What waits is copied, as what is in flight is: the caller may reuse its buffer at once.
      this.#waiting.push({ batch: Uint8Array.from(batch), resolve, reject });
      this.#waitingBytes += batch.byteLength;
    });
  }

  trim(before: number): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#start();
    const offset = this.#ring.reserve(RecordKind.Trim, 8);
    if (offset < 0) return Promise.reject(busyError(IN_FLIGHT_MAX));
    this.#ring.view.setFloat64(offset, before, true);
    this.#ring.submit();
    return new Promise((resolve, reject) => {
      this.#trims.push({ before, resolve, reject });
    });
  }

  /** Waits for what is in flight, then ends the thread. */
  async close(): Promise<void> {
    if (!this.#isIdle()) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    if (this.#thread === null || this.#failure !== null) return;
    this.#thread.removeAllListeners("exit");
    const exit = once(this.#thread, "exit");
    this.#ring.reserve(RecordKind.Stop, 0);
    this.#ring.submit();
    await exit;
  }

  #hasRoomToWait(batch: Uint8Array): boolean {
    return (
      this.#waiting.length < WAITING_MAX &&
      this.#waitingBytes + batch.byteLength <= WAITING_BYTES_MAX
    );
  }

  #submit(batch: Uint8Array, pending: Pending<number>): boolean {
    if (this.#inFlight.length >= IN_FLIGHT_MAX) return false;
    const offset = this.#ring.reserve(RecordKind.Append, ENTRY_HEADER_BYTES + batch.byteLength);
    if (offset < 0) return false;
    startEntry(this.#ring.view, offset, batch);
    this.#ring.bytes.set(batch, offset + ENTRY_HEADER_BYTES);
    this.#inFlight.push(pending);
    this.#ring.submit();
    return true;
  }

  #submitWaiting(): void {
    let submitted = 0;
    for (const waiting of this.#waiting) {
      if (!this.#submit(waiting.batch, waiting)) break;
      this.#waitingBytes -= waiting.batch.byteLength;
      submitted += 1;
    }
    if (submitted > 0) this.#waiting.splice(0, submitted);
  }

  #start(): void {
    if (this.#thread !== null) return;
    const start: WriterStart = {
      path: this.#path,
      memory: this.#ring.memory,
      sizeMaxBytes: this.#sizeMaxBytes,
    };
    this.#thread = new Worker(new URL("./writer-thread.ts", import.meta.url), {
      workerData: start,
      name: "log-writer",
      execArgv: [],
    });
    this.#thread.on("message", (message: WriterMessage) => this.#receive(message));
    this.#thread.on("error", (error) => this.#fail(error));
    this.#thread.on("exit", () => this.#fail(new Error("it ended by itself")));
  }

  #receive(message: WriterMessage): void {
    switch (message.type) {
      case "appended":
        this.#release(message.count).forEach((append, index) => {
          append.resolve(message.first + index);
        });
        this.#onDurable();
        break;
      case "refused":
        for (const append of this.#release(message.count)) append.reject(toError(message));
        break;
      case "trim-noted":
        this.#ring.release(1);
        break;
      case "trimmed":
        this.#settleTrims(message.before, (trim) => trim.resolve());
        break;
      case "trim-refused":
        this.#settleTrims(Number.POSITIVE_INFINITY, (trim) => trim.reject(toError(message)));
        break;
    }
    this.#submitWaiting();
    if (this.#isIdle()) this.#onIdle?.();
  }

  #release(count: number): readonly Pending<number>[] {
    this.#ring.release(count);
    return this.#inFlight.splice(0, count);
  }

  #settleTrims(before: number, settle: (trim: PendingTrim) => void): void {
    for (const trim of this.#trims.filter((trim) => trim.before <= before)) settle(trim);
    this.#trims = this.#trims.filter((trim) => trim.before > before);
  }

  #isIdle(): boolean {
    return this.#inFlight.length + this.#waiting.length + this.#trims.length === 0;
  }

  #fail(error: Error): void {
    this.#failure ??= new LogError(
      "unavailable",
      `The log's writer thread failed: ${error.message}. Restart this process; what was being appended may or may not be there.`,
      { cause: error },
    );
    for (const pending of [...this.#inFlight, ...this.#waiting, ...this.#trims]) {
      pending.reject(this.#failure);
    }
    this.#inFlight = [];
    this.#waiting = [];
    this.#trims = [];
    this.#onIdle?.();
  }
}

function toError(message: { readonly code: LogError["code"]; readonly message: string }): LogError {
  return new LogError(message.code, message.message);
}

import { busyError } from "../refusals.ts";
import { asLogError, fullError, RequestFailure } from "./failure.ts";
import type { Members } from "./members.ts";
import { putMethod, statusMethod, transactionMethod } from "./messages.ts";
import { deletedError, type LogKeys, type Origin, originOf } from "./origin.ts";

const IN_FLIGHT_MAX = 64;
/** So much a slow disk writes within a request's time; one batch is in flight whatever its size. */
const IN_FLIGHT_BYTES_MAX = 8 * 1024 * 1024;
const WAITING_MAX = 1024;
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
const LOOK_INTERVAL_MS = 250;
/** How many of the last appends tell how fast appends are. */
const LATENCIES_KEPT = 64;

interface Waiting {
  readonly batch: Uint8Array;
  readonly resolve: (position: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Puts batches at the log's key, a bounded number at a time. */
export class Appender {
  readonly #members: Members;
  readonly #keys: LogKeys;
  readonly #origin: Origin;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #inFlight = 0;
  #inFlightBytes = 0;
  #onIdle: (() => void) | null = null;
  readonly #latenciesMs: number[] = [];
  /**
   * etcd carries out the put that fills it and answers it, like all after it, with the same refusal.
   * So that answer leaves open what happened, and once it came nothing is sent that might get it.
   */
  #isFull = false;
  #look: Promise<boolean> | null = null;

  constructor(members: Members, keys: LogKeys, origin: Origin) {
    this.#members = members;
    this.#keys = keys;
    this.#origin = origin;
  }

  append(batch: Uint8Array): Promise<number> {
    const mustWait = this.#waiting.length > 0 || !this.#hasRoomFor(batch);
    if (mustWait && !this.#mayWait(batch)) return Promise.reject(busyError(IN_FLIGHT_MAX));
    return new Promise((resolve, reject) => {
      // The copy lets the caller reuse its buffer at once.
      const waiting = { batch: Uint8Array.from(batch), resolve, reject };
      if (!mustWait) return void this.#send(waiting);
      this.#waiting.push(waiting);
      this.#waitingBytes += batch.byteLength;
    });
  }

  /** The median of the last appends, in milliseconds; 0 before the first. */
  get latencyMs(): number {
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  async idle(): Promise<void> {
    if (this.#inFlight === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #hasRoomFor(batch: Uint8Array): boolean {
    if (this.#inFlight === 0) return true;
    const bytes = this.#inFlightBytes + batch.byteLength;
    return this.#inFlight < IN_FLIGHT_MAX && bytes <= IN_FLIGHT_BYTES_MAX;
  }

  #mayWait(batch: Uint8Array): boolean {
    const bytes = this.#waitingBytes + batch.byteLength;
    return this.#waiting.length < WAITING_MAX && bytes <= WAITING_BYTES_MAX;
  }

  async #send({ batch, resolve, reject }: Waiting): Promise<void> {
    this.#inFlight += 1;
    this.#inFlightBytes += batch.byteLength;
    const beganMs = performance.now();
    try {
      resolve(await this.#put(batch));
    } catch (error) {
      if (error instanceof RequestFailure && error.kind === "no-space") this.#isFull = true;
      reject(asLogError(error, "append"));
    }
    this.#latenciesMs.push(performance.now() - beganMs);
    if (this.#latenciesMs.length > LATENCIES_KEPT) this.#latenciesMs.shift();
    this.#inFlight -= 1;
    this.#inFlightBytes -= batch.byteLength;
    this.#sendWaiting();
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  #sendWaiting(): void {
    let sent = 0;
    for (const waiting of this.#waiting) {
      if (!this.#hasRoomFor(waiting.batch)) break;
      this.#waitingBytes -= waiting.batch.byteLength;
      sent += 1;
      void this.#send(waiting);
    }
    if (sent > 0) this.#waiting.splice(0, sent);
  }

  /** Asks whether the alarm is off; whoever asks meanwhile, and a little later, gets that answer. */
  #hasRoomAgain(): Promise<boolean> {
    this.#look ??= this.#lookForAlarm().finally(() => {
      setTimeout(() => {
        this.#look = null;
      }, LOOK_INTERVAL_MS).unref();
    });
    return this.#look;
  }

  async #lookForAlarm(): Promise<boolean> {
    const { timeoutMs } = this.#members;
    const { errors } = await this.#members.repeat((member) =>
      member.request(statusMethod, Buffer.alloc(0), { timeoutMs }),
    );
    this.#isFull = errors.some((words) => words.includes("NOSPACE"));
    return !this.#isFull;
  }

  async #put(batch: Uint8Array): Promise<number> {
    for (;;) {
      if (this.#isFull && !(await this.#hasRoomAgain())) throw fullError();
      const { createRevision } = this.#origin;
      const position = await (createRevision === null
        ? this.#create(batch)
        : this.#putAfter(createRevision, batch));
      if (position !== null) return position;
    }
  }

  /**
   * The answer brings the entry before, which tells the position and that the log is still the same.
   * A transaction could compare first, and read the new entry back without the old one's bytes; in
   * etcd 3.4 it takes a quarter to a third of the rate.
   */
  async #putAfter(createRevision: number, batch: Uint8Array): Promise<number> {
    const message = this.#keys.append(batch);
    const { timeoutMs } = this.#members;
    const { previous } = await this.#members.once((member) =>
      member.request(putMethod, message, { timeoutMs }),
    );
    // The key was deleted under this process; what was put has no position in this log.
    if (previous?.createRevision !== createRevision) throw deletedError();
    return previous.version + 1;
  }

  /** Null when another writer made the log first: this one can append to it now. */
  async #create(batch: Uint8Array): Promise<number | null> {
    const message = this.#keys.create(batch);
    const { timeoutMs } = this.#members;
    const { succeeded, found } = await this.#members.once((member) =>
      member.request(transactionMethod, message, { timeoutMs }),
    );
    if (!succeeded) {
      const [newest = null, marker = null] = found;
      this.#origin.learn(originOf(newest, marker));
      return null;
    }
    const entry = found.at(-1)!;
    this.#origin.learn(entry.createRevision);
    return entry.version;
  }
}

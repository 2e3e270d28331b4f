import { existsSync, mkdirSync, statSync } from "node:fs";
import { open as openFile, writeFile } from "node:fs/promises";
import { dirname, resolve as resolvePath } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  BATCH_BYTES_MAX,
  type CommandLog,
  type LogEntry,
  LogError,
  type LogPoint,
  RUN_BYTES_MAX,
  RUN_ENTRIES_MAX,
} from "../port.ts";
import {
  assertPosition,
  closedError,
  divergedError,
  tooLargeError,
  trimmedError,
} from "../refusals.ts";
import { WakeUp } from "../wake-up.ts";
import { DataFile } from "./data-file.ts";
import { Doorbell, doorbellFile } from "./doorbell.ts";
import {
  decodeEntry,
  encodeKey,
  encodeMarker,
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
} from "./environment.ts";
import { transact } from "./transaction.ts";
import { verifyEnvironment } from "./verify.ts";
import { LmdbWriter } from "./writer.ts";

export interface LmdbLogOptions {
  /** The environment's folder; made when it is not there. */
  readonly path: string;
  /** Appends are refused while the entries kept take more than this. */
  readonly sizeMaxBytes?: number;
}

const SIZE_MAX_BYTES_DEFAULT = 16 * 1024 ** 3;

/** For the wake-up that file notification loses. */
const POLL_MS = 50;

/** A log in one LMDB environment, which all processes of one machine open at once. */
export class LmdbLog implements CommandLog {
  readonly #environment: Environment;
  readonly #writer: LmdbWriter;
  readonly #wakeUp = new WakeUp();
  readonly #doorbell: Doorbell;
  readonly #key = Buffer.alloc(8);
  #closing: Promise<void> | null = null;

  private constructor(path: string, environment: Environment, sizeMaxBytes: number) {
    this.#environment = environment;
    this.#writer = new LmdbWriter(path, sizeMaxBytes, () => this.#wakeUp.ring());
    this.#doorbell = new Doorbell(path, () => this.#wakeUp.ring());
  }

  /** The check by another process has begun when this returns: meanwhile the caller may load what it needs. */
  static async open(options: LmdbLogOptions): Promise<LmdbLog> {
    const path = resolvePath(options.path);
    makeFolder(path);
    await verifyEnvironment(path);
    const environment = openEnvironment(path);
    try {
      makeMarker(path, environment);
      await makeDurable(path);
    } catch (error) {
      await environment.close();
      throw asLogError(error, `open ${path}`);
    }
    return new LmdbLog(path, environment, options.sizeMaxBytes ?? SIZE_MAX_BYTES_DEFAULT);
  }

  append(batch: Uint8Array): Promise<number> {
    if (this.#closing !== null) return Promise.reject(closedError());
    const bytes = batch.byteLength;
    if (bytes > BATCH_BYTES_MAX) return Promise.reject(tooLargeError(bytes));
    return this.#writer.append(batch);
  }

  async *read(after: LogPoint | null, signal: AbortSignal): AsyncGenerator<readonly LogEntry[]> {
    let next = after === null ? 1 : after.position + 1;
    assertPosition(next, 1);
    this.#doorbell.listen();
    try {
      while (!signal.aborted) {
        const seen = this.#wakeUp.rings;
        const run = this.#look(() => this.#readRun(next, after));
        if (run.length === 0) {
          await this.#wakeUp.wait(seen, signal, POLL_MS);
          continue;
        }
        next += run.length;
        yield run;
        // A reader that has far to go must not keep this process from doing anything else.
        if (run.length > 1) await nextTurn();
      }
    } finally {
      this.#doorbell.unlisten();
    }
  }

  async head(): Promise<LogPoint | null> {
    const position = this.#look(() => readHead(this.#environment));
    return position === 0 ? null : { position, cursor: String(position) };
  }

  async first(): Promise<number> {
    return this.#look(() => this.#first());
  }

  async trim(before: number): Promise<void> {
    if (this.#closing !== null) throw closedError();
    assertPosition(before, Number.MIN_SAFE_INTEGER);
    if (before > 1) await this.#writer.trim(before);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#doorbell.close();
    this.#wakeUp.ring();
    await this.#writer.close();
    await this.#environment.close();
  }

  /** Runs one read on a fresh snapshot and lets go of it, so that trimmed pages can be reused. */
  #look<T>(read: () => T): T {
    if (this.#closing !== null) throw closedError();
    try {
      this.#environment.resetReadTxn();
      return read();
    } catch (error) {
      throw asLogError(error, "read");
    } finally {
      this.#environment.resetReadTxn();
    }
  }

  #readRun(next: number, after: LogPoint | null): readonly LogEntry[] {
    const run: LogEntry[] = [];
    let bytes = 0;
    while (run.length < RUN_ENTRIES_MAX && bytes < RUN_BYTES_MAX) {
      const position = next + run.length;
      // lmdb-js copies the value into memory of its own: the header keeps the batch 8-byte aligned.
      const value = this.#environment.getBinary(encodeKey(position, this.#key));
      if (value === undefined) break;
      const batch = decodeEntry(value, position);
      run.push({ position, cursor: String(position), batch });
      bytes += batch.byteLength;
    }
    if (run.length === 0) this.#assertAtTail(next, after);
    return run;
  }

  /** Nothing lies at `next`: that is the tail, or something to refuse. */
  #assertAtTail(next: number, after: LogPoint | null): void {
    const first = this.#first();
    if (next < first) throw trimmedError(next, first);
    const head = readHead(this.#environment);
    if (after !== null && after.position > head) throw divergedError(after, head);
    if (next <= head) throw tornError(`entry ${next} is missing`);
  }

  #first(): number {
    const first = readMarker(this.#environment);
    if (first === null) throw tornError("its format marker is missing");
    return first;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (!statSync(path).isDirectory()) throw new Error("it is not a folder");
  } catch (error) {
    throw new LogError(
      "unavailable",
      `The log's folder ${path} cannot be used (${String(error)}). Name another folder, or put right what is there.`,
      { cause: error },
    );
  }
}

/** Several processes may open a new folder at once: the write lock lets one of them mark it. */
function makeMarker(path: string, environment: Environment): void {
  if (readMarker(environment) !== null) return;
  const file = new DataFile(path);
  try {
    transact(path, environment, () => {
      if (readMarker(environment) !== null) return;
      file.ensureRoomForAppend(environment, readFileBytes(environment), 0);
      environment.putSync(encodeKey(MARKER_POSITION), encodeMarker(1));
    });
  } finally {
    file.close();
  }
}

/** LMDB syncs its file but not the folders that name it; without them an entry is not on disk. */
async function makeDurable(path: string): Promise<void> {
  const doorbell = doorbellFile(path);
  // The byte that is rung with gets its block now: on a full disk it could not get it later.
  if (!existsSync(doorbell)) await writeFile(doorbell, "\n", { flag: "a", mode: 0o600 });
  for (const folder of [path, dirname(path)]) {
    const handle = await openFile(folder, "r");
    await handle.sync();
    await handle.close();
  }
}

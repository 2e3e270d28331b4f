import { setImmediate as nextTurn } from "node:timers/promises";
import {
  BATCH_BYTES_MAX,
  type CommandLog,
  type LogEntry,
  LogError,
  type LogPoint,
  RUN_BYTES_MAX,
  RUN_ENTRIES_MAX,
} from "./port.ts";
import {
  assertPosition,
  closedError,
  divergedError,
  tooLargeError,
  trimmedError,
} from "./refusals.ts";
import { WakeUp } from "./wake-up.ts";

/** How much a memory log holds before it asks for a trim. */
const MEMORY_BYTES_MAX = 1024 * 1024 * 1024;

/** A log that lives and dies with its process; for tests and for trying things out. */
export class MemoryLog implements CommandLog {
  #entries: LogEntry[] = [];
  #first = 1;
  #bytes = 0;
  #closed = false;
  readonly #wakeUp = new WakeUp();

  async append(batch: Uint8Array): Promise<number> {
    if (this.#closed) throw closedError();
    if (batch.byteLength > BATCH_BYTES_MAX) throw tooLargeError(batch.byteLength);
    if (this.#bytes + batch.byteLength > MEMORY_BYTES_MAX) {
      throw new LogError(
        "no-space",
        `A memory log holds ${MEMORY_BYTES_MAX} bytes. Trim it, or use the LMDB log.`,
      );
    }
    const position = this.#first + this.#entries.length;
    // The copy makes the entry independent of what the writer does with its buffer next.
    this.#entries.push({ position, cursor: String(position), batch: Uint8Array.from(batch) });
    this.#bytes += batch.byteLength;
    // An acknowledgement never comes in the same turn, as with a log that has to reach a disk.
    await nextTurn();
    this.#wakeUp.ring();
    return position;
  }

  async *read(after: LogPoint | null, signal: AbortSignal): AsyncGenerator<readonly LogEntry[]> {
    let next = after === null ? 1 : after.position + 1;
    assertPosition(next, 1);
    while (!signal.aborted) {
      if (this.#closed) throw closedError();
      const seen = this.#wakeUp.rings;
      if (next < this.#first) throw trimmedError(next, this.#first);
      const head = this.#first + this.#entries.length - 1;
      if (after !== null && after.position > head) throw divergedError(after, head);
      const run = this.#run(next);
      if (run.length === 0) {
        await this.#wakeUp.wait(seen, signal);
      } else {
        next += run.length;
        yield run;
      }
    }
  }

  async head(): Promise<LogPoint | null> {
    if (this.#closed) throw closedError();
    const newest = this.#entries.at(-1);
    return newest === undefined ? null : { position: newest.position, cursor: newest.cursor };
  }

  async first(): Promise<number> {
    if (this.#closed) throw closedError();
    return this.#first;
  }

  async trim(before: number): Promise<void> {
    if (this.#closed) throw closedError();
    assertPosition(before, Number.MIN_SAFE_INTEGER);
    const removable = Math.min(before - this.#first, this.#entries.length - 1);
    if (removable <= 0) return;
    for (const entry of this.#entries.splice(0, removable)) this.#bytes -= entry.batch.byteLength;
    this.#first += removable;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wakeUp.ring();
  }

  #run(next: number): readonly LogEntry[] {
    const start = next - this.#first;
    let bytes = 0;
    let end = start;
    while (end < this.#entries.length && end - start < RUN_ENTRIES_MAX) {
      bytes += this.#entries[end]!.batch.byteLength;
      if (bytes > RUN_BYTES_MAX && end > start) break;
      end += 1;
    }
    return this.#entries.slice(start, end);
  }
}

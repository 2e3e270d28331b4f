import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { type LogEntry, LogError, type LogPoint, RUN_BYTES_MAX, RUN_ENTRIES_MAX } from "../port.ts";
import { assertPosition, divergedError, trimmedError } from "../refusals.ts";
import { RequestFailure } from "./failure.ts";
import type { KeyHistory } from "./key-history.ts";
import type { Member } from "./member.ts";
import type { Members } from "./members.ts";
import { encodeRange, type KeyVersion, rangeMethod, type WatchEvent } from "./messages.ts";
import { deletedError, type Origin, tornError } from "./origin.ts";
import { Watch } from "./watch.ts";

/** A watch that is silent for so long is held against what its member has. */
const SILENCE_MS = 250;
const SILENCE_TIMEOUT_MS = 500;
/** Before a watch that gave nothing is opened anew. */
const PAUSE_MS = 30;

export interface ReaderParts {
  readonly members: Members;
  readonly history: KeyHistory;
  readonly key: Buffer;
  readonly origin: Origin;
  readonly openWatch?: typeof Watch.open;
}

/**
 * Follows the key's versions by watching it. A watch may lose events, repeat them, or fall silent,
 * so an entry is handed out only where the one before it was. What a watch lost is looked for by
 * watching anew at another member, and then read version by version.
 */
export class Reader {
  readonly #parts: ReaderParts;
  readonly #openWatch: typeof Watch.open;
  readonly #after: LogPoint | null;
  readonly #silence: Buffer;
  /** The next position to receive; the next one to hand out is that of the first pending entry. */
  #next: number;
  /** The revision from which the next position is to be found; null before the first look. */
  #from: number | null = null;
  #pending: LogEntry[] = [];
  #watch: Watch | null = null;
  /** The position that the last watch lost. */
  #lostAt = 0;
  /** The position that was there already while the watch was silent, when last looked. */
  #lateAt = 0;

  constructor(parts: ReaderParts, after: LogPoint | null) {
    this.#parts = parts;
    this.#openWatch = parts.openWatch ?? Watch.open;
    this.#after = after;
    this.#next = after === null ? 1 : after.position + 1;
    assertPosition(this.#next, 1);
    this.#silence = encodeRange({ key: parts.key, keysOnly: true, serializable: true });
  }

  async *runs(signal: AbortSignal): AsyncGenerator<readonly LogEntry[]> {
    const { origin } = this.#parts;
    try {
      while (!signal.aborted) {
        const next = this.#pending[0]?.position ?? this.#next;
        if (next < origin.first) throw trimmedError(next, origin.first);
        const run = this.#takeRun();
        if (run.length === 0) {
          await unlessAborted(this.#receive(signal), signal);
          continue;
        }
        yield run;
        // A reader that has far to go must not keep this process from doing anything else.
        if (run.length > 1) await nextTurn();
      }
    } finally {
      this.#watch?.close();
    }
  }

  #takeRun(): readonly LogEntry[] {
    let [bytes, count] = [0, 0];
    for (const { batch } of this.#pending) {
      if (count === RUN_ENTRIES_MAX || bytes >= RUN_BYTES_MAX) break;
      bytes += batch.byteLength;
      count += 1;
    }
    return this.#pending.splice(0, count);
  }

  /** One step: a look, a watch, or one answer of the watch. */
  async #receive(signal: AbortSignal): Promise<void> {
    if (this.#from === null) return this.#locate();
    const { members } = this.#parts;
    if (this.#watch !== null && this.#watch.member !== members.preferred) this.#drop();
    if (this.#watch === null) return this.#open(this.#from, signal);
    const watch = this.#watch;
    try {
      const response = await watch.next(signal, SILENCE_MS);
      if (signal.aborted) return;
      if (response === null) return await this.#checkSilence(watch.member);
      if (response.compactRevision > 0) return await this.#skipTo(response.compactRevision);
      for (const event of response.events) {
        if (this.#accept(event)) continue;
        return await this.#recover(watch.member, event.entry);
      }
    } catch (error) {
      if (!(error instanceof RequestFailure) || !error.isOfTheMember) throw error;
      this.#drop();
      members.suspect(watch.member);
      await delay(PAUSE_MS);
    }
  }

  /** Finds where to begin, and refuses a reader who comes from another log. */
  async #locate(): Promise<void> {
    const { history, origin } = this.#parts;
    const { revision, found } = await history.newest();
    const after = this.#after;
    if (found === null && origin.createRevision !== null) throw deletedError();
    origin.learn(found?.createRevision ?? null);
    const head = found?.version ?? 0;
    if (after === null) {
      this.#from = found?.createRevision ?? revision + 1;
      return;
    }
    if (after.position > head || found === null) throw divergedError(after, head);
    const cursor = parseCursor(after.cursor);
    const isOther = cursor.createRevision !== found.createRevision;
    const isMoved = after.position === head && cursor.modRevision !== found.modRevision;
    if (isOther || isMoved) throw otherLogError(after);
    this.#from = cursor.modRevision + 1;
  }

  async #open(from: number, signal: AbortSignal): Promise<void> {
    const { members, key } = this.#parts;
    const watch = await members.repeat((member) => {
      return this.#openWatch(member, key, from, members.timeoutMs);
    });
    if (signal.aborted) watch.close();
    else this.#watch = watch;
  }

  #drop(): void {
    this.#watch?.close();
    this.#watch = null;
  }

  /** Takes the next entry, ignores earlier ones, and says false when one is missing before it. */
  #accept({ isDeletion, entry }: WatchEvent): boolean {
    if (isDeletion) throw deletedError();
    this.#parts.origin.learn(entry.createRevision);
    if (entry.version < this.#next) return true;
    if (entry.version > this.#next) return false;
    this.#push(entry);
    return true;
  }

  #push(entry: KeyVersion): void {
    const cursor = formatCursor(entry);
    // Copied: it must start 8-byte aligned, and must not keep the whole message in memory.
    this.#pending.push({ position: entry.version, cursor, batch: Uint8Array.from(entry.value) });
    this.#next = entry.version + 1;
    this.#from = entry.modRevision + 1;
  }

  /** Nothing came: is there nothing, is it late, is it lost, or does the member not answer at all? */
  async #checkSilence(member: Member): Promise<void> {
    const timeoutMs = Math.min(SILENCE_TIMEOUT_MS, this.#parts.members.timeoutMs);
    const options = { timeoutMs, needsLeader: false };
    const { found } = await member.request(rangeMethod, this.#silence, options);
    if (found === null) return;
    this.#parts.origin.learn(found.createRevision);
    if (found.version < this.#next) return;
    // It may be on its way; the second time it is not.
    if (this.#lateAt === this.#next) await this.#recover(member, found);
    this.#lateAt = this.#next;
  }

  /** The watch left out the next entry. The first remedy is another watch, the second to walk. */
  async #recover(member: Member, later: KeyVersion): Promise<void> {
    const isSecond = this.#lostAt === this.#next;
    this.#lostAt = this.#next;
    this.#drop();
    if (isSecond) await this.#walk(later);
    else this.#parts.members.suspect(member);
  }

  /** Reads version by version what lies before a later one, at most one run of it. */
  async #walk(later: KeyVersion): Promise<void> {
    const { history } = this.#parts;
    const revisions = [later.modRevision];
    for (let { version, modRevision } = later; version > this.#next; ) {
      const earlier = await history.at(modRevision - 1, "keys");
      if (earlier === "compacted") return this.#refuseTrimmed();
      if (earlier?.version !== version - 1) throw tornError(`Position ${version - 1} is missing.`);
      ({ version, modRevision } = earlier);
      revisions.push(modRevision);
    }
    let bytes = 0;
    for (const revision of revisions.reverse().slice(0, RUN_ENTRIES_MAX)) {
      const entry = await history.at(revision, "values");
      if (entry === "compacted") return this.#refuseTrimmed();
      if (entry?.version !== this.#next) throw tornError(`Position ${this.#next} is missing.`);
      this.#push(entry);
      bytes += entry.value.byteLength;
      if (bytes >= RUN_BYTES_MAX) return;
    }
  }

  /** What was asked for lies before the oldest revision kept, which may hold the next entry. */
  async #skipTo(compactRevision: number): Promise<void> {
    this.#drop();
    const entry = await this.#parts.history.at(compactRevision, "values");
    if (entry === "compacted") return; // Trimmed further meanwhile: the next watch says how far.
    const version = entry?.version ?? 0;
    if (version > this.#next) return this.#refuseTrimmed();
    if (entry !== null && version === this.#next) this.#push(entry);
    this.#from = compactRevision + 1;
  }

  async #refuseTrimmed(): Promise<never> {
    const { history, origin } = this.#parts;
    const { version } = await history.oldest(origin.createRevision ?? 1);
    origin.first = Math.max(origin.first, version);
    throw trimmedError(this.#next, version);
  }
}

/** A cursor names the log too, by the revision at which it was made: another log's is refused. */
export function formatCursor({ createRevision, modRevision }: KeyVersion): string {
  return `${createRevision}-${modRevision}`;
}

function parseCursor(cursor: string): { createRevision: number; modRevision: number } {
  const [, createRevision, modRevision] = /^(\d{1,15})-(\d{1,15})$/.exec(cursor) ?? [];
  return { createRevision: Number(createRevision), modRevision: Number(modRevision) };
}

function otherLogError(after: LogPoint): LogError {
  return new LogError(
    "diverged",
    `The cursor "${after.cursor}" at position ${after.position} is not of this log. Put the right log back, or start from a snapshot taken of this log.`,
  );
}

/** Resolves at once when the signal aborts, whatever becomes of the work. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let stop = (): void => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener("abort", stop);
  });
  try {
    await Promise.race([work, aborted]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

import type { CommandLog } from "@halcyon/log";
import type { Clock } from "./clock.ts";
import type { Tally } from "./hash-watch.ts";
import type { Snapshot } from "./snapshot-file.ts";
import type { SnapshotWriter } from "./snapshot-store.ts";

export type SnapshotSchedule = {
  /** A snapshot is due after this long, if a command was applied meanwhile. */
  readonly everyMs: number;
  /** So long after each multiple of it by the time of day: several keepers do not write at once. */
  readonly offsetMs?: number;
  /** After an attempt that came to nothing it is tried again, whatever happened meanwhile. */
  readonly retryMs: number;
  /** And after this many positions, whatever they held. */
  readonly everyPositions: number;
  readonly keep: number;
  /** Entries that stay in the log although every kept snapshot covers them: for whoever is a little behind. */
  readonly marginPositions: number;
  /** How long to wait for the nodes to confirm a state before it is written. */
  readonly confirmMsMax: number;
};

export const snapshotScheduleDefault: SnapshotSchedule = {
  everyMs: 30_000,
  retryMs: 5_000,
  everyPositions: 20_000,
  keep: 3,
  marginPositions: 1_000,
  confirmMsMax: 5_000,
};

/** The replica whose state is kept. */
export type SnapshotSource = {
  readonly position: number;
  capture(): Snapshot | null;
  tally(): Tally;
  stats(): { readonly phase: string; readonly commandsApplied: number };
};

export type SnapshotWritten = {
  readonly position: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly kept: readonly number[];
  /** The log's oldest entry now. */
  readonly logFirst: number;
};

export type SnapshotKeeperOptions = {
  readonly source: SnapshotSource;
  readonly store: SnapshotWriter;
  readonly log: Pick<CommandLog, "first" | "trim">;
  readonly clock: Clock;
  readonly schedule: SnapshotSchedule;
  readonly onWritten: (written: SnapshotWritten) => void;
  /** The nodes do not confirm this state: it is not kept. */
  readonly onRefused: (reason: string) => void;
  readonly onFailed: (error: unknown) => void;
};

const lookIntervalMs = 200;
const confirmIntervalMs = 20;
/** At a stop the nodes have mostly stopped before, and confirm nothing any more. */
const confirmAtStopMsMax = 200;
/** With one good snapshot only, the whole log stays: that one file may turn out to be damaged. */
const goodBeforeTrimMin = 2;

/** Writes snapshots when they are due, and trims the log behind the oldest that is kept. */
export class SnapshotKeeper {
  readonly #options: SnapshotKeeperOptions;
  #stopLooking: () => void = () => {};
  #writing: Promise<void> | null = null;
  #lastPosition = 0;
  #lastCommands = 0;
  #dueAtMs = 0;
  #failure: string | null = null;
  #stopping = false;

  constructor(options: SnapshotKeeperOptions) {
    this.#options = options;
  }

  /** Why the latest attempt came to nothing; null when it did not. */
  get failure(): string | null {
    return this.#failure;
  }

  async start(): Promise<void> {
    const { store, clock } = this.#options;
    this.#lastPosition = (await store.positions())[0] ?? 0;
    this.#schedule();
    this.#stopLooking = clock.every(lookIntervalMs, () => {
      if (this.#isDue()) void this.write();
    });
  }

  /** Ends the schedule, with one more snapshot if there is anything new: the next start is the quicker for it. */
  async stop(): Promise<void> {
    this.#stopLooking();
    this.#stopping = true;
    await this.#writing;
    if (this.#hasNews()) await this.write();
  }

  /** One at a time: a call during another gets that one's end. Never rejects. */
  write(): Promise<void> {
    this.#writing ??= this.#tryWrite().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  #hasNews(): boolean {
    const { source } = this.#options;
    return (
      source.position > this.#lastPosition && source.stats().commandsApplied !== this.#lastCommands
    );
  }

  #isDue(): boolean {
    const { source, clock, schedule } = this.#options;
    if (this.#writing !== null || source.stats().phase !== "following") return false;
    const isTime = clock.nowMs() >= this.#dueAtMs;
    // The time decides alone, so that a full disk is not tried without pause.
    if (this.#failure !== null) return isTime;
    const isFar = source.position - this.#lastPosition >= schedule.everyPositions;
    return isFar || (isTime && this.#hasNews());
  }

  #schedule(): void {
    const { clock, schedule } = this.#options;
    const { everyMs, offsetMs, retryMs } = schedule;
    const passedMs = offsetMs === undefined ? 0 : (clock.wallMs() - offsetMs) % everyMs;
    const waitMs = this.#failure === null ? everyMs - passedMs : Math.min(retryMs, everyMs);
    this.#dueAtMs = clock.nowMs() + waitMs;
  }

  async #tryWrite(): Promise<void> {
    const { onFailed, onRefused } = this.#options;
    try {
      this.#failure = await this.#writeOnce();
      if (this.#failure !== null) onRefused(this.#failure);
    } catch (error) {
      this.#failure = `the snapshot could not be written: ${String(error)}`;
      onFailed(error);
    } finally {
      this.#schedule();
    }
  }

  /** Null when it is written; else why it was refused. */
  async #writeOnce(): Promise<string | null> {
    const { source, store, clock, schedule, onWritten } = this.#options;
    const startedAtMs = clock.nowMs();
    const snapshot = source.capture();
    if (snapshot === null) return "there is no state to keep";
    const { commandsApplied } = source.stats();
    const refused = await this.#confirm(snapshot.position);
    if (refused !== null) return refused;
    const bytes = await store.write(snapshot);
    const kept = await store.prune(schedule.keep);
    this.#lastPosition = snapshot.position;
    this.#lastCommands = commandsApplied;
    const logFirst = await this.#trim(kept);
    const durationMs = clock.nowMs() - startedAtMs;
    onWritten({ position: snapshot.position, bytes, durationMs, kept, logFirst });
    return null;
  }

  /** Waits until the nodes' claims cover the position. When nobody says anything, nobody objects. */
  async #confirm(position: number): Promise<string | null> {
    const { source, clock, schedule } = this.#options;
    const beganAtMs = clock.nowMs();
    const isInTime = () => {
      const waitMsMax = this.#stopping
        ? Math.min(confirmAtStopMsMax, schedule.confirmMsMax)
        : schedule.confirmMsMax;
      return clock.nowMs() - beganAtMs < waitMsMax;
    };
    while (source.tally().confirmedPosition < position && isInTime()) {
      await new Promise<void>((resolve) => clock.after(confirmIntervalMs, resolve));
    }
    const { confirmedPosition, disagree, agree } = source.tally();
    if (confirmedPosition >= position || disagree === 0) return null;
    return `the state at position ${position} is disputed: ${agree} nodes agree, ${disagree} do not`;
  }

  async #trim(kept: readonly number[]): Promise<number> {
    const { log, schedule } = this.#options;
    const oldest = kept.at(-1);
    const first = await log.first();
    if (oldest === undefined || kept.length < Math.min(goodBeforeTrimMin, schedule.keep)) {
      return first;
    }
    const before = oldest + 1 - schedule.marginPositions;
    if (before <= first) return first;
    await log.trim(before);
    return log.first();
  }
}

import { type CommandLog, type LogEntry, LogError, type LogPoint } from "@halcyon/log";
import type { Clock } from "./clock.ts";

export type FollowOptions = {
  readonly log: Pick<CommandLog, "head" | "read">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Between two looks at the log; 0: each entry is read as it comes. */
  readonly restMs: number;
  /** The last entry that was applied: reading goes on behind it, also after a failure. */
  readonly after: () => LogPoint | null;
  readonly apply: (entry: LogEntry) => void;
  readonly onReadFailed: (error: LogError, retryInMs: number) => void;
  readonly retryDelayMsMin: number;
  readonly retryDelayMsMax: number;
};

/** Applying holds the thread; after this long everybody else has a turn. */
const turnMsMax = 4;

/**
 * Reads the log and applies entry by entry until the signal aborts. A log that cannot be reached is
 * tried again without end, with pauses; everything else that goes wrong rejects.
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { clock, signal, retryDelayMsMin, retryDelayMsMax } = options;
  let retryDelayMs = 0;
  while (!signal.aborted) {
    const before = options.after()?.position ?? 0;
    try {
      await (options.restMs === 0 ? readOn(options, Infinity) : readInSteps(options));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof LogError) || error.code !== "unavailable") throw error;
      const progressed = (options.after()?.position ?? 0) > before;
      retryDelayMs = progressed
        ? retryDelayMsMin
        : Math.min(retryDelayMsMax, Math.max(retryDelayMsMin, retryDelayMs * 2));
      options.onReadFailed(error, retryDelayMs);
      await pause(clock, retryDelayMs, signal);
    }
  }
}

/** For who is in no hurry: what came in between is read in one go, which costs the engine least. */
async function readInSteps(options: FollowOptions): Promise<void> {
  const { log, clock, signal, after, restMs } = options;
  while (!signal.aborted) {
    const head = (await log.head())?.position ?? 0;
    // A log that is behind its reader is looked at too: reading says what is wrong.
    if (head !== (after()?.position ?? 0)) await readOn(options, head);
    await pause(clock, restMs, signal);
  }
}

/** Returns once the position is applied, or the signal aborts. */
async function readOn(options: FollowOptions, position: number): Promise<void> {
  const { log, clock, signal, after, apply } = options;
  let turnBeganMs = clock.nowMs();
  for await (const run of log.read(after(), signal)) {
    for (const entry of run) {
      if (signal.aborted) return;
      const expected = (after()?.position ?? 0) + 1;
      if (entry.position !== expected) {
        throw new Error(`the log gave position ${entry.position} where ${expected} comes next`);
      }
      apply(entry);
      if (clock.nowMs() - turnBeganMs >= turnMsMax) {
        await new Promise<void>((resolve) => clock.defer(resolve));
        turnBeganMs = clock.nowMs();
      }
    }
    if ((after()?.position ?? 0) >= position) return;
  }
  if (!signal.aborted) throw new Error("the log ended its stream although nobody asked it to");
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal.addEventListener("abort", done);
  });
}

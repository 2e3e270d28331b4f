import type { Venue } from "@halcyon/core";
import type { CommandLog } from "@halcyon/log";
import type { Snapshot } from "@halcyon/replica";
import type { Random } from "./world/random.ts";

/**
 * Where a bug can be planted, to prove that it would be found. Nothing outside this package can reach
 * these; a run without plants has an empty one.
 */
export type Sabotage = {
  /** Around the log of one node. */
  readonly log?: (log: CommandLog, node: SabotagedNode) => CommandLog;
  /** At the venue of one node, once it is restored. */
  readonly venue?: (venue: Venue, node: SabotagedNode) => void;
  /** At a snapshot on its way to the shelf. */
  readonly snapshot?: (snapshot: Snapshot) => Snapshot;
  readonly edge?: {
    /** Each attempt gets a request id of its own. */
    readonly newIdPerAttempt?: boolean;
    /** Attempts after the first are not marked as such. */
    readonly forgetsMayHaveRun?: boolean;
    /** A request that timed out is told to be surely not executed. */
    readonly timeoutIsNotExecuted?: boolean;
    /** Its request ids repeat. */
    readonly reusesIds?: boolean;
  };
  readonly node?: {
    /** Answers as soon as the log has taken the batch, not the state. */
    readonly answersBeforeApply?: boolean;
    /** Does not wait for the position that the client has seen. */
    readonly readsStale?: boolean;
    /** Says a newer position than the one it read. */
    readonly overstatesPosition?: boolean;
    /** Tells a depth subscriber nothing of some change. */
    readonly dropsDepth?: boolean;
    /** An outcome that is unknown is told as surely not executed. */
    readonly unknownIsShed?: boolean;
  };
};

export type SabotagedNode = {
  readonly index: number;
  readonly random: Random;
  /** Runs after the delay, unless the process has died. */
  readonly after: (delayMs: number, task: () => void) => void;
};

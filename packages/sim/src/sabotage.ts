import type { Venue } from "@halcyon/core";
import type { CommandLog } from "@halcyon/log";
import type { Snapshot } from "@halcyon/replica";

/**
 * Where a bug can be planted, to prove that it would be found. Nothing outside this package can reach
 * these; a run without plants has an empty one.
 */
export type Sabotage = {
  /** Around the log of one node. */
  readonly log?: (log: CommandLog, node: number) => CommandLog;
  /** At the venue of one process, whenever it begins to follow; -1: the follower's. */
  readonly venue?: (venue: Venue, node: number) => void;
  /** At a snapshot on its way to the shelf. */
  readonly snapshot?: (snapshot: Snapshot) => Snapshot;
  readonly edge?: {
    /** Each attempt gets a request id of its own. */
    readonly newIdPerAttempt?: boolean;
    /** At the end it no longer knows that some node may have executed the request. */
    readonly forgetsMayHaveRun?: boolean;
    /** A request that timed out is told to be surely not executed. */
    readonly timeoutIsNotExecuted?: boolean;
    /** Its request ids repeat. */
    readonly reusesIds?: boolean;
  };
  readonly node?: {
    /** Takes what it could not place for placed: answers from its own state before anything is in the log. */
    readonly answersBeforeDurable?: boolean;
    /** Does not wait for the position that the client has seen. */
    readonly readsStale?: boolean;
    /** Says a newer position than the one it read. */
    readonly overstatesPosition?: boolean;
    /** Tells a depth subscriber nothing of some change. */
    readonly dropsDepth?: boolean;
    /** An outcome that is unknown is told as surely not executed. */
    readonly unknownIsShed?: boolean;
    /** With an old program, it takes the command that raises the rules for a refused one. */
    readonly ignoresNewRules?: boolean;
  };
};

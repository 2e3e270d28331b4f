import type { AppendedBatch } from "./submitter.ts";

/** What a replica tells the process it runs in. All optional; none may throw. */
export type ReplicaListener = {
  /** While catching up, a few times a second. */
  readonly onProgress?: (position: number, head: number) => void;
  /** The head that the log had at the start is reached. */
  readonly onCaughtUp?: (position: number) => void;
  /** Its peers say its state is wrong. It serves nothing any more; the process should end, to be started again from a snapshot. */
  readonly onQuarantine?: (reason: string) => void;
  /** It cannot go on: damaged log, a command of a newer version, a bug. The process should end. */
  readonly onFailure?: (error: unknown) => void;
  /** Somebody should look: a peer's state differs from the majority's, or nobody can tell whose. */
  readonly onAlarm?: (message: string) => void;
  /** A projection threw: what it answers may be wrong from now on. Told at most once a second. */
  readonly onProjectionFailure?: (projection: string, error: unknown) => void;
  /** Worth a line in the log. */
  readonly onNotice?: (message: string) => void;
  readonly onAppended?: (batch: AppendedBatch) => void;
  readonly onLogFailure?: (operation: "append" | "read", error: unknown, retryInMs: number) => void;
};

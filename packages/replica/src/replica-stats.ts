import type { Lane } from "./outcome.ts";

/** `restoring` -> `catching-up` -> `following` -> `stopping` -> `stopped`; `quarantined` and `failed` are final. */
export type ReplicaPhase =
  | "new"
  | "restoring"
  | "catching-up"
  | "following"
  | "quarantined"
  | "failed"
  | "stopping"
  | "stopped";

/** Fit to be answered at /readyz as it is. */
export type ReplicaHealth = {
  readonly ok: boolean;
  readonly status: string;
  readonly reasons: readonly string[];
};

/** Plain numbers for metrics; counts only rise within one process. */
export type ReplicaStats = {
  readonly phase: ReplicaPhase;
  readonly position: number;
  readonly headAtStart: number;
  /** This node's time less that of the newest batch applied; 0 before the first. */
  readonly lagMs: number;
  readonly logTimeMs: number;
  readonly stateHash: string;
  readonly batchesApplied: number;
  readonly commandsApplied: number;
  readonly appends: number;
  readonly appendFailures: number;
  readonly readFailures: number;
  readonly projectionFailures: number;
  readonly appendsInFlight: number;
  readonly unappliedBatches: number;
  readonly waiters: number;
  readonly unknownOutcomes: number;
  readonly queued: Readonly<Record<Lane, number>>;
  readonly shed: Readonly<Record<Lane, number>>;
  readonly peersAgreeing: number;
  readonly peersDisagreeing: number;
};

import { laneLimitsDefault } from "./lanes.ts";
import type { SubmitterLimits } from "./submitter.ts";

export type ReplicaLimits = SubmitterLimits & {
  /**
   * Requests that wait for a position at once. On three nodes together fewer than an edge has in
   * flight, or whoever names positions that never come would keep everybody else out.
   */
  readonly waitersMax: number;
  /** How often ages, timeouts and ticks are looked at. */
  readonly housekeepingIntervalMs: number;
  /** A node is not ready when none of its own batches came back for this long. */
  readonly readySilenceMsMax: number;
  /**
   * Between two looks at the log. 0, for who answers clients: each entry is applied as it comes.
   * More, for who only keeps the state: what came meanwhile is read in one go.
   */
  readonly restMs: number;
  /** How long an orderly stop waits for what is under way. */
  readonly stopMsMax: number;
};

export const replicaLimitsDefault: ReplicaLimits = {
  lanes: laneLimitsDefault,
  appendsInFlightMax: 2,
  appendStuckAfterMs: 250,
  appendBeatMs: 0,
  unappliedBatchesMax: 16,
  batchCommandsMax: 2_048,
  outcomeTimeoutMs: 5_000,
  tickIntervalMs: 250,
  retryDelayMsMin: 50,
  retryDelayMsMax: 1_000,
  waitersMax: 512,
  housekeepingIntervalMs: 25,
  readySilenceMsMax: 2_000,
  restMs: 0,
  stopMsMax: 5_000,
};

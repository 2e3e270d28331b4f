export { type Clock, systemClock } from "./clock.ts";
export type { StateHash, Tally, Verdict } from "./hash-watch.ts";
export { type Encode, type LaneLimit, type LaneLimits, laneLimitsDefault } from "./lanes.ts";
export { type ReplicaLimits, replicaLimitsDefault } from "./limits.ts";
export type { ReplicaListener } from "./listener.ts";
export { LogReplica, type ReplicaOptions } from "./log-replica.ts";
export { type Lane, lanes, type Outcome } from "./outcome.ts";
export { type CommandContext, CommandEvents, type Projection } from "./projection.ts";
export type { Replica } from "./replica.ts";
export type { ReplicaHealth, ReplicaPhase, ReplicaStats } from "./replica-stats.ts";
export { RestoreError } from "./restore.ts";
export type { Snapshot } from "./snapshot-file.ts";
export { SnapshotFileError } from "./snapshot-file.ts";
export {
  SnapshotKeeper,
  type SnapshotKeeperOptions,
  type SnapshotSchedule,
  type SnapshotSource,
  type SnapshotWritten,
  snapshotScheduleDefault,
} from "./snapshot-keeper.ts";
export { type SnapshotReader, SnapshotStore, type SnapshotWriter } from "./snapshot-store.ts";
export type { AppendedBatch } from "./submitter.ts";

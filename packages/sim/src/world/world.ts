import type { Recorder } from "../recorder.ts";
import type { Sabotage } from "../sabotage.ts";
import type { FaultCounts } from "./faults.ts";
import type { LogEngine } from "./log-engine.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SnapshotShelf } from "./sim-snapshots.ts";

/** What there is besides the processes: time, the disks, and the observer. */
export type World = {
  readonly scheduler: Scheduler;
  readonly engine: LogEngine;
  readonly shelf: SnapshotShelf;
  readonly recorder: Recorder;
  readonly faults: FaultCounts;
  readonly sabotage: Sabotage;
  /** Numbers of its own for each part, so that one part's draws do not move another's. */
  readonly random: (stream: string) => Random;
};

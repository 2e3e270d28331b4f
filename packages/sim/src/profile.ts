import { laneLimitsDefault, type ReplicaLimits, type SnapshotSchedule } from "@halcyon/replica";
import { fairWeather, type LogWeather } from "./world/log-engine.ts";
import type { Random } from "./world/random.ts";

/** What one seed's run is like. Each fault is absent from about half of the runs, so that rare mixes come up. */
export type Profile = {
  readonly durationMs: number;
  readonly traders: number;
  readonly thinkMsMax: number;
  /** Mean pause between two faults of the fault maker. */
  readonly faultPauseMs: number;
  readonly faultKinds: readonly FaultKind[];
  readonly weather: LogWeather;
  readonly limits: Partial<ReplicaLimits>;
  readonly snapshots: SnapshotSchedule;
};

export const faultKinds = [
  "kill node",
  "crash at a point",
  "kill all nodes",
  "drain node",
  "pause node",
  "cut node",
  "stall log",
  "kill follower",
  "pause follower",
  "kill edge",
  "damage snapshot",
  "clock jumps",
  "clock stops",
  "clock drifts",
  "burst",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export function drawProfile(random: Random): Profile {
  const maybe = (most: number) => (random.chance(0.5) ? random.unit() * most : 0);
  const isTight = random.chance(0.4);
  return {
    durationMs: random.between(20_000, 60_000),
    traders: random.between(2, 6),
    thinkMsMax: random.pick([40, 200, 800]),
    faultPauseMs: random.pick([500, 1_500, 5_000]),
    faultKinds: faultKinds.filter(() => random.chance(0.5)),
    weather: {
      writeMsMax: random.pick([2, 10, 200]),
      answerMsMax: random.pick([1, 20, 400]),
      deliveryMsMax: random.pick([2, 20, 500]),
      reorders: random.chance(0.5),
      refused: maybe(0.05),
      lostRequest: maybe(0.05),
      lostAnswer: maybe(0.05),
      lateWrite: maybe(0.05),
      doubleWrite: maybe(0.05),
      readBreaks: maybe(0.02),
    },
    limits: isTight ? tightLimits(random) : {},
    snapshots: {
      everyMs: random.between(1_500, 10_000),
      everyPositions: random.between(50, 600),
      keep: 3,
      marginPositions: random.pick([0, 5, 100]),
      confirmMsMax: 2_000,
    },
  };
}

/** Limits so small that the load of a simulation reaches them. */
function tightLimits(random: Random): Partial<ReplicaLimits> {
  const queuedMax = random.between(2, 20);
  const tight = { ageMsMax: random.between(20, 400), queuedMax, perBatchMax: 4, retryAfterMs: 500 };
  return {
    lanes: { ...laneLimitsDefault, normal: tight, bulk: { ...tight, perBatchMax: 1 } },
    appendsInFlightMax: random.between(1, 3),
    unappliedBatchesMax: random.between(1, 4),
    batchCommandsMax: random.between(1, 8),
    outcomeTimeoutMs: random.between(200, 5_000),
    waitersMax: random.between(1, 50),
  };
}

/** What the world is like before the faults begin, and after they end. */
export const calmWeather: LogWeather = fairWeather;

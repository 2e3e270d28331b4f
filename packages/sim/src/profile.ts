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
  readonly rules: RulesRise;
};

/** When the venue's rules are raised, and which nodes run a program that does not know them. */
export type RulesRise = {
  /** After the load began; 0: before it; null: never. */
  readonly atMs: number | null;
  readonly oldNodes: readonly number[];
  /** The old nodes get the new program so long after the rise. */
  readonly upgradeAfterMs: number;
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
  const durationMs = random.between(8_000, 24_000);
  const profile = {
    durationMs,
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
    rules: drawRise(random, durationMs),
  };
  // What was thought of later is drawn last, so that each seed stays the run that it was.
  const appendStuckAfterMs = isTight ? random.between(10, 1_000) : 250;
  const retryMs = random.between(200, 5_000);
  return {
    ...profile,
    limits: { ...profile.limits, appendStuckAfterMs },
    snapshots: { ...profile.snapshots, retryMs },
  };
}

function drawRise(random: Random, durationMs: number): RulesRise {
  const isMidway = random.chance(0.35);
  return {
    atMs: isMidway ? random.below(durationMs) : random.chance(0.92) ? 0 : null,
    // Never all: somebody must know the rules that are asked for.
    oldNodes: isMidway && random.chance(0.5) ? [0, 1, 2].slice(random.between(1, 2)) : [],
    upgradeAfterMs: random.between(1_000, durationMs),
  };
}

/** What is taken away from a run to make it smaller. */
export type Narrowing = {
  readonly traders?: number;
  readonly durationMs?: number;
  /** Commands of the traders in all. */
  readonly requests?: number;
  readonly without?: readonly FaultKind[];
  /** The log is in a good mood. */
  readonly calm?: boolean;
};

export function narrowed(profile: Profile, by: Narrowing): Profile {
  return {
    ...profile,
    traders: Math.min(profile.traders, by.traders ?? profile.traders),
    durationMs: Math.min(profile.durationMs, by.durationMs ?? profile.durationMs),
    faultKinds: profile.faultKinds.filter((kind) => by.without?.includes(kind) !== true),
    weather: by.calm === true ? calmWeather : profile.weather,
  };
}

/** Limits so small that the load of a simulation reaches them. */
function tightLimits(random: Random): Partial<ReplicaLimits> {
  const queuedMax = random.between(2, 20);
  const tight = { ageMsMax: random.between(20, 400), queuedMax, perBatchMax: 4, retryAfterMs: 500 };
  return {
    lanes: { ...laneLimitsDefault, normal: tight, bulk: { ...tight, perBatchMax: 1 } },
    appendsInFlightMax: random.between(1, 3),
    appendBeatMs: random.between(0, 1) * random.between(1, 30),
    unappliedBatchesMax: random.between(1, 4),
    batchCommandsMax: random.between(1, 8),
    outcomeTimeoutMs: random.between(200, 5_000),
    waitersMax: random.between(1, 50),
  };
}

/** What the world is like before the faults begin, and after they end. */
export const calmWeather: LogWeather = fairWeather;

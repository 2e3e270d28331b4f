import { median, thousands } from "./figures.ts";

/** How a figure is written and judged. Its meaning stands in README.md. */
export type Figure = {
  readonly title: string;
  readonly unit:
    | "per-second"
    | "ratio"
    | "us"
    | "bytes"
    | "megabytes"
    | "seconds"
    | "count"
    | "share";
  /** What the venue promises of it, where it promises something. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Which way is better; without one, it only describes the run. */
  readonly better?: "more" | "less";
  /** What several runs come to, where it is not the median. */
  readonly over?: "greatest" | "least";
  /** With another revision: shown, but not judged, because it rests on a handful of samples. */
  readonly tooFewToJudge?: true;
};

export const coreFigures: Readonly<Record<string, Figure>> = {
  applyPerSecond: {
    title: "apply",
    unit: "per-second",
    atLeast: 15_000_000,
    better: "more",
  },
  nodejsOrderBookPerSecond: { title: "nodejs-order-book (no balances)", unit: "per-second" },
  applyRatio: { title: "apply, beside nodejs-order-book", unit: "ratio", atLeast: 18 },
  wholePerSecond: {
    title: "check + decode, apply, encode events, hash",
    unit: "per-second",
    atLeast: 5_000_000,
    better: "more",
  },
  wholeRatio: { title: "the same, beside nodejs-order-book", unit: "ratio" },
  plainPerSecond: {
    title: "apply, no market rules, no self-trade check",
    unit: "per-second",
    better: "more",
  },
  scavengesPer3M: {
    title: "scavenges in 3 M commands",
    unit: "count",
    atMost: 5,
    better: "less",
    tooFewToJudge: true,
  },
  majorCollectionsPer3M: { title: "major collections in 3 M commands", unit: "count" },
  allocatedBytesPerCommand: { title: "allocated a command", unit: "bytes", better: "less" },
  latencyP50Us: { title: "one command, p50", unit: "us", better: "less" },
  latencyP99Us: { title: "one command, p99", unit: "us", better: "less" },
  latencyP999Us: {
    title: "one command, p99.9",
    unit: "us",
    better: "less",
    tooFewToJudge: true,
  },
  latencyP9999Us: {
    title: "one command, p99.99",
    unit: "us",
    atMost: 50,
    better: "less",
    tooFewToJudge: true,
  },
  latencyWorstUs: {
    title: "one command, worst",
    unit: "us",
    better: "less",
    over: "greatest",
    tooFewToJudge: true,
  },
  latencyTimerUs: { title: "of each of these the clock itself", unit: "us" },
  latencyInterruptions: { title: "times the thread lost its processor, a run", unit: "count" },
  latencyCpuShare: { title: "share of the time it had a processor", unit: "share", over: "least" },
  replayPerSecond: {
    title: "replay from LMDB until it follows",
    unit: "per-second",
    atLeast: 3_000_000,
    better: "more",
  },
  replaySmallBatchesPerSecond: {
    title: "the same, 100 commands a batch",
    unit: "per-second",
    better: "more",
  },
  replayWithViewsPerSecond: {
    title: "the same, full batches, with a node's views",
    unit: "per-second",
    better: "more",
  },
  largePerSecond: { title: "large case, apply", unit: "per-second", better: "more" },
  largeToSmallRatio: {
    title: "large case, beside the common flow",
    unit: "ratio",
    atLeast: 0.5,
    better: "more",
  },
  largeResidentBytes: {
    title: "large case, resident memory",
    unit: "megabytes",
    atMost: 1_500_000_000,
    better: "less",
  },
  largeResidentPeakBytes: { title: "large case, its peak until then", unit: "megabytes" },
  largeSnapshotBytes: { title: "large case, snapshot", unit: "megabytes", better: "less" },
  largeSaveSeconds: { title: "large case, save", unit: "seconds", better: "less" },
  largeRestoreSeconds: {
    title: "large case, restore in a fresh process",
    unit: "seconds",
    atMost: 3,
    better: "less",
  },
  largeRestoredResidentBytes: {
    title: "large case, resident memory once restored",
    unit: "megabytes",
  },
};

/** What the values of several runs come to. */
export function summary({ over }: Figure, values: readonly number[]): number {
  if (over === undefined) return median(values);
  return over === "greatest" ? Math.max(...values) : Math.min(...values);
}

export function meetsBar({ atLeast, atMost }: Figure, value: number): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

export function barText(figure: Figure): string {
  const { atLeast, atMost, unit } = figure;
  if (atLeast !== undefined) return `at least ${valueText(unit, atLeast)}`;
  return atMost === undefined ? "" : `at most ${valueText(unit, atMost)}`;
}

export function valueText(unit: Figure["unit"], value: number): string {
  switch (unit) {
    case "per-second":
      return `${thousands(value)}/s`;
    case "ratio":
      return `${value.toFixed(2)} x`;
    case "us":
      return `${value.toFixed(2)} us`;
    case "bytes":
      return `${value.toFixed(1)} B`;
    case "megabytes":
      return `${thousands(value / 1e6)} MB`;
    case "seconds":
      return `${value.toFixed(2)} s`;
    case "count":
      return value.toFixed(0);
    case "share":
      return `${(value * 100).toFixed(0)} %`;
  }
}

/** What a drill found. Times in milliseconds; null: the drill has nothing to measure there. */
export type DrillReport = {
  readonly drill: string;
  /** Orders and cancels that were acknowledged during the drill. */
  readonly acknowledged: number;
  /** Acknowledged, but not in the log. */
  readonly lost: number;
  /** Executed more than once. */
  readonly doubled: number;
  /** Took effect before something that had been acknowledged when they were asked for. */
  readonly reordered: number;
  /** Answers that the venue's reference does not give to the same log. */
  readonly wrongAnswers: number;
  /** Requests that ended in an error, whatever the client tried. */
  readonly failedRequests: number;
  /** Requests refused with a time to wait, as an overloaded or halted venue may. */
  readonly refusedRequests: number;
  /** The longest time without any acknowledgement. */
  readonly longestGapMs: number;
  /** From the first request that ran into the dead part to the last; where clients see that part, of the slowest client. */
  readonly reroutedMs: number | null;
  /** From the end of the fault to the next acknowledgement. */
  readonly resumedMs: number | null;
  /** From the end of the fault until every process was ready again. */
  readonly recoveredMs: number | null;
  /** Latency of what was acknowledged to clients that behave, of cancels apart. */
  readonly p99Ms: number;
  readonly cancelP99Ms: number;
  readonly hashesEqual: boolean;
  /** More that one drill has to say. */
  readonly notes: readonly string[];
  /** What does not hold of the drill's bars, in words; empty: it passed. */
  readonly missed: readonly string[];
};

export type Bars = {
  readonly failedRequestsMax?: number;
  readonly longestGapMsMax?: number;
  readonly reroutedMsMax?: number;
  readonly resumedMsMax?: number;
  readonly p99MsMax?: number;
  readonly cancelP99MsMax?: number;
};

type Measured = Omit<DrillReport, "missed">;

/** Holds a drill's figures against its bars. Nothing lost, doubled, reordered or wrong goes without saying. */
export function judge(measured: Measured, bars: Bars): DrillReport {
  const missed: string[] = [];
  const atMost = (name: keyof Measured, value: number | null, max: number | undefined) => {
    if (max === undefined || value === null || value <= max) return;
    missed.push(`${name} is ${Math.round(value)}, at most ${max} is allowed`);
  };
  for (const name of ["lost", "doubled", "reordered", "wrongAnswers"] as const) {
    atMost(name, measured[name], 0);
  }
  atMost("failedRequests", measured.failedRequests, bars.failedRequestsMax);
  atMost("longestGapMs", measured.longestGapMs, bars.longestGapMsMax);
  atMost("reroutedMs", measured.reroutedMs, bars.reroutedMsMax);
  atMost("resumedMs", measured.resumedMs, bars.resumedMsMax);
  atMost("p99Ms", measured.p99Ms, bars.p99MsMax);
  atMost("cancelP99Ms", measured.cancelP99Ms, bars.cancelP99MsMax);
  if (!measured.hashesEqual) missed.push("state hashes differ between nodes");
  if (measured.acknowledged === 0) missed.push("nothing was acknowledged");
  return { ...measured, missed };
}

const windowSeconds = 10;
/** Buckets per doubling, from 0.05 ms up: a percentile is exact to about a fifth. */
const perDoubling = 4;
const leastMs = 0.05;
const bucketCount = 80;

export type Traffic = {
  /** Answered requests, over the last ten whole seconds. */
  readonly requestsPerSecond: number;
  /** Of those; null: there were none. */
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
};

/** How many requests were answered lately, and how quickly. */
export class TrafficMeter {
  readonly #nowMs: () => number;
  /** A second's counts each; the one under way too. */
  readonly #seconds = Array.from({ length: windowSeconds + 1 }, () => ({
    second: -1,
    counts: new Uint32Array(bucketCount),
  }));

  /** `nowMs`: a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  record(durationMs: number): void {
    const second = Math.floor(this.#nowMs() / 1000);
    const slot = this.#seconds[second % this.#seconds.length]!;
    if (slot.second !== second) {
      slot.second = second;
      slot.counts.fill(0);
    }
    const doublings = Math.log2(Math.max(durationMs, leastMs) / leastMs);
    const bucket = Math.min(bucketCount - 1, Math.floor(doublings * perDoubling));
    slot.counts[bucket]! += 1;
  }

  read(): Traffic {
    const second = Math.floor(this.#nowMs() / 1000);
    const counts = new Float64Array(bucketCount);
    for (const slot of this.#seconds) {
      if (slot.second >= second || slot.second < second - windowSeconds) continue;
      for (let i = 0; i < bucketCount; i++) counts[i]! += slot.counts[i]!;
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    const latencyMs =
      total === 0
        ? null
        : { p50: percentile(counts, total, 0.5), p99: percentile(counts, total, 0.99) };
    return { requestsPerSecond: total / windowSeconds, latencyMs };
  }
}

/** The upper end of the bucket that so much of all lies at or below. */
function percentile(counts: Float64Array, total: number, share: number): number {
  let seen = 0;
  for (let i = 0; i < bucketCount; i++) {
    seen += counts[i]!;
    if (seen >= share * total)
      return Number((leastMs * 2 ** ((i + 1) / perDoubling)).toPrecision(3));
  }
  throw new Error("a percentile beyond all that was counted");
}

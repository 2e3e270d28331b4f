const samplesKept = 8;

type Sample = { readonly offsetMs: number; readonly roundTripMs: number };

/**
 * The venue's time, as its endpoints tell it. The local clock plays no part, so it may be wrong or be
 * set: only the time that passes is measured here. Of each endpoint the quickest of its last answers
 * counts, and of all endpoints the median, so that one wrong clock of three changes nothing.
 */
export class VenueClock {
  readonly #samples = new Map<string, Sample[]>();
  #offsetMs: number | null = null;

  get isKnown(): boolean {
    return this.#offsetMs !== null;
  }

  /** Milliseconds since 1970 at the venue; before the first answer, the local clock's. */
  nowMs(): number {
    return this.#offsetMs === null ? Date.now() : performance.now() + this.#offsetMs;
  }

  /** An endpoint said what time it was, between these two moments of `performance.now()`. */
  learn(endpoint: string, serverTimeMs: number, sentMs: number, heardMs: number): void {
    const samples = this.#samples.get(endpoint) ?? [];
    samples.push({
      offsetMs: serverTimeMs - (sentMs + heardMs) / 2,
      roundTripMs: heardMs - sentMs,
    });
    if (samples.length > samplesKept) samples.shift();
    this.#samples.set(endpoint, samples);
    this.#offsetMs = median([...this.#samples.values()].map(quickest));
  }

  /** An endpoint that is down says nothing of the time either. */
  forget(endpoint: string): void {
    if (this.#samples.size > 1) this.#samples.delete(endpoint);
  }
}

function quickest(samples: readonly Sample[]): number {
  return samples.reduce((best, one) => (one.roundTripMs < best.roundTripMs ? one : best)).offsetMs;
}

/** Of two, the earlier: a time behind the venue's is within recvWindow, one ahead is not. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1]!;
}

const silenceMaxMs = 5_000;
const stepCountedMaxMs = 300;
const aheadMaxMs = 10_000;

/**
 * Log time once more: the median of the nodes' latest times (of an even number the lower middle one),
 * never going back. A node is left out when the others have gone on for five seconds without it, by
 * their own steps of which none counts for more than 300 ms. Where log time is more than ten seconds
 * ahead of the median, it goes on at half the speed of the lowest node that is heard.
 */
export class ReferenceClock {
  nowMs = 0;
  readonly #latestMs = new Map<number, number>();
  /** Only of nodes that are heard. */
  readonly #silentMs = new Map<number, number>();

  advance(node: number, timeMs: number): void {
    const before = this.#latestMs.get(node) ?? 0;
    const step = timeMs - before;
    if (this.#silentMs.has(node) && step > 0) {
      for (const [other, silent] of this.#silentMs) {
        this.#silentMs.set(other, silent + Math.min(step, stepCountedMaxMs));
      }
    }
    this.#latestMs.set(node, timeMs);
    this.#silentMs.set(node, 0);
    for (const [other, silent] of [...this.#silentMs]) {
      if (silent > silenceMaxMs) this.#silentMs.delete(other);
    }
    const heard = [...this.#silentMs.keys()].sort((a, b) => a - b);
    const times = heard.map((each) => this.#latestMs.get(each)!).sort((a, b) => a - b);
    const median = times[Math.floor((times.length - 1) / 2)]!;
    const isFarAhead = this.nowMs - median > aheadMaxMs;
    if (median > this.nowMs) this.nowMs = median;
    else if (isFarAhead && step > 0 && step < 4 * stepCountedMaxMs && heard[0] === node) {
      this.nowMs += Math.floor(timeMs / 2) - Math.floor(before / 2);
    }
  }
}

/**
 * Log time: the median of the nodes' latest times, never going back. One clock of three that is
 * wrong, by any amount, changes nothing; a node that died is left out once the others have gone on
 * for a while without it, measured by their own steps, of which none counts for more than a little
 * (so that one jumping clock cannot push the others out).
 */
const stepCountedMaxMs = 300;
const silenceMaxMs = 5_000;
/** Log time that is further ahead than this, after clocks that were put back, goes on at half speed until they have caught up. */
const aheadMaxMs = 10_000;
export const nodesMax = 256;
/** Request ids hold times of 48 bits, and so do batches. */
export const timeMsMax: number = 2 ** 48 - 1;

export class LogClock {
  nowMs = 0;
  private readonly latestMs = new Float64Array(nodesMax);
  /** What the other nodes have gone on by since this one was heard, -1 when it never was. */
  private readonly silenceMs: Float64Array = new Float64Array(nodesMax).fill(-1);
  private readonly median: number[] = [];

  /** A batch of `node`, written at `timeMs` by its clock. */
  advance(node: number, timeMs: number): void {
    const beforeMs = this.latestMs[node]!;
    const stepMs = timeMs - beforeMs;
    if (this.silenceMs[node]! >= 0 && stepMs > 0) {
      const counted = stepMs < stepCountedMaxMs ? stepMs : stepCountedMaxMs;
      for (let other = 0; other < nodesMax; other++) {
        if (this.silenceMs[other]! >= 0) this.silenceMs[other]! += counted;
      }
    }
    this.latestMs[node] = timeMs;
    this.silenceMs[node] = 0;
    this.median.length = 0;
    for (let other = 0; other < nodesMax; other++) {
      const silence = this.silenceMs[other]!;
      if (silence < 0) continue;
      if (silence > silenceMaxMs) this.silenceMs[other] = -1;
      else this.median.push(this.latestMs[other]!);
    }
    this.median.sort((a, b) => a - b);
    const middle = this.median[(this.median.length - 1) >> 1]!;
    if (middle > this.nowMs) this.nowMs = middle;
    else if (this.nowMs - middle > aheadMaxMs && stepMs > 0 && stepMs < stepCountedMaxMs * 4) {
      // One node's steps are enough: the first of those that are heard.
      if (this.silenceMs.findIndex((silence) => silence >= 0) === node) {
        this.nowMs += Math.floor(timeMs / 2) - Math.floor(beforeMs / 2);
      }
    }
  }

  raw(): { nowMs: number; latestMs: Float64Array; silenceMs: Float64Array } {
    return { nowMs: this.nowMs, latestMs: this.latestMs, silenceMs: this.silenceMs };
  }

  static fromRaw(raw: ReturnType<LogClock["raw"]>): LogClock {
    const isWhole = (ms: number) => Number.isSafeInteger(ms) && ms >= -1;
    const isTable = (table: Float64Array) => table.length === nodesMax && table.every(isWhole);
    if (!isTable(raw.latestMs) || !isTable(raw.silenceMs)) {
      throw new Error("the clock's tables are not one time for each node");
    }
    const clock = new LogClock();
    clock.nowMs = raw.nowMs;
    clock.latestMs.set(raw.latestMs);
    clock.silenceMs.set(raw.silenceMs);
    return clock;
  }
}

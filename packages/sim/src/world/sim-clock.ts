import type { Clock } from "@halcyon/replica";
import type { SimProcess } from "./sim-process.ts";

export const epochMs = 1_700_000_000_000;

/** A machine's time of day, and what is wrong with it. It outlives the processes on that machine. */
export class WallClock {
  offsetMs = 0;
  driftPpm = 0;
  #driftSinceMs = 0;
  #frozenAtMs: number | null = null;

  readMs(trueMs: number): number {
    const atMs = this.#frozenAtMs ?? trueMs;
    const driftMs = ((atMs - this.#driftSinceMs) * this.driftPpm) / 1_000_000;
    return Math.max(0, Math.floor(epochMs + atMs + this.offsetMs + driftMs));
  }

  jump(byMs: number): void {
    this.offsetMs += byMs;
  }

  drift(ppm: number, trueMs: number): void {
    this.driftPpm = ppm;
    this.#driftSinceMs = trueMs;
  }

  freeze(trueMs: number): void {
    this.#frozenAtMs = trueMs;
  }

  heal(): void {
    this.offsetMs = 0;
    this.driftPpm = 0;
    this.#frozenAtMs = null;
  }

  get isWrong(): boolean {
    return this.offsetMs !== 0 || this.driftPpm !== 0 || this.#frozenAtMs !== null;
  }
}

/** The replica's clock port in virtual time, for one process. */
export class SimClock implements Clock {
  readonly #process: SimProcess;
  readonly #wall: WallClock;

  constructor(process: SimProcess, wall: WallClock) {
    this.#process = process;
    this.#wall = wall;
  }

  nowMs(): number {
    return this.#process.scheduler.nowUs / 1000;
  }
  wallMs(): number {
    return this.#wall.readMs(this.nowMs());
  }
  defer(task: () => void): void {
    this.#process.after(0, task);
  }
  after(delayMs: number, task: () => void): () => void {
    return this.#process.after(delayMs, task);
  }
  every(intervalMs: number, task: () => void): () => void {
    let isOver = false;
    let cancel = () => {};
    const arm = () => {
      cancel = this.#process.after(intervalMs, () => {
        task();
        if (!isOver) arm();
      });
    };
    arm();
    return () => {
      isOver = true;
      cancel();
    };
  }
}

import type { Clock } from "@halcyon/replica";

type Timer = { dueMs: number; readonly everyMs: number | null; readonly task: () => void };

/** A clock that only moves when told to. Deferred tasks run at the end of the turn, as in life. */
export class ManualClock implements Clock {
  #nowMs = 1_000;
  readonly #timers = new Set<Timer>();
  readonly #epochMs: number;

  constructor(epochMs = 1_700_000_000_000) {
    this.#epochMs = epochMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }
  wallMs(): number {
    return this.#epochMs + this.#nowMs;
  }
  defer(task: () => void): void {
    setImmediate(task);
  }
  after(delayMs: number, task: () => void): () => void {
    return this.#add({ dueMs: this.#nowMs + delayMs, everyMs: null, task });
  }
  every(intervalMs: number, task: () => void): () => void {
    return this.#add({ dueMs: this.#nowMs + intervalMs, everyMs: intervalMs, task });
  }

  /** Runs the timers that fall due on the way, in their order. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > endMs) break;
      this.#nowMs = next.dueMs;
      if (next.everyMs === null) this.#timers.delete(next);
      else next.dueMs += next.everyMs;
      next.task();
    }
    this.#nowMs = endMs;
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}

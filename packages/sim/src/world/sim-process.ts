import type { Scheduler } from "./scheduler.ts";

/**
 * One life of a process. What it scheduled dies with it, and whatever it awaits then never comes: the
 * rest of its code does not run. While it is paused (SIGSTOP, a long collection) nothing of it runs.
 */
export class SimProcess {
  readonly name: string;
  readonly scheduler: Scheduler;
  alive = true;
  #pausedUntilUs = 0;
  readonly #onDeath = new Set<() => void>();

  constructor(name: string, scheduler: Scheduler) {
    this.name = name;
    this.scheduler = scheduler;
  }

  /** Runs the task in this process after the delay, later if it is paused then. Returns what cancels it. */
  after(delayMs: number, task: () => void): () => void {
    let cancel = this.scheduler.after(delayMs, () => {
      if (!this.alive) return;
      const pauseMs = (this.#pausedUntilUs - this.scheduler.nowUs) / 1000;
      if (pauseMs > 0) cancel = this.after(pauseMs, task);
      else task();
    });
    return () => cancel();
  }

  pause(durationMs: number): void {
    const untilUs = this.scheduler.nowUs + Math.round(durationMs * 1000);
    this.#pausedUntilUs = Math.max(this.#pausedUntilUs, untilUs);
  }

  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    const listeners = [...this.#onDeath];
    this.#onDeath.clear();
    for (const listener of listeners) listener();
  }

  /** Returns how to stop listening. */
  onDeath(listener: () => void): () => void {
    this.#onDeath.add(listener);
    return () => this.#onDeath.delete(listener);
  }
}

/** What a dead process awaits. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}

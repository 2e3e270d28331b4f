import type { Clock } from "./clock.ts";

type Waiter = { readonly settle: (reached: boolean) => void };

/** Requests that wait until this replica has applied a position. Positions come one by one, so each is looked up exactly. */
export class PositionWaiters {
  readonly #clock: Clock;
  readonly #waitersMax: number;
  readonly #byPosition = new Map<number, Set<Waiter>>();
  #count = 0;

  constructor(clock: Clock, waitersMax: number) {
    this.#clock = clock;
    this.#waitersMax = waitersMax;
  }

  get count(): number {
    return this.#count;
  }

  /** False at once when too many wait already: an answer that is late for all helps nobody. */
  wait(position: number, timeoutMs: number): Promise<boolean> {
    if (this.#count >= this.#waitersMax || timeoutMs <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const cancelTimer = this.#clock.after(timeoutMs, () => {
        this.#remove(position, waiter);
        resolve(false);
      });
      const waiter: Waiter = {
        settle: (reached) => {
          cancelTimer();
          resolve(reached);
        },
      };
      this.#count++;
      const already = this.#byPosition.get(position);
      if (already === undefined) this.#byPosition.set(position, new Set([waiter]));
      else already.add(waiter);
    });
  }

  reached(position: number): void {
    if (this.#count === 0) return;
    const waiters = this.#byPosition.get(position);
    if (waiters === undefined) return;
    this.#byPosition.delete(position);
    this.#count -= waiters.size;
    for (const waiter of waiters) waiter.settle(true);
  }

  /** The replica stops: nobody will be reached any more. */
  giveUp(): void {
    const all = [...this.#byPosition.values()];
    this.#byPosition.clear();
    this.#count = 0;
    for (const waiters of all) for (const waiter of waiters) waiter.settle(false);
  }

  #remove(position: number, waiter: Waiter): void {
    const waiters = this.#byPosition.get(position);
    if (waiters === undefined || !waiters.delete(waiter)) return;
    this.#count--;
    if (waiters.size === 0) this.#byPosition.delete(position);
  }
}

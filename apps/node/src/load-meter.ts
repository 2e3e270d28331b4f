import { type EventLoopUtilization, performance } from "node:perf_hooks";

/** Long enough that one snapshot or one burst does not make a node look busy. */
const spanMs = 1_000;

/**
 * How busy the thread is that serves and applies: the share of the last second or so in which it did
 * not wait, 0 to 1. At 1 each further request only waits.
 */
export class LoadMeter {
  #from: EventLoopUtilization = performance.eventLoopUtilization();
  #load = 0;

  read(): number {
    const now = performance.eventLoopUtilization();
    const { active, idle, utilization } = performance.eventLoopUtilization(now, this.#from);
    if (active + idle >= spanMs) {
      this.#from = now;
      this.#load = Math.round(utilization * 1000) / 1000;
    }
    return this.#load;
  }
}

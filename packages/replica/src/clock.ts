/** Time and timers, as a parameter: tests and the simulator bring their own. */
export interface Clock {
  /** Monotonic: for ages and timeouts. */
  nowMs(): number;
  /** The time of day as this node believes it: goes into batch headers, decides nothing here. */
  wallMs(): number;
  /** Runs the task once this turn of the event loop is over and others had theirs. */
  defer(task: () => void): void;
  /** Returns what cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Returns what cancels it. */
  every(intervalMs: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  defer: (task) => {
    setImmediate(task);
  },
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  every: (intervalMs, task) => {
    const timer = setInterval(task, intervalMs);
    return () => clearInterval(timer);
  },
};

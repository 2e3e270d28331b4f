import type { Trace } from "./trace.ts";

type Event = { readonly atUs: number; readonly order: number; task: (() => void) | null };

/**
 * The only source of time and of turns. One event runs at a time, and all promises that it settled
 * are followed to their end before the next: so nothing depends on how fast the machine is.
 */
export class Scheduler {
  readonly trace: Trace;
  nowUs = 0;
  eventCount = 0;
  #order = 0;
  readonly #heap: Event[] = [];

  constructor(trace: Trace) {
    this.trace = trace;
  }

  /** Runs the task after the delay; events of one moment run in the order in which they were made. Returns what cancels it. */
  after(delayMs: number, task: () => void): () => void {
    const atUs = this.nowUs + Math.max(0, Math.round(delayMs * 1000));
    const event: Event = { atUs, order: this.#order++, task };
    this.#push(event);
    return () => {
      event.task = null;
    };
  }

  note(who: string, what: string, detail: string | number = ""): void {
    this.trace.note(this.nowUs, who, what, detail);
  }

  /** Runs events until that time is reached, or until `isDone` says so. */
  async runUntil(endUs: number, isDone: () => boolean = () => false): Promise<void> {
    while (!isDone()) {
      const next = this.#heap[0];
      if (next === undefined || next.atUs > endUs) {
        this.nowUs = endUs;
        return;
      }
      this.#pop();
      if (next.task === null) continue;
      this.nowUs = next.atUs;
      this.eventCount++;
      this.trace.number(next.atUs);
      next.task();
      await settled();
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(event, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!isBefore(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);
}

/**
 * Node runs what `nextTick` was given when no promise is left to follow; nobody here uses another
 * queue. It does so only for what was given while promises are followed: elsewhere ticks come first.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}

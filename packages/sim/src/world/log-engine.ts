import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SimProcess } from "./sim-process.ts";

/** How often what goes wrong between a process and the log, and how long things take. */
export type LogWeather = {
  readonly writeMsMax: number;
  readonly answerMsMax: number;
  readonly deliveryMsMax: number;
  /** Appends of one process may overtake each other on their way. */
  readonly reorders: boolean;
  /** Probabilities per append. */
  readonly refused: number;
  readonly lostRequest: number;
  readonly lostAnswer: number;
  readonly lateWrite: number;
  readonly doubleWrite: number;
  /** Probability per delivery that the reader's stream breaks. */
  readonly readBreaks: number;
};

/** What a healed world has: delays only. */
export const fairWeather: LogWeather = {
  writeMsMax: 2,
  answerMsMax: 1,
  deliveryMsMax: 2,
  reorders: false,
  refused: 0,
  lostRequest: 0,
  lostAnswer: 0,
  lateWrite: 0,
  doubleWrite: 0,
  readBreaks: 0,
};

export type DurableBatch = {
  readonly position: number;
  readonly bytes: Uint8Array;
  readonly writtenAtUs: number;
};

/**
 * The engine behind the log port: what is durable, in its order. It survives everything. Entries that
 * were trimmed are gone for the venue's processes; the checkers still see them.
 */
export class LogEngine {
  readonly all: DurableBatch[] = [];
  readonly scheduler: Scheduler;
  readonly random: Random;
  weather: LogWeather = fairWeather;
  first = 1;
  /** Who wrote after the death of the process that had asked for it. */
  readonly ghosts = new Set<string>();
  #stalledUntilUs = 0;
  readonly #readers = new Set<(position: number) => void>();

  constructor(scheduler: Scheduler, random: Random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  get head(): number {
    return this.all.length;
  }

  /** For so long nothing becomes durable. */
  stall(durationMs: number): void {
    const untilUs = this.scheduler.nowUs + Math.round(durationMs * 1000);
    this.#stalledUntilUs = Math.max(this.#stalledUntilUs, untilUs);
  }

  get stallLeftMs(): number {
    return Math.max(0, (this.#stalledUntilUs - this.scheduler.nowUs) / 1000);
  }

  write(bytes: Uint8Array, by: SimProcess): number {
    const position = this.all.length + 1;
    if (!by.alive) this.ghosts.add(by.name);
    this.all.push({ position, bytes, writtenAtUs: this.scheduler.nowUs });
    this.scheduler.note("log", `holds ${bytes.length} bytes of ${by.name} at`, position);
    this.scheduler.trace.bytes(bytes);
    for (const hear of this.#readers) hear(position);
    return position;
  }

  trim(before: number): void {
    this.first = Math.max(this.first, Math.min(before, this.head));
  }

  /** Returns how to stop listening. */
  onWrite(hear: (position: number) => void): () => void {
    this.#readers.add(hear);
    return () => this.#readers.delete(hear);
  }
}

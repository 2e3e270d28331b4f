import type { WordWriter } from "@halcyon/core";
import { Fifo } from "./fifo.ts";
import { type Lane, lanes, type Outcome } from "./outcome.ts";

export type Encode = (writer: WordWriter) => void;

/** One submitted command on its way to the log and back. */
export type Submission = {
  readonly encode: Encode;
  readonly submittedAtMs: number;
  readonly settle: (outcome: Outcome) => void;
  /** For bugs only: what the caller's own encoder threw. */
  readonly fail: (error: unknown) => void;
};

export type LaneLimit = {
  /** A command that waited longer is refused before it reaches the log. */
  readonly ageMsMax: number;
  /** Commands waiting at once; the next is refused at its arrival. */
  readonly queuedMax: number;
  /** Commands of this lane in one batch: what keeps a lane from filling whole batches. */
  readonly perBatchMax: number;
  /** What a refused caller is told to wait. */
  readonly retryAfterMs: number;
};

export type LaneLimits = Readonly<Record<Lane, LaneLimit>>;

/**
 * A cancel takes risk away, so it may wait longest and goes first; bulk work waits for nobody's
 * patience and never takes more than a part of a batch.
 */
export const laneLimitsDefault: LaneLimits = {
  cancel: { ageMsMax: 2_000, queuedMax: 16_384, perBatchMax: 4_096, retryAfterMs: 1_000 },
  high: { ageMsMax: 1_000, queuedMax: 8_192, perBatchMax: 4_096, retryAfterMs: 1_000 },
  normal: { ageMsMax: 500, queuedMax: 8_192, perBatchMax: 4_096, retryAfterMs: 1_000 },
  bulk: { ageMsMax: 250, queuedMax: 2_048, perBatchMax: 256, retryAfterMs: 2_000 },
};

/** The waiting commands, a queue per lane. Within a lane the oldest is first, so age is checked at the head only. */
export class LaneQueues {
  readonly #limits: LaneLimits;
  readonly #queues: Readonly<Record<Lane, Fifo<Submission>>>;
  readonly shedCount: Record<Lane, number> = { cancel: 0, high: 0, normal: 0, bulk: 0 };

  constructor(limits: LaneLimits) {
    this.#limits = limits;
    this.#queues = {
      cancel: new Fifo(),
      high: new Fifo(),
      normal: new Fifo(),
      bulk: new Fifo(),
    };
  }

  get length(): number {
    let length = 0;
    for (const lane of lanes) length += this.#queues[lane].length;
    return length;
  }

  lengthOf(lane: Lane): number {
    return this.#queues[lane].length;
  }

  /** Takes it in, or refuses it at once when the lane is full. */
  push(lane: Lane, submission: Submission): void {
    const queue = this.#queues[lane];
    if (queue.length >= this.#limits[lane].queuedMax) this.refuse(lane, submission);
    else queue.push(submission);
  }

  refuse(lane: Lane, submission: Submission): void {
    this.shedCount[lane]++;
    submission.settle({ kind: "shed", retryAfterMs: this.#limits[lane].retryAfterMs });
  }

  shedExpired(nowMs: number): void {
    for (const lane of lanes) {
      const queue = this.#queues[lane];
      const oldestMs = nowMs - this.#limits[lane].ageMsMax;
      for (let head = queue.peek(); head !== undefined; head = queue.peek()) {
        if (head.submittedAtMs >= oldestMs) break;
        queue.shift();
        this.refuse(lane, head);
      }
    }
  }

  shedAll(): void {
    for (const lane of lanes) {
      const queue = this.#queues[lane];
      for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
        this.refuse(lane, head);
      }
    }
  }

  /**
   * Offers commands in the order in which they should go, highest lane first. `take` answers whether
   * it took the command; when it did not, the command stays where it is and the offering ends.
   */
  offer(take: (submission: Submission) => boolean): void {
    for (const lane of lanes) {
      const queue = this.#queues[lane];
      const perBatchMax = this.#limits[lane].perBatchMax;
      for (let taken = 0; taken < perBatchMax; taken++) {
        const head = queue.peek();
        if (head === undefined) break;
        if (!take(head)) return;
        queue.shift();
      }
    }
  }
}

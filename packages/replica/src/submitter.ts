import type { BatchHeader } from "@halcyon/core";
import { type CommandLog, LogError, type LogErrorCode } from "@halcyon/log";
import { BatchFiller } from "./batch-filler.ts";
import type { Clock } from "./clock.ts";
import type { Claim } from "./hash-watch.ts";
import { type Encode, type LaneLimits, LaneQueues, type Submission } from "./lanes.ts";
import type { Lane, Outcome } from "./outcome.ts";

export type SubmitterLimits = {
  readonly lanes: LaneLimits;
  /** Appends the log has not answered yet, apart from those that are stuck. */
  readonly appendsInFlightMax: number;
  /**
   * An append without an answer for so long holds back no other: a log that has just replaced its
   * leader takes new ones at once, and never answers those that went to the old one. Once it has
   * answered one that came so much later, nobody waits for them any more.
   */
  readonly appendStuckAfterMs: number;
  /**
   * Who appended less than two beats ago appends next on the beat: when the time of day, which is
   * nearly the same on all nodes, is a multiple of this. What arrives until then shares a batch, and
   * the batches of several nodes come together, to the log and to all that follow it. 0: at once.
   */
  readonly appendBeatMs: number;
  /** Batches of this node that are appended but not yet applied here. */
  readonly unappliedBatchesMax: number;
  readonly batchCommandsMax: number;
  /** After this long without an outcome a caller is told that it is unknown. */
  readonly outcomeTimeoutMs: number;
  /** A node that appended nothing else says the time this often. */
  readonly tickIntervalMs: number;
  /** Pause after an append that failed: doubles from the first to the second. */
  readonly retryDelayMsMin: number;
  readonly retryDelayMsMax: number;
};

export type AppendedBatch = {
  readonly commands: number;
  readonly bytes: number;
  readonly latencyMs: number;
};

export type SubmitterOptions = {
  readonly nodeId: number;
  readonly incarnation: number;
  readonly log: Pick<CommandLog, "append">;
  readonly clock: Clock;
  readonly limits: SubmitterLimits;
  /** The state hash to put into the next batch. */
  readonly claim: () => Claim | null;
  readonly onAppended: (batch: AppendedBatch) => void;
  readonly onAppendFailed: (error: unknown, retryInMs: number) => void;
};

/** A batch between its append and the moment when it is both durable and applied here. */
type OwnBatch = {
  readonly submissions: readonly Submission[];
  readonly appendedAtMs: number;
  durable: boolean;
  /** The log took one that came much later. */
  passed: boolean;
  outcomes: readonly Outcome[] | null;
};

/**
 * Group commit: few appends are in flight, and what arrives meanwhile joins the next batch, highest
 * lane first. A command is acknowledged when its batch is durable and this node has applied it.
 */
export class Submitter {
  readonly #options: SubmitterOptions;
  readonly #lanes: LaneQueues;
  readonly #filler: BatchFiller;
  /** By sequence, oldest first. */
  readonly #own = new Map<number, OwnBatch>();
  #accepting = false;
  #sequence = 0;
  #appendsInFlight = 0;
  #pumpDeferred = false;
  #lastAppendAtMs = Number.NEGATIVE_INFINITY;
  #lastAnsweredAtMs = Number.NEGATIVE_INFINITY;
  #retryDelayMs = 0;
  #resumeAtMs = Number.NEGATIVE_INFINITY;
  #awaitsBeat = false;
  #unknownCount = 0;

  constructor(options: SubmitterOptions) {
    this.#options = options;
    this.#lanes = new LaneQueues(options.limits.lanes);
    this.#filler = new BatchFiller(this.#lanes, options.limits.batchCommandsMax);
  }

  get lanes(): LaneQueues {
    return this.#lanes;
  }
  get appendsInFlight(): number {
    return this.#appendsInFlight;
  }
  get unappliedBatches(): number {
    return this.#own.size;
  }
  get unknownCount(): number {
    return this.#unknownCount;
  }
  /** When a batch of this node last came back from the log, durable and applied. */
  get lastAnsweredAtMs(): number {
    return this.#lastAnsweredAtMs;
  }

  submit(lane: Lane, encode: Encode): Promise<Outcome> {
    return new Promise((settle, fail) => {
      const submittedAtMs = this.#options.clock.nowMs();
      const submission: Submission = { encode, submittedAtMs, settle, fail };
      if (!this.#accepting) {
        this.#lanes.refuse(lane, submission);
        return;
      }
      this.#lanes.push(lane, submission);
      this.#pumpSoon();
    });
  }

  begin(): void {
    this.#accepting = true;
  }

  /** From now on every command is refused; what waits still goes to the log. */
  stopAccepting(): void {
    this.#accepting = false;
  }

  /** Nothing goes to the log any more: what waits is refused, what is under way is unknown. */
  abandon(reason: string): void {
    this.#accepting = false;
    this.#lanes.shedAll();
    for (const [sequence, batch] of this.#own) this.#giveUp(sequence, batch, reason);
  }

  get idle(): boolean {
    return this.#lanes.length === 0 && this.#own.size === 0 && this.#appendsInFlight === 0;
  }

  isOwn(header: BatchHeader): boolean {
    return (
      header.nodeId === this.#options.nodeId &&
      header.incarnation === this.#options.incarnation &&
      this.#own.has(header.sequence)
    );
  }

  /** The batch with this sequence came back through the log and was applied. */
  applied(sequence: number, outcomes: readonly Outcome[]): void {
    const batch = this.#own.get(sequence);
    if (batch === undefined) return;
    batch.outcomes = outcomes;
    this.#answerWhenBoth(sequence, batch);
    if (this.#lanes.length > 0) this.#pumpSoon();
  }

  /** Called every few milliseconds: ages, timeouts and ticks do not wait for traffic. */
  housekeep(): void {
    const { clock, limits } = this.#options;
    const nowMs = clock.nowMs();
    for (const [sequence, batch] of this.#own) {
      if (nowMs - batch.appendedAtMs < limits.outcomeTimeoutMs) break;
      this.#giveUp(sequence, batch, `no outcome within ${limits.outcomeTimeoutMs} ms`);
    }
    this.#pump();
    const tickIsDue = nowMs - this.#lastAppendAtMs >= limits.tickIntervalMs;
    if (tickIsDue && this.#accepting && this.#mayAppend(nowMs)) this.#append([], nowMs);
  }

  /** Commands that arrive in the same turn of the event loop, or before the same beat, share a batch. */
  #pumpSoon(): void {
    const { clock, limits } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#pumpDeferred || !this.#hasRoomInFlight(nowMs)) return;
    this.#pumpDeferred = true;
    this.#awaitsBeat = nowMs - this.#lastAppendAtMs < 2 * limits.appendBeatMs;
    const pump = () => {
      this.#pumpDeferred = false;
      this.#awaitsBeat = false;
      this.#pump();
    };
    if (!this.#awaitsBeat) clock.defer(pump);
    else clock.after(limits.appendBeatMs - (clock.wallMs() % limits.appendBeatMs), pump);
  }

  #mayAppend(nowMs: number): boolean {
    const { unappliedBatchesMax } = this.#options.limits;
    return (
      this.#own.size < unappliedBatchesMax &&
      this.#hasRoomInFlight(nowMs) &&
      nowMs >= this.#resumeAtMs &&
      !this.#awaitsBeat
    );
  }

  /** Of those that are stuck there may be as many as may be unapplied. */
  #hasRoomInFlight(nowMs: number): boolean {
    const { appendsInFlightMax, appendStuckAfterMs, unappliedBatchesMax } = this.#options.limits;
    if (this.#appendsInFlight < appendsInFlightMax) return true;
    if (this.#appendsInFlight >= unappliedBatchesMax) return false;
    let fresh = 0;
    for (const { durable, appendedAtMs } of this.#own.values()) {
      if (!durable && nowMs - appendedAtMs < appendStuckAfterMs) fresh++;
    }
    return fresh < appendsInFlightMax;
  }

  #pump(): void {
    if (this.#lanes.length === 0) return;
    const nowMs = this.#options.clock.nowMs();
    this.#lanes.shedExpired(nowMs);
    while (this.#lanes.length > 0 && this.#mayAppend(nowMs)) {
      const submissions = this.#filler.take();
      if (submissions.length > 0) this.#append(submissions, nowMs);
    }
  }

  #append(submissions: readonly Submission[], nowMs: number): void {
    const { nodeId, incarnation, log, clock, claim } = this.#options;
    const sequence = this.#sequence++;
    const header = { nodeId, incarnation, sequence, timeMs: clock.wallMs(), claim: claim() };
    let bytes: Uint8Array;
    try {
      bytes = this.#filler.finish(header);
    } catch (error) {
      for (const submission of submissions) submission.fail(error);
      return;
    }
    const batch: OwnBatch = {
      submissions,
      appendedAtMs: nowMs,
      durable: false,
      passed: false,
      outcomes: null,
    };
    this.#own.set(sequence, batch);
    this.#lastAppendAtMs = nowMs;
    this.#appendsInFlight++;
    log.append(bytes).then(
      () => this.#appendSucceeded(sequence, batch, bytes.length),
      (error: unknown) => this.#appendFailed(sequence, batch, error),
    );
  }

  #appendSucceeded(sequence: number, batch: OwnBatch, bytes: number): void {
    this.#appendsInFlight--;
    this.#retryDelayMs = 0;
    this.#resumeAtMs = Number.NEGATIVE_INFINITY;
    const latencyMs = this.#options.clock.nowMs() - batch.appendedAtMs;
    this.#options.onAppended({ commands: batch.submissions.length, bytes, latencyMs });
    batch.durable = true;
    this.#answerWhenBoth(sequence, batch);
    this.#giveUpPassedBy(batch.appendedAtMs);
    this.#pump();
  }

  #giveUpPassedBy(appendedAtMs: number): void {
    const beforeMs = appendedAtMs - this.#options.limits.appendStuckAfterMs;
    for (const [sequence, batch] of this.#own) {
      if (batch.appendedAtMs > beforeMs) break;
      if (batch.durable) continue;
      batch.passed = true;
      this.#giveUp(sequence, batch, "the log took later batches and not it");
    }
  }

  #appendFailed(sequence: number, batch: OwnBatch, error: unknown): void {
    const { clock, limits, onAppendFailed } = this.#options;
    this.#appendsInFlight--;
    // The log is well, and appends need no pause.
    if (batch.passed) {
      onAppendFailed(error, 0);
      return;
    }
    this.#retryDelayMs = Math.min(
      limits.retryDelayMsMax,
      Math.max(limits.retryDelayMsMin, this.#retryDelayMs * 2),
    );
    this.#resumeAtMs = clock.nowMs() + this.#retryDelayMs;
    onAppendFailed(error, this.#retryDelayMs);
    if (surelyNotWritten(error)) {
      this.#own.delete(sequence);
      for (const submission of batch.submissions) {
        submission.settle({ kind: "shed", retryAfterMs: limits.lanes.normal.retryAfterMs });
      }
    } else {
      this.#giveUp(sequence, batch, "the log did not confirm the batch");
    }
  }

  #answerWhenBoth(sequence: number, batch: OwnBatch): void {
    if (!batch.durable || batch.outcomes === null) return;
    // Given up already: the callers were told that the outcome is unknown.
    if (!this.#own.delete(sequence)) return;
    this.#lastAnsweredAtMs = this.#options.clock.nowMs();
    for (let index = 0; index < batch.submissions.length; index++) {
      batch.submissions[index]!.settle(batch.outcomes[index]!);
    }
  }

  #giveUp(sequence: number, batch: OwnBatch, reason: string): void {
    if (!this.#own.delete(sequence)) return;
    this.#unknownCount += batch.submissions.length;
    for (const submission of batch.submissions) submission.settle({ kind: "unknown", reason });
  }
}

/** What the port promises: with these the batch is not in the log. All others leave it open. */
const notWrittenCodes: ReadonlySet<LogErrorCode> = new Set([
  "too-large",
  "busy",
  "closed",
  "no-space",
]);

function surelyNotWritten(error: unknown): boolean {
  return error instanceof LogError && notWrittenCodes.has(error.code);
}

import { performance } from "node:perf_hooks";

const tickMs = 50;
/** A thread that did not come to its tick for this long was frozen, or far too busy. */
const threadMsMin = 250;
/** Every node appends at least four times a second: nothing in this time means that the log stands. */
const logMsMin = 400;
/** So long a standstill explains why requests waited. */
const rememberedMs = 1_000;

/**
 * Notices that this process or the log stood still for a moment: what waited meanwhile did so not
 * because there was too much of it.
 */
export class StandstillWatch {
  readonly #position: () => number;
  readonly #nowMs: () => number;
  readonly #timer: NodeJS.Timeout;
  #tickAtMs: number;
  #seenPosition = 0;
  #movedAtMs: number;
  #stoodAtMs = Number.NEGATIVE_INFINITY;

  /** `position`: of the last batch applied. */
  constructor(position: () => number, nowMs: () => number = () => performance.now()) {
    this.#position = position;
    this.#nowMs = nowMs;
    this.#tickAtMs = nowMs();
    this.#movedAtMs = this.#tickAtMs;
    this.#timer = setInterval(() => this.tick(), tickMs).unref();
  }

  /** Whether there was one lately, or is one now. */
  get hasStood(): boolean {
    this.tick();
    return this.#nowMs() - this.#stoodAtMs < rememberedMs;
  }

  tick(): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#tickAtMs >= threadMsMin) this.#stoodAtMs = nowMs;
    this.#tickAtMs = nowMs;
    const position = this.#position();
    if (nowMs - this.#movedAtMs >= logMsMin) this.#stoodAtMs = nowMs;
    if (position !== this.#seenPosition) this.#movedAtMs = nowMs;
    this.#seenPosition = position;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

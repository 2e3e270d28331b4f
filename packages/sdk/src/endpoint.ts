import { EndpointLink, type Sending } from "./endpoint-link.ts";
import type { SendingResult } from "./http-connection.ts";
import type { ClientLimits } from "./limits.ts";

/**
 * `up`: requests go there. `failed`: an answer did not come, and no probe was answered since. `trial`:
 * a probe was answered; one request at a time shows whether the endpoint does its work again.
 */
export type EndpointState = "up" | "failed" | "trial";

/** What a client knows of one endpoint. */
export type EndpointHealth = {
  readonly url: string;
  readonly state: EndpointState;
  /** Of probes, smoothed; null before the first answer. */
  readonly latencyMs: number | null;
  readonly answers: number;
  readonly failures: number;
};

const trialDelayMinMs = 50;
const trialDelayMaxMs = 5_000;
const smoothing = 0.2;

/** One address of the venue, with how it fares. */
export class Endpoint {
  readonly url: URL;
  readonly name: string;
  readonly #requests: EndpointLink;
  readonly #probes: EndpointLink;
  #state: EndpointState = "up";
  #stateSinceMs = performance.now();
  /** How long after a failure the next trial may begin: longer each time, until one succeeds. */
  #trialDelayMs = trialDelayMinMs;
  #isOnTrial = false;
  #latencyMs: number | null = null;
  #answerMs = 0;
  /** When it last said anything at all, and when it last answered a request. */
  #heardMs = Number.NEGATIVE_INFINITY;
  #answeredMs = Number.NEGATIVE_INFINITY;
  /** Until it says something: others are asked first. */
  #isSuspect = false;
  #answers = 0;
  #failures = 0;
  /** It asked for rest until then. */
  #restsUntilMs = 0;

  /** `onIdleLost`: it ended a connection on which nothing was asked. */
  constructor(url: string, limits: ClientLimits, onIdleLost: (endpoint: Endpoint) => void) {
    this.url = new URL(url);
    this.name = this.url.href.replace(/\/$/, "");
    const lost = () => onIdleLost(this);
    this.#requests = new EndpointLink(this.url, limits.socketsMax, limits.answerBytesMax, lost);
    this.#probes = new EndpointLink(this.url, 2, limits.answerBytesMax, lost);
  }

  get health(): EndpointHealth {
    const { name: url } = this;
    const [answers, failures] = [this.#answers, this.#failures];
    return { url, state: this.#state, latencyMs: this.#latencyMs, answers, failures };
  }

  /** Milliseconds until an answered probe would begin its trial; 0: it is none of those that failed. */
  get trialInMs(): number {
    if (this.#state !== "failed") return 0;
    return Math.max(0, this.#stateSinceMs + this.#trialDelayMs - performance.now());
  }

  get state(): EndpointState {
    return this.#state;
  }

  /** How long requests take here lately, in milliseconds. */
  get answerMs(): number {
    return this.#answerMs;
  }

  /** Whether it has said nothing, to nobody, for so long, although it was asked at `sentMs`. */
  isSilent(sentMs: number, durationMs: number): boolean {
    return performance.now() - Math.max(sentMs, this.#heardMs) >= durationMs;
  }

  /** Whether it has answered nobody since that moment: who is merely slow answers somebody. */
  hasAnsweredNobodySince(sentMs: number): boolean {
    return this.#answeredMs < sentMs;
  }

  /** The lower, the better to send to. */
  rank(nowMs: number): number {
    const latencyMs = this.#latencyMs ?? 1_000;
    const isFree = this.#state === "up" || (this.#state === "trial" && !this.#isOnTrial);
    const isUnsure = this.#isSuspect || nowMs < this.#restsUntilMs;
    return latencyMs + (isFree ? 0 : 1e6) + (isUnsure ? 1e5 : 0);
  }

  /** Milliseconds until it wants to be asked again; 0: at once. */
  restMs(nowMs: number): number {
    return Math.max(0, this.#restsUntilMs - nowMs);
  }

  rest(durationMs: number): void {
    this.#restsUntilMs = performance.now() + durationMs;
  }

  /** Neither a request nor a probe is answered, for a while too short to call it failed. */
  suspect(): void {
    this.#isSuspect = true;
  }

  send(sending: Sending, onResult: (result: SendingResult) => void): () => void {
    if (this.#state === "trial") this.#isOnTrial = true;
    return this.#requests.send(sending, this.#hearing(onResult));
  }

  probe(sending: Sending, onResult: (result: SendingResult) => void): () => void {
    return this.#probes.send(sending, this.#hearing(onResult));
  }

  #hearing(onResult: (result: SendingResult) => void): (result: SendingResult) => void {
    return (result) => {
      if (result.kind === "answer") {
        this.#heardMs = performance.now();
        this.#isSuspect = false;
      }
      onResult(result);
    };
  }

  /** It answered a request that was sent so long ago. */
  answered(tookMs: number): void {
    this.#answers++;
    this.#answeredMs = performance.now();
    this.#answerMs += (tookMs - this.#answerMs) * smoothing;
    if (this.#state === "trial") {
      this.#enter("up");
      this.#trialDelayMs = trialDelayMinMs;
    }
  }

  /** What was sent at that moment of `performance.now()` was lost. Older losses than its state say nothing. */
  failed(sentMs: number): void {
    this.#failures++;
    if (this.#state === "failed" || sentMs < this.#stateSinceMs) return;
    if (this.#state === "trial") {
      this.#trialDelayMs = Math.min(this.#trialDelayMs * 2, trialDelayMaxMs);
    }
    this.#enter("failed");
  }

  /** A sending was abandoned before anything could be said of it. */
  released(): void {
    this.#isOnTrial = false;
  }

  probeAnswered(roundTripMs: number): void {
    const before = this.#latencyMs;
    this.#latencyMs = before === null ? roundTripMs : before + (roundTripMs - before) * smoothing;
    if (this.#state !== "failed") return;
    if (performance.now() - this.#stateSinceMs >= this.#trialDelayMs) this.#enter("trial");
  }

  close(): void {
    this.#requests.close();
    this.#probes.close();
  }

  #enter(state: EndpointState): void {
    this.#state = state;
    this.#stateSinceMs = performance.now();
    this.#isOnTrial = false;
  }
}

import { Endpoint, type EndpointHealth } from "./endpoint.ts";
import { InputError } from "./errors.ts";
import type { ClientLimits } from "./limits.ts";
import { PatienceBudget } from "./patience-budget.ts";
import type { VenueClock } from "./venue-clock.ts";

/** All endpoints, watched in the background. */
export class EndpointBoard {
  /** Of all requests together. */
  readonly patience: PatienceBudget = new PatienceBudget();
  readonly #endpoints: readonly Endpoint[];
  readonly #limits: ClientLimits;
  readonly #clock: VenueClock;
  readonly #timers = new Map<Endpoint, NodeJS.Timeout>();
  readonly #abandon = new Map<Endpoint, () => void>();
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(urls: readonly string[], limits: ClientLimits, clock: VenueClock) {
    if (urls.length === 0) throw new InputError("endpoints is empty: name at least one");
    const hurry = (endpoint: Endpoint) => this.hurry(endpoint);
    this.#endpoints = [...new Set(urls)].map((url) => new Endpoint(url, limits, hurry));
    this.#limits = limits;
    this.#clock = clock;
    for (const endpoint of this.#endpoints) this.#probe(endpoint);
  }

  get health(): readonly EndpointHealth[] {
    return this.#endpoints.map((endpoint) => endpoint.health);
  }

  /** The best one that is not among those; null when all are. When all look dead, none is believed to be. */
  best(except: ReadonlySet<Endpoint>): Endpoint | null {
    const nowMs = performance.now();
    let best: Endpoint | null = null;
    let bestRank = Number.POSITIVE_INFINITY;
    for (const endpoint of this.#endpoints) {
      if (except.has(endpoint)) continue;
      const rank = endpoint.rank(nowMs);
      if (rank >= bestRank) continue;
      best = endpoint;
      bestRank = rank;
    }
    return best;
  }

  /** Milliseconds until some endpoint wants to be asked again; 0: one does now. The dead want nothing. */
  restMs(): number {
    const nowMs = performance.now();
    const alive = this.#endpoints.filter(({ state }) => state !== "failed");
    const asked = alive.length === 0 ? this.#endpoints : alive;
    return Math.min(...asked.map((endpoint) => endpoint.restMs(nowMs)));
  }

  /** Once some endpoint has told the venue's time, or so much time has passed. */
  untilTimeIsKnown(timeoutMs: number): Promise<void> {
    if (this.#clock.isKnown) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Asks now, if it is not being asked: before a request has to find out that nobody is there any more. */
  hurry(endpoint: Endpoint): void {
    const timer = this.#timers.get(endpoint);
    if (this.#isClosed || timer === undefined) return;
    clearTimeout(timer);
    this.#probe(endpoint);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const abandon of this.#abandon.values()) abandon();
    for (const endpoint of this.#endpoints) endpoint.close();
  }

  /** Asks for the time, again and again. */
  #probe(endpoint: Endpoint): void {
    this.#timers.delete(endpoint);
    const sentMs = performance.now();
    const again = (): void => {
      clearTimeout(timeout);
      if (this.#isClosed) return;
      const { probeIntervalMs, failedProbeIntervalMs } = this.#limits;
      const pauseMs =
        endpoint.state === "failed"
          ? Math.max(failedProbeIntervalMs, endpoint.trialInMs)
          : probeIntervalMs;
      const timer = setTimeout(() => this.#probe(endpoint), pauseMs).unref();
      this.#timers.set(endpoint, timer);
    };
    const abandon = endpoint.probe(timeRequest, (result) => {
      const heardMs = performance.now();
      const timeMs = result.kind === "answer" ? serverTimeOf(result.status, result.text) : null;
      if (timeMs === null) {
        endpoint.failed(sentMs);
        this.#clock.forget(endpoint.name);
      } else {
        this.#clock.learn(endpoint.name, timeMs, sentMs, heardMs);
        endpoint.probeAnswered(heardMs - sentMs);
        for (const wake of this.#waiting.splice(0)) wake();
      }
      again();
    });
    const timeout = setTimeout(() => {
      abandon();
      endpoint.failed(sentMs);
      again();
    }, this.#limits.probeTimeoutMs).unref();
    this.#abandon.set(endpoint, abandon);
  }
}

const timeRequest = { verb: "GET", target: "/api/v3/time", headers: {} };

function serverTimeOf(status: number, text: string): number | null {
  const found = status === 200 ? /"serverTime":(\d{1,16})/.exec(text)?.[1] : undefined;
  return found === undefined ? null : Number(found);
}

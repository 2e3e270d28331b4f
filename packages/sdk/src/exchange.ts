import type { Endpoint } from "./endpoint.ts";
import type { EndpointBoard } from "./endpoint-board.ts";
import type { Sending } from "./endpoint-link.ts";
import type { AnswerHeaders } from "./http-answer.ts";
import type { SendingResult } from "./http-connection.ts";
import type { ClientLimits } from "./limits.ts";
import { codeOf, retryAfterMsOf, verdictOf } from "./verdict.ts";

/** The venue's answer to a request, with how it came about. */
export type Answer = {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly text: string;
  /** Who answered, and who was asked first. */
  readonly endpoint: string;
  readonly firstEndpoint: string;
  /** How often the request was sent. */
  readonly attempts: number;
  readonly tookMs: number;
};

/** No answer: whether it may have been executed nevertheless, and how long the venue asks to wait. */
export type NoAnswer = {
  readonly reason: string;
  readonly mayHaveRun: boolean;
  readonly retryAfterMs: number | null;
};

type Flight = { readonly endpoint: Endpoint; readonly sentMs: number; abandon: () => void };

const pauseMinMs = 20;
const pauseMaxMs = 400;

/**
 * One request on its way from endpoint to endpoint. All of its sendings carry the same key, so it does
 * no harm when several arrive: the first complete answer counts, the other sendings are abandoned.
 */
export class Exchange {
  readonly #board: EndpointBoard;
  readonly #limits: ClientLimits;
  readonly #sign: () => Sending;
  readonly #onEnd: (end: Answer | NoAnswer) => void;
  readonly #beganMs = performance.now();
  readonly #flights = new Set<Flight>();
  /** Those that were asked in this round; of those that did nothing, when they were. */
  readonly #asked = new Set<Endpoint>();
  readonly #declined = new Map<Endpoint, number>();
  readonly #deadline: NodeJS.Timeout;
  /** Runs out when the next endpoint is to be asked as well. */
  #patience: NodeJS.Timeout | undefined;
  #attempts = 0;
  #firstEndpoint = "";
  #lastSentMs = 0;
  #mayHaveRun = false;
  #wasDeclined = false;
  #reason = "no endpoint answered in time";
  #retryAfterMs: number | null = null;
  #pauseMs = pauseMinMs;
  #isOver = false;

  /** `sign` makes each sending anew, for its time is of its moment. `onEnd` is called exactly once, later. */
  constructor(
    board: EndpointBoard,
    limits: ClientLimits,
    sign: () => Sending,
    onEnd: (end: Answer | NoAnswer) => void,
  ) {
    this.#board = board;
    this.#limits = limits;
    this.#sign = sign;
    this.#onEnd = onEnd;
    this.#deadline = setTimeout(() => this.giveUp(this.#reason), limits.totalTimeoutMs);
    board.patience.earn();
    this.#next();
  }

  giveUp(reason: string): void {
    const mayHaveRun = this.#mayHaveRun || this.#flights.size > 0;
    this.#end({ reason, mayHaveRun, retryAfterMs: this.#retryAfterMs });
  }

  /** Asks the next endpoint of this round; when there is none and nothing to wait for, it rests. */
  #next(): void {
    const endpoint = this.#board.best(this.#asked);
    // Who was turned away does not ask at once where others were: that is the storm it would be part of.
    const restMs = this.#wasDeclined ? (endpoint?.restMs(performance.now()) ?? 0) : 0;
    if (endpoint !== null && restMs === 0) this.#send(endpoint);
    else if (this.#isRoundOver()) this.#rest();
    else this.#lookAgainIn(endpoint === null ? this.#limits.hedgeAfterMs : restMs);
  }

  #send(endpoint: Endpoint): void {
    this.#asked.add(endpoint);
    this.#attempts++;
    if (this.#attempts === 1) this.#firstEndpoint = endpoint.name;
    this.#lastSentMs = performance.now();
    const flight: Flight = { endpoint, sentMs: this.#lastSentMs, abandon: () => undefined };
    flight.abandon = endpoint.send(this.#sign(), (result) => this.#hear(flight, result));
    this.#flights.add(flight);
    this.#setPatience();
  }

  /** Where everybody is slow lately, asking another one as well would only make it slower. */
  #setPatience(): void {
    clearTimeout(this.#patience);
    const other = this.#board.best(this.#asked);
    if (other === null) {
      this.#lookAgainIn(this.#limits.hedgeAfterMs);
      return;
    }
    const { hedgeAfterMs } = this.#limits;
    const isSlow = other.answerMs > hedgeAfterMs;
    this.#impatientAfter(isSlow ? 2 * other.answerMs : hedgeAfterMs);
  }

  /**
   * Without anything left in the budget it waits on, and looks again; who waits in vain needs none.
   * Half-way the silent are probed: who is alive answers that, even where the request has to wait.
   * Timers may end early by the clock that tells a silence, so that is measured in quarters.
   */
  #impatientAfter(waitMs: number): void {
    this.#patience = setTimeout(() => {
      for (const endpoint of this.#silentFor(waitMs / 4)) this.#board.hurry(endpoint);
      this.#patience = setTimeout(() => {
        for (const endpoint of this.#silentFor((3 * waitMs) / 4)) endpoint.suspect();
        if (this.#waitsInVain() || this.#board.patience.spend()) this.#next();
        else this.#impatientAfter(this.#limits.hedgeAfterMs);
      }, waitMs / 2);
    }, waitMs / 2);
  }

  /** Of those that were asked and have not answered, who said nothing to anybody for so long. */
  #silentFor(durationMs: number): Endpoint[] {
    const silent = [...this.#flights].filter(({ endpoint, sentMs }) =>
      endpoint.isSilent(sentMs, durationMs),
    );
    return silent.map(({ endpoint }) => endpoint);
  }

  /** Nobody else can be asked now, and somebody may answer still. */
  #lookAgainIn(waitMs: number): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#wasDeclined = false;
      this.#next();
    }, waitMs);
  }

  /**
   * Whether nothing is to be hoped for from those that were asked: all have said that they did nothing,
   * or lost it, and the others are silent; or nobody has answered for long.
   */
  #isRoundOver(): boolean {
    if (this.#flights.size === 0) return true;
    if (this.#flights.size < this.#asked.size && this.#waitsInVain()) return true;
    const isOverdue = performance.now() - this.#lastSentMs >= this.#limits.attemptTimeoutMs;
    return isOverdue && (this.#waitsInVain() || this.#board.patience.spend());
  }

  /**
   * Whether all that were asked say nothing at all, or lost what others asked and answer nobody while
   * there is one who answers at once. The budget is for the times when everybody is merely slow.
   */
  #waitsInVain(): boolean {
    const { hedgeAfterMs, probeTimeoutMs } = this.#limits;
    const other = this.#board.best(this.#asked);
    const isQuickElsewhere = other?.state === "up" && other.answerMs <= hedgeAfterMs;
    for (const { endpoint, sentMs } of this.#flights) {
      const isDead = endpoint.state === "failed" && endpoint.hasAnsweredNobodySince(sentMs);
      const isLost = isQuickElsewhere && isDead;
      if (!isLost && !endpoint.isSilent(sentMs, probeTimeoutMs)) return false;
    }
    return true;
  }

  /** Nobody answers: new connections may. */
  #startAnew(): void {
    this.#mayHaveRun ||= this.#flights.size > 0;
    for (const { abandon } of this.#flights) abandon();
    this.#flights.clear();
    this.#asked.clear();
    this.#declined.clear();
    this.#next();
  }

  #hear(flight: Flight, result: SendingResult): void {
    this.#flights.delete(flight);
    const { endpoint, sentMs } = flight;
    if (result.kind === "lost") {
      this.#reason = `${endpoint.name}: ${result.reason}`;
      this.#mayHaveRun ||= result.wasSent;
      endpoint.failed(sentMs);
      this.#next();
      return;
    }
    const { status, headers, text } = result;
    const code = status < 400 ? null : codeOf(text);
    const verdict = verdictOf(status, code, this.#mayHaveRun);
    if (verdict === "final") {
      endpoint.answered(performance.now() - sentMs);
      this.#answer(flight, result);
      return;
    }
    this.#reason = `${endpoint.name} answered ${status} (${code ?? "no code"})`;
    const askedMs = retryAfterMsOf(headers);
    this.#retryAfterMs = askedMs ?? this.#retryAfterMs;
    if (askedMs !== null) {
      this.#wasDeclined = true;
      endpoint.rest(askedMs);
    }
    if (verdict === "unknown") {
      this.#mayHaveRun = true;
      endpoint.failed(sentMs);
    } else {
      // Limits are the client's: what another endpoint does nevertheless says nothing of this one.
      if (verdict === "declined") this.#declined.set(endpoint, sentMs);
      endpoint.released();
    }
    const isAlone = !this.#mayHaveRun && this.#flights.size === 0;
    if (verdict === "limited" && isAlone) this.giveUp(this.#reason);
    else this.#next();
  }

  #answer(
    { endpoint }: Flight,
    { status, headers, text }: Extract<SendingResult, { kind: "answer" }>,
  ): void {
    // It could not do what another one did in the same moment.
    for (const [decliner, sentMs] of this.#declined) decliner.failed(sentMs);
    const tookMs = performance.now() - this.#beganMs;
    const [attempts, firstEndpoint] = [this.#attempts, this.#firstEndpoint];
    this.#end({ status, headers, text, endpoint: endpoint.name, firstEndpoint, attempts, tookMs });
  }

  /** Before the next round: as long as the venue asks for, else a little longer each time. */
  #rest(): void {
    for (const { endpoint, sentMs } of this.#flights) endpoint.failed(sentMs);
    const askedMs = this.#board.restMs();
    const restMs = Math.max(askedMs, this.#pauseMs) * (1 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, pauseMaxMs);
    const leftMs = this.#beganMs + this.#limits.totalTimeoutMs - performance.now();
    if (restMs >= leftMs) {
      this.giveUp(this.#reason);
      return;
    }
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      // Its own time is up: that others are turned away meanwhile must not hold it back for ever.
      this.#wasDeclined = false;
      this.#startAnew();
    }, restMs);
  }

  #end(end: Answer | NoAnswer): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#patience);
    const nowMs = performance.now();
    for (const { endpoint, sentMs, abandon } of this.#flights) {
      abandon();
      if (nowMs - sentMs >= this.#limits.hedgeAfterMs) endpoint.failed(sentMs);
      else endpoint.released();
    }
    this.#flights.clear();
    this.#onEnd(end);
  }
}

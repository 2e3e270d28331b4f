import { setTimeout as delay } from "node:timers/promises";
import { RequestFailure } from "./failure.ts";
import type { Member } from "./member.ts";
import { encodeRange, rangeMethod } from "./messages.ts";

/** How soon a member that failed is asked again whether it is well, at first and later. */
const PROBE_DELAY_MS_MIN = 100;
const PROBE_DELAY_MS_MAX = 1000;
/** Between two tries when none of the members is well. */
const PAUSE_MS = 30;

/** The members of the cluster: the first that is well is the one to ask. */
export class Members {
  readonly all: readonly Member[];
  readonly timeoutMs: number;
  readonly #patienceMs: number;
  readonly #probeRequest: Buffer;
  readonly #stop = new AbortController();
  #suspicions = 0;

  /**
   * `timeoutMs` is how long a member may take over a request, `patienceMs` how long a request that
   * surely was not carried out goes on being tried.
   */
  constructor(
    all: readonly Member[],
    options: { readonly timeoutMs: number; readonly patienceMs: number; readonly probeKey: Buffer },
  ) {
    this.all = all;
    this.timeoutMs = options.timeoutMs;
    this.#patienceMs = options.patienceMs;
    this.#probeRequest = encodeRange({ key: options.probeKey, keysOnly: true });
  }

  /** The zone's own member while it is well; when none is, the one whose failure is longest ago. */
  get preferred(): Member {
    const well = this.all.find((member) => member.suspectedAt === null);
    return well ?? this.all.reduce((a, b) => (b.suspectedAt! < a.suspectedAt! ? b : a));
  }

  /** Carries out what may be carried out twice: every failure of a member leads to the next one. */
  repeat<T>(request: (member: Member) => Promise<T>): Promise<T> {
    return this.#try(request, (failure) => failure.isOfTheMember);
  }

  /** Carries out what must not be: only what surely did not happen is tried again. */
  once<T>(request: (member: Member) => Promise<T>): Promise<T> {
    return this.#try(request, (failure) => failure.wasNotCarriedOut);
  }

  /** Asks another member from now on, until this one has shown that it can answer. */
  suspect(member: Member): void {
    const isNew = member.suspectedAt === null;
    this.#suspicions += 1;
    member.suspectedAt = this.#suspicions;
    if (isNew) void this.#probe(member);
  }

  close(): void {
    this.#stop.abort();
    for (const member of this.all) member.close();
  }

  async #try<T>(
    request: (member: Member) => Promise<T>,
    mayRepeat: (failure: RequestFailure) => boolean,
  ): Promise<T> {
    const endMs = performance.now() + this.#patienceMs;
    for (;;) {
      const member = this.preferred;
      try {
        return await request(member);
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        if (error.isOfTheMember) this.suspect(member);
        if (!mayRepeat(error) || performance.now() >= endMs || this.#stop.signal.aborted) {
          throw error;
        }
        if (this.preferred.suspectedAt !== null) await delay(PAUSE_MS);
      }
    }
  }

  /** A read that needs a quorum: a member may well be up and yet of no use, cut off from the others. */
  async #probe(member: Member): Promise<void> {
    let delayMs = PROBE_DELAY_MS_MIN;
    while (member.suspectedAt !== null) {
      try {
        await delay(delayMs, undefined, { signal: this.#stop.signal, ref: false });
      } catch {
        return; // The log was closed.
      }
      delayMs = Math.min(2 * delayMs, PROBE_DELAY_MS_MAX);
      try {
        await member.request(rangeMethod, this.#probeRequest, { timeoutMs: this.timeoutMs });
        member.suspectedAt = null;
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        // Any other failure is an answer: the member is well.
        if (!error.isOfTheMember) member.suspectedAt = null;
      }
    }
  }
}

/** A wait that nobody minds. */
const targetMs = 150;
/**
 * A queue that was never shorter than the target for so long stands. A burst passes sooner, and so does
 * the time that a cold node needs to take over from one that died.
 */
const intervalMs = 1_500;
const windowMs = 10_000;
const peersMax = 64;

type Base = { leastMs: number; formerLeastMs: number; beganMs: number };

/**
 * Tells a queue that stands from one that comes and goes, by how long requests waited between the edge
 * and here: in the edge, in sockets, for this thread. Where one stands, every request waits in vain
 * that long and none is served sooner; refusing what waited longest costs little and ends that. After
 * CoDel (RFC 8289). The clocks of edge and node differ: the shortest wait while this node was not busy
 * counts as none.
 */
export class StandingQueue {
  readonly #bases = new Map<string, Base>();
  #leastMs = Number.POSITIVE_INFINITY;
  #beganMs = 0;
  #stands = false;

  /**
   * Of each request that an edge passed on, once: whether it is to be refused, if it can be.
   * `edge`: its address; `arrivedMs`: when the request came there, by its clock. A node that is not
   * busy refuses nothing, whatever the clocks say.
   */
  isTooLate(edge: string, arrivedMs: number, nowMs: number, isBusy: boolean): boolean {
    const waitedMs = nowMs - arrivedMs - this.#baseOf(edge, nowMs - arrivedMs, nowMs, isBusy);
    if (nowMs - this.#beganMs >= intervalMs || nowMs < this.#beganMs) {
      this.#stands = this.#leastMs !== Number.POSITIVE_INFINITY && this.#leastMs > targetMs;
      this.#leastMs = Number.POSITIVE_INFINITY;
      this.#beganMs = nowMs;
    }
    this.#leastMs = Math.min(this.#leastMs, waitedMs);
    return this.#stands && isBusy && waitedMs > targetMs;
  }

  /** What the clocks and the network make of no wait at all. */
  #baseOf(edge: string, ageMs: number, nowMs: number, isBusy: boolean): number {
    const base = this.#bases.get(edge);
    if (base === undefined) {
      if (this.#bases.size >= peersMax) this.#bases.clear();
      this.#bases.set(edge, { leastMs: ageMs, formerLeastMs: ageMs, beganMs: nowMs });
      return ageMs;
    }
    if (!isBusy && nowMs - base.beganMs >= windowMs) {
      base.formerLeastMs = base.leastMs;
      base.leastMs = ageMs;
      base.beganMs = nowMs;
    }
    base.leastMs = Math.min(base.leastMs, ageMs);
    return Math.min(base.leastMs, base.formerLeastMs);
  }
}

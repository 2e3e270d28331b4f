import { compareDecimals } from "./decimal.ts";
import type { Decimal, DepthSnapshot, Level } from "./order-types.ts";

/** A change of the book, as the stream tells it. */
export type DepthDiff = {
  /** First and last update in it. */
  readonly U: number;
  readonly u: number;
  readonly b: readonly Level[];
  readonly a: readonly Level[];
};

/** One side of the book: prices best first. */
class BookSide {
  readonly #quantities = new Map<Decimal, Decimal>();
  readonly #prices: Decimal[] = [];
  readonly #sign: 1 | -1;

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  set(price: Decimal, quantity: Decimal): void {
    const isEmpty = /^[0.]*$/.test(quantity);
    const isKnown = this.#quantities.has(price);
    if (isEmpty === isKnown) {
      const at = this.#placeOf(price);
      if (isEmpty) this.#prices.splice(at, 1);
      else this.#prices.splice(at, 0, price);
    }
    if (isEmpty) this.#quantities.delete(price);
    else this.#quantities.set(price, quantity);
  }

  clear(): void {
    this.#quantities.clear();
    this.#prices.length = 0;
  }

  levels(limit: number): Level[] {
    return this.#prices.slice(0, limit).map((price) => [price, this.#quantities.get(price)!]);
  }

  #placeOf(price: Decimal): number {
    let low = 0;
    let high = this.#prices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareDecimals(this.#prices[middle]!, price) * this.#sign < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const waitingMax = 1_000;

/**
 * The levels of one market by the dialect's rule: a snapshot, then every diff that follows it without
 * a gap. Knows nothing of connections: it says when it needs another snapshot.
 */
export class DepthBook {
  readonly #bids = new BookSide(-1);
  readonly #asks = new BookSide(1);
  /** Diffs that came before there was a snapshot for them to follow. */
  #waiting: DepthDiff[] = [];
  #lastUpdateId = 0;
  #isSynced = false;

  /** Whether it shows the market's levels; if not, it shows none. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  get lastUpdateId(): number {
    return this.#lastUpdateId;
  }

  /** Best first. */
  bids(limit: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.#bids.levels(limit);
  }

  asks(limit: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.#asks.levels(limit);
  }

  /** Forgets everything. */
  reset(): void {
    this.#bids.clear();
    this.#asks.clear();
    this.#waiting = [];
    this.#isSynced = false;
  }

  /** False: what it shows has a gap; it was reset and needs a snapshot. */
  take(diff: DepthDiff): boolean {
    if (!this.#isSynced) {
      this.#waiting.push(diff);
      if (this.#waiting.length > waitingMax) this.#waiting.shift();
      return true;
    }
    if (diff.u <= this.#lastUpdateId) return true;
    if (diff.U > this.#lastUpdateId + 1) {
      this.reset();
      this.#waiting.push(diff);
      return false;
    }
    this.#apply(diff);
    return true;
  }

  /** False: the snapshot is older than the first diff that waits for it; a newer one is needed. */
  start(snapshot: DepthSnapshot): boolean {
    const diffs = this.#waiting.filter(({ u }) => u > snapshot.lastUpdateId);
    if (diffs[0] !== undefined && diffs[0].U > snapshot.lastUpdateId + 1) return false;
    this.reset();
    for (const [price, quantity] of snapshot.bids) this.#bids.set(price, quantity);
    for (const [price, quantity] of snapshot.asks) this.#asks.set(price, quantity);
    this.#lastUpdateId = snapshot.lastUpdateId;
    this.#isSynced = true;
    return diffs.every((diff) => this.take(diff));
  }

  #apply({ u, b, a }: DepthDiff): void {
    for (const [price, quantity] of b) this.#bids.set(price, quantity);
    for (const [price, quantity] of a) this.#asks.set(price, quantity);
    this.#lastUpdateId = u;
  }
}

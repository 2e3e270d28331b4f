/** A change of the book as the venue streams it: absolute quantities, zero removes. */
export interface DepthEvent {
  readonly U: number;
  readonly u: number;
  readonly b: readonly Level[];
  readonly a: readonly Level[];
}
export interface DepthSnapshot {
  readonly lastUpdateId: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}
type Level = readonly [price: string, quantity: string];

/** What the caller does next. */
export type Advice =
  /** The book is not whole: fetch a snapshot. */
  | "fetch"
  /** A snapshot is on its way. */
  | "wait"
  /** The book is whole and has changed. */
  | "changed"
  | "unchanged";

/** While a snapshot is on its way; beyond it the oldest are of no use any more. */
const BUFFERED_MAX = 5_000;

/**
 * Keeps a book whole, by the rules of the stream: the first event after a snapshot must reach
 * across it, each further one must begin where the one before it ended. Any gap makes it ask for
 * another snapshot; levels are shown again once there is one.
 */
export class BookSync {
  readonly bids = new Map<string, string>();
  readonly asks = new Map<string, string>();
  /** How often events were missing. */
  gaps = 0;
  #buffer: DepthEvent[] = [];
  #lastId: number | null = null;
  #isFetching = false;

  get isWhole(): boolean {
    return this.#lastId !== null;
  }

  /** The stream begins, or begins again. */
  start(): Advice {
    this.#lastId = null;
    this.#buffer = [];
    return this.#needSnapshot();
  }

  event(event: DepthEvent): Advice {
    if (this.#lastId === null) {
      this.#buffer.push(event);
      if (this.#buffer.length > BUFFERED_MAX) this.#buffer.shift();
      return this.#needSnapshot();
    }
    if (event.u <= this.#lastId) return "unchanged";
    // One that begins earlier is whole all the same: its quantities are absolute.
    if (event.U > this.#lastId + 1) {
      this.gaps += 1;
      this.#lastId = null;
      this.#buffer = [event];
      return this.#needSnapshot();
    }
    this.#apply(event);
    return "changed";
  }

  snapshot(snapshot: DepthSnapshot): Advice {
    this.#isFetching = false;
    const later = this.#buffer.filter(({ u }) => u > snapshot.lastUpdateId);
    const first = later[0];
    // Older than what was streamed: between the two something is missing.
    if (first !== undefined && first.U > snapshot.lastUpdateId + 1) return this.#needSnapshot();
    replace(this.bids, snapshot.bids);
    replace(this.asks, snapshot.asks);
    this.#lastId = snapshot.lastUpdateId;
    this.#buffer = [];
    for (const event of later) if (this.event(event) === "fetch") return "fetch";
    return "changed";
  }

  /** No snapshot came; the next event asks for another. */
  snapshotFailed(): void {
    this.#isFetching = false;
  }

  #needSnapshot(): Advice {
    if (this.#isFetching) return "wait";
    this.#isFetching = true;
    return "fetch";
  }

  #apply({ b, a, u }: DepthEvent): void {
    merge(this.bids, b);
    merge(this.asks, a);
    this.#lastId = u;
  }
}

function replace(side: Map<string, string>, levels: readonly Level[]): void {
  side.clear();
  merge(side, levels);
}

function merge(side: Map<string, string>, levels: readonly Level[]): void {
  for (const [price, quantity] of levels) {
    if (/[1-9]/.test(quantity)) side.set(price, quantity);
    else side.delete(price);
  }
}

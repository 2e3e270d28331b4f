import { DepthBook, type DepthDiff } from "./depth-book.ts";
import { Listeners } from "./listeners.ts";
import type { DepthSnapshot, Level } from "./order-types.ts";

const snapshotLevels = 1_000;
/** Between snapshots that are all too old, and before a book that stays quiet is looked at once more. */
const againMs = 50;
const confirmAfterMs = 1_000;

type Source = {
  readonly connection: () => { readonly staleMs: number; readonly isStale: boolean };
  snapshot(levels: number): Promise<DepthSnapshot>;
};

/** The book of one market, kept up to date; what is missed is fetched anew. */
export class LiveBook {
  readonly symbol: string;
  readonly #source: Source;
  readonly #book = new DepthBook();
  readonly #changes = new Listeners<LiveBook>();
  #generation = 0;
  #resyncs = -1;
  #isClosed = false;

  constructor(symbol: string, source: Source) {
    this.symbol = symbol;
    this.#source = source;
  }

  /** Best first; none while the book is not known. */
  bids(limit?: number): readonly Level[] {
    return this.#book.bids(limit);
  }

  asks(limit?: number): readonly Level[] {
    return this.#book.asks(limit);
  }

  get lastUpdateId(): number {
    return this.#book.lastUpdateId;
  }

  /** How long ago its connection last said something. */
  get staleMs(): number {
    return this.#source.connection().staleMs;
  }

  /** Whether it may differ from the venue's: unknown, or its connection is silent. */
  get isStale(): boolean {
    return !this.#book.isSynced || this.#source.connection().isStale;
  }

  /** How often it was fetched anew after the first time. */
  get resyncs(): number {
    return Math.max(0, this.#resyncs);
  }

  /** Called after each change, also when the book becomes known or unknown. Returns what ends it. */
  onChange(listener: (book: LiveBook) => void): () => void {
    return this.#changes.add(listener);
  }

  /** Of its own stream. */
  take(diff: DepthDiff): void {
    const wasSynced = this.#book.isSynced;
    if (!this.#book.take(diff)) this.sync();
    else if (wasSynced) this.#changes.tell(this);
  }

  /** The connection is gone: what it shows grows old. */
  lost(): void {
    this.#generation++;
    this.#book.reset();
    this.#changes.tell(this);
  }

  /** From now on all diffs come: fetches what they build on. */
  sync(): void {
    const generation = ++this.#generation;
    // Errors of single snapshots are met inside; it ends only with the book known, lost or closed.
    void this.#start(generation);
  }

  close(): void {
    this.#isClosed = true;
  }

  async #start(generation: number): Promise<void> {
    while (!this.#isClosed && generation === this.#generation) {
      const snapshot = await this.#source.snapshot(snapshotLevels).catch(() => null);
      if (generation !== this.#generation) return;
      if (snapshot !== null && this.#book.start(snapshot)) {
        this.#resyncs++;
        this.#changes.tell(this);
        setTimeout(() => void this.#confirm(generation), confirmAfterMs).unref();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
  }

  /**
   * A snapshot from a node that was behind the stream's lacks what happened in between, which the next
   * diff would show; where none comes, a second look does.
   */
  async #confirm(generation: number): Promise<void> {
    const snapshot = await this.#source.snapshot(1).catch(() => null);
    if (snapshot === null || snapshot.lastUpdateId <= this.#book.lastUpdateId) return;
    await new Promise((resolve) => setTimeout(resolve, confirmAfterMs).unref());
    const isBehind = snapshot.lastUpdateId > this.#book.lastUpdateId;
    if (isBehind && generation === this.#generation && !this.#isClosed) this.sync();
  }
}

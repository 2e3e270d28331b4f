import { type Advice, BookSync, type DepthEvent, type DepthSnapshot } from "./book-sync.ts";
import { unitsOf } from "./decimal.ts";
import { Feed } from "./feed.ts";
import { ask } from "./http.ts";
import type { Market } from "./market.ts";
import type { MarketStream } from "./market-stream.ts";

export interface BookLevel {
  readonly price: bigint;
  readonly quantity: bigint;
}

/** Best price first on both sides. */
export interface Book {
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  /** How often the book had to be fetched anew because events were missing. */
  readonly repairs: number;
}

export const EMPTY_BOOK: Book = { bids: [], asks: [], repairs: 0 };

const SNAPSHOT_LEVELS = 1_000;

/** The order book of one market. */
export class BookFeed extends Feed<Book> {
  readonly #market: Market;
  readonly #sync = new BookSync();
  #isDrawDue = false;

  constructor(stream: MarketStream, market: Market) {
    super(stream, `${market.symbol.toLowerCase()}@depth@100ms`, EMPTY_BOOK);
    this.#market = market;
  }

  protected started(): void {
    this.#follow(this.#sync.start());
  }

  protected event(data: unknown): void {
    this.#follow(this.#sync.event(data as DepthEvent));
  }

  #follow(advice: Advice): void {
    if (advice === "changed") this.#drawSoon();
    else if (advice === "fetch") {
      this.stale();
      void this.#fetch();
    }
  }

  async #fetch(): Promise<void> {
    const query = { symbol: this.#market.symbol, limit: SNAPSHOT_LEVELS };
    const snapshot = await this.fetched(() =>
      ask<DepthSnapshot>("GET", "/api/v3/depth", { query }),
    );
    if (snapshot === null) this.#sync.snapshotFailed();
    else this.#follow(this.#sync.snapshot(snapshot));
  }

  /** Sorting is for what is looked at, not for every event. */
  #drawSoon(): void {
    if (this.#isDrawDue) return;
    this.#isDrawDue = true;
    setTimeout(() => {
      this.#isDrawDue = false;
      if (this.#sync.isWhole) this.changed(this.#book());
    }, 30);
  }

  #book(): Book {
    const { bids, asks, gaps } = this.#sync;
    const best = (a: BookLevel, b: BookLevel) => (a.price < b.price ? -1 : 1);
    return {
      bids: this.#levels(bids).sort((a, b) => best(b, a)),
      asks: this.#levels(asks).sort(best),
      repairs: gaps,
    };
  }

  #levels(side: ReadonlyMap<string, string>): BookLevel[] {
    const { priceDecimals, quantityDecimals } = this.#market;
    return [...side].map(([price, quantity]) => ({
      price: unitsOf(price, priceDecimals),
      quantity: unitsOf(quantity, quantityDecimals),
    }));
  }
}

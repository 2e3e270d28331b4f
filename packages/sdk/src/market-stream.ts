import type { DepthDiff } from "./depth-book.ts";
import { Listeners } from "./listeners.ts";
import { LiveBook } from "./live-book.ts";
import { LiveConnection, type Message } from "./live-connection.ts";
import type { Decimal, DepthSnapshot } from "./order-types.ts";
import type { Requester } from "./requester.ts";
import { type HeardTrade, type MarketTrade, TradeFeed } from "./trade-feed.ts";

/** The last 24 hours of a market. */
export type Ticker = {
  readonly symbol: string;
  readonly lastPrice: Decimal;
  readonly openPrice: Decimal;
  readonly highPrice: Decimal;
  readonly lowPrice: Decimal;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal;
  readonly priceChangePercent: Decimal;
  readonly time: number;
};

const tradesFetchedMax = 1_000;

type RestTrade = {
  readonly id: number;
  readonly price: Decimal;
  readonly qty: Decimal;
  readonly time: number;
  readonly isBuyerMaker: boolean;
};

/** Books, trades and tickers over one connection. Listeners are called at once, in the venue's order. */
export class MarketStream {
  readonly #requester: Requester;
  readonly #connection: LiveConnection;
  readonly #books = new Map<string, LiveBook>();
  readonly #trades = new Map<string, TradeFeed>();
  readonly #tickers = new Map<string, Listeners<Ticker>>();
  /** Names that are to be subscribed to with the next message; many are asked for at once. */
  #wanted: string[] = [];
  #nextId = 1;
  /** What becomes of a subscription that was acknowledged. */
  readonly #acknowledged = new Map<number, readonly string[]>();

  constructor(requester: Requester) {
    this.#requester = requester;
    this.#connection = new LiveConnection(requester.board, requester.limits, {
      path: "/stream",
      onOpen: (position) => {
        requester.sawPosition(position);
        this.#acknowledged.clear();
        this.#wanted = [];
        this.#subscribe(this.#names());
      },
      onMessage: (message) => this.#receive(message),
      onLost: () => {
        for (const feed of this.#trades.values()) feed.hold();
        for (const book of this.#books.values()) book.lost();
      },
    });
  }

  get staleMs(): number {
    return this.#connection.staleMs;
  }

  get isStale(): boolean {
    return this.#connection.isStale;
  }

  /** Where it comes from now; null while it is being connected. */
  get endpoint(): string | null {
    return this.#connection.endpoint;
  }

  /** The market's book, kept up to date from now on. */
  book(symbol: string): LiveBook {
    const known = this.#books.get(symbol);
    if (known !== undefined) return known;
    const book = new LiveBook(symbol, {
      connection: () => this.#connection,
      snapshot: (limit) => this.#requester.read<DepthSnapshot>("/api/v3/depth", { symbol, limit }),
    });
    this.#books.set(symbol, book);
    this.#want(`${symbol.toLowerCase()}@depth@100ms`);
    return book;
  }

  /** Every trade from now on; those missed by a broken connection are fetched. Returns what ends it. */
  onTrade(symbol: string, listener: (trade: MarketTrade) => void): () => void {
    const feed = this.#trades.get(symbol) ?? new TradeFeed();
    if (!this.#trades.has(symbol)) {
      this.#trades.set(symbol, feed);
      this.#want(`${symbol.toLowerCase()}@trade`);
    }
    return feed.listeners.add(listener);
  }

  /** Each second in which the market's ticker changed. Returns what ends it. */
  onTicker(symbol: string, listener: (ticker: Ticker) => void): () => void {
    const listeners = this.#tickers.get(symbol) ?? new Listeners<Ticker>();
    if (!this.#tickers.has(symbol)) {
      this.#tickers.set(symbol, listeners);
      this.#want(`${symbol.toLowerCase()}@ticker`);
    }
    return listeners.add(listener);
  }

  close(): void {
    for (const book of this.#books.values()) book.close();
    this.#connection.close();
  }

  #names(): string[] {
    const names = (symbols: Iterable<string>, kind: string) =>
      [...symbols].map((symbol) => `${symbol.toLowerCase()}@${kind}`);
    return [
      ...names(this.#books.keys(), "depth@100ms"),
      ...names(this.#trades.keys(), "trade"),
      ...names(this.#tickers.keys(), "ticker"),
    ];
  }

  #want(name: string): void {
    if (this.#wanted.push(name) > 1) return;
    queueMicrotask(() => this.#subscribe(this.#wanted.splice(0)));
  }

  #subscribe(params: readonly string[]): void {
    // While it is not open, opening it subscribes to everything.
    if (params.length === 0 || this.#connection.endpoint === null) return;
    const id = this.#nextId++;
    this.#acknowledged.set(id, params);
    this.#connection.send({ method: "SUBSCRIBE", params, id });
  }

  #receive(message: Message): void {
    const { stream, data, id } = message;
    if (typeof stream === "string") this.#event(data as Message);
    else if (typeof id === "number") this.#subscribed(id);
  }

  /** From here on nothing is missed: what lies before it is fetched. */
  #subscribed(id: number): void {
    const names = new Set(this.#acknowledged.get(id));
    this.#acknowledged.delete(id);
    for (const [symbol, book] of this.#books) {
      if (names.has(`${symbol.toLowerCase()}@depth@100ms`)) book.sync();
    }
    for (const [symbol, feed] of this.#trades) {
      if (names.has(`${symbol.toLowerCase()}@trade`)) void this.#fetchMissed(symbol, feed);
    }
  }

  /** Where they cannot be fetched, the next trade says how many are missing. */
  async #fetchMissed(symbol: string, feed: TradeFeed): Promise<void> {
    if (feed.lastId === 0) return;
    const query = { symbol, limit: tradesFetchedMax };
    const trades = await this.#requester
      .read<readonly RestTrade[]>("/api/v3/trades", query)
      .catch(() => []);
    feed.release(
      trades.map(({ id, price, qty, time, isBuyerMaker }) => {
        return { symbol, id, price, qty, time, isBuyerMaker };
      }),
    );
  }

  #event(event: Message): void {
    const symbol = event["s"] as string;
    switch (event["e"]) {
      case "depthUpdate":
        this.#books.get(symbol)?.take(event as unknown as DepthDiff);
        return;
      case "trade":
        this.#trades.get(symbol)?.take(tradeOf(event));
        return;
      case "24hrTicker":
        this.#tickers.get(symbol)?.tell(tickerOf(event));
    }
  }
}

function tradeOf(event: Message): HeardTrade {
  return {
    symbol: event["s"] as string,
    id: event["t"] as number,
    price: event["p"] as string,
    qty: event["q"] as string,
    time: event["T"] as number,
    isBuyerMaker: event["m"] as boolean,
  };
}

function tickerOf(event: Message): Ticker {
  return {
    symbol: event["s"] as string,
    lastPrice: event["c"] as string,
    openPrice: event["o"] as string,
    highPrice: event["h"] as string,
    lowPrice: event["l"] as string,
    volume: event["v"] as string,
    quoteVolume: event["q"] as string,
    priceChangePercent: event["P"] as string,
    time: event["E"] as number,
  };
}

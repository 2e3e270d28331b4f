import { Feed } from "./feed.ts";
import { ask } from "./http.ts";
import type { MarketStream } from "./market-stream.ts";

/** A market's last 24 hours, as the venue's own decimals. */
export interface Ticker {
  readonly last: string;
  readonly change: string;
  readonly changePercent: string;
  readonly high: string;
  readonly low: string;
  readonly baseVolume: string;
  readonly quoteVolume: string;
  readonly trades: number;
}

interface TickerEvent {
  readonly s: string;
  readonly c: string;
  readonly p: string;
  readonly P: string;
  readonly h: string;
  readonly l: string;
  readonly v: string;
  readonly q: string;
  readonly n: number;
}
interface TickerJson {
  readonly symbol: string;
  readonly lastPrice: string;
  readonly priceChange: string;
  readonly priceChangePercent: string;
  readonly highPrice: string;
  readonly lowPrice: string;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly count: number;
}

/** The 24 hours of one market. */
export class TickerFeed extends Feed<Ticker | null> {
  readonly #symbol: string;

  constructor(stream: MarketStream, symbol: string) {
    super(stream, `${symbol.toLowerCase()}@ticker`, null);
    this.#symbol = symbol;
  }

  protected event(data: unknown): void {
    const { c, p, P, h, l, v, q, n } = data as TickerEvent;
    this.changed({
      last: c,
      change: p,
      changePercent: P,
      high: h,
      low: l,
      baseVolume: v,
      quoteVolume: q,
      trades: n,
    });
  }

  protected started(): void {
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    const query = { symbol: this.#symbol };
    const json = await this.fetched(() => ask<TickerJson>("GET", "/api/v3/ticker/24hr", { query }));
    if (json !== null) this.changed(tickerOf(json));
  }
}

/** The 24 hours of all markets, by symbol. */
export async function fetchTickers(): Promise<ReadonlyMap<string, Ticker>> {
  const all = await ask<readonly TickerJson[]>("GET", "/api/v3/ticker/24hr");
  return new Map(all.map((json) => [json.symbol, tickerOf(json)]));
}

function tickerOf(json: TickerJson): Ticker {
  return {
    last: json.lastPrice,
    change: json.priceChange,
    changePercent: json.priceChangePercent,
    high: json.highPrice,
    low: json.lowPrice,
    baseVolume: json.volume,
    quoteVolume: json.quoteVolume,
    trades: json.count,
  };
}

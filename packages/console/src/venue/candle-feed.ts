import { Feed } from "./feed.ts";
import { ask } from "./http.ts";
import type { Market } from "./market.ts";
import type { MarketStream } from "./market-stream.ts";

export const INTERVALS = ["1s", "1m", "5m", "15m", "1h", "4h", "1d", "1w"] as const;
export type Interval = (typeof INTERVALS)[number];

/** As floats: candles are looked at, not reckoned with. */
export interface Candle {
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface Candles {
  /** Oldest first. */
  readonly all: readonly Candle[];
  /** Changes when `all` is another series; else only its last candles are new. */
  readonly series: number;
}

type KlineJson = readonly [
  openTimeMs: number,
  open: string,
  high: string,
  low: string,
  close: string,
  volume: string,
  ...unknown[],
];
interface KlineEvent {
  readonly k: {
    readonly t: number;
    readonly o: string;
    readonly h: string;
    readonly l: string;
    readonly c: string;
    readonly v: string;
  };
}

const FETCHED = 1_000;

/** The candles of one market in one interval. */
export class CandleFeed extends Feed<Candles> {
  readonly #market: Market;
  readonly #interval: Interval;

  constructor(stream: MarketStream, market: Market, interval: Interval) {
    super(stream, `${market.symbol.toLowerCase()}@kline_${interval}`, { all: [], series: 0 });
    this.#market = market;
    this.#interval = interval;
  }

  protected event(data: unknown): void {
    const { t, o, h, l, c, v } = (data as KlineEvent).k;
    const { all, series } = this.view.get();
    // Before the first fetch it would stand alone, and the chart would jump.
    if (series === 0) return;
    const candle = candleOf([t, o, h, l, c, v]);
    const kept = all.at(-1)?.openTimeMs === t ? all.slice(0, -1) : all;
    const last = kept.at(-1)?.openTimeMs ?? 0;
    if (t > last) this.changed({ all: [...kept, candle], series });
  }

  protected started(): void {
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    const query = { symbol: this.#market.symbol, interval: this.#interval, limit: FETCHED };
    const klines = await this.fetched(() =>
      ask<readonly KlineJson[]>("GET", "/api/v3/klines", { query }),
    );
    if (klines === null) return;
    this.changed({ all: klines.map(candleOf), series: this.view.get().series + 1 });
  }
}

function candleOf([openTimeMs, open, high, low, close, volume]: KlineJson): Candle {
  return {
    openTimeMs,
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: Number(close),
    volume: Number(volume),
  };
}

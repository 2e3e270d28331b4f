import type { CandleInterval } from "./candle-interval.ts";
import { candleField } from "./candle-series.ts";
import type { Candles } from "./candles.ts";
import type { AveragePrice, Ticker } from "./records.ts";
import type { Trades } from "./trades.ts";
import { addWide, wideToBig } from "./wide.ts";

const f = candleField;
const minuteMs = 60_000;
const minutesPerDay = 1_440;
const averageMinutes = 5;
/** The minute candles reach 5,000 trading minutes back; wider windows take those of 5 minutes. */
const minuteCandlesMax = 3 * minutesPerDay;

/**
 * Statistics of windows that end now, summed up from the candles, so nothing more is kept. A window
 * begins with a whole minute (beyond 3 days: 5 minutes), so it may be that much wider than asked for.
 */
export class Tickers {
  readonly #candles: Candles;
  readonly #trades: Trades;

  constructor(candles: Candles, trades: Trades) {
    this.#candles = candles;
    this.#trades = trades;
  }

  day(market: number, nowMs: number): Ticker {
    return this.window(market, minutesPerDay, nowMs);
  }

  /** A window of up to 7 days. */
  window(market: number, minutes: number, nowMs: number): Ticker {
    const interval: CandleInterval = minutes > minuteCandlesMax ? "5m" : "1m";
    const stepMs = interval === "5m" ? 5 * minuteMs : minuteMs;
    const openTimeMs = Math.floor((nowMs - minutes * minuteMs) / stepMs) * stepMs;
    return this.since(market, interval, openTimeMs, nowMs);
  }

  /** From `openTimeMs`, where a candle of the interval opens, until now. */
  since(market: number, interval: CandleInterval, openTimeMs: number, nowMs: number): Ticker {
    const last = this.#trades.last(market);
    const series = this.#candles.series(market, interval);
    const start = series === undefined ? 0 : series.indexFrom(openTimeMs);
    const lastTicks = last?.priceTicks ?? 0;
    if (last === undefined || series === undefined || start === series.count) {
      return flatTicker(openTimeMs, nowMs, lastTicks, last?.quantityLots ?? 0);
    }
    const { data } = series;
    const sums = new Float64Array(4);
    const first = series.at(start);
    let highTicks = data[first + f.high]!;
    let lowTicks = data[first + f.low]!;
    for (let index = start; index < series.count; index++) {
      const at = series.at(index);
      highTicks = Math.max(highTicks, data[at + f.high]!);
      lowTicks = Math.min(lowTicks, data[at + f.low]!);
      addWide(sums, 0, data[at + f.lots]!, data[at + f.lots + 1]!);
      addWide(sums, 2, data[at + f.quote]!, data[at + f.quote + 1]!);
    }
    const openTicks = data[first + f.open]!;
    const firstTradeId = data[first + f.firstTradeId]!;
    return {
      openTimeMs,
      closeTimeMs: nowMs,
      previousCloseTicks: start === 0 ? openTicks : data[series.at(start - 1) + f.close]!,
      openTicks,
      highTicks,
      lowTicks,
      lastTicks,
      lastLots: last.quantityLots,
      volumeLots: wideToBig(sums[0]!, sums[1]!),
      quoteUnits: wideToBig(sums[2]!, sums[3]!),
      tradeCount: last.tradeId - firstTradeId + 1,
      firstTradeId,
      lastTradeId: last.tradeId,
    };
  }

  average(market: number, nowMs: number): AveragePrice {
    const { quoteUnits, volumeLots } = this.window(market, averageMinutes, nowMs);
    const last = this.#trades.last(market);
    return {
      minutes: averageMinutes,
      quoteUnits,
      volumeLots,
      lastTicks: last?.priceTicks ?? 0,
      lastTradeTimeMs: last?.timeMs ?? 0,
    };
  }
}

/** Nothing traded within the window: every price is the last one. */
function flatTicker(
  openTimeMs: number,
  closeTimeMs: number,
  lastTicks: number,
  lastLots: number,
): Ticker {
  return {
    openTimeMs,
    closeTimeMs,
    previousCloseTicks: lastTicks,
    openTicks: lastTicks,
    highTicks: lastTicks,
    lowTicks: lastTicks,
    lastTicks,
    lastLots,
    volumeLots: 0n,
    quoteUnits: 0n,
    tradeCount: 0,
    firstTradeId: -1,
    lastTradeId: -1,
  };
}

import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import {
  type CandleInterval,
  candleIntervals,
  candleOpenMs,
  dayMs,
  intervalLengthMs,
  nextCandleOpenMs,
  stepCandleOpenMs,
} from "./candle-interval.ts";
import { CandleSeries, candleField } from "./candle-series.ts";
import type { Candle, CandleQuery } from "./records.ts";
import type { TradeInHand } from "./trade-in-hand.ts";
import { addWide, wideToBig } from "./wide.ts";

const f = candleField;

/** Candles of every market in all intervals. Only those with trades are kept; the rest is filled in. */
export class Candles {
  readonly #markets: Map<CandleInterval, CandleSeries>[] = [];

  add(trade: TradeInHand): void {
    for (const series of this.#seriesOf(trade.market).values()) series.add(trade);
  }

  #seriesOf(market: number): Map<CandleInterval, CandleSeries> {
    while (this.#markets.length <= market) {
      this.#markets.push(new Map(candleIntervals.map((name) => [name, new CandleSeries(name)])));
    }
    return this.#markets[market]!;
  }

  /** The candles in which something traded. */
  series(market: number, interval: CandleInterval): CandleSeries | undefined {
    return this.#markets[market]?.get(interval);
  }

  /** The candle that `timeMs` lies in, flat when nothing traded; undefined before the first trade. */
  at(market: number, interval: CandleInterval, timeMs: number): Candle | undefined {
    const series = this.series(market, interval);
    if (series === undefined) return undefined;
    const openMs = candleOpenMs(interval, timeMs);
    const index = series.indexFrom(openMs);
    const builder = new CandleBuilder(interval, 0);
    if (index < series.count && series.openMs(index) === openMs) {
      return builder.build(openMs, series, index, index + 1, 0);
    }
    if (index === 0) return undefined;
    return builder.build(openMs, series, index, index, closeTicks(series, index - 1));
  }

  /** Ascending, gaps filled with flat candles, up to the one that `nowMs` lies in. */
  list(market: number, interval: CandleInterval, query: CandleQuery, nowMs: number): Candle[] {
    const offsetMs = query.zoneOffsetMs ?? 0;
    const series = this.series(market, sourceInterval(interval, offsetMs));
    if (series === undefined || series.count === 0) return [];
    const openOf = (timeMs: number) => candleOpenMs(interval, timeMs + offsetMs) - offsetMs;
    const nextOf = (openMs: number) => nextCandleOpenMs(interval, openMs + offsetMs) - offsetMs;
    const oldestMs = firstWholeOpenMs(series, openOf, nextOf);
    const newestMs = openOf(Math.max(nowMs, series.openMs(series.count - 1)));
    // Times beyond the newest candle are cut first: calendars end long before numbers do.
    const lastMs = openOf(Math.min(query.endTimeMs ?? newestMs, newestMs));
    if (query.startTimeMs !== undefined && query.startTimeMs > lastMs) return [];
    let fromMs: number;
    if (query.startTimeMs === undefined) {
      const back = query.limit - 1;
      fromMs = stepCandleOpenMs(interval, lastMs + offsetMs, -back) - offsetMs;
    } else {
      fromMs = openOf(query.startTimeMs);
      if (fromMs < query.startTimeMs) fromMs = nextOf(fromMs);
    }
    const builder = new CandleBuilder(interval, offsetMs);
    const candles: Candle[] = [];
    let openMs = Math.max(fromMs, oldestMs);
    let index = series.indexFrom(openMs);
    let previousClose = index === 0 ? 0 : closeTicks(series, index - 1);
    while (openMs <= lastMs && candles.length < query.limit) {
      const nextMs = nextOf(openMs);
      let end = index;
      while (end < series.count && series.openMs(end) < nextMs) end++;
      const candle = builder.build(openMs, series, index, end, previousClose);
      candles.push(candle);
      previousClose = candle.closeTicks;
      index = end;
      openMs = nextMs;
    }
    return candles;
  }

  save(out: ByteWriter): void {
    out.u53(this.#markets.length);
    for (const market of this.#markets) for (const series of market.values()) series.save(out);
  }

  restore(from: ByteReader): void {
    const count = from.u53();
    for (let market = 0; market < count; market++) {
      for (const series of this.#seriesOf(market).values()) series.restore(from);
    }
  }
}

function closeTicks(series: CandleSeries, index: number): number {
  return series.data[series.at(index) + f.close]!;
}

/** Where the kept candles begin; a wider candle whose beginning was forgotten does not count. */
function firstWholeOpenMs(
  series: CandleSeries,
  openOf: (timeMs: number) => number,
  nextOf: (openMs: number) => number,
): number {
  const keptFromMs = series.openMs(0);
  const openMs = openOf(keptFromMs);
  return series.hasForgotten && openMs < keptFromMs ? nextOf(openMs) : openMs;
}

/**
 * Candles in another time zone are put together from the longest ones that fit both the wanted
 * length and the zone's offset: days at UTC+8 from 8 h, hours at UTC+5:45 from 15 min.
 */
function sourceInterval(interval: CandleInterval, offsetMs: number): CandleInterval {
  const lengthMs = intervalLengthMs[interval];
  if (offsetMs === 0 || (lengthMs !== 0 && lengthMs < dayMs && offsetMs % lengthMs === 0)) {
    return interval;
  }
  const wholeMs = lengthMs === 0 ? dayMs : lengthMs;
  let source: CandleInterval = "1s";
  for (const candidate of candleIntervals) {
    const candidateMs = intervalLengthMs[candidate];
    if (candidateMs === 0 || candidateMs >= dayMs) break;
    if (wholeMs % candidateMs === 0 && offsetMs % candidateMs === 0) source = candidate;
  }
  return source;
}

/** Puts kept candles together into one to answer with. */
class CandleBuilder {
  readonly #interval: CandleInterval;
  readonly #offsetMs: number;
  readonly #sums = new Float64Array(8);

  constructor(interval: CandleInterval, offsetMs: number) {
    this.#interval = interval;
    this.#offsetMs = offsetMs;
  }

  /** The candle that opens at `openMs` out of series[start, end); flat at `flatTicks` out of none. */
  build(
    openMs: number,
    series: CandleSeries,
    start: number,
    end: number,
    flatTicks: number,
  ): Candle {
    const { data } = series;
    const sums = this.#sums.fill(0);
    const isEmpty = start === end;
    const first = isEmpty ? 0 : series.at(start);
    const last = isEmpty ? 0 : series.at(end - 1);
    let highTicks = isEmpty ? flatTicks : data[first + f.high]!;
    let lowTicks = isEmpty ? flatTicks : data[first + f.low]!;
    for (let index = start; index < end; index++) {
      const at = series.at(index);
      highTicks = Math.max(highTicks, data[at + f.high]!);
      lowTicks = Math.min(lowTicks, data[at + f.low]!);
      for (let sum = 0; sum < 8; sum += 2) {
        addWide(sums, sum, data[at + f.lots + sum]!, data[at + f.lots + sum + 1]!);
      }
    }
    const firstTradeId = isEmpty ? -1 : data[first + f.firstTradeId]!;
    const lastTradeId = isEmpty ? -1 : data[last + f.lastTradeId]!;
    return {
      openTimeMs: openMs,
      closeTimeMs: nextCandleOpenMs(this.#interval, openMs + this.#offsetMs) - this.#offsetMs - 1,
      openTicks: isEmpty ? flatTicks : data[first + f.open]!,
      highTicks,
      lowTicks,
      closeTicks: isEmpty ? flatTicks : data[last + f.close]!,
      volumeLots: wideToBig(sums[0]!, sums[1]!),
      quoteUnits: wideToBig(sums[2]!, sums[3]!),
      takerBuyLots: wideToBig(sums[4]!, sums[5]!),
      takerBuyQuoteUnits: wideToBig(sums[6]!, sums[7]!),
      tradeCount: isEmpty ? 0 : lastTradeId - firstTradeId + 1,
      firstTradeId,
      lastTradeId,
    };
  }
}

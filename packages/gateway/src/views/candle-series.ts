import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type CandleInterval, candleOpenMs, nextCandleOpenMs } from "./candle-interval.ts";
import type { TradeInHand } from "./trade-in-hand.ts";
import { addWide } from "./wide.ts";

/** Offsets within one candle. A sum takes two: low, high. */
export const candleField = {
  openMs: 0,
  open: 1,
  high: 2,
  low: 3,
  close: 4,
  firstTradeId: 5,
  lastTradeId: 6,
  lots: 7,
  quote: 9,
  takerBuyLots: 11,
  takerBuyQuote: 13,
} as const;
export const candleStride = 15;

const candlesMax = 5_000;
const f = candleField;

/**
 * The last 5,000 candles of one market and interval in which something traded, oldest first, in a
 * ring. Log time never goes back, so a trade belongs to the newest candle or begins the next one.
 */
export class CandleSeries {
  readonly interval: CandleInterval;
  #data = new Float64Array(16 * candleStride);
  #capacity = 16;
  /** Slot of the oldest candle. */
  #first = 0;
  #count = 0;
  /** Where the newest candle lies in the data, and when it ends. */
  #newestAt = 0;
  #nextOpenMs = 0;
  #hasForgotten = false;

  constructor(interval: CandleInterval) {
    this.interval = interval;
  }

  get count(): number {
    return this.#count;
  }

  /** Whether older candles were dropped to make room. */
  get hasForgotten(): boolean {
    return this.#hasForgotten;
  }

  /** The candles' fields: candle `index` (0: the oldest) begins at `at(index)`. */
  get data(): Float64Array {
    return this.#data;
  }
  at(index: number): number {
    const slot = this.#first + index;
    return (slot < this.#capacity ? slot : slot - this.#capacity) * candleStride;
  }

  openMs(index: number): number {
    return this.#data[this.at(index)]!;
  }

  add(trade: TradeInHand): void {
    if (trade.timeMs >= this.#nextOpenMs) this.#begin(trade);
    const data = this.#data;
    const at = this.#newestAt;
    const price = trade.priceTicks;
    if (price > data[at + f.high]!) data[at + f.high] = price;
    if (price < data[at + f.low]!) data[at + f.low] = price;
    data[at + f.close] = price;
    data[at + f.lastTradeId] = trade.tradeId;
    addWide(data, at + f.lots, trade.lotsLow, trade.lotsHigh);
    addWide(data, at + f.quote, trade.quoteLow, trade.quoteHigh);
    if (!trade.takerBuys) return;
    addWide(data, at + f.takerBuyLots, trade.lotsLow, trade.lotsHigh);
    addWide(data, at + f.takerBuyQuote, trade.quoteLow, trade.quoteHigh);
  }

  #begin(trade: TradeInHand): void {
    const openMs = candleOpenMs(this.interval, trade.timeMs);
    this.#nextOpenMs = nextCandleOpenMs(this.interval, openMs);
    const at = this.#takeRow();
    const data = this.#data;
    data.fill(0, at, at + candleStride);
    data[at] = openMs;
    data[at + f.open] = trade.priceTicks;
    data[at + f.high] = trade.priceTicks;
    data[at + f.low] = trade.priceTicks;
    data[at + f.firstTradeId] = trade.tradeId;
  }

  /** Where the next newest candle goes: a free row, else the oldest candle's. */
  #takeRow(): number {
    if (this.#count === candlesMax) {
      this.#first = this.#first + 1 === this.#capacity ? 0 : this.#first + 1;
      this.#hasForgotten = true;
    } else {
      if (this.#count === this.#capacity) this.#grow();
      this.#count++;
    }
    this.#newestAt = this.at(this.#count - 1);
    return this.#newestAt;
  }

  /** Only before anything was forgotten: the oldest candle still lies first. */
  #grow(): void {
    this.#capacity = Math.min(this.#capacity * 2, candlesMax);
    const grown = new Float64Array(this.#capacity * candleStride);
    grown.set(this.#data);
    this.#data = grown;
  }

  /** The index of the first candle that opens at `openMs` or later; `count` when there is none. */
  indexFrom(openMs: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.openMs(middle) < openMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  save(out: ByteWriter): void {
    out.u53(this.#count);
    out.u53(this.#hasForgotten ? 1 : 0);
    const data = this.#data;
    let previousOpenSeconds = 0;
    let previousClose = 0;
    for (let i = 0; i < this.#count; i++) {
      const at = this.at(i);
      const open = data[at + f.open]!;
      const close = data[at + f.close]!;
      const openSeconds = data[at]! / 1000;
      // The week of the epoch itself began before it.
      out.signed(openSeconds - previousOpenSeconds);
      out.signed(open - previousClose);
      out.u53(data[at + f.high]! - open);
      out.u53(open - data[at + f.low]!);
      out.signed(close - open);
      // Trade ids have no gaps, so every candle but the first begins after the one before.
      if (i === 0) out.u53(data[at + f.firstTradeId]!);
      out.u53(data[at + f.lastTradeId]! - data[at + f.firstTradeId]!);
      for (let sum = f.lots; sum < candleStride; sum++) out.u53(data[at + sum]!);
      previousOpenSeconds = openSeconds;
      previousClose = close;
    }
  }

  /** Into a series that is still empty. */
  restore(from: ByteReader): void {
    const count = from.u53();
    this.#hasForgotten = from.u53() === 1;
    let openSeconds = 0;
    let close = 0;
    let nextTradeId = 0;
    for (let i = 0; i < count; i++) {
      if (this.#count === this.#capacity) this.#grow();
      this.#count++;
      const at = this.at(i);
      const data = this.#data;
      openSeconds += from.signed();
      data[at] = openSeconds * 1000;
      const open = close + from.signed();
      data[at + f.open] = open;
      data[at + f.high] = open + from.u53();
      data[at + f.low] = open - from.u53();
      close = open + from.signed();
      data[at + f.close] = close;
      if (i === 0) nextTradeId = from.u53();
      data[at + f.firstTradeId] = nextTradeId;
      nextTradeId += from.u53();
      data[at + f.lastTradeId] = nextTradeId++;
      for (let sum = f.lots; sum < candleStride; sum++) data[at + sum] = from.u53();
    }
    if (count === 0) return;
    this.#newestAt = this.at(count - 1);
    this.#nextOpenMs = nextCandleOpenMs(this.interval, this.openMs(count - 1));
  }
}

import type { MarketGrid } from "../dialect/market-grid.ts";
import type { CandleInterval } from "../views/candle-interval.ts";
import type { Candle } from "../views/records.ts";
import type { Views } from "../views/views.ts";
import type { Publish, Publisher } from "./publisher.ts";

/** Candles told late when log time leapt ahead; those between are read over REST. */
const catchUpMax = 60;

/**
 * The running candle each second in which it traded, and each candle once more when it is over,
 * traded or not.
 */
export function klinePublisher(
  views: Views,
  grid: MarketGrid,
  stream: { readonly interval: CandleInterval; readonly zoneOffsetMs: number },
  startMs: number,
  publish: Publish,
): Publisher {
  const { interval, zoneOffsetMs } = stream;
  const candleAt = (timeMs: number): Candle | undefined =>
    zoneOffsetMs === 0
      ? views.candles.at(grid.market, interval, timeMs)
      : views.candles.list(
          grid.market,
          interval,
          { limit: 1, zoneOffsetMs, endTimeMs: timeMs },
          timeMs,
        )[0];
  const text = (candle: Candle, isClosed: boolean, nowMs: number): string =>
    klineEvent(grid, interval, candle, isClosed, nowMs);
  let traded = false;
  let running = candleAt(startMs);
  let atMs = startMs;
  return {
    beat: 1000,
    onTrade() {
      traded = true;
    },
    onBeat(nowMs) {
      for (let told = 0; running !== undefined && running.closeTimeMs < nowMs; told++) {
        if (told === catchUpMax) {
          running = candleAt(nowMs);
          break;
        }
        publish(text(candleAt(running.openTimeMs) ?? running, true, nowMs));
        running = candleAt(running.closeTimeMs + 1);
        traded = true;
      }
      atMs = nowMs;
      if (!traded) return;
      traded = false;
      running = candleAt(nowMs);
      if (running !== undefined) publish(text(running, false, nowMs));
    },
    current() {
      const candle = candleAt(atMs);
      return candle === undefined ? null : text(candle, false, atMs);
    },
  };
}

function klineEvent(
  grid: MarketGrid,
  interval: CandleInterval,
  k: Candle,
  isClosed: boolean,
  nowMs: number,
): string {
  const s = grid.symbolJson;
  return (
    `{"e":"kline","E":${nowMs},"s":${s},"k":{"t":${k.openTimeMs},"T":${k.closeTimeMs},"s":${s},"i":"${interval}",` +
    `"f":${k.firstTradeId},"L":${k.lastTradeId},"o":"${grid.priceText(k.openTicks)}","c":"${grid.priceText(k.closeTicks)}",` +
    `"h":"${grid.priceText(k.highTicks)}","l":"${grid.priceText(k.lowTicks)}","v":"${grid.quantityText(k.volumeLots)}",` +
    `"n":${k.tradeCount},"x":${isClosed},"q":"${grid.quoteText(k.quoteUnits)}","V":"${grid.quantityText(k.takerBuyLots)}",` +
    `"Q":"${grid.quoteText(k.takerBuyQuoteUnits)}","B":"0"}}`
  );
}

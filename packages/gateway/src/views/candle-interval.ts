/** The intervals of the dialect, from a second to a calendar month. */
export const candleIntervals = [
  "1s",
  "1m",
  "3m",
  "5m",
  "15m",
  "30m",
  "1h",
  "2h",
  "4h",
  "6h",
  "8h",
  "12h",
  "1d",
  "3d",
  "1w",
  "1M",
] as const;
export type CandleInterval = (typeof candleIntervals)[number];

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
export const dayMs: number = 24 * hourMs;
/** The epoch was a Thursday; weeks start on Monday. */
const firstMondayMs = 4 * dayMs;

/** Length of each interval; 0 for the calendar month, which has none. */
export const intervalLengthMs: Readonly<Record<CandleInterval, number>> = {
  "1s": secondMs,
  "1m": minuteMs,
  "3m": 3 * minuteMs,
  "5m": 5 * minuteMs,
  "15m": 15 * minuteMs,
  "30m": 30 * minuteMs,
  "1h": hourMs,
  "2h": 2 * hourMs,
  "4h": 4 * hourMs,
  "6h": 6 * hourMs,
  "8h": 8 * hourMs,
  "12h": 12 * hourMs,
  "1d": dayMs,
  "3d": 3 * dayMs,
  "1w": 7 * dayMs,
  "1M": 0,
};

export function isCandleInterval(text: string): text is CandleInterval {
  return Object.hasOwn(intervalLengthMs, text);
}

/** When the candle that holds `timeMs` opened. */
export function candleOpenMs(interval: CandleInterval, timeMs: number): number {
  const lengthMs = intervalLengthMs[interval];
  if (lengthMs === 0) {
    const date = new Date(timeMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const shiftMs = interval === "1w" ? firstMondayMs : 0;
  return Math.floor((timeMs - shiftMs) / lengthMs) * lengthMs + shiftMs;
}

/** When the candle after the one that opened at `openMs` opens. */
export function nextCandleOpenMs(interval: CandleInterval, openMs: number): number {
  return stepCandleOpenMs(interval, openMs, 1);
}

/** When the candle opens that is `count` candles after (before, when negative) the one at `openMs`. */
export function stepCandleOpenMs(interval: CandleInterval, openMs: number, count: number): number {
  const lengthMs = intervalLengthMs[interval];
  if (lengthMs !== 0) return openMs + count * lengthMs;
  const date = new Date(openMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1);
}

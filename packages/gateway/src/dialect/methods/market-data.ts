import type { Method } from "../method.ts";
import { bookTicker, depth } from "./market-data-book.ts";
import { klines, uiKlines } from "./market-data-klines.ts";
import {
  averagePrice,
  dayTicker,
  priceTicker,
  tradingDayTicker,
  windowTicker,
} from "./market-data-tickers.ts";
import { aggregateTrades, historicalTrades, recentTrades } from "./market-data-trades.ts";

/** What anybody may ask about the markets. */
export const marketDataMethods: readonly Method[] = [
  depth,
  recentTrades,
  historicalTrades,
  aggregateTrades,
  klines,
  uiKlines,
  averagePrice,
  dayTicker,
  priceTicker,
  bookTicker,
  windowTicker,
  tradingDayTicker,
];

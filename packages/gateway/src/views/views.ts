import type { Projection } from "@halcyon/replica";
import type { CandleInterval } from "./candle-interval.ts";
import type { ViewListener } from "./listener.ts";
import type {
  AggregateTrade,
  AveragePrice,
  Candle,
  CandleQuery,
  ListQuery,
  OrderRecord,
  OwnFill,
  Ticker,
  Trade,
  Transfer,
} from "./records.ts";

/** Interface first; the class of the same name takes its place. `nowMs` is the venue's log time. */
export interface Views {
  readonly projections: readonly Projection[];
  /** Listeners hear nothing before this is set: a tail that is replayed at the start is not news. */
  live: boolean;
  /** Returns how to stop listening. */
  listen(listener: ViewListener): () => void;

  readonly orders: {
    /** Any order still remembered, open or closed, whoever owns it: compare the account. */
    byId(orderId: number): OrderRecord | undefined;
    /** The account's latest order with this client id. */
    byClientId(account: number, clientOrderId: string): OrderRecord | undefined;
    /** Ascending by order id. */
    ofAccount(account: number, market: number, query: ListQuery): OrderRecord[];
  };
  readonly fills: {
    /** Ascending by trade id; `orderId` keeps one order's only. */
    ofAccount(
      account: number,
      market: number,
      query: ListQuery & { readonly orderId?: number | undefined },
    ): OwnFill[];
  };
  readonly trades: {
    /** Ascending; of the last 10,000. */
    list(
      market: number,
      query: { readonly fromId?: number | undefined; readonly limit: number },
    ): Trade[];
    listAggregates(market: number, query: ListQuery): AggregateTrade[];
    last(market: number): Trade | undefined;
  };
  readonly candles: {
    /** Ascending, gaps filled with flat candles, up to the one that `nowMs` lies in. */
    list(market: number, interval: CandleInterval, query: CandleQuery, nowMs: number): Candle[];
    /** The candle that `timeMs` lies in, flat when nothing traded; undefined before the first trade. */
    at(market: number, interval: CandleInterval, timeMs: number): Candle | undefined;
  };
  readonly tickers: {
    /** The last 24 hours, by whole minutes. */
    day(market: number, nowMs: number): Ticker;
    /** Any window of whole minutes up to 7 days. */
    window(market: number, minutes: number, nowMs: number): Ticker;
    average(market: number, nowMs: number): AveragePrice;
  };
  readonly transfers: {
    /** Newest first, of the last 1,000 of an account. */
    ofAccount(
      account: number,
      query: {
        readonly type?: Transfer["type"] | undefined;
        readonly asset?: number | undefined;
        readonly startTimeMs?: number | undefined;
        readonly endTimeMs?: number | undefined;
        readonly offset?: number | undefined;
        readonly limit: number;
      },
    ): Transfer[];
  };
  readonly orderCounts: {
    /** Orders of the account in the running 10 seconds and in the running UTC day, less those with a fill. */
    of(account: number, nowMs: number): { readonly tenSeconds: number; readonly day: number };
  };
}

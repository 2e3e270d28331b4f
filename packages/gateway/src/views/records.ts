import type { OrderType, Side, TimeInForce } from "@halcyon/core";

/** What the views answer with: prices in ticks, quantities in lots, money in units. Text is made at the edge only. */

export type OrderStatus = "NEW" | "PARTIALLY_FILLED" | "FILLED" | "CANCELED" | "EXPIRED";

export type OrderRecord = {
  readonly orderId: number;
  readonly account: number;
  readonly market: number;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** 0 for a market order. */
  readonly priceTicks: number;
  /** As asked for; what was executed for a market order by quote quantity. */
  readonly quantityLots: number;
  readonly executedLots: number;
  /** What was executed, in quote units. */
  readonly executedQuoteUnits: bigint;
  /** The quote quantity that a market order was asked by; else 0. */
  readonly askedQuoteUnits: number;
  readonly status: OrderStatus;
  readonly timeMs: number;
  readonly updateTimeMs: number;
  /** When it came to the book. */
  readonly workingTimeMs: number;
};

/** One side of a trade, as its account sees it. */
export type OwnFill = {
  readonly market: number;
  readonly tradeId: number;
  readonly orderId: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
  /** In units of `feeAsset`: the buyer pays base, the seller quote. */
  readonly feeUnits: bigint;
  readonly feeAsset: "base" | "quote";
  readonly isMaker: boolean;
  readonly timeMs: number;
};

export type Trade = {
  readonly tradeId: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly timeMs: number;
  readonly buyerIsMaker: boolean;
};

/** The trades of one taker order at one price. */
export type AggregateTrade = {
  /** Counts from 1 within the market, without gaps. */
  readonly aggregateId: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  readonly timeMs: number;
  readonly buyerIsMaker: boolean;
};

export type Candle = {
  readonly openTimeMs: number;
  /** The last millisecond that belongs to it. */
  readonly closeTimeMs: number;
  readonly openTicks: number;
  readonly highTicks: number;
  readonly lowTicks: number;
  readonly closeTicks: number;
  readonly volumeLots: bigint;
  readonly quoteUnits: bigint;
  readonly takerBuyLots: bigint;
  readonly takerBuyQuoteUnits: bigint;
  readonly tradeCount: number;
  /** -1 when nothing traded. */
  readonly firstTradeId: number;
  readonly lastTradeId: number;
};

/** Statistics of a window that ends now. Prices are 0 while the market has never traded. */
export type Ticker = {
  readonly openTimeMs: number;
  readonly closeTimeMs: number;
  /** The last price before the window; the first one within it when there is none. */
  readonly previousCloseTicks: number;
  readonly openTicks: number;
  readonly highTicks: number;
  readonly lowTicks: number;
  readonly lastTicks: number;
  readonly lastLots: number;
  readonly volumeLots: bigint;
  readonly quoteUnits: bigint;
  readonly tradeCount: number;
  /** -1 when nothing traded. */
  readonly firstTradeId: number;
  readonly lastTradeId: number;
};

/** The volume-weighted price of the last minutes as an exact fraction of quote units over lots. */
export type AveragePrice = {
  readonly minutes: number;
  readonly quoteUnits: bigint;
  readonly volumeLots: bigint;
  /** Of the last trade ever; the price too when nothing traded in these minutes. 0: never traded. */
  readonly lastTicks: number;
  readonly lastTradeTimeMs: number;
};

export type Transfer = {
  readonly type: "deposited" | "withdrawn";
  readonly transferId: number;
  readonly account: number;
  readonly asset: number;
  readonly amountUnits: bigint;
  readonly network: string;
  readonly address: string;
  readonly reference: string;
  readonly timeMs: number;
};

/** Which rows of a list ordered by id are wanted. Bounds are inclusive. */
export type ListQuery = {
  /** From this id on; without it and without a start time, the newest rows are meant. */
  readonly fromId?: number | undefined;
  readonly startTimeMs?: number | undefined;
  readonly endTimeMs?: number | undefined;
  readonly limit: number;
};

export type CandleQuery = {
  readonly startTimeMs?: number | undefined;
  readonly endTimeMs?: number | undefined;
  readonly limit: number;
  /** How far the wanted days are ahead of UTC; 0 by default. */
  readonly zoneOffsetMs?: number | undefined;
};

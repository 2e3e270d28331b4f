import type {
  CloseReason,
  Contingency,
  OrderType,
  SelfTradeMode,
  Side,
  TimeInForce,
} from "@halcyon/core";

/** What the views answer with: prices in ticks, quantities in lots, money in units. Text is made at the edge only. */

/** In the dialect's words; `orderStatus` decides. */
export type OrderStatus =
  | "NEW"
  /** It waits for its list to place it. */
  | "PENDING_NEW"
  | "PARTIALLY_FILLED"
  | "FILLED"
  | "CANCELED"
  | "EXPIRED"
  /** It met an order of its own account. */
  | "EXPIRED_IN_MATCH";

export type OrderRecord = {
  readonly orderId: number;
  readonly account: number;
  readonly market: number;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly selfTradeMode: SelfTradeMode;
  /** 0 for a market order. */
  readonly priceTicks: number;
  /** As asked for or amended; what was executed for a market order by quote quantity. */
  readonly quantityLots: number;
  readonly executedLots: number;
  /** What was executed, in quote units. */
  readonly executedQuoteUnits: bigint;
  /** The quote quantity that a market order was asked by; else 0. */
  readonly askedQuoteUnits: number;
  readonly status: OrderStatus;
  /** Why it is closed; `filled` where its last fill closed it. 0: it is open. */
  readonly closeReason: CloseReason | 0;
  readonly timeMs: number;
  readonly updateTimeMs: number;
  /** When it began to work; 0 while it waits for its price or its list, and for ever if it never did. */
  readonly workingTimeMs: number;
} & OrderExtras;

/** What only some orders have; 0 where one has it not. */
export type OrderExtras = {
  readonly stopPriceTicks: number;
  /** In hundredths of a percent. */
  readonly trailingDeltaBips: number;
  /** When a trailing order began to track the price. */
  readonly trailingTimeMs: number;
  readonly icebergLots: number;
  readonly expireAtMs: number;
  readonly strategyId: number;
  readonly strategyType: number;
  readonly orderListId: number;
  /** Its list has not placed it yet, or never did before it was closed. */
  readonly isPending: boolean;
  /** Lots that it lost because it met orders of its own account. */
  readonly preventedLots: number;
  /** The latest prevented match in which it lost lots or its life. */
  readonly preventedMatchId: number;
};

/** Orders that were placed together. */
export type OrderListRecord = {
  readonly listId: number;
  readonly account: number;
  readonly market: number;
  readonly contingency: Contingency;
  readonly listClientOrderId: string;
  /** In the order of the command: the working one first. Client ids as they are now. */
  readonly orders: readonly { readonly orderId: number; readonly clientOrderId: string }[];
  readonly status: "EXECUTING" | "ALL_DONE";
  readonly statusType: "EXEC_STARTED" | "ALL_DONE";
  /** When it was placed. */
  readonly timeMs: number;
  /** When it was placed, or closed. */
  readonly transactionTimeMs: number;
};

/** Two orders of one account that met and did not trade. */
export type PreventedMatch = {
  readonly market: number;
  /** Counts from 1 within the market. */
  readonly preventedMatchId: number;
  readonly account: number;
  readonly takerOrderId: number;
  readonly makerOrderId: number;
  /** The taker's, which decided. */
  readonly selfTradeMode: SelfTradeMode;
  readonly priceTicks: number;
  /** Lots that each lost by it; 0: none. */
  readonly takerPreventedLots: number;
  readonly makerPreventedLots: number;
  readonly timeMs: number;
};

/** An order was made smaller and kept its place. */
export type Amendment = {
  /** Counts from 1 in the whole venue. */
  readonly id: number;
  readonly account: number;
  readonly market: number;
  readonly orderId: number;
  /** In all, what was executed included. */
  readonly oldQuantityLots: number;
  readonly newQuantityLots: number;
  readonly clientOrderId: string;
  readonly newClientOrderId: string;
  readonly timeMs: number;
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

/** Exact decimal text, such as "0.00100000". Never a number: most decimals are no floats. */
export type Decimal = string;

export type Side = "BUY" | "SELL";
export type TimeInForce = "GTC" | "IOC" | "FOK" | "GTD";
export type OrderType =
  | "LIMIT"
  | "MARKET"
  | "LIMIT_MAKER"
  | "STOP_LOSS"
  | "STOP_LOSS_LIMIT"
  | "TAKE_PROFIT"
  | "TAKE_PROFIT_LIMIT";
export type OrderStatus =
  | "NEW"
  | "PENDING_NEW"
  | "PARTIALLY_FILLED"
  | "FILLED"
  | "CANCELED"
  | "REJECTED"
  | "EXPIRED"
  | "EXPIRED_IN_MATCH";
export type SelfTradePrevention =
  | "NONE"
  | "EXPIRE_TAKER"
  | "EXPIRE_MAKER"
  | "EXPIRE_BOTH"
  | "DECREMENT";

/** What only some orders have. */
type OrderTerms = {
  readonly timeInForce?: TimeInForce;
  /** Milliseconds since 1970, with GTD. */
  readonly goodTillDate?: number;
  readonly stopPrice?: Decimal;
  /** Hundredths of a percent. */
  readonly trailingDelta?: number;
  readonly icebergQty?: Decimal;
  readonly strategyId?: number;
  readonly strategyType?: number;
};

/** A new order, in the dialect's words. docs/rules.md says what each kind does. */
export type NewOrder = OrderTerms & {
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity?: Decimal;
  /** What to spend or to earn, of a market order without a quantity. */
  readonly quoteOrderQty?: Decimal;
  readonly price?: Decimal;
  /** 1 to 36 of A-Z a-z 0-9 - _; made of the Idempotency-Key when absent. */
  readonly newClientOrderId?: string;
  readonly selfTradePreventionMode?: SelfTradePrevention;
  readonly newOrderRespType?: "ACK" | "RESULT" | "FULL";
};

/** Which order is meant: by the venue's id or by the client's. */
export type OrderName =
  | { readonly symbol: string; readonly orderId: number }
  | { readonly symbol: string; readonly origClientOrderId: string };

export type CancelOptions = {
  readonly newClientOrderId?: string;
  readonly cancelRestrictions?: "ONLY_NEW" | "ONLY_PARTIALLY_FILLED";
};

export type Replacement = NewOrder & {
  /** Whether the new order is placed even if the old one could not be cancelled. */
  readonly cancelReplaceMode: "STOP_ON_FAILURE" | "ALLOW_FAILURE";
  readonly cancelRestrictions?: "ONLY_NEW" | "ONLY_PARTIALLY_FILLED";
} & ({ readonly cancelOrderId: number } | { readonly cancelOrigClientOrderId: string });

export type Amendment = OrderName & {
  /** Less than the order has now. */
  readonly newQty: Decimal;
  readonly newClientOrderId?: string;
};

/** The fields of one order of a list, each with the order's prefix before its name. */
type Leg<Prefix extends string, Fields> = {
  readonly [Name in keyof Fields as `${Prefix}${Capitalize<Name & string>}`]: Fields[Name];
};
type LegTerms = OrderTerms & {
  readonly type: OrderType;
  readonly price?: Decimal;
  readonly clientOrderId?: string;
};
type Amount = { readonly side: Side; readonly quantity: Decimal };
type ListCommon = {
  readonly symbol: string;
  readonly listClientOrderId?: string;
  readonly selfTradePreventionMode?: SelfTradePrevention;
  readonly newOrderRespType?: "ACK" | "RESULT" | "FULL";
};

/** One cancels the other: an order above the price and one below it. */
export type OcoList = ListCommon & Amount & Leg<"above", LegTerms> & Leg<"below", LegTerms>;
/** One order, and another that is placed once it is filled. */
export type OtoList = ListCommon &
  Leg<"working", LegTerms & Amount> &
  Leg<"pending", LegTerms & Amount>;
/** One order, and a pair that is placed once it is filled. */
export type OtocoList = ListCommon &
  Leg<"working", LegTerms & Amount> &
  Leg<"pending", Amount> &
  Leg<"pendingAbove", LegTerms> &
  Leg<"pendingBelow", LegTerms>;

export type OrderListName =
  | { readonly symbol: string; readonly orderListId: number }
  | { readonly symbol: string; readonly listClientOrderId: string };

/** What all answers about an order say. Times are milliseconds of the venue's log. */
export type OrderFields = {
  readonly symbol: string;
  readonly orderId: number;
  /** -1: in none. */
  readonly orderListId: number;
  readonly clientOrderId: string;
  readonly price: Decimal;
  readonly origQty: Decimal;
  readonly executedQty: Decimal;
  /** The dialect's spelling. */
  readonly cummulativeQuoteQty: Decimal;
  readonly status: OrderStatus;
  readonly timeInForce: TimeInForce;
  readonly type: OrderType;
  readonly side: Side;
  readonly stopPrice?: Decimal;
  readonly icebergQty?: Decimal;
  readonly selfTradePreventionMode: string;
};
export type OwnFill = {
  readonly price: Decimal;
  readonly qty: Decimal;
  readonly commission: Decimal;
  readonly commissionAsset: string;
  readonly tradeId: number;
};
/** `fills` and the rest of the fields are absent where the answer type leaves them out. */
export type PlacedOrder = Pick<
  OrderFields,
  "symbol" | "orderId" | "orderListId" | "clientOrderId"
> &
  Partial<OrderFields> & { readonly transactTime: number; readonly fills?: readonly OwnFill[] };
export type CanceledOrder = OrderFields & {
  readonly origClientOrderId: string;
  readonly transactTime: number;
};
export type Order = OrderFields & {
  readonly time: number;
  readonly updateTime: number;
  readonly isWorking: boolean;
};
export type ReplacedOrder = {
  readonly cancelResult: "SUCCESS" | "FAILURE";
  readonly newOrderResult: "SUCCESS" | "FAILURE" | "NOT_ATTEMPTED";
  readonly cancelResponse: CanceledOrder;
  readonly newOrderResponse: PlacedOrder;
};
export type AmendedOrder = {
  readonly transactTime: number;
  readonly executionId: number;
  readonly amendedOrder: Omit<OrderFields, "origQty" | "cummulativeQuoteQty"> & {
    readonly origClientOrderId: string;
    readonly qty: Decimal;
    readonly preventedQty: Decimal;
    readonly cumulativeQuoteQty: Decimal;
  };
};
export type OrderList<Report> = {
  readonly orderListId: number;
  readonly contingencyType: string;
  readonly listStatusType: string;
  readonly listOrderStatus: string;
  readonly listClientOrderId: string;
  readonly transactionTime: number;
  readonly symbol: string;
  readonly orders: readonly {
    readonly symbol: string;
    readonly orderId: number;
    readonly clientOrderId: string;
  }[];
  readonly orderReports: readonly Report[];
};

export type OwnTrade = {
  readonly symbol: string;
  readonly id: number;
  readonly orderId: number;
  readonly orderListId: number;
  readonly price: Decimal;
  readonly qty: Decimal;
  readonly quoteQty: Decimal;
  readonly commission: Decimal;
  readonly commissionAsset: string;
  readonly time: number;
  readonly isBuyer: boolean;
  readonly isMaker: boolean;
};

export type Balance = { readonly asset: string; readonly free: Decimal; readonly locked: Decimal };
export type Account = {
  /** The account's number. */
  readonly uid: number;
  readonly canTrade: boolean;
  readonly canWithdraw: boolean;
  readonly canDeposit: boolean;
  /** Log time of the state that is shown. */
  readonly updateTime: number;
  readonly commissionRates: { readonly maker: Decimal; readonly taker: Decimal };
  readonly balances: readonly Balance[];
};

export type Level = readonly [price: Decimal, quantity: Decimal];
export type DepthSnapshot = {
  readonly lastUpdateId: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
};

/** Commands as the reference knows them: the types of what `command-reader.ts` reads. */
export type Order = {
  readonly account: number;
  readonly market: number;
  readonly side: number;
  readonly type: number;
  readonly timeInForce: number;
  readonly selfTradeMode: number;
  /** Bits of the kind that mean nothing. */
  readonly strayBits: number;
  readonly hasTerms: boolean;
  readonly price: bigint;
  readonly lots: bigint;
  readonly quoteUnits: bigint;
  readonly clientOrderId: string;
  /** Terms; 0 where there are none. */
  readonly stopPrice: bigint;
  readonly trailingDelta: bigint;
  readonly icebergLots: bigint;
  readonly expireAtMs: bigint;
  readonly strategyId: bigint;
  readonly strategyType: number;
};
export type OrderName = {
  readonly account: number;
  readonly market: number;
  readonly orderId: bigint;
  readonly clientOrderId: string;
};
export type Cancel = OrderName & { readonly cancelClientOrderId: string };
export type MarketGrid = {
  readonly symbol: string;
  readonly baseAsset: number;
  readonly quoteAsset: number;
  readonly tickUnits: bigint;
  readonly lotUnits: bigint;
  readonly priceMin: bigint;
  readonly priceMax: bigint;
  readonly lotsMin: bigint;
  readonly lotsMax: bigint;
  readonly marketLotsMax: bigint;
  readonly notionalMin: bigint;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  readonly openOrdersMax: number;
};
/** What a market asks of orders beyond its grid. */
export type MarketRules = {
  readonly bidDownPpm: bigint;
  readonly bidUpPpm: bigint;
  readonly askDownPpm: bigint;
  readonly askUpPpm: bigint;
  readonly notionalMax: bigint;
  readonly algoOrdersMax: number;
  readonly orderListsMax: number;
  readonly icebergPartsMax: bigint;
  readonly trailingAboveMin: bigint;
  readonly trailingAboveMax: bigint;
  readonly trailingBelowMin: bigint;
  readonly trailingBelowMax: bigint;
  readonly positionLotsMax: bigint;
  readonly selfTradeModeDefault: number;
  readonly selfTradeModes: number;
  readonly bandPpm: bigint;
  readonly bandWindowMs: bigint;
  readonly haltMs: bigint;
  readonly cancelOnlyMs: bigint;
  readonly auctionMs: bigint;
};
/** A deposit or withdrawal. */
export type MoneyMove = {
  readonly isDeposit: boolean;
  readonly account: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly network: string;
  readonly address: string;
  readonly reference: string;
  /** Empty: none. */
  readonly id: string;
  /** All its words but for the id. */
  readonly content: string;
};
/** One transfer of a command: also a hold, or what ends one. */
export type Payment = {
  /** Place in the command, from 0. */
  readonly index: number;
  readonly kind: number;
  readonly linked: boolean;
  readonly strayBits: number;
  /** Of a post: the asset it names and 1; 0: it names none. */
  readonly namedAsset: number;
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly asset: number;
  readonly timeoutSeconds: number;
  readonly holdId: string;
  readonly amount: bigint;
  readonly code: number;
  /** All its words but for the id and whether it is linked. */
  readonly content: string;
};
export type OrderListCommand = {
  readonly account: number;
  readonly market: number;
  readonly contingency: number;
  readonly clientId: string;
  readonly orders: readonly Order[];
};
type Fees = { readonly maker: number; readonly taker: number };
export type Command =
  | { readonly kind: "tick" }
  /** Who may sign in, and who has: of no concern to orders and money. */
  | { readonly kind: "people" }
  /** Keys are made or revoked: nothing that the reference looks at. */
  | { readonly kind: "changeKeys" }
  | { readonly kind: "createAsset"; readonly code: string; readonly decimals: number }
  | { readonly kind: "createMarket"; readonly grid: MarketGrid }
  | {
      readonly kind: "setMarketState";
      readonly market: number;
      readonly state: number;
      readonly resumes: boolean;
    }
  | { readonly kind: "setMarketRules"; readonly market: number; readonly rules: MarketRules }
  | { readonly kind: "setRulesVersion"; readonly version: number }
  | ({ readonly kind: "setMarketFees"; readonly market: number } & Fees)
  | { readonly kind: "createAccount"; readonly label: string }
  | { readonly kind: "setAccountFlags"; readonly account: number; readonly flags: number }
  | ({ readonly kind: "setAccountFees"; readonly account: number } & Fees)
  | ({ readonly kind: "setFeeTier"; readonly market: number; readonly tier: number } & Fees)
  | { readonly kind: "setAccountTier"; readonly account: number; readonly tier: number }
  | { readonly kind: "moveMoney"; readonly move: MoneyMove }
  | { readonly kind: "transfer"; readonly payments: readonly Payment[] }
  | { readonly kind: "placeOrder"; readonly order: Order }
  | { readonly kind: "cancelOrder"; readonly cancel: Cancel }
  | { readonly kind: "cancelAll"; readonly account: number; readonly market: number }
  | {
      readonly kind: "cancelReplace";
      readonly allowFailure: boolean;
      readonly cancel: Cancel;
      readonly order: Order;
    }
  | ({ readonly kind: "reduceOrder"; readonly by: bigint } & OrderName)
  | ({
      readonly kind: "amendOrder";
      readonly newLots: bigint;
      readonly newClientOrderId: string;
    } & OrderName)
  | { readonly kind: "placeOrderList"; readonly list: OrderListCommand }
  | {
      readonly kind: "cancelOrderList";
      readonly account: number;
      readonly market: number;
      readonly listId: bigint;
      readonly clientId: string;
      readonly cancelClientOrderId: string;
    };

export type LoggedCommand = {
  readonly typeNumber: number;
  /** Empty: none. */
  readonly requestId: string;
  readonly isRetry: boolean;
  readonly command: Command;
  /** The command's words but for its flags, to compare it with what was asked. */
  readonly content: string;
};
export type LoggedBatch = {
  readonly nodeId: number;
  readonly timeMs: number;
  readonly commands: readonly LoggedCommand[];
};

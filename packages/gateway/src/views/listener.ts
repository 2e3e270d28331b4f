import type { Refusal, Side } from "@halcyon/core";
import type { CommandContext } from "@halcyon/replica";
import type { BalanceChange } from "./balance-change.ts";
import type { AggregateTrade, OrderListRecord, OrderRecord, OwnFill, Trade } from "./records.ts";

/** One step in an order's life: what an execution report is made of. */
export type OrderChange = {
  readonly kind:
    | "new"
    /** It was placed by its list, began to track the price, or works from here. */
    | "activated"
    | "trade"
    /** It met an order of its own account: it lost lots, or ended. */
    | "prevented"
    /** It has another quantity or client id, and keeps its place. */
    | "amended"
    | "cancelled"
    | "replaced"
    | "expired";
  /** The order right after this step. */
  readonly order: OrderRecord;
  /** For "trade". */
  readonly fill: OwnFill | null;
  /** For "prevented". */
  readonly prevention: Prevention | null;
  /** Why an order could not go on when it was its turn; 0: it was not refused. */
  readonly refusal: Refusal | 0;
  /** For "cancelled" and "replaced": the client's name for the cancel itself; else empty. */
  readonly cancelClientOrderId: string;
  readonly timeMs: number;
};

/** A prevented match as one of the two orders sees it. */
export type Prevention = {
  readonly preventedMatchId: number;
  readonly priceTicks: number;
  /** What would have traded. */
  readonly lots: number;
  /** What this order lost by it. */
  readonly lostLots: number;
  readonly counterOrderId: number;
};

/** One step in the life of an order list. */
export type OrderListChange = {
  readonly kind: "opened" | "renamed" | "closed";
  /** The list right after this step. */
  readonly list: OrderListRecord;
  readonly timeMs: number;
};

/**
 * What stream publishers hear, while the views are live. Calls come in the order of the events,
 * synchronously, so they must be quick and must not throw. Balances, levels and the book sequence
 * are read from the venue: it is already in the state after the whole command.
 */
export type ViewListener = {
  /** Orders, lists and balances of other accounts are not told. Without it: those of all accounts. */
  watchesAccount?(account: number): boolean;
  onOrder?(change: OrderChange): void;
  onOrderList?(change: OrderListChange): void;
  onTrade?(market: number, trade: Trade): void;
  /** Once the aggregate is complete: all of a taker order's trades at one price. */
  onAggregateTrade?(market: number, aggregate: AggregateTrade): void;
  /** The quantity at a price level is, or may be, another than before the command. */
  onLevel?(market: number, side: Side, priceTicks: number): void;
  onBalance?(change: BalanceChange): void;
  /** A market was created, or its state, rules or fees changed. */
  onMarket?(market: number): void;
  onKeyRevoked?(account: number, name: string): void;
  /** After the last of the calls above for one command; `bookMarkets` had level changes. */
  onCommandEnd?(context: CommandContext, bookMarkets: readonly number[]): void;
  /** After each batch, also an empty one: the log's time moved. */
  onBatchEnd?(position: number, logTimeMs: number): void;
};

import type { Side } from "@halcyon/core";
import type { CommandContext } from "@halcyon/replica";
import type { AggregateTrade, OrderRecord, OwnFill, Trade, Transfer } from "./records.ts";

/** One step in an order's life: what an execution report is made of. */
export type OrderChange = {
  readonly kind: "new" | "trade" | "cancelled" | "expired" | "replaced" | "reduced";
  /** The order right after this step. */
  readonly order: OrderRecord;
  /** Whether it stands on the book after this step. */
  readonly isOnBook: boolean;
  /** For "trade". */
  readonly fill: OwnFill | null;
  /** For "cancelled" and "replaced": the client's name for the cancel itself; else empty. */
  readonly cancelClientOrderId: string;
  readonly timeMs: number;
};

/**
 * What stream publishers hear, while the views are live. Calls come in the order of the events,
 * synchronously, so they must be quick and must not throw. Balances, levels and the book sequence
 * are read from the venue: it is already in the state after the whole command.
 */
export type ViewListener = {
  /** Orders and transfers of other accounts are not told. Without it: those of all accounts. */
  watchesAccount?(account: number): boolean;
  onOrder?(change: OrderChange): void;
  onTrade?(market: number, trade: Trade): void;
  /** Once the aggregate is complete: all of a taker order's trades at one price. */
  onAggregateTrade?(market: number, aggregate: AggregateTrade): void;
  /** The quantity at a price level is, or may be, another than before the command. */
  onLevel?(market: number, side: Side, priceTicks: number): void;
  onTransfer?(transfer: Transfer): void;
  /** A market was created, or its state or fees changed. */
  onMarket?(market: number): void;
  onKeyRevoked?(account: number, name: string): void;
  /** After the last of the calls above for one command; `bookMarkets` had level changes. */
  onCommandEnd?(context: CommandContext, bookMarkets: readonly number[]): void;
  /** After each batch, also an empty one: the log's time moved. */
  onBatchEnd?(position: number, logTimeMs: number): void;
};

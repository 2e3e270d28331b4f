import type { Side } from "@halcyon/core";
import type { CommandContext } from "@halcyon/replica";
import type { BalanceChange } from "./balance-change.ts";
import type { OrderChange, OrderListChange, ViewListener } from "./listener.ts";
import type { AggregateTrade, Trade } from "./records.ts";

/** Tells the listeners what changed, and spares the work of it when nobody listens. */
export class Announcer {
  live = false;
  #listeners: readonly ViewListener[] = [];
  /** Markets whose book changed in the command in hand. */
  readonly #bookMarkets: number[] = [];

  listen(listener: ViewListener): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  get isHeard(): boolean {
    return this.live && this.#listeners.length > 0;
  }

  /** Whether a change of this account's orders or money is to be told. */
  isWatched(account: number): boolean {
    if (!this.live) return false;
    for (const listener of this.#listeners) {
      if (listener.watchesAccount === undefined || listener.watchesAccount(account)) return true;
    }
    return false;
  }

  order(change: OrderChange): void {
    const { account } = change.order;
    for (const listener of this.#listeners) {
      if (listener.watchesAccount?.(account) !== false) listener.onOrder?.(change);
    }
  }

  orderList(change: OrderListChange): void {
    const { account } = change.list;
    for (const listener of this.#listeners) {
      if (listener.watchesAccount?.(account) !== false) listener.onOrderList?.(change);
    }
  }

  balance(change: BalanceChange): void {
    for (const listener of this.#listeners) {
      if (listener.watchesAccount?.(change.account) !== false) listener.onBalance?.(change);
    }
  }

  trade(market: number, trade: Trade): void {
    for (const listener of this.#listeners) listener.onTrade?.(market, trade);
  }

  aggregateTrade(market: number, aggregate: AggregateTrade): void {
    for (const listener of this.#listeners) listener.onAggregateTrade?.(market, aggregate);
  }

  level(market: number, side: Side, priceTicks: number): void {
    if (!this.#bookMarkets.includes(market)) this.#bookMarkets.push(market);
    for (const listener of this.#listeners) listener.onLevel?.(market, side, priceTicks);
  }

  market(market: number): void {
    for (const listener of this.#listeners) listener.onMarket?.(market);
  }

  keyRevoked(account: number, name: string): void {
    for (const listener of this.#listeners) listener.onKeyRevoked?.(account, name);
  }

  commandEnd(context: CommandContext): void {
    for (const listener of this.#listeners) listener.onCommandEnd?.(context, this.#bookMarkets);
    this.#bookMarkets.length = 0;
  }

  batchEnd(position: number, logTimeMs: number): void {
    if (!this.isHeard) return;
    for (const listener of this.#listeners) listener.onBatchEnd?.(position, logTimeMs);
  }
}

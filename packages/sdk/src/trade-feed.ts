import { Listeners } from "./listeners.ts";
import type { Decimal } from "./order-types.ts";

/** A trade of anybody. */
export type MarketTrade = {
  readonly symbol: string;
  /** Counts from 1 within the market, without gaps. */
  readonly id: number;
  readonly price: Decimal;
  readonly qty: Decimal;
  readonly time: number;
  readonly isBuyerMaker: boolean;
  /** How many trades before this one are lost to this client: more than could be fetched. */
  readonly missed: number;
};
/** A trade as it was heard of. */
export type HeardTrade = Omit<MarketTrade, "missed">;

const tradesHeldMax = 10_000;

/** Trades of one market, in order and once. */
export class TradeFeed {
  readonly listeners = new Listeners<MarketTrade>();
  lastId = 0;

  /** New trades wait here until those before them are fetched; null: none are missing. */
  #held: HeardTrade[] | null = null;

  hold(): void {
    if (this.lastId > 0) this.#held ??= [];
  }

  take(trade: HeardTrade): void {
    if (this.#held === null) this.#tell(trade);
    else if (this.#held.push(trade) > tradesHeldMax) this.release([]);
  }

  /** Tells of those that were missed, then of those that wait. */
  release(missed: readonly HeardTrade[]): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const trade of [...missed, ...held]) this.#tell(trade);
  }

  #tell(trade: HeardTrade): void {
    if (trade.id <= this.lastId) return;
    const missed = this.lastId === 0 ? 0 : trade.id - this.lastId - 1;
    this.lastId = trade.id;
    this.listeners.tell({ ...trade, missed });
  }
}

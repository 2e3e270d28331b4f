import { unitsOf } from "./decimal.ts";
import { Feed } from "./feed.ts";
import { ask } from "./http.ts";
import type { Market } from "./market.ts";
import type { MarketStream } from "./market-stream.ts";

export interface Trade {
  readonly id: number;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly timeMs: number;
  /** Who took: a buyer at the ask, or a seller at the bid. */
  readonly taker: "buy" | "sell";
}

interface TradeEvent {
  readonly t: number;
  readonly p: string;
  readonly q: string;
  readonly T: number;
  readonly m: boolean;
}
interface TradeJson {
  readonly id: number;
  readonly price: string;
  readonly qty: string;
  readonly time: number;
  readonly isBuyerMaker: boolean;
}

const KEPT_MAX = 100;

/** The last trades of one market, newest first. */
export class TradeFeed extends Feed<readonly Trade[]> {
  readonly #market: Market;

  constructor(stream: MarketStream, market: Market) {
    super(stream, `${market.symbol.toLowerCase()}@trade`, []);
    this.#market = market;
  }

  protected event(data: unknown): void {
    const { t, p, q, T, m } = data as TradeEvent;
    this.#add([this.#trade(t, p, q, T, m)]);
  }

  protected started(): void {
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    const query = { symbol: this.#market.symbol, limit: KEPT_MAX };
    const recent = await this.fetched(() =>
      ask<readonly TradeJson[]>("GET", "/api/v3/trades", { query }),
    );
    if (recent === null) return;
    this.#add(
      recent.map(({ id, price, qty, time, isBuyerMaker }) =>
        this.#trade(id, price, qty, time, isBuyerMaker),
      ),
    );
  }

  #add(trades: readonly Trade[]): void {
    const known = new Map(this.view.get().map((trade) => [trade.id, trade]));
    for (const trade of trades) known.set(trade.id, trade);
    const newestFirst = [...known.values()].sort((a, b) => b.id - a.id);
    this.changed(newestFirst.slice(0, KEPT_MAX));
  }

  #trade(
    id: number,
    price: string,
    quantity: string,
    timeMs: number,
    isBuyerMaker: boolean,
  ): Trade {
    const { priceDecimals, quantityDecimals } = this.#market;
    return {
      id,
      price: unitsOf(price, priceDecimals),
      quantity: unitsOf(quantity, quantityDecimals),
      timeMs,
      taker: isBuyerMaker ? "sell" : "buy",
    };
  }
}

import type { Announcer } from "./announcer.ts";
import type { TradeInHand } from "./trade-in-hand.ts";
import type { ViewState } from "./view-state.ts";

/** Takes trades into the tape and the candles, and has them told as the market sees them. */
export class TradeIntake {
  readonly #state: ViewState;
  readonly #announcer: Announcer;
  /** The market whose newest aggregate may still grow; -1: none. */
  #aggregateMarket = -1;

  constructor(state: ViewState, announcer: Announcer) {
    this.#state = state;
    this.#announcer = announcer;
  }

  add(trade: TradeInHand): void {
    const { market } = trade;
    const tape = this.#state.trades.tape(market);
    const beginsAggregate = tape.add(trade);
    this.#state.candles.add(trade);
    if (!this.#announcer.isHeard) return;
    if (beginsAggregate) {
      this.#tellAggregate(1);
      this.#aggregateMarket = market;
    }
    this.#announcer.trade(market, tape.trade(tape.lastTradeId)!);
  }

  /** After a command: the next one's trades belong to other aggregates. */
  commandEnd(): void {
    this.#tellAggregate(0);
  }

  /** Tells the aggregate that cannot grow any more; `newer` have begun after it in its market. */
  #tellAggregate(newer: number): void {
    const market = this.#aggregateMarket;
    if (market < 0) return;
    this.#aggregateMarket = -1;
    const tape = this.#state.trades.tape(market);
    this.#announcer.aggregateTrade(market, tape.aggregate(tape.lastAggregateId - newer)!);
  }
}

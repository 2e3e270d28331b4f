import type { Venue } from "@halcyon/core";
import type { CommandContext, CommandEvents, Projection } from "@halcyon/replica";
import type { Amendments } from "./amendments.ts";
import { Announcer } from "./announcer.ts";
import { BalanceHistory } from "./balance-history.ts";
import type { Candles } from "./candles.ts";
import { EventIntake } from "./event-intake.ts";
import type { Fills } from "./fills.ts";
import type { ViewListener } from "./listener.ts";
import type { OrderCounts } from "./order-counts.ts";
import type { OrderLists } from "./order-lists.ts";
import type { Orders } from "./orders.ts";
import type { PreventedMatches } from "./prevented-matches.ts";
import type { Tickers } from "./tickers.ts";
import type { Trades } from "./trades.ts";
import type { Transfers } from "./transfers.ts";
import { type ViewLimits, viewLimits } from "./view-limits.ts";
import { ViewState } from "./view-state.ts";

/**
 * What clients ask for and the core does not keep: orders that are closed, trades, candles, transfers.
 * All of it follows from the log alone, so that every node answers the same and goes on where another
 * one stopped. Times are log times.
 */
export class Views implements Projection {
  readonly name = "views";
  readonly balances: BalanceHistory = new BalanceHistory();
  readonly projections: readonly Projection[] = [this, this.balances];
  readonly #limits: ViewLimits;
  readonly #announcer = new Announcer();
  #state: ViewState;
  #intake: EventIntake;

  constructor(limits: ViewLimits = viewLimits) {
    this.#limits = limits;
    this.#state = new ViewState(limits);
    this.#intake = new EventIntake(this.#state, this.#announcer);
  }

  get orders(): Orders {
    return this.#state.orders;
  }
  get orderLists(): OrderLists {
    return this.#state.orderLists;
  }
  get preventedMatches(): PreventedMatches {
    return this.#state.preventedMatches;
  }
  get amendments(): Amendments {
    return this.#state.amendments;
  }
  get fills(): Fills {
    return this.#state.fills;
  }
  get trades(): Trades {
    return this.#state.trades;
  }
  get candles(): Candles {
    return this.#state.candles;
  }
  get tickers(): Tickers {
    return this.#state.tickers;
  }
  get transfers(): Transfers {
    return this.#state.transfers;
  }
  get orderCounts(): OrderCounts {
    return this.#state.orderCounts;
  }

  /** Listeners hear nothing before this is set: a tail that is replayed at the start is not news. */
  get live(): boolean {
    return this.#announcer.live;
  }
  set live(value: boolean) {
    this.#announcer.live = value;
  }

  /** Returns how to stop listening. */
  listen(listener: ViewListener): () => void {
    return this.#announcer.listen(listener);
  }

  onCommand(context: CommandContext, events: CommandEvents): void {
    this.#intake.command(context, events);
  }

  onBatch(position: number, logTimeMs: number, _venue: Venue): void {
    this.#announcer.batchEnd(position, logTimeMs);
  }

  save(): Uint8Array {
    return this.#state.save();
  }

  restore(bytes: Uint8Array): void {
    this.#state = ViewState.restore(bytes, this.#limits);
    this.#intake = new EventIntake(this.#state, this.#announcer);
  }
}

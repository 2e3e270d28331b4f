import {
  closeReason,
  type FillEvent,
  type OrderAcceptedEvent,
  type OrderClosedEvent,
  type OrderReducedEvent,
  type Side,
  timeInForce,
  type VenueEvent,
} from "@halcyon/core";
import type { CommandContext } from "@halcyon/replica";
import type { Announcer } from "./announcer.ts";
import type { OrderChange } from "./listener.ts";
import { TradeInHand } from "./trade-in-hand.ts";
import type { ViewState } from "./view-state.ts";

/** Takes one command's events into the state, and has the changes told in the same order. */
export class EventIntake {
  readonly #state: ViewState;
  readonly #announcer: Announcer;
  readonly #trade = new TradeInHand();
  /** Orders that the command in hand had accepted: those still open at its end rest on the book. */
  readonly #accepted: number[] = [];
  /** The market whose newest aggregate may still grow; -1: none. */
  #aggregateMarket = -1;

  constructor(state: ViewState, announcer: Announcer) {
    this.#state = state;
    this.#announcer = announcer;
  }

  command(context: CommandContext, events: readonly VenueEvent[]): void {
    for (let i = 0; i < events.length; i++) this.#take(context, events[i]!, events[i + 1]);
    this.#finishAggregate(0);
    if (!this.#announcer.isHeard) {
      this.#accepted.length = 0;
      return;
    }
    for (const row of this.#accepted) {
      const { orders } = this.#state;
      if (orders.rows.isOpen(row)) {
        const { market, side, priceTicks } = orders.rows.record(row);
        this.#announcer.level(market, side, priceTicks);
      }
    }
    this.#accepted.length = 0;
    this.#announcer.commandEnd(context);
  }

  #take(context: CommandContext, event: VenueEvent, next: VenueEvent | undefined): void {
    const timeMs = context.logTimeMs;
    switch (event.type) {
      case "orderAccepted":
        this.#accept(event, timeMs);
        break;
      case "fill":
        this.#fill(event, next, timeMs);
        break;
      case "orderClosed":
        this.#close(event, timeMs);
        break;
      case "orderReduced":
        this.#reduce(event, timeMs);
        break;
      case "deposited":
      case "withdrawn": {
        const transfer = this.#state.transfers.add(event, timeMs);
        if (this.#announcer.isWatched(event.account)) this.#announcer.transfer(transfer);
        break;
      }
      case "marketCreated":
      case "marketStateChanged":
      case "marketFeesChanged":
        if (this.#announcer.isHeard) this.#announcer.market(event.market);
        break;
      case "keyRevoked":
        if (this.#announcer.isHeard) this.#announcer.keyRevoked(event.account, event.name);
        break;
      case "refused":
      case "assetCreated":
      case "accountCreated":
      case "accountFlagsChanged":
      case "accountFeesChanged":
      case "keyCreated":
      case "orderActivated":
      case "tradePrevented":
      case "orderAmended":
      case "listOpened":
      case "listClosed":
      case "marketRulesChanged":
      case "feeTierChanged":
      case "accountTierChanged":
      case "rulesVersionChanged":
        break;
    }
  }

  #accept(event: OrderAcceptedEvent, timeMs: number): void {
    const row = this.#state.orders.accept(event, timeMs);
    this.#state.orderCounts.placed(event.account, timeMs);
    this.#accepted.push(row);
    this.#tellOrder(row, "new", -1, "", timeMs);
  }

  #fill(event: FillEvent, next: VenueEvent | undefined, timeMs: number): void {
    const { orders, fills, trades, candles, orderCounts } = this.#state;
    const trade = this.#trade;
    trade.set(event, timeMs);
    const takerRow = orders.row(event.takerOrderId);
    const makerRow = orders.row(event.makerOrderId);
    const takerIsFilled = orders.rows.isByQuote(takerRow)
      ? isSpent(event, next)
      : event.takerRemainingLots === 0;
    if (orders.fill(takerRow, trade, takerIsFilled)) {
      orderCounts.filledFirst(event.takerAccount, timeMs);
    }
    this.#tellOrder(takerRow, "trade", fills.add(event, false, timeMs), "", timeMs);
    const makerIsFilled = event.makerRemainingLots === 0;
    if (orders.fill(makerRow, trade, makerIsFilled)) {
      orderCounts.filledFirst(event.makerAccount, timeMs);
    }
    this.#tellOrder(makerRow, "trade", fills.add(event, true, timeMs), "", timeMs);
    const tape = trades.tape(event.market);
    const beginsAggregate = tape.add(trade);
    candles.add(trade);
    if (!this.#announcer.isHeard) return;
    if (beginsAggregate) {
      this.#finishAggregate(1);
      this.#aggregateMarket = event.market;
    }
    this.#announcer.trade(event.market, tape.trade(tape.lastTradeId)!);
    this.#announcer.level(event.market, (1 - event.takerSide) as Side, event.priceTicks);
  }

  #close(event: OrderClosedEvent, timeMs: number): void {
    // Its last fill made it known already.
    if (event.reason === closeReason.filled) return;
    const { orders } = this.#state;
    const row = orders.row(event.orderId);
    orders.close(row, event.reason, timeMs);
    if (event.reason === closeReason.expired) {
      this.#tellOrder(row, "expired", -1, "", timeMs);
    } else {
      const kind = event.reason === closeReason.replaced ? "replaced" : "cancelled";
      this.#tellOrder(row, kind, -1, event.cancelClientOrderId, timeMs);
    }
    if (event.wasResting && this.#announcer.isHeard) {
      this.#announcer.level(event.market, event.side, event.priceTicks);
    }
  }

  #reduce(event: OrderReducedEvent, timeMs: number): void {
    const { orders } = this.#state;
    const row = orders.row(event.orderId);
    orders.reduce(row, event.byLots, timeMs);
    this.#tellOrder(row, "reduced", -1, "", timeMs);
    if (this.#announcer.isHeard) {
      this.#announcer.level(event.market, event.side, event.priceTicks);
    }
  }

  /** Tells the aggregate that cannot grow any more; `newer` have begun after it. */
  #finishAggregate(newer: number): void {
    const market = this.#aggregateMarket;
    if (market < 0) return;
    this.#aggregateMarket = -1;
    const tape = this.#state.trades.tape(market);
    this.#announcer.aggregateTrade(market, tape.aggregate(tape.lastAggregateId - newer)!);
  }

  #tellOrder(
    row: number,
    kind: OrderChange["kind"],
    fillRow: number,
    cancelClientOrderId: string,
    timeMs: number,
  ): void {
    if (!this.#announcer.isWatched(this.#state.orders.rows.account(row))) return;
    const order = this.#state.orders.rows.record(row);
    const isOpen = order.status === "NEW" || order.status === "PARTIALLY_FILLED";
    this.#announcer.order({
      kind,
      order,
      isOnBook: isOpen && order.priceTicks > 0 && order.timeInForce === timeInForce.gtc,
      fill: fillRow < 0 ? null : this.#state.fills.record(fillRow),
      cancelClientOrderId,
      timeMs,
    });
  }
}

/**
 * A market order by quote quantity has no lots that could be left over: the core closes it right
 * after its last fill, and says whether it found all it asked for.
 */
function isSpent(event: FillEvent, next: VenueEvent | undefined): boolean {
  return (
    next?.type === "orderClosed" &&
    next.orderId === event.takerOrderId &&
    next.reason === closeReason.filled
  );
}

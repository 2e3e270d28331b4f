import {
  closeReason,
  type FillEvent,
  type ListOpenedEvent,
  type OrderAcceptedEvent,
  type OrderActivatedEvent,
  type OrderAmendedEvent,
  type OrderClosedEvent,
  type OrderEvent,
  type OrderReducedEvent,
  touchedLevels,
  type VenueEvent,
} from "@halcyon/core";
import type { Announcer } from "./announcer.ts";
import { isRefused, isSpent } from "./event-outlook.ts";
import type { OrderChange, OrderListChange } from "./listener.ts";
import { isOnBook } from "./order-status.ts";
import { PreventionIntake } from "./prevention-intake.ts";
import type { OrderListRecord } from "./records.ts";
import { TradeInHand } from "./trade-in-hand.ts";
import { TradeIntake } from "./trade-intake.ts";
import type { ViewState } from "./view-state.ts";

/** What a step tells beyond the order itself. */
type Step = Partial<Pick<OrderChange, "fill" | "prevention" | "refusal" | "cancelClientOrderId">>;

/** Takes what happens to orders and their lists into the state, and has it told in the same order. */
export class OrderIntake {
  readonly #state: ViewState;
  readonly #announcer: Announcer;
  readonly #trades: TradeIntake;
  readonly #preventions: PreventionIntake;
  readonly #trade = new TradeInHand();
  /** Orders that the command in hand set to work: those on the book at its end came to their level. */
  readonly #begun: number[] = [];

  constructor(state: ViewState, announcer: Announcer) {
    this.#state = state;
    this.#announcer = announcer;
    this.#trades = new TradeIntake(state, announcer);
    this.#preventions = new PreventionIntake(state);
  }

  /** `events` are the command's, `at` is where this one stands among them. */
  take(event: OrderEvent, events: readonly VenueEvent[], at: number, timeMs: number): void {
    switch (event.type) {
      case "orderAccepted":
        this.#accept(event, timeMs);
        return;
      case "orderActivated":
        if (!isRefused(event.orderId, events, at)) this.#activate(event, timeMs);
        return;
      case "fill":
        this.#fill(event, events, at, timeMs);
        break;
      case "tradePrevented":
        this.#preventions.add(event, timeMs, (row, prevention) =>
          this.#tell(row, "prevented", timeMs, { prevention }),
        );
        break;
      case "orderClosed":
        this.#close(event, events[at - 1], timeMs);
        break;
      case "orderReduced":
        this.#reduce(event, timeMs);
        break;
      case "orderAmended":
        this.#amend(event, timeMs);
        break;
      case "listOpened":
        this.#openList(event, events, timeMs);
        break;
      case "listClosed":
        this.#tellList("closed", this.#state.orderLists.closed(event.listId, timeMs), timeMs);
        break;
    }
    this.#touch(event);
  }

  commandEnd(): void {
    this.#trades.commandEnd();
    const { rows } = this.#state.orders;
    if (this.#announcer.isHeard) {
      for (const row of this.#begun) {
        const order = rows.record(row);
        if (isOnBook(order)) {
          this.#announcer.level(order.market, order.side, order.priceTicks);
        }
      }
    }
    this.#begun.length = 0;
  }

  #accept(event: OrderAcceptedEvent, timeMs: number): void {
    const row = this.#state.orders.accept(event, timeMs);
    this.#state.orderCounts.placed(event.account, timeMs);
    this.#begun.push(row);
    this.#tell(row, "new", timeMs);
  }

  #activate(event: OrderActivatedEvent, timeMs: number): void {
    const row = this.#state.orders.row(event.orderId);
    this.#state.orders.activate(row, event.activation, timeMs);
    this.#begun.push(row);
    this.#tell(row, "activated", timeMs);
  }

  #fill(event: FillEvent, events: readonly VenueEvent[], at: number, timeMs: number): void {
    const { orders, fills, orderCounts } = this.#state;
    const trade = this.#trade;
    trade.set(event, timeMs);
    const takerRow = orders.row(event.takerOrderId);
    const makerRow = orders.row(event.makerOrderId);
    const takerIsFilled = orders.rows.isByQuote(takerRow)
      ? isSpent(event, events, at)
      : event.takerRemainingLots === 0;
    if (orders.fill(takerRow, trade, takerIsFilled)) {
      orderCounts.filledFirst(event.takerAccount, timeMs);
    }
    this.#tellFill(takerRow, fills.add(event, false, timeMs), timeMs);
    if (orders.fill(makerRow, trade, event.makerRemainingLots === 0)) {
      orderCounts.filledFirst(event.makerAccount, timeMs);
    }
    this.#tellFill(makerRow, fills.add(event, true, timeMs), timeMs);
    this.#trades.add(event, trade);
  }

  #close(event: OrderClosedEvent, before: VenueEvent | undefined, timeMs: number): void {
    const { orders } = this.#state;
    const row = orders.row(event.orderId);
    // A market order by quote quantity that is spent: its last fill made it known already.
    if (!orders.rows.isOpen(row)) return;
    orders.close(row, event.reason, timeMs);
    const { cancelClientOrderId } = event;
    if (event.reason === closeReason.cancelled) {
      this.#tell(row, "cancelled", timeMs, { cancelClientOrderId });
    } else if (event.reason === closeReason.replaced) {
      this.#tell(row, "replaced", timeMs, { cancelClientOrderId });
    } else {
      const prevention = this.#preventions.ended(event.orderId);
      // Of a waiting order that was refused when it was its turn, the event before says why.
      const saysWhy = event.reason === closeReason.rejected && before?.type === "refused";
      const refusal = saysWhy ? before.code : 0;
      if (prevention === null) this.#tell(row, "expired", timeMs, { refusal });
      else this.#tell(row, "prevented", timeMs, { prevention });
    }
  }

  #reduce(event: OrderReducedEvent, timeMs: number): void {
    const row = this.#state.orders.row(event.orderId);
    this.#state.orders.reduce(row, event.byLots, timeMs);
    this.#tell(row, "amended", timeMs);
  }

  #amend(event: OrderAmendedEvent, timeMs: number): void {
    const { orders, orderLists } = this.#state;
    const row = orders.row(event.orderId);
    orders.amend(row, event, timeMs);
    this.#tell(row, "amended", timeMs);
    const { orderListId } = orders.rows.record(row);
    if (orderListId === 0 || event.newClientOrderId === event.clientOrderId) return;
    this.#tellList("renamed", orderLists.renamed(orderListId, event), timeMs);
  }

  /** The orders of a list are accepted right after this. */
  #openList(event: ListOpenedEvent, events: readonly VenueEvent[], timeMs: number): void {
    const clientOrderIds = event.orderIds.map((orderId) => {
      const accepted = events.find((e) => e.type === "orderAccepted" && e.orderId === orderId);
      return accepted?.type === "orderAccepted" ? accepted.clientOrderId : "";
    });
    const list = this.#state.orderLists.opened(event, clientOrderIds, timeMs);
    this.#tellList("opened", list, timeMs);
  }

  #touch(event: OrderEvent): void {
    if (!this.#announcer.isHeard) return;
    for (const { market, side, priceTicks } of touchedLevels(event)) {
      this.#announcer.level(market, side, priceTicks);
    }
  }

  #tellFill(row: number, fillRow: number, timeMs: number): void {
    if (!this.#isWatched(row)) return;
    this.#tell(row, "trade", timeMs, { fill: this.#state.fills.record(fillRow) });
  }

  #isWatched(row: number): boolean {
    return this.#announcer.isWatched(this.#state.orders.rows.account(row));
  }

  #tell(row: number, kind: OrderChange["kind"], timeMs: number, step: Step = {}): void {
    if (!this.#isWatched(row)) return;
    this.#announcer.order({
      kind,
      order: this.#state.orders.rows.record(row),
      fill: null,
      prevention: null,
      refusal: 0,
      cancelClientOrderId: "",
      timeMs,
      ...step,
    });
  }

  #tellList(kind: OrderListChange["kind"], list: OrderListRecord, timeMs: number): void {
    if (this.#announcer.isWatched(list.account)) this.#announcer.orderList({ kind, list, timeMs });
  }
}

import {
  acceptedField,
  closeReason,
  closeReasonAt,
  eventType,
  eventTypeAt,
  type FillEvent,
  type ListOpenedEvent,
  type OrderActivatedEvent,
  type OrderAmendedEvent,
  type OrderClosedEvent,
  type OrderEvent,
  type OrderReducedEvent,
  orderField,
  readU53,
  touchedLevels,
  type VenueEvent,
} from "@halcyon/core";
import type { CommandEvents } from "@halcyon/replica";
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

/** By type: 1 for what happens to orders and their lists. */
const orderEventTypes = new Uint8Array(256);
for (const type of [
  eventType.orderAccepted,
  eventType.fill,
  eventType.orderClosed,
  eventType.orderReduced,
  eventType.orderActivated,
  eventType.tradePrevented,
  eventType.orderAmended,
  eventType.listOpened,
  eventType.listClosed,
]) {
  orderEventTypes[type] = 1;
}

/** Whether the event at words[at] is one for the intake of orders. */
export function isOrderEvent(words: Int32Array, at: number): boolean {
  return orderEventTypes[eventTypeAt(words, at)] === 1;
}

type RareEvent = Exclude<
  OrderEvent,
  { type: "orderAccepted" | "orderActivated" | "fill" | "orderClosed" }
>;

/** Takes what happens to orders and their lists into the state, and has it told in the same order. */
export class OrderIntake {
  readonly #state: ViewState;
  readonly #announcer: Announcer;
  readonly #trades: TradeIntake;
  readonly #preventions: PreventionIntake;
  readonly #trade = new TradeInHand();
  /** For listeners, orders that the command in hand set to work: those on the book at its end came to their level. */
  readonly #begun: number[] = [];

  constructor(state: ViewState, announcer: Announcer) {
    this.#state = state;
    this.#announcer = announcer;
    this.#trades = new TradeIntake(state, announcer);
    this.#preventions = new PreventionIntake(state);
  }

  /**
   * Of the command's events the one at words[at], which is number `index` among them. Those that
   * nearly every order has are read from the words.
   */
  take(events: CommandEvents, at: number, index: number, timeMs: number): void {
    switch (eventTypeAt(events.words, at)) {
      case eventType.orderAccepted:
        this.#accept(events.words, at, timeMs);
        return;
      case eventType.orderActivated:
        this.#activate(events, index, timeMs);
        return;
      case eventType.fill:
        this.#fill(events, at, index, timeMs);
        break;
      case eventType.orderClosed:
        this.#close(events, at, index, timeMs);
        break;
      default:
        this.#takeRare(events.all[index] as RareEvent, events.all, timeMs);
    }
    if (this.#announcer.isHeard) this.#touch(events.all[index] as OrderEvent);
  }

  #takeRare(event: RareEvent, events: readonly VenueEvent[], timeMs: number): void {
    switch (event.type) {
      case "tradePrevented":
        this.#preventions.add(event, timeMs, (row, prevention) =>
          this.#tell(row, "prevented", timeMs, { prevention }),
        );
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
  }

  commandEnd(): void {
    this.#trades.commandEnd();
    const { rows } = this.#state.orders;
    if (this.#begun.length === 0) return;
    for (const row of this.#begun) {
      const order = rows.record(row);
      if (isOnBook(order)) this.#announcer.level(order.market, order.side, order.priceTicks);
    }
    this.#begun.length = 0;
  }

  #accept(words: Int32Array, at: number, timeMs: number): void {
    const row = this.#state.orders.accept(words, at, timeMs);
    this.#state.orderCounts.placed(words[at + acceptedField.account]!, timeMs);
    if (this.#announcer.isHeard) this.#begun.push(row);
    this.#tell(row, "new", timeMs);
  }

  #activate({ all }: CommandEvents, index: number, timeMs: number): void {
    const event = all[index] as OrderActivatedEvent;
    if (isRefused(event.orderId, all, index)) return;
    const row = this.#state.orders.row(event.orderId);
    this.#state.orders.activate(row, event.activation, timeMs);
    if (this.#announcer.isHeard) this.#begun.push(row);
    this.#tell(row, "activated", timeMs);
  }

  #fill(events: CommandEvents, at: number, index: number, timeMs: number): void {
    const { orders, fills, orderCounts } = this.#state;
    const trade = this.#trade;
    trade.set(events.words, at, timeMs);
    const takerRow = orders.row(trade.takerOrderId);
    const makerRow = orders.row(trade.makerOrderId);
    const takerIsFilled = orders.rows.isByQuote(takerRow)
      ? isSpent(events.all[index] as FillEvent, events.all, index)
      : trade.takerLeft === 0;
    if (orders.fill(takerRow, trade, takerIsFilled)) {
      orderCounts.filledFirst(trade.takerAccount, timeMs);
    }
    this.#tellFill(takerRow, fills.add(trade, false), timeMs);
    if (orders.fill(makerRow, trade, trade.makerLeft === 0)) {
      orderCounts.filledFirst(trade.makerAccount, timeMs);
    }
    this.#tellFill(makerRow, fills.add(trade, true), timeMs);
    this.#trades.add(trade);
  }

  #close(events: CommandEvents, at: number, index: number, timeMs: number): void {
    const { words } = events;
    const { orders } = this.#state;
    const orderId = readU53(words, at + orderField.orderId);
    const row = orders.row(orderId);
    // A market order by quote quantity that is spent: its last fill made it known already.
    if (!orders.rows.isOpen(row)) return;
    const reason = closeReasonAt(words, at);
    orders.close(row, reason, timeMs);
    const isAsked = reason === closeReason.cancelled || reason === closeReason.replaced;
    const prevention = isAsked ? null : this.#preventions.ended(orderId);
    if (!this.#isWatched(row)) return;
    const event = events.all[index] as OrderClosedEvent;
    const before = events.all[index - 1];
    const { cancelClientOrderId } = event;
    if (event.reason === closeReason.cancelled) {
      this.#tell(row, "cancelled", timeMs, { cancelClientOrderId });
    } else if (event.reason === closeReason.replaced) {
      this.#tell(row, "replaced", timeMs, { cancelClientOrderId });
    } else {
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
    const { orders, orderLists, amendments } = this.#state;
    const row = orders.row(event.orderId);
    orders.amend(row, event, timeMs);
    amendments.add(event, timeMs);
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

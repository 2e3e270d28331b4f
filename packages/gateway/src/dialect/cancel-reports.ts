import { type OrderClosedEvent, selfTradeMode, timeInForce } from "@halcyon/core";
import { noExtras } from "../views/order-extras.ts";
import type { OrderListRecord, OrderRecord } from "../views/records.ts";
import type { Views } from "../views/views.ts";
import type { MarketGrid } from "./market-grid.ts";
import { orderListJson } from "./order-list-text.ts";
import { cancelledJson } from "./order-text.ts";

/**
 * What the views knew of orders before these were cancelled: an account's oldest orders and lists are
 * forgotten as soon as they are closed.
 */
export class CancelReports {
  readonly #views: Views;
  readonly #orders = new Map<number, OrderRecord>();
  readonly #lists = new Map<number, OrderListRecord>();

  constructor(views: Views) {
    this.#views = views;
  }

  /** An order that may be cancelled, with the others of its list. */
  remember(order: OrderRecord | undefined): void {
    if (order === undefined || this.#orders.has(order.orderId)) return;
    this.#orders.set(order.orderId, order);
    if (order.orderListId > 0) this.rememberList(this.#views.orderLists.byId(order.orderListId));
  }

  rememberList(list: OrderListRecord | undefined): void {
    if (list === undefined || this.#lists.has(list.listId)) return;
    this.#lists.set(list.listId, list);
    for (const { orderId } of list.orders) this.remember(this.#views.orders.byId(orderId));
  }

  /** A report for each cancelled order that is in no list, and one for each list. */
  write(
    grid: MarketGrid,
    closed: readonly OrderClosedEvent[],
    cancelClientOrderId: string,
  ): string[] {
    const reports: string[] = [];
    const byList = new Map<number, string[]>();
    for (const event of closed) {
      const order = this.#closedOrder(event);
      const json = cancelledJson(grid, order, cancelClientOrderId, order.updateTimeMs);
      const ofList = byList.get(order.orderListId);
      if (order.orderListId === 0) reports.push(json);
      else if (ofList === undefined) byList.set(order.orderListId, [json]);
      else ofList.push(json);
    }
    for (const [listId, ofList] of byList) {
      reports.push(orderListJson(grid, this.#closedList(listId), ofList));
    }
    return reports;
  }

  #closedList(listId: number): OrderListRecord {
    const list = this.#views.orderLists.byId(listId) ?? this.#lists.get(listId);
    if (list === undefined)
      throw new Error(`cancelled list ${listId} was never known to the views`);
    return { ...list, status: "ALL_DONE", statusType: "ALL_DONE" };
  }

  /** Of an order that is forgotten, what was known before is joined with what the event tells. */
  #closedOrder(event: OrderClosedEvent): OrderRecord {
    const { orderId, account, market, side, orderType: type, priceTicks, reason } = event;
    const known = this.#views.orders.byId(orderId);
    if (known !== undefined) return known;
    const before = this.#orders.get(orderId) ?? {
      ...noExtras,
      ...{ clientOrderId: "", timeInForce: timeInForce.gtc, selfTradeMode: selfTradeMode.none },
      ...{ quantityLots: event.remainingLots, preventedLots: 0, executedQuoteUnits: 0n },
      ...{ askedQuoteUnits: 0, timeMs: 0, updateTimeMs: 0, workingTimeMs: 0 },
    };
    const { quantityLots, preventedLots } = before;
    return {
      ...before,
      ...{ orderId, account, market, side, type, priceTicks, closeReason: reason },
      executedLots: quantityLots - preventedLots - event.remainingLots,
      status: "CANCELED",
    };
  }
}

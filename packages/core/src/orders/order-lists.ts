import type { Books } from "../books/books.ts";
import { orderTerm } from "../books/order-slab.ts";
import { type Contingency, contingency } from "../commands/command.ts";
import { eventType } from "../events/event.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import { type CloseReason, closeReason } from "../events/order-event.ts";
import type { Closing } from "./closing.ts";

/** How many orders a list of each kind has. */
export const ordersOfList: Readonly<Record<Contingency, number>> = {
  [contingency.oco]: 2,
  [contingency.oto]: 2,
  [contingency.otoco]: 3,
};

/** Orders that belong together, as long as one of them is open. */
export type OrderList = {
  readonly id: number;
  readonly account: number;
  readonly market: number;
  readonly contingency: Contingency;
  /** Empty: none. */
  readonly clientId: string;
  /** By place in the list; 0 once the order is closed. The working order of OTO and OTOCO first. */
  readonly slots: number[];
  /** OTO and OTOCO: whether the orders that wait for the first one have been placed. */
  isPlaced: boolean;
};

/** The open order lists, and what happens to the others of a list when one of its orders ends. */
export class OrderLists {
  private readonly books: Books;
  private readonly events: EventBuffer;
  private readonly byId = new Map<number, OrderList>();
  private readonly byClientId = new Map<string, OrderList>();
  /** Open lists by account and market. */
  private readonly counts = new Map<string, number>();
  /** Set by the venue: closing and lists need each other. */
  closing!: Closing;
  nextId = 1;

  constructor(books: Books, events: EventBuffer) {
    this.books = books;
    this.events = events;
  }

  /** In the order in which they were opened. */
  all(): OrderList[] {
    return [...this.byId.values()];
  }
  get(id: number): OrderList | undefined {
    return this.byId.get(id);
  }
  find(account: number, clientId: string): OrderList | undefined {
    return clientId === "" ? undefined : this.byClientId.get(`${account} ${clientId}`);
  }
  countOf(account: number, market: number): number {
    return this.counts.get(`${account} ${market}`) ?? 0;
  }

  add(list: OrderList): void {
    this.byId.set(list.id, list);
    this.count(list, 1);
    if (list.clientId !== "") this.byClientId.set(`${list.account} ${list.clientId}`, list);
  }

  private count(list: OrderList, by: number): void {
    const key = `${list.account} ${list.market}`;
    const count = (this.counts.get(key) ?? 0) + by;
    if (count === 0) this.counts.delete(key);
    else this.counts.set(key, count);
  }

  /** The list that an order is in. */
  of(slot: number): OrderList | undefined {
    const id = this.books.slab.longTerm(slot, orderTerm.listId);
    return id === 0 ? undefined : this.byId.get(id);
  }

  /** The other order of a pair that is still open, 0 when there is none. */
  siblingOf(slot: number): number {
    const list = this.of(slot);
    if (list === undefined) return 0;
    const pair = pairOf(list);
    return pair.includes(slot) ? (pair.find((other) => other !== slot) ?? 0) : 0;
  }

  /** An order is about to trade, or has triggered: the other of its pair ends. */
  executes(slot: number): void {
    const sibling = this.siblingOf(slot);
    if (sibling !== 0) {
      this.closing.close(sibling, closeReason.listEnded, this.events.words, -1);
    }
  }

  /** An order has been closed, or filled whole (reason 0). */
  ended(slot: number, reason: CloseReason | 0, source: Int32Array, from: number): void {
    const list = this.of(slot);
    if (list === undefined) return;
    const place = list.slots.indexOf(slot);
    list.slots[place] = 0;
    const isFirst = place === 0 && list.contingency !== contingency.oco;
    if (reason === 0 && isFirst) {
      const market = this.books.markets.get(list.market)!;
      market.listsToPlace.push(list.id);
      market.waitingCount++;
    } else if (reason !== 0 && reason !== closeReason.listEnded) {
      for (let other = 0; other < list.slots.length; other++) {
        const open = list.slots[other]!;
        if (open !== 0) this.closing.close(open, reason, source, from);
      }
    }
    if (this.byId.has(list.id) && list.slots.every((open) => open === 0)) {
      this.remove(list, source, from);
    }
  }

  /** Its others may have been closed before the market let them be placed. */
  private forgetPlacing(list: OrderList): void {
    const market = this.books.markets.get(list.market)!;
    const place = market.listsToPlace.indexOf(list.id);
    if (place < 0) return;
    market.listsToPlace.splice(place, 1);
    market.waitingCount--;
  }

  private remove(list: OrderList, source: Int32Array, from: number): void {
    this.byId.delete(list.id);
    this.forgetPlacing(list);
    this.count(list, -1);
    if (list.clientId !== "") this.byClientId.delete(`${list.account} ${list.clientId}`);
    const event = this.events.begin(eventType.listClosed);
    this.events.u53(list.id).i32(list.account).i32(list.market);
    this.events.packed(from < 0 ? 0 : source[from]!, source, from + 1);
    this.events.end(event);
  }
}

/** The open orders of a list of which only one may execute: both of an OCO, the second two of an OTOCO. */
function pairOf(list: OrderList): number[] {
  const from = list.contingency === contingency.oco ? 0 : 1;
  return list.contingency === contingency.oto
    ? []
    : list.slots.slice(from).filter((slot) => slot !== 0);
}

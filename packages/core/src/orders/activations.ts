import {
  orderField as f,
  type OrderSlab,
  orderAt,
  orderState,
  orderTerm,
  termsAt,
} from "../books/order-slab.ts";
import { commandType, contingency, marketState } from "../commands/command.ts";
import { refusedStage } from "../events/event.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import { type Activation, activation, closeReason } from "../events/order-event.ts";
import type { Refusal } from "../refusal.ts";
import type { Market } from "../registry/markets.ts";
import type { Closing } from "./closing.ts";
import type { Matching } from "./matching.ts";
import type { OrderCheck } from "./order-check.ts";
import type { OrderList, OrderLists } from "./order-lists.ts";
import type { WaitingOrders } from "./waiting-orders.ts";

/** Waiting orders that go on within one command; what is due beyond that follows before the next batch's commands. */
const activationsPerCommandMax = 1_000;

/** Sets waiting orders going when their time has come: stops and trailing orders by the price, the others of a list by its first. */
export class Activations {
  private readonly of: {
    readonly slab: OrderSlab;
    readonly events: EventBuffer;
    readonly order: OrderCheck;
    readonly matching: Matching;
    readonly waiting: WaitingOrders;
    readonly lists: OrderLists;
    readonly closing: Closing;
  };
  /** Whether a market has something due that did not fit into its command. */
  hasLeftover = false;

  constructor(of: Activations["of"]) {
    this.of = of;
  }

  /** After a command that may have traded in the market: sets off what is due, one at a time. */
  run(market: Market, logTimeMs: number): void {
    for (let count = 0; market.state === marketState.trading; count++) {
      if (count === activationsPerCommandMax) {
        this.hasLeftover = true;
        break;
      }
      const listId = market.listsToPlace[0];
      if (listId !== undefined) {
        this.of.waiting.track(market);
        market.listsToPlace.shift();
        market.waitingCount--;
        this.placeRest(this.of.lists.get(listId)!, logTimeMs);
        continue;
      }
      const slot = this.of.waiting.nextDue(market);
      if (slot === 0) return;
      if (this.of.waiting.isToTrack(slot)) {
        this.of.waiting.beginTracking(slot, market);
        this.tell(slot, activation.tracking);
      } else this.trigger(slot, market, logTimeMs);
    }
    // Nothing goes on any more, but what tracks has seen the last price.
    this.of.waiting.track(market);
  }

  private trigger(slot: number, market: Market, logTimeMs: number): void {
    const { lists, waiting, order, matching } = this.of;
    this.tell(slot, activation.triggered);
    lists.executes(slot);
    waiting.disarm(slot, market);
    const refused = order.checkTriggered(slot);
    if (refused !== 0) this.reject(slot, refused);
    else matching.resume(slot, logTimeMs);
  }

  /** The first order of a list is filled: the others are placed like new orders, or closed together. */
  private placeRest(list: OrderList, logTimeMs: number): void {
    const { order } = this.of;
    list.isPlaced = true;
    const open = list.slots.filter((slot) => slot !== 0);
    for (const slot of open) this.tell(slot, activation.placed);
    for (const slot of open) {
      const refused = order.checkPlacing(slot);
      if (refused !== 0) {
        this.reject(slot, refused);
        return;
      }
    }
    this.placeOpen(list, open, logTimeMs);
  }

  /** Orders of a list that passed their checks begin: stops to wait, the others to work. */
  placeOpen(list: OrderList, slots: readonly number[], logTimeMs: number): void {
    const { order, waiting, matching, slab } = this.of;
    const isPair = slots.length === 2 && (list.contingency === contingency.oco || list.isPlaced);
    for (const slot of slots) {
      order.load(slot);
      order.findPaySlot();
      if (order.isStop) {
        const sibling = isPair && order.isStopLoss ? slots.find((other) => other !== slot)! : 0;
        waiting.arm(slot, order, sibling === 0 ? -1 : this.holdPriceOf(sibling, slot));
      } else {
        slab.terms[termsAt(slot) + orderTerm.state] = orderState.working;
        matching.resume(slot, logTimeMs);
      }
    }
  }

  /** Ticks per lot for which the sibling of the order in hand holds; that order is in hand again after it. */
  private holdPriceOf(sibling: number, slot: number): number {
    const { order } = this.of;
    order.load(sibling);
    const price = order.holdPrice();
    order.load(slot);
    order.findPaySlot();
    return price;
  }

  private reject(slot: number, refused: Refusal): void {
    const { events, closing } = this.of;
    events.refused(refused, refusedStage.activation, commandType.placeOrder);
    closing.close(slot, closeReason.rejected, events.words, -1);
  }

  private tell(slot: number, how: Activation): void {
    const { slab, events } = this.of;
    const { words } = slab;
    const o = orderAt(slot);
    events.orderActivated(
      words[o + f.idLow]!,
      words[o + f.idHigh]!,
      words[o + f.account]!,
      words[o + f.market]!,
      words[o + f.kind]!,
      words[o + f.price]!,
      how,
    );
  }
}

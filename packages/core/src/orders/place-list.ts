import type { Books } from "../books/books.ts";
import { WordReader } from "../bytes/word-reader.ts";
import { type Contingency, contingency, orderType, timeInForce } from "../commands/command.ts";
import { placeField } from "../commands/order-command.ts";
import { eventType } from "../events/event.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import type { LogClock } from "../log-clock.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { Rules } from "../registry/rules-version.ts";
import type { Activations } from "./activations.ts";
import { placeEnd, textEnd } from "./order-bounds.ts";
import type { OrderCheck } from "./order-check.ts";
import { type OrderList, type OrderLists, ordersOfList } from "./order-lists.ts";
import type { WaitingOrders } from "./waiting-orders.ts";

/** One order of a list, as far as its shape in the list asks. */
type Leg = {
  readonly type: number;
  readonly tif: number;
  readonly isBuy: boolean;
  readonly lots: number;
  readonly quoteUnits: number;
  readonly price: number;
  readonly stopPrice: number;
};

/** Lists of orders that are accepted all or none. Rules: docs/rules.md, Lists. */
export class PlaceList {
  private readonly of: {
    readonly books: Books;
    readonly events: EventBuffer;
    readonly clock: LogClock;
    readonly order: OrderCheck;
    readonly waiting: WaitingOrders;
    readonly lists: OrderLists;
    readonly activations: Activations;
    readonly rules: Rules;
  };

  constructor(of: PlaceList["of"]) {
    this.of = of;
  }

  /** The placeOrderList body at words[body, end). */
  apply(words: Int32Array, body: number, end: number): Refusal | 0 {
    const kind = words[body + 2] as Contingency;
    const clientIdAt = body + 3;
    const ordersAt = clientIdAt < end ? textEnd(words, clientIdAt, end) : -1;
    const bodies = ordersAt < 0 ? [] : bodiesOf(words, ordersAt, end);
    if (bodies.length === 0 || ordersOfList[kind] === undefined) return refusal.malformedCommand;
    const clientId = new WordReader(words, clientIdAt, ordersAt).text(36);
    const refused =
      this.of.order.checkAccount(words[body]!) ||
      this.checkList(words, bodies, body, kind, clientId) ||
      this.checkOrders(words, bodies, kind);
    if (refused === 0) this.accept(words, bodies, body, kind, clientId);
    return refused;
  }

  private checkList(
    words: Int32Array,
    bodies: readonly number[],
    body: number,
    kind: Contingency,
    clientId: string,
  ): Refusal | 0 {
    const { books, lists, order, rules } = this.of;
    const account = words[body]!;
    const market = books.markets.get(words[body + 1]!);
    if (market === undefined) return refusal.unknownMarket;
    const areTogether =
      bodies.length === ordersOfList[kind] &&
      bodies.every(
        (at) =>
          words[at + placeField.account] === account && words[at + placeField.market] === market.id,
      );
    if (!areTogether) return refusal.orderListShape;
    const legs = bodies.map((at): Leg => {
      order.readFields(words, at);
      const { type, tif, isBuy, lots, quoteUnits, price, stopPrice } = order;
      return { type, tif, isBuy, lots, quoteUnits, price, stopPrice };
    });
    const [first, second, third] = legs;
    const fits =
      kind === contingency.oco
        ? isPair(first!, second!)
        : isWorking(first!, rules.version) &&
          (third === undefined ? mayWait(second!) : isPair(second!, third));
    if (!fits) return refusal.orderListShape;
    if (lists.find(account, clientId) !== undefined) return refusal.duplicateListClientOrderId;
    if (lists.countOf(account, market.id) >= market.rules.orderListsMax) {
      return refusal.tooManyOrderLists;
    }
    return sharesClientId(words, bodies) ? refusal.duplicateClientOrderId : 0;
  }

  /** One order after the other, the earlier ones counting as open. */
  private checkOrders(
    words: Int32Array,
    bodies: readonly number[],
    kind: Contingency,
  ): Refusal | 0 {
    const { order } = this.of;
    let refused: Refusal | 0 = 0;
    for (const [place, at] of bodies.entries()) {
      const waits = kind !== contingency.oco && place > 0;
      refused = waits ? order.checkPending(words, at) : order.check(words, at);
      if (refused !== 0) break;
      order.entering++;
      if (order.isStop) order.enteringStops++;
    }
    order.entering = 0;
    order.enteringStops = 0;
    return refused;
  }

  private accept(
    words: Int32Array,
    bodies: readonly number[],
    body: number,
    kind: Contingency,
    clientId: string,
  ): void {
    const account = words[body]!;
    const market = words[body + 1]!;
    const { books, events, order, waiting, lists, activations, clock } = this.of;
    const id = lists.nextId++;
    const orderIds = bodies.map(() => books.takeOrderId());
    const event = events.begin(eventType.listOpened);
    events.u53(id).i32(account).i32(market).i32(kind).i32(orderIds.length);
    for (const orderId of orderIds) events.u53(orderId);
    events.text(clientId);
    events.end(event);
    const slots = bodies.map((at, place) => {
      const orderId = orderIds[place]!;
      const isPending = kind !== contingency.oco && place > 0;
      const high = (orderId / 4294967296) | 0;
      events.orderAcceptedWithTerms(orderId | 0, high, words, at, id, isPending);
      order.readFields(words, at);
      return waiting.register(order, words, at, orderId, id, clock.nowMs);
    });
    const list: OrderList = {
      id,
      account,
      market,
      contingency: kind,
      clientId,
      slots: [...slots],
      isPlaced: false,
    };
    lists.add(list);
    const working = kind === contingency.oco ? slots : slots.slice(0, 1);
    activations.placeOpen(list, working, clock.nowMs);
    activations.run(books.markets.get(market)!, clock.nowMs);
  }
}

/** Where each placeOrder body of words[from, end) begins; none when they do not fill it. */
function bodiesOf(words: Int32Array, from: number, end: number): number[] {
  const bodies: number[] = [];
  let at = from;
  while (at < end && bodies.length <= 3) {
    const next = placeEnd(words, at, end);
    if (next < 0) return [];
    bodies.push(at);
    at = next;
  }
  return at === end ? bodies : [];
}

function isStopLoss(type: number): boolean {
  return type === orderType.stopLoss || type === orderType.stopLossLimit;
}

/** A stop loss and an order on the better side of the market, of one side and quantity; the one above first. */
function isPair(above: Leg, below: Leg): boolean {
  const [stop, other] = above.isBuy ? [above, below] : [below, above];
  const isTakeProfit = other.type >= orderType.takeProfit;
  if (!isStopLoss(stop.type) || !(isTakeProfit || other.type === orderType.limitMaker)) {
    return false;
  }
  if (stop.isBuy !== other.isBuy || stop.lots !== other.lots) return false;
  const target = isTakeProfit ? other.stopPrice : other.price;
  if (stop.stopPrice === 0 || target === 0) return true;
  return stop.isBuy ? target < stop.stopPrice : target > stop.stopPrice;
}

/** Before rules version 3 it had to be able to rest. */
function isWorking({ type, tif }: Leg, rulesVersion: number): boolean {
  const rests = tif === timeInForce.gtc || tif === timeInForce.gtd;
  return type === orderType.limit
    ? rests || rulesVersion >= 3
    : rests && type === orderType.limitMaker;
}

/** By quote quantity nothing can wait: what it pays is known only when it works. */
function mayWait({ quoteUnits }: Leg): boolean {
  return quoteUnits === 0;
}

/** Whether two orders of a list ask for the same client id. */
function sharesClientId(words: Int32Array, bodies: readonly number[]): boolean {
  const ids = bodies
    .map((at) => new WordReader(words, at + placeField.clientIdBytes).bytes(36).join(" "))
    .filter((id) => id !== "");
  return new Set(ids).size !== ids.length;
}

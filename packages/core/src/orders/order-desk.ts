import type { Books } from "../books/books.ts";
import { WordReader } from "../bytes/word-reader.ts";
import * as commands from "../commands/command.ts";
import * as eventWords from "../events/event.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import * as orderEvents from "../events/order-event.ts";
import type { LogClock } from "../log-clock.ts";
import { Settlement } from "../money/settlement.ts";
import type { Refusal } from "../refusal.ts";
import * as refusals from "../refusal.ts";
import { MarketPhases } from "../registry/market-phases.ts";
import type { Market } from "../registry/markets.ts";
import type { Rules } from "../registry/rules-version.ts";
import { Activations } from "./activations.ts";
import { Amending } from "./amending.ts";
import { Auction } from "./auction.ts";
import { Cancelling } from "./cancelling.ts";
import { Closing } from "./closing.ts";
import { Matching } from "./matching.ts";
import * as orderBounds from "./order-bounds.ts";
import { OrderCheck } from "./order-check.ts";
import { type OrderList, OrderLists } from "./order-lists.ts";
import { PlaceList } from "./place-list.ts";
import { PlainOrders } from "./plain-orders.ts";
import { SelfTrade } from "./self-trade.ts";
import { WaitingOrders } from "./waiting-orders.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { commandType } = commands;
const { refusedStage } = eventWords;
const { closeReason } = orderEvents;
const { cancelEnd, placeEnd } = orderBounds;
const { refusal } = refusals;

/** Orders that expire before one batch's commands; those beyond follow before the next one's. */
const expiriesPerBatchMax = 10_000;

/** All that commands and time do with orders. */
export class OrderDesk {
  declare readonly check: OrderCheck;
  declare readonly phases: MarketPhases;
  declare readonly lists: OrderLists;
  declare readonly activations: Activations;
  declare private readonly plain: PlainOrders;
  declare private readonly books: Books;
  declare private readonly events: EventBuffer;
  declare private readonly clock: LogClock;
  declare private readonly matching: Matching;
  declare private readonly waiting: WaitingOrders;
  declare private readonly closing: Closing;
  declare private readonly cancelling: Cancelling;
  declare private readonly amending: Amending;
  declare private readonly placeList: PlaceList;

  constructor(books: Books, events: EventBuffer, clock: LogClock, rules: Rules) {
    this.books = books;
    this.events = events;
    this.clock = clock;
    const order = new OrderCheck(books, clock, rules);
    const lists = new OrderLists(books, events);
    const waiting = new WaitingOrders(books);
    const closing = new Closing(books, events, waiting, lists);
    lists.closing = closing;
    const phases = new MarketPhases(books.markets, events);
    const selfTrade = new SelfTrade(books, events, closing, lists);
    const settlement = new Settlement(books, events);
    const matching = new Matching({
      ...{ books, order, events, selfTrade, lists, phases, settlement },
    });
    const { slab } = books;
    this.check = order;
    this.plain = new PlainOrders({
      ...{ books, events, settlement, matching, clock, phases, rules },
    });
    this.lists = lists;
    this.waiting = waiting;
    this.closing = closing;
    this.phases = phases;
    this.matching = matching;
    this.cancelling = new Cancelling(books, closing, lists);
    this.amending = new Amending(books, events, waiting, lists);
    this.activations = new Activations({
      ...{ slab, events, order, matching, waiting, lists, closing },
    });
    const { activations } = this;
    this.placeList = new PlaceList({
      ...{ books, events, order, waiting, lists, activations, clock, rules },
    });
    const auction = new Auction({ books, events, matching, selfTrade, lists });
    phases.onTrading = (market, logTimeMs) => this.open(auction, market, logTimeMs);
  }

  /** What a snapshot kept beside the orders. */
  restore(
    lists: { readonly nextId: number; readonly open: readonly OrderList[] },
    hasLeftover: boolean,
  ): void {
    for (const list of lists.open) this.lists.add(list);
    this.lists.nextId = lists.nextId;
    this.activations.hasLeftover = hasLeftover;
  }

  /** Before a batch's commands: what time alone does. */
  beginBatch(): void {
    const nowMs = this.clock.nowMs;
    const { expiries, slab } = this.books;
    for (let count = 0; count < expiriesPerBatchMax; count++) {
      const slot = expiries.due(nowMs);
      if (slot === 0) break;
      this.closing.close(slot, closeReason.outOfTime, slab.words, -1);
    }
    if (this.activations.hasLeftover || this.phases.isDue(nowMs)) this.goOn(nowMs);
  }

  /** Market by market: its next state where its time has come, and what is due there. */
  private goOn(nowMs: number): void {
    const { activations, phases, books } = this;
    const hadLeftover = activations.hasLeftover;
    activations.hasLeftover = false;
    for (const market of books.markets.all()) {
      phases.advance(market, nowMs);
      if (hadLeftover && market.waitingCount !== 0) activations.run(market, nowMs);
    }
  }

  /** Cancels all open orders of an account that was frozen. */
  freeze(account: number): void {
    this.closing.closeAll(account, null, closeReason.accountFrozen);
  }

  /** The order command at words[body, end). */
  apply(type: number, words: Int32Array, body: number, end: number): Refusal | 0 {
    switch (type) {
      case commandType.placeOrder:
        return placeEnd(words, body, end) === end
          ? this.place(words, body)
          : refusal.malformedCommand;
      case commandType.cancelOrder:
        return cancelEnd(words, body, end) === end
          ? this.cancelling.cancel(words, body, closeReason.cancelled)
          : refusal.malformedCommand;
      case commandType.cancelReplace:
        return this.cancelReplace(words, body, end);
      case commandType.cancelAll:
        return end - body === 2
          ? this.cancelling.cancelAll(words[body]!, words[body + 1]!)
          : refusal.malformedCommand;
      case commandType.reduceOrder:
        return end - body === 6 ? this.amending.reduce(words, body) : refusal.malformedCommand;
      case commandType.amendOrder:
        return this.amending.amend(new WordReader(words, body, end));
      case commandType.placeOrderList:
        return this.placeList.apply(words, body, end);
      case commandType.cancelOrderList:
        return this.cancelling.cancelList(new WordReader(words, body, end));
      default:
        throw new Error(`command type ${type} passed the batch's check but is not applied`);
    }
  }

  private place(words: Int32Array, body: number): Refusal | 0 {
    const order = this.check;
    let market = this.plain.place(words, body);
    if (market === undefined) {
      const refused = order.check(words, body);
      if (refused !== 0) return refused;
      if (order.isStop) {
        this.placeStop(words, body);
        return 0;
      }
      market = order.market;
      this.matching.place(words, body, this.clock.nowMs);
    }
    if (market.waitingCount !== 0) this.activations.run(market, this.clock.nowMs);
    return 0;
  }

  private placeStop(words: Int32Array, body: number): void {
    const order = this.check;
    const id = this.books.takeOrderId();
    const low = id | 0;
    this.events.orderAcceptedWithTerms(low, (id / 4294967296) | 0, words, body, 0, false);
    const slot = this.waiting.register(order, words, body, id, 0, this.clock.nowMs);
    this.waiting.arm(slot, order);
  }

  /** Cancel, then place. Each part's refusal is an event of its own stage; with a failed cancel the order is tried only if allowed. */
  private cancelReplace(words: Int32Array, body: number, end: number): Refusal | 0 {
    const cancelAt = body + 1;
    const placeAt = cancelEnd(words, cancelAt, end);
    if (placeAt < 0 || placeEnd(words, placeAt, end) !== end) return refusal.malformedCommand;
    if (words[body] !== 0 && words[body] !== 1) return refusal.malformedCommand;
    const cancelRefused = this.cancelling.cancel(words, cancelAt, closeReason.replaced);
    if (cancelRefused !== 0) {
      this.events.refused(cancelRefused, refusedStage.cancel, commandType.cancelReplace);
    }
    const attempted = cancelRefused === 0 || words[body] === 1;
    const placeRefused = attempted ? this.place(words, placeAt) : refusal.newOrderNotAttempted;
    if (placeRefused !== 0) {
      this.events.refused(placeRefused, refusedStage.place, commandType.cancelReplace);
    }
    return 0;
  }

  /** A market has come to trade. */
  private open(auction: Auction, market: Market, logTimeMs: number): void {
    const tradesBefore = market.tradeCount;
    auction.run(market);
    if (market.tradeCount !== tradesBefore) this.phases.setReference(market, logTimeMs);
    if (market.waitingCount !== 0) this.activations.run(market, logTimeMs);
  }
}

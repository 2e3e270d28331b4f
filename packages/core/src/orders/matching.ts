import type { Books } from "../books/books.ts";
import * as levelSlab from "../books/level-slab.ts";
import * as orderSlab from "../books/order-slab.ts";
import type { SelfTradeMode } from "../commands/command.ts";
import * as commands from "../commands/command.ts";
import * as orderCommands from "../commands/order-command.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import type { CloseReason } from "../events/order-event.ts";
import * as orderEvents from "../events/order-event.ts";
import * as amounts from "../money/amount.ts";
import type { Settlement } from "../money/settlement.ts";
import type { MarketPhases } from "../registry/market-phases.ts";
import * as marketPhases from "../registry/market-phases.ts";
import type { BookSide, Market } from "../registry/markets.ts";
import * as fillOrKill from "./fill-or-kill.ts";
import type { OrderCheck } from "./order-check.ts";
import * as orderEntry from "./order-entry.ts";
import type { OrderLists } from "./order-lists.ts";
import type { SelfTrade } from "./self-trade.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { enterOrderInHand } = orderEntry;
const { exactLimit, floorDivide } = amounts;
const { marketState, orderType, side, timeInForce } = commands;
const { closeReason } = orderEvents;
const { levelField, levelShift } = levelSlab;
const { canFillWhole } = fillOrKill;
const { isOutOfBand } = marketPhases;
const { kindHasTerms, placeField } = orderCommands;
const { lotsAt, orderField: f, orderNumber, orderNumbersShift, orderAt } = orderSlab;

/**
 * Executes an order that `OrderCheck` let in: price-time priority, every fill at the maker's price,
 * the rest on the book or expired. Settlement of a fill is four postings and two fees, each with its
 * counterpart: the taker pays out of what is available, the maker out of its hold.
 */
export class Matching {
  declare private readonly books: Books;
  declare private readonly order: OrderCheck;
  declare private readonly events: EventBuffer;
  declare private readonly selfTrade: SelfTrade;
  declare private readonly lists: OrderLists;
  declare private readonly phases: MarketPhases;
  declare private readonly settlement: Settlement;
  /** The order in hand: lots left, quote units left (market by quote quantity). Exact integers. */
  private left = Number.NaN;
  private quoteLeft = Number.NaN;
  private idLow = 0;
  private idHigh = 0;
  private receiveSlot = 0;
  private takerFeePpm = 0;
  private isBuy = false;
  private byQuote = false;
  /** By quote quantity: what is left of it buys no further lot at the best price. */
  private spent = false;
  /** Why its rest is to be closed whatever its time in force says; 0: it is not. */
  private ending: CloseReason | 0 = 0;
  /** Its next fill would be out of the market's band. */
  private isOutOfBand = false;

  constructor(of: {
    books: Books;
    order: OrderCheck;
    events: EventBuffer;
    selfTrade: SelfTrade;
    lists: OrderLists;
    phases: MarketPhases;
    settlement: Settlement;
  }) {
    this.books = of.books;
    this.order = of.order;
    this.events = of.events;
    this.selfTrade = of.selfTrade;
    this.lists = of.lists;
    this.phases = of.phases;
    this.settlement = of.settlement;
  }

  /** The order whose body lies at words[at], after `check` returned 0 for it. */
  place(words: Int32Array, at: number, logTimeMs: number): void {
    const order = this.order;
    const market = order.market;
    const id = this.books.takeOrderId();
    this.idLow = id | 0;
    this.idHigh = (id / 4294967296) | 0;
    if ((order.kind & kindHasTerms) === 0) {
      this.events.orderAccepted(
        this.idLow,
        this.idHigh,
        order.account,
        market.id,
        order.kind,
        order.price,
        words,
        at + placeField.lots,
      );
    } else this.events.orderAcceptedWithTerms(this.idLow, this.idHigh, words, at, 0, false);
    this.match(order.lots, logTimeMs);
    this.finish(words, at, logTimeMs);
  }

  /**
   * Goes on with a plain order that `PlainOrders` accepted and that has so many lots left: it meets
   * something that is not plain. Its body lies at words[at].
   */
  goOn(
    words: Int32Array,
    at: number,
    idLow: number,
    idHigh: number,
    left: number,
    logTimeMs: number,
  ): void {
    this.order.readFields(words, at);
    this.order.findPaySlot();
    this.idLow = idLow;
    this.idHigh = idHigh;
    this.match(left, logTimeMs, false);
    this.finish(words, at, logTimeMs);
  }

  /** What is left of the order whose body lies at words[at] rests, or is closed. */
  private finish(words: Int32Array, at: number, logTimeMs: number): void {
    const { market } = this.order;
    if (this.left === 0 && this.ending === 0) return;
    if (this.ending !== 0 || this.cannotRest()) this.end();
    else this.rest(words, at, logTimeMs);
    if (this.isOutOfBand) this.phases.halt(market, logTimeMs);
  }

  /** An open order that begins to work now, after a check of `OrderCheck` on it returned 0. */
  resume(slot: number, logTimeMs: number): void {
    const { slab } = this.books;
    const o = orderAt(slot);
    const market = this.order.market;
    this.idLow = slab.words[o + f.idLow]!;
    this.idHigh = slab.words[o + f.idHigh]!;
    this.match(this.order.lots, logTimeMs);
    const isFilled = this.left === 0 && this.ending === 0;
    if (!isFilled && this.ending === 0 && !this.cannotRest()) {
      this.holdRest(market);
      slab.words[o + f.paySlot] = this.order.paySlot;
      this.books.splitIceberg(slot, this.left);
      this.books.rest(slot, market);
    } else {
      if (!isFilled) this.end();
      this.lists.ended(slot, isFilled ? 0 : this.reasonToEnd(), this.events.words, -1);
      this.books.unregister(slot, market);
    }
    if (this.isOutOfBand) this.phases.halt(market, logTimeMs);
  }

  /** Trades the order in hand, which has these lots left, as far as it goes. */
  private match(lots: number, logTimeMs: number, isNew = true): void {
    const order = this.order;
    const market = order.market;
    this.isBuy = (order.kind & 1) === side.buy;
    this.byQuote = order.type === orderType.market && order.lots === 0;
    this.left = this.byQuote ? exactLimit : lots;
    this.quoteLeft = order.quoteUnits;
    this.spent = false;
    this.ending = 0;
    this.isOutOfBand = false;
    const opposite = this.isBuy ? market.asks : market.bids;
    if (!this.crosses(opposite) || market.state !== marketState.trading) return;
    if (market.bandPpm !== 0 && isNew) this.phases.beginWindow(market, logTimeMs);
    if (order.tif === timeInForce.fok && !canFillWhole(this.books, order, opposite)) return;
    this.beginTaking(market);
    this.take(opposite, market);
    if (this.isOutOfBand && this.cannotRest()) this.ending = closeReason.outOfBand;
  }

  private crosses(opposite: BookSide): boolean {
    const best = opposite.bestPrice;
    if (best === 0) return false;
    if (this.order.isMarket) return true;
    return this.isBuy ? best <= this.order.price : best >= this.order.price;
  }

  private cannotRest(): boolean {
    const { tif, isMarket } = this.order;
    return isMarket || tif === timeInForce.ioc || tif === timeInForce.fok;
  }

  private beginTaking(market: Market): void {
    const { account } = this.order;
    this.takerFeePpm = this.books.takerFeePpm(account, market);
    this.receiveSlot = this.books.ledger.slot(
      account,
      this.isBuy ? market.baseAsset : market.quoteAsset,
    );
  }

  private take(opposite: BookSide, market: Market): void {
    const books = this.books;
    const { slab, levels } = books;
    const unit = market.notionalMultiplier;
    while (this.left > 0 && this.crosses(opposite)) {
      const maker = levels.words[(opposite.bestLevel << levelShift) + levelField.head]!;
      const price = opposite.bestPrice;
      const makerKind = slab.words[orderAt(maker) + f.kind]!;
      let affordable = exactLimit;
      if (this.byQuote) {
        affordable = floorDivide(this.quoteLeft, price * unit);
        if (affordable === 0) {
          this.spent = true;
          return;
        }
      }
      if (
        this.order.selfTradeMode !== 0 &&
        slab.words[orderAt(maker) + f.account] === this.order.account
      ) {
        if (!this.prevent(maker, price, market)) return;
        continue;
      }
      if (market.bandPpm !== 0 && isOutOfBand(market, price)) {
        this.isOutOfBand = true;
        return;
      }
      const offered = slab.lots[lotsAt(maker)]!;
      let lots = this.left < offered ? this.left : offered;
      if (this.byQuote) {
        if (affordable < lots) lots = affordable;
        this.quoteLeft -= lots * price * unit;
      } else this.left -= lots;
      if ((makerKind & kindHasTerms) !== 0) this.lists.executes(maker);
      this.fill(maker, lots, price, market);
      if (lots !== offered) books.takeLots(maker, lots, market);
      else if ((makerKind & kindHasTerms) === 0) books.remove(maker, market);
      else this.endMakerPart(maker, market);
    }
  }

  /** One trade: money and event. Returns where the event lies. */
  private fill(maker: number, lots: number, price: number, market: Market): number {
    const { order, isBuy } = this;
    return this.settlement.fill(
      market,
      isBuy ? side.buy : side.sell,
      order.account,
      order.paySlot,
      this.receiveSlot,
      this.takerFeePpm,
      this.idLow,
      this.idHigh,
      this.byQuote ? 0 : this.left,
      maker,
      lots,
      price,
    );
  }

  /** What a maker with terms shows is filled: its next part follows, or it is done. */
  private endMakerPart(maker: number, market: Market): void {
    const { slab } = this.books;
    if (slab.numbers[(maker << orderNumbersShift) + orderNumber.hiddenLots]! > 0) {
      this.books.showNextPart(maker, market);
      return;
    }
    this.lists.ended(maker, 0, this.events.words, -1);
    this.books.remove(maker, market);
  }

  /** The order in hand meets one of its own account. Returns whether it may go on. */
  private prevent(maker: number, price: number, market: Market): boolean {
    const { order } = this;
    const { lotsTaken, endsTaker } = this.selfTrade.prevent(
      {
        account: order.account,
        idLow: this.idLow,
        idHigh: this.idHigh,
        side: order.kind & 1,
        mode: order.selfTradeMode as SelfTradeMode,
        left: this.byQuote ? -1 : this.left,
      },
      maker,
      price,
      market,
    );
    this.left -= lotsTaken;
    if (endsTaker) this.ending = closeReason.selfTrade;
    return !endsTaker;
  }

  private reasonToEnd(): CloseReason {
    return this.ending === 0 ? closeReason.expired : this.ending;
  }

  /** Closes the order in hand with what it has left. */
  private end(): void {
    const order = this.order;
    // A market order by quote quantity has no lots of its own to be left over.
    const left = this.byQuote ? 0 : this.left;
    // All spent to the last unit is filled too, also where that emptied the book.
    const isSpent = (this.spent || this.quoteLeft === 0) && this.quoteLeft < order.quoteUnits;
    this.events.orderClosed(
      this.idLow,
      this.idHigh,
      order.account,
      order.market.id,
      order.kind,
      order.price,
      left,
      isSpent && this.ending === 0 ? closeReason.filled : this.reasonToEnd(),
      false,
      this.events.words,
      -1,
    );
  }

  private holdRest(market: Market): void {
    const order = this.order;
    this.books.hold(order.paySlot, market, order.kind, order.price, this.left);
  }

  private rest(words: Int32Array, at: number, logTimeMs: number): void {
    this.holdRest(this.order.market);
    const slot = enterOrderInHand(
      this.books,
      this.order,
      words,
      at,
      this.idLow,
      this.idHigh,
      logTimeMs,
    );
    if (this.order.icebergLots === 0) {
      this.books.slab.setLots(slot, this.left, 0);
    } else this.books.splitIceberg(slot, this.left);
    this.books.insert(slot, this.order.market);
  }

  /**
   * One trade of an auction between two orders on the book, at the auction's price. The later one is
   * the taker: what it holds for these lots is released first, so that both pay as in any trade.
   */
  fillAuction(taker: number, maker: number, lots: number, price: number, market: Market): void {
    const { books, order } = this;
    const { slab } = books;
    order.load(taker);
    const o = orderAt(taker);
    this.idLow = slab.words[o + f.idLow]!;
    this.idHigh = slab.words[o + f.idHigh]!;
    this.isBuy = order.isBuy;
    this.byQuote = false;
    this.left = order.lots - lots;
    order.paySlot = slab.words[o + f.paySlot]!;
    this.beginTaking(market);
    books.releaseHold(taker, lots, market);
    const m = orderAt(maker);
    const makerPrice = slab.words[m + f.price]!;
    if (!this.isBuy && makerPrice !== price) books.releaseBeyond(maker, lots, price, market);
    const at = this.fill(maker, lots, price, market);
    this.events.addWords(at, order.price, makerPrice);
  }
}

import * as amounts from "./amount.ts";
import type { Books } from "./books.ts";
import type { SelfTradeMode } from "./command.ts";
import * as commands from "./command.ts";
import * as eventWords from "./event.ts";
import type { EventBuffer } from "./event-buffer.ts";
import * as fillOrKill from "./fill-or-kill.ts";
import * as levelSlab from "./level-slab.ts";
import type { MarketPhases } from "./market-phases.ts";
import * as marketPhases from "./market-phases.ts";
import type { BookSide, Market } from "./markets.ts";
import type { OrderCheck } from "./order-check.ts";
import * as orderCommands from "./order-command.ts";
import type { CloseReason } from "./order-event.ts";
import * as orderEvents from "./order-event.ts";
import * as orderEventReader from "./order-event-reader.ts";
import type { OrderLists } from "./order-lists.ts";
import * as orderSlab from "./order-slab.ts";
import type { SelfTrade } from "./self-trade.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { exactLimit, feeOf, feeOfBig, floorDivide, highWord } = amounts;
const { marketState, orderType, side, timeInForce } = commands;
const { eventType } = eventWords;
const { closeReason } = orderEvents;
const { levelField, levelShift } = levelSlab;
const { canFillWhole } = fillOrKill;
const { isOutOfBand } = marketPhases;
const { kindHasTerms, placeField } = orderCommands;
const { fillWords } = orderEventReader;
const { orderField: f, orderNumber, orderNumbersShift, orderAt } = orderSlab;

/** An auction's fill names both orders' own prices behind the rest. */
const fillAuctionWords = 25;

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
  /** Of an auction: the taker's own price. */
  private isAuction = false;
  private takerPrice = 0;

  constructor(of: {
    books: Books;
    order: OrderCheck;
    events: EventBuffer;
    selfTrade: SelfTrade;
    lists: OrderLists;
    phases: MarketPhases;
  }) {
    this.books = of.books;
    this.order = of.order;
    this.events = of.events;
    this.selfTrade = of.selfTrade;
    this.lists = of.lists;
    this.phases = of.phases;
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
    this.match(logTimeMs);
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
    this.match(logTimeMs);
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

  /** Trades the order in hand as far as it goes. */
  private match(logTimeMs: number): void {
    const order = this.order;
    const market = order.market;
    this.isBuy = (order.kind & 1) === side.buy;
    this.byQuote = order.type === orderType.market && order.lots === 0;
    this.left = this.byQuote ? exactLimit : order.lots;
    this.quoteLeft = order.quoteUnits;
    this.spent = false;
    this.ending = 0;
    this.isOutOfBand = false;
    const opposite = this.isBuy ? market.asks : market.bids;
    if (!this.crosses(opposite) || market.state !== marketState.trading) return;
    if (market.bandPpm !== 0) this.phases.beginWindow(market, logTimeMs);
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
    const own = this.books.accounts.takerFeePpm(account);
    this.takerFeePpm = own < 0 ? market.takerFeeOf(this.books.accounts.tier(account)) : own;
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
      const offered = slab.numbers[(maker << orderNumbersShift) + orderNumber.remainingLots]!;
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

  /** One trade: money and event. */
  private fill(maker: number, lots: number, price: number, market: Market): void {
    market.tradeCount++;
    market.lastPrice = price;
    if (
      lots * price * market.notionalMultiplier < exactLimit &&
      lots * market.lotUnitsNumber < exactLimit
    ) {
      this.settle(maker, lots, price, market);
    } else this.settleBig(maker, lots, price, market);
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

  private makerFeePpm(maker: number, market: Market): number {
    const account = this.books.slab.words[orderAt(maker) + f.account]!;
    const own = this.books.accounts.makerFeePpm(account);
    return own < 0 ? market.makerFeeOf(this.books.accounts.tier(account)) : own;
  }

  /** Moves the money of one fill and writes its event. */
  private settle(maker: number, lots: number, price: number, market: Market): void {
    const quote = lots * price * market.notionalMultiplier;
    const base = lots * market.lotUnitsNumber;
    const isBuy = this.isBuy;
    // The buyer receives base, the seller quote, and each pays the fee in what it receives.
    const takerReceives = isBuy ? base : quote;
    const makerReceives = isBuy ? quote : base;
    const takerFee = feeOf(takerReceives, this.takerFeePpm);
    const makerFee = feeOf(makerReceives, this.makerFeePpm(maker, market));
    const words = this.books.slab.words;
    const o = orderAt(maker);
    this.books.ledger.exchange(
      this.order.paySlot,
      words[o + f.paySlot]!,
      this.receiveSlot,
      words[o + f.receiveSlot]!,
      isBuy ? market.feeBaseSlot : market.feeQuoteSlot,
      isBuy ? market.feeQuoteSlot : market.feeBaseSlot,
      takerReceives,
      makerReceives,
      takerFee,
      makerFee,
    );
    const out = this.writeFill(maker, lots, price, market);
    const event = this.events.words;
    event[out + 7] = quote | 0;
    event[out + 8] = highWord(quote);
    event[out + 15] = takerFee | 0;
    event[out + 16] = highWord(takerFee);
    event[out + 17] = makerFee | 0;
    event[out + 18] = highWord(makerFee);
  }

  /** The same for amounts from 2^53 up: bigint arithmetic, slower and rare. */
  private settleBig(maker: number, takenLots: number, price: number, market: Market): void {
    const lots = BigInt(takenLots);
    const quote = lots * BigInt(price) * BigInt(market.notionalMultiplier);
    const base = lots * market.lotUnits;
    const takerReceives = this.isBuy ? base : quote;
    const makerReceives = this.isBuy ? quote : base;
    const takerFee = feeOfBig(takerReceives, this.takerFeePpm);
    const makerFee = feeOfBig(makerReceives, this.makerFeePpm(maker, market));
    const words = this.books.slab.words;
    const o = orderAt(maker);
    const ledger = this.books.ledger;
    const post = (amount: bigint, into: (low: number, high: number) => void) =>
      into(Number(BigInt.asIntN(32, amount)), Number(amount >> 32n));
    post(makerReceives, (low, high) => ledger.debit(this.order.paySlot, low, high));
    post(takerReceives, (low, high) => ledger.capture(words[o + f.paySlot]!, low, high));
    post(takerReceives - takerFee, (low, high) => ledger.credit(this.receiveSlot, low, high));
    post(makerReceives - makerFee, (low, high) =>
      ledger.credit(words[o + f.receiveSlot]!, low, high),
    );
    const takerFeeSlot = this.isBuy ? market.feeBaseSlot : market.feeQuoteSlot;
    const makerFeeSlot = this.isBuy ? market.feeQuoteSlot : market.feeBaseSlot;
    if (takerFee !== 0n) post(takerFee, (low, high) => ledger.credit(takerFeeSlot, low, high));
    if (makerFee !== 0n) post(makerFee, (low, high) => ledger.credit(makerFeeSlot, low, high));
    const out = this.writeFill(maker, takenLots, price, market);
    const event = this.events.words;
    const put = (at: number) => (low: number, high: number) => {
      event[out + at] = low;
      event[out + at + 1] = high;
    };
    post(quote, put(7));
    post(takerFee, put(15));
    post(makerFee, put(17));
  }

  /** Writes the event of the fill in hand but for its amounts, and returns where it lies. */
  private writeFill(maker: number, lots: number, price: number, market: Market): number {
    const isAuction = this.isAuction;
    const length = isAuction ? fillAuctionWords : fillWords;
    const at = this.events.extend(length);
    const words = this.events.words;
    const slab = this.books.slab;
    const orders = slab.words;
    const o = orderAt(maker);
    const n = maker << orderNumbersShift;
    const makerLeft =
      slab.numbers[n + orderNumber.remainingLots]! +
      slab.numbers[n + orderNumber.hiddenLots]! -
      lots;
    const takerLeft = this.byQuote ? 0 : this.left;
    words[at] = eventType.fill | (this.isBuy ? 0 : 1 << 8) | (length << 16);
    words[at + 1] = market.id;
    words[at + 2] = market.tradeCount | 0;
    words[at + 3] = (market.tradeCount / 4294967296) | 0;
    words[at + 4] = price;
    words[at + 5] = lots | 0;
    words[at + 6] = (lots / 4294967296) | 0;
    words[at + 9] = this.idLow;
    words[at + 10] = this.idHigh;
    words[at + 11] = orders[o + f.idLow]!;
    words[at + 12] = orders[o + f.idHigh]!;
    words[at + 13] = this.order.account;
    words[at + 14] = orders[o + f.account]!;
    words[at + 19] = takerLeft | 0;
    words[at + 20] = (takerLeft / 4294967296) | 0;
    words[at + 21] = makerLeft | 0;
    words[at + 22] = (makerLeft / 4294967296) | 0;
    if (isAuction) {
      words[at + 23] = this.takerPrice;
      words[at + 24] = orders[o + f.price]!;
    }
    return at;
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
    const slot = this.books.fillSlot(this.order, words, at, this.idLow, this.idHigh, logTimeMs);
    if (this.order.icebergLots === 0) {
      const n = slot << orderNumbersShift;
      this.books.slab.numbers[n + orderNumber.remainingLots] = this.left;
      this.books.slab.numbers[n + orderNumber.hiddenLots] = 0;
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
    this.takerPrice = order.price;
    this.isAuction = true;
    this.fill(maker, lots, price, market);
    this.isAuction = false;
  }
}

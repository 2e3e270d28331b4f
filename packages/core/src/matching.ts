import * as amounts from "./amount.ts";
import type { Books } from "./books.ts";
import * as commands from "./command.ts";
import * as eventWords from "./event.ts";
import type { EventBuffer } from "./event-buffer.ts";
import * as levelSlab from "./level-slab.ts";
import type { BookSide, Market } from "./markets.ts";
import type { OrderCheck } from "./order-check.ts";
import * as orderCheck from "./order-check.ts";
import * as orderEvents from "./order-event.ts";
import * as orderSlab from "./order-slab.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { exactLimit, feeOf, feeOfBig, floorDivide, highWord } = amounts;
const { orderType, side, timeInForce } = commands;
const { eventType } = eventWords;
const { closeReason } = orderEvents;
const { levelField, levelShift } = levelSlab;
const { placeField } = orderCheck;
const { orderField: f, orderNumber, orderNumbersShift, orderAt } = orderSlab;

const fillWords = 23;

/**
 * Executes an order that `OrderCheck` let in: price-time priority, every fill at the maker's price,
 * the rest on the book or expired. Settlement of a fill is four postings and two fees, each with its
 * counterpart: the taker pays out of what is available, the maker out of its hold.
 */
export class Matching {
  declare private readonly books: Books;
  declare private readonly order: OrderCheck;
  declare private readonly events: EventBuffer;
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

  constructor(books: Books, order: OrderCheck, events: EventBuffer) {
    this.books = books;
    this.order = order;
    this.events = events;
  }

  /** The order whose body lies at words[at], after `check` returned 0 for it. */
  place(words: Int32Array, at: number, logTimeMs: number): void {
    const order = this.order;
    const market = order.market;
    const id = this.books.takeOrderId();
    this.idLow = id | 0;
    this.idHigh = (id / 4294967296) | 0;
    this.isBuy = (order.kind & 1) === side.buy;
    this.byQuote = order.type === orderType.market && order.lots === 0;
    this.left = this.byQuote ? exactLimit : order.lots;
    this.quoteLeft = order.quoteUnits;
    this.spent = false;
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
    const opposite = this.isBuy ? market.asks : market.bids;
    if (this.crosses(opposite) && (order.tif !== timeInForce.fok || this.canFillWhole(opposite))) {
      this.beginTaking(market);
      this.take(opposite, market);
    }
    if (this.left === 0) return;
    if (order.type === orderType.market || order.tif !== timeInForce.gtc) this.expire();
    else this.rest(words, at, logTimeMs);
  }

  private crosses(opposite: BookSide): boolean {
    const best = opposite.bestPrice;
    if (best === 0) return false;
    if (this.order.type === orderType.market) return true;
    return this.isBuy ? best <= this.order.price : best >= this.order.price;
  }

  /** Whether the opposite side offers all lots within the limit (fill or kill). */
  private canFillWhole(opposite: BookSide): boolean {
    let missing = this.left;
    let price = opposite.bestPrice;
    const limit = this.order.type === orderType.market ? 0 : this.order.price;
    while (price !== 0 && (limit === 0 || (this.isBuy ? price <= limit : price >= limit))) {
      missing -= this.books.levels.lots[opposite.levels.level(price)]!;
      if (missing <= 0) return true;
      price = this.isBuy ? opposite.levels.above(price) : opposite.levels.below(price);
    }
    return false;
  }

  private beginTaking(market: Market): void {
    const { account } = this.order;
    const own = this.books.accounts.takerFeePpm(account);
    this.takerFeePpm = own < 0 ? market.takerFeePpm : own;
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
      const offered = slab.numbers[(maker << orderNumbersShift) + orderNumber.remainingLots]!;
      const price = opposite.bestPrice;
      let lots = this.left < offered ? this.left : offered;
      if (this.byQuote) {
        const affordable = floorDivide(this.quoteLeft, price * unit);
        if (affordable < lots) lots = affordable;
        if (lots === 0) {
          this.spent = true;
          return;
        }
        this.quoteLeft -= lots * price * unit;
      } else this.left -= lots;
      market.tradeCount++;
      if (lots * price * unit < exactLimit && lots * market.lotUnitsNumber < exactLimit) {
        this.settle(maker, lots, price, market);
      } else this.settleBig(maker, lots, price, market);
      if (lots === offered) books.remove(maker, market);
      else books.takeLots(maker, lots, market);
    }
  }

  private makerFeePpm(maker: number, market: Market): number {
    const account = this.books.slab.words[orderAt(maker) + f.account]!;
    const own = this.books.accounts.makerFeePpm(account);
    return own < 0 ? market.makerFeePpm : own;
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
    const at = this.events.extend(fillWords);
    const words = this.events.words;
    const slab = this.books.slab;
    const orders = slab.words;
    const o = orderAt(maker);
    const makerLeft =
      slab.numbers[(maker << orderNumbersShift) + orderNumber.remainingLots]! - lots;
    const takerLeft = this.byQuote ? 0 : this.left;
    words[at] = eventType.fill | (this.isBuy ? 0 : 1 << 8) | (fillWords << 16);
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
    return at;
  }

  private expire(): void {
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
      isSpent ? closeReason.filled : closeReason.expired,
      false,
      this.events.words,
      -1,
    );
  }

  private rest(words: Int32Array, at: number, logTimeMs: number): void {
    const order = this.order;
    const books = this.books;
    const market = order.market;
    const lots = this.left;
    books.hold(order.paySlot, market, order.kind, order.price, lots);
    const slot = books.slab.take();
    const slab = books.slab;
    const o = orderAt(slot);
    const out = slab.words;
    out[o + f.account] = order.account;
    out[o + f.market] = market.id;
    out[o + f.kind] = order.kind;
    out[o + f.price] = order.price;
    out[o + f.idLow] = this.idLow;
    out[o + f.idHigh] = this.idHigh;
    out[o + f.paySlot] = order.paySlot;
    out[o + f.receiveSlot] = books.ledger.slot(
      order.account,
      this.isBuy ? market.baseAsset : market.quoteAsset,
    );
    const idBytes = words[at + placeField.clientIdBytes]!;
    out[o + f.clientIdBytes] = idBytes;
    if (idBytes !== 0) {
      books.copyClientId(slot, words, at + placeField.clientId, (idBytes + 3) >>> 2);
    }
    const n = slot << orderNumbersShift;
    const numbers = slab.numbers;
    numbers[n + orderNumber.remainingLots] = lots;
    numbers[n + orderNumber.quantityLots] = order.lots;
    numbers[n + orderNumber.acceptedAtMs] = logTimeMs;
    books.insert(slot, market);
  }
}

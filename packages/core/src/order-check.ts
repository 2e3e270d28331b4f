import * as amounts from "./amount.ts";
import type { Books } from "./books.ts";
import * as book from "./books.ts";
import * as commands from "./command.ts";
import * as accountNumbers from "./ledger.ts";
import type { Market } from "./markets.ts";
import type { Refusal } from "./refusal.ts";
import * as refusals from "./refusal.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { bigToWide, exactLimit, floorDivide, productToWide, wide } = amounts;
const { restingOrdersMax } = book;
const { accountFlag, marketState, orderType, side, timeInForce } = commands;
const { feeAccount } = accountNumbers;
const { refusal } = refusals;

/** Word offsets of a placeOrder body (`encodePlaceOrder`). */
const field = {
  account: 0,
  market: 1,
  kind: 2,
  price: 3,
  lots: 4,
  quote: 6,
  clientIdBytes: 8,
  clientId: 9,
} as const;
export const placeField: typeof field = field;

/**
 * A level's sum stays exact, below 2^53: orders of up to this many lots make at most half of that,
 * 2^28 lots x 2^24 orders = 2^52, and a larger one enters only while the sum is within the other half.
 */
const lotsUncheckedMax = 1 << 28;
const levelLotsMax = exactLimit / 2;

/**
 * Decides whether an order may enter, and reads it on the way: after `check` returned 0 the fields
 * describe the order that `Matching` then executes. It changes nothing of the venue.
 * Rules: the dialect's filters (PRICE_FILTER, LOT_SIZE, MARKET_LOT_SIZE, NOTIONAL, MAX_NUM_ORDERS).
 */
export class OrderCheck {
  declare private readonly books: Books;
  market!: Market;
  account = 0;
  kind = 0;
  type: number = 0;
  tif: number = 0;
  price = 0;
  paySlot = 0;
  /** Exact integers. */
  lots: number = Number.NaN; // From the start a field of doubles to V8: it need not ask which.
  quoteUnits: number = Number.NaN;

  constructor(books: Books) {
    this.books = books;
  }

  /** words[body...] is a placeOrder body whose fixed part and client id lie within the command. */
  check(words: Int32Array, body: number): Refusal | 0 {
    const at = body & 0x3fff_ffff; // Sums with it cannot overflow: V8 need not check.
    const account = words[at + field.account]!;
    if (account <= feeAccount || !this.books.accounts.exists(account)) {
      return refusal.unknownAccount;
    }
    if ((this.books.accounts.flags(account) & accountFlag.noTrading) !== 0) {
      return refusal.accountMayNotTrade;
    }
    const market = this.books.markets.get(words[at + field.market]!);
    if (market === undefined) return refusal.unknownMarket;
    if (market.state !== marketState.trading) return refusal.marketNotTrading;
    this.account = account;
    this.market = market;
    this.kind = words[at + field.kind]!;
    this.type = (this.kind >> 1) & 15;
    this.tif = (this.kind >> 5) & 7;
    this.price = words[at + field.price]!;
    if ((words[at + field.lots + 1]! | words[at + field.quote + 1]!) >>> 21 !== 0) {
      return refusal.quantityOutOfRange;
    }
    this.lots = (words[at + field.lots + 1]! >>> 0) * 4294967296 + (words[at + field.lots]! >>> 0);
    this.quoteUnits =
      (words[at + field.quote + 1]! >>> 0) * 4294967296 + (words[at + field.quote]! >>> 0);
    return this.checkShape() || this.checkIds(words, at) || this.checkMoney();
  }

  private checkShape(): Refusal | 0 {
    const market = this.market;
    const lots = this.lots;
    const quote = this.quoteUnits;
    if (this.type > orderType.limitMaker || this.tif > timeInForce.fok || this.kind >>> 8 !== 0) {
      return refusal.unsupportedOrder;
    }
    if (this.type === orderType.market) {
      if (this.price !== 0 || (lots === 0) === (quote === 0)) return refusal.unsupportedOrder;
      if (lots !== 0 && (lots < market.quantityLotsMin || lots > market.quantityLotsMax)) {
        return refusal.quantityOutOfRange;
      }
      return lots > market.marketQuantityLotsMax ? refusal.marketQuantityOutOfRange : 0;
    }
    if (quote !== 0) return refusal.unsupportedOrder;
    if (this.type === orderType.limitMaker && this.tif !== timeInForce.gtc) {
      return refusal.unsupportedOrder;
    }
    if (this.price < market.priceTicksMin || this.price > market.priceTicksMax) {
      return refusal.priceOutOfRange;
    }
    if (lots < market.quantityLotsMin || lots > market.quantityLotsMax) {
      return refusal.quantityOutOfRange;
    }
    return 0;
  }

  private checkIds(words: Int32Array, at: number): Refusal | 0 {
    const books = this.books;
    const idBytes = words[at + field.clientIdBytes]!;
    if (
      idBytes !== 0 &&
      books.byClientId.find(this.account, idBytes, words, at + field.clientId) !== 0
    ) {
      return refusal.duplicateClientOrderId;
    }
    if (this.type === orderType.market || this.tif !== timeInForce.gtc) return 0;
    if (this.tooManyOpenOrders() || books.restingCount >= restingOrdersMax) {
      return refusal.tooManyOpenOrders;
    }
    return this.checkLevelSum();
  }

  /** An account with few open orders in all has few in this market: that spares most the look-up. */
  private tooManyOpenOrders(): boolean {
    const market = this.market;
    const { accounts } = this.books;
    if (accounts.openOrderCount(this.account) < market.openOrdersMax) return false;
    return this.books.openOrdersIn(market, this.account) >= market.openOrdersMax;
  }

  private checkLevelSum(): Refusal | 0 {
    const lots = this.lots;
    if (lots <= lotsUncheckedMax) return 0;
    const own = this.books.sideOf(this.market, this.kind);
    const level = own.levels.level(this.price);
    const standing = level === 0 ? 0 : this.books.levels.lots[level]!;
    return standing + lots >= levelLotsMax ? refusal.quantityOutOfRange : 0;
  }

  private checkMoney(): Refusal | 0 {
    const market = this.market;
    const isBuy = (this.kind & 1) === side.buy;
    const opposite = isBuy ? market.asks : market.bids;
    if (this.type === orderType.market) return this.checkMarketOrder(isBuy);
    const lots = this.lots;
    if (!productToWide(this.price, lots, market.notionalMultiplier)) {
      return refusal.notionalTooLarge;
    }
    if (
      market.notionalMinNumber !== 0 &&
      this.price * lots * market.notionalMultiplier < market.notionalMinNumber
    ) {
      return refusal.notionalTooSmall;
    }
    if (
      this.type === orderType.limitMaker &&
      opposite.bestPrice !== 0 &&
      (isBuy ? this.price >= opposite.bestPrice : this.price <= opposite.bestPrice)
    ) {
      return refusal.wouldMatch;
    }
    if (!isBuy && !productToWide(1, lots, market.lotUnitsNumber)) return refusal.amountTooLarge;
    return this.checkCovered(isBuy);
  }

  /** Whether the paying balance covers the amount in `wide`. */
  private checkCovered(isBuy: boolean): Refusal | 0 {
    const low = wide[0]!;
    const high = wide[1]!;
    const ledger = this.books.ledger;
    const asset = isBuy ? this.market.quoteAsset : this.market.baseAsset;
    this.paySlot = ledger.find(this.account, asset);
    if (this.paySlot === 0 || !ledger.covers(this.paySlot, low, high)) {
      return refusal.insufficientBalance;
    }
    return 0;
  }

  /** A market order must be able to pay for all that the book would give it now. */
  private checkMarketOrder(isBuy: boolean): Refusal | 0 {
    const market = this.market;
    const lots = this.lots;
    const quote = this.quoteUnits;
    const best = (isBuy ? market.asks : market.bids).bestPrice;
    const worth = lots === 0 ? quote : best * lots * market.notionalMultiplier;
    if (best !== 0 && worth < market.notionalMinNumber) return refusal.notionalTooSmall;
    if (isBuy && lots === 0) productToWide(1, quote, 1);
    else if (!isBuy && lots !== 0) {
      if (!productToWide(1, lots, market.lotUnitsNumber)) return refusal.amountTooLarge;
    } else if (!this.sweep(isBuy)) return refusal.notionalTooLarge;
    return this.checkCovered(isBuy);
  }

  /**
   * Walks the opposite side as the match will: puts into `wide` the quote units that a buy of the
   * lots costs, or the base units that a sale for the quote units takes. False beyond 64 bits.
   */
  private sweep(isBuy: boolean): boolean {
    const market = this.market;
    const opposite = isBuy ? market.asks : market.bids;
    let lotsLeft = isBuy ? this.lots : exactLimit;
    let quoteLeft = this.quoteUnits;
    let cost = 0;
    let lotsTaken = 0;
    let price = opposite.bestPrice;
    while (price !== 0 && lotsLeft > 0) {
      const unit = price * market.notionalMultiplier;
      const offered = this.books.levels.lots[opposite.levels.level(price)]!;
      let lots = offered < lotsLeft ? offered : lotsLeft;
      if (!isBuy) {
        const affordable = floorDivide(quoteLeft, unit);
        if (affordable < lots) lots = affordable;
        if (lots === 0) break;
        quoteLeft -= lots * unit;
      }
      lotsLeft -= lots;
      lotsTaken += lots;
      cost += lots * unit;
      if (cost >= exactLimit) return this.sweepBig(isBuy);
      price = isBuy ? opposite.levels.above(price) : opposite.levels.below(price);
    }
    return isBuy ? productToWide(1, cost, 1) : productToWide(1, lotsTaken, market.lotUnitsNumber);
  }

  /** The same for a buy whose cost passes 2^53 quote units. (A sale's proceeds are bounded by its quote units.) */
  private sweepBig(isBuy: boolean): boolean {
    if (!isBuy) throw new Error("a sale by quote quantity stays below 2^53 quote units");
    const market = this.market;
    let lotsLeft = this.lots;
    let cost = 0n;
    let price = market.asks.bestPrice;
    while (price !== 0 && lotsLeft > 0) {
      const offered = this.books.levels.lots[market.asks.levels.level(price)]!;
      const lots = offered < lotsLeft ? offered : lotsLeft;
      cost += BigInt(price) * BigInt(lots) * BigInt(market.notionalMultiplier);
      lotsLeft -= lots;
      price = market.asks.levels.above(price);
    }
    return bigToWide(cost);
  }
}

import type { Books } from "../books/books.ts";
import * as book from "../books/books.ts";
import * as orderSlab from "../books/order-slab.ts";
import { readU53 } from "../bytes/word-reader.ts";
import * as commands from "../commands/command.ts";
import * as orderCommands from "../commands/order-command.ts";
import type { LogClock } from "../log-clock.ts";
import * as amounts from "../money/amount.ts";
import * as ledgers from "../money/ledger.ts";
import type { Refusal } from "../refusal.ts";
import * as refusals from "../refusal.ts";
import type { Market } from "../registry/markets.ts";
import type { Rules } from "../registry/rules-version.ts";
import * as cost from "./order-cost.ts";
import * as orderRules from "./order-rules.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { exactLimit, productToWide, wide } = amounts;
const { isRisingStop, restingOrdersMax } = book;
const { accountFlag, marketState, orderType, side, timeInForce } = commands;
const { feeAccount, postingLimit } = ledgers;
const { kindHasTerms, placeField, termsField } = orderCommands;
const { costToWide } = cost;
const { checkTerms, openBuyLots, stopsOf, trailingOrdersMax } = orderRules;
const { orderField: f, orderAt, termsAt } = orderSlab;
const { refusal } = refusals;

const field = placeField;

/**
 * A level's sum stays exact, below 2^53: orders of up to this many lots make at most half of that,
 * 2^28 lots x 2^24 orders = 2^52, and a larger one enters only while the sum is within the other half.
 */
const uncheckedMax = 1 << 28;
export const lotsUncheckedMax: number = uncheckedMax;
const levelLotsMax = exactLimit / 2;

/**
 * Decides whether an order may enter, and reads it on the way: after `check` returned 0 the fields
 * describe the order that `Matching` then executes. It changes nothing of the venue.
 * Rules: docs/rules.md; the filters are the dialect's.
 */
export class OrderCheck {
  declare private readonly books: Books;
  declare private readonly clock: LogClock;
  declare private readonly rules: Rules;
  market!: Market;
  account = 0;
  kind = 0;
  type: number = 0;
  tif: number = 0;
  price = 0;
  paySlot = 0;
  selfTradeMode = 0;
  /** Whether it waits for its price before it works. */
  isStop = false;
  /** Whether it takes whatever price there is, once it works. */
  isMarket = false;
  /** Exact integers. */
  lots: number = Number.NaN; // From the start a field of doubles to V8: it need not ask which.
  quoteUnits: number = Number.NaN;
  /** Orders of the same list, and stops among them, that enter before the one in hand. */
  entering = 0;
  enteringStops = 0;
  /** Where the order in hand is open already while it is checked; else 0. */
  private openSlot = 0;
  // Terms; all 0 for an order without.
  stopPrice = 0;
  trailingDelta = 0;
  icebergLots = 0;
  expireAtMs = 0;

  constructor(books: Books, clock: LogClock, rules: Rules) {
    this.books = books;
    this.clock = clock;
    this.rules = rules;
  }

  get isBuy(): boolean {
    return (this.kind & 1) === side.buy;
  }
  get isStopLoss(): boolean {
    return this.type === orderType.stopLoss || this.type === orderType.stopLossLimit;
  }

  /** words[body...] is a placeOrder body that lies within the command whole. */
  check(words: Int32Array, body: number): Refusal | 0 {
    return this.read(words, body) || this.checkIds(words, body, false) || this.checkMoney();
  }

  /** For an order whose list places it later: what depends on the moment is left out. */
  checkPending(words: Int32Array, body: number): Refusal | 0 {
    return this.read(words, body) || this.checkIds(words, body, true);
  }

  /** Whether an account is a customer's that may trade. */
  checkAccount(account: number): Refusal | 0 {
    const { accounts } = this.books;
    if (account <= feeAccount || !accounts.exists(account)) return refusal.unknownAccount;
    const flags = accounts.flags(account);
    if ((flags & (accountFlag.noTrading | accountFlag.frozen)) === 0) return 0;
    return (flags & accountFlag.frozen) !== 0 ? refusal.accountFrozen : refusal.accountMayNotTrade;
  }

  /** Reads the order and checks what it is in itself. */
  private read(words: Int32Array, body: number): Refusal | 0 {
    const at = body & 0x3fff_ffff; // Sums with it cannot overflow: V8 need not check.
    const barred = this.checkAccount(words[at + field.account]!);
    if (barred !== 0) return barred;
    const market = this.books.markets.get(words[at + field.market]!);
    if (market === undefined) return refusal.unknownMarket;
    this.readFields(words, at);
    if (market.state !== marketState.trading) {
      const closed = this.checkState();
      if (closed !== 0) return closed;
    }
    if ((words[at + field.lots + 1]! | words[at + field.quote + 1]!) >>> 21 !== 0) {
      return refusal.quantityOutOfRange;
    }
    const isPlain =
      this.kind >>> 8 === 0 && this.type <= orderType.limitMaker && this.tif <= timeInForce.fok;
    return isPlain && market.hasPlainRules
      ? this.checkShape()
      : checkTerms(this, this.rules.version, this.clock.nowMs);
  }

  /** The fields of a placeOrder body whose market exists. */
  readFields(words: Int32Array, body: number): void {
    const at = body & 0x3fff_ffff;
    this.account = words[at + field.account]!;
    this.market = this.books.markets.get(words[at + field.market]!)!;
    this.price = words[at + field.price]!;
    this.lots = (words[at + field.lots + 1]! >>> 0) * 4294967296 + (words[at + field.lots]! >>> 0);
    this.quoteUnits =
      (words[at + field.quote + 1]! >>> 0) * 4294967296 + (words[at + field.quote]! >>> 0);
    this.readKind(words[at + field.kind]!);
    if ((this.kind & kindHasTerms) !== 0) {
      this.readTerms(words, at + field.clientId + ((words[at + field.clientIdBytes]! + 3) >>> 2));
    } else this.setTerms(0, 0, 0, 0);
  }

  private readKind(kind: number): void {
    this.kind = kind;
    this.type = (kind >> 1) & 15;
    this.tif = (kind >> 5) & 7;
    this.selfTradeMode = (kind >> 8) & 7;
    this.isStop = this.type >= orderType.stopLoss;
    this.isMarket =
      this.type === orderType.market ||
      this.type === orderType.stopLoss ||
      this.type === orderType.takeProfit;
  }

  private readTerms(words: Int32Array, at: number): void {
    this.setTerms(
      words[at + termsField.stopPrice]!,
      words[at + termsField.trailingDelta]!,
      readU53(words, at + termsField.icebergLots),
      readU53(words, at + termsField.expireAtMs),
    );
  }

  private setTerms(
    stopPrice: number,
    trailingDelta: number,
    icebergLots: number,
    expireAtMs: number,
  ): void {
    this.stopPrice = stopPrice;
    this.trailingDelta = trailingDelta;
    this.icebergLots = icebergLots;
    this.expireAtMs = expireAtMs;
  }

  /** What a market that does not trade lets in. */
  private checkState(): Refusal | 0 {
    switch (this.market.state) {
      case marketState.postOnly:
        return this.type === orderType.limitMaker ? 0 : refusal.marketPostOnly;
      case marketState.auction: {
        const gathers =
          this.isStop ||
          (!this.isMarket && (this.tif === timeInForce.gtc || this.tif === timeInForce.gtd));
        return gathers ? 0 : refusal.marketInAuction;
      }
      default:
        return refusal.marketNotTrading;
    }
  }

  /** Type, price and quantity of an order without terms. */
  checkShape(): Refusal | 0 {
    const market = this.market;
    const lots = this.lots;
    const quote = this.quoteUnits;
    if (this.type === orderType.market) {
      if (this.price !== 0 || (lots === 0) === (quote === 0)) return refusal.unsupportedOrder;
      if (lots !== 0 && (lots < market.quantityLotsMin || lots > market.quantityLotsMax)) {
        return refusal.quantityOutOfRange;
      }
      return lots > market.marketQuantityLotsMax ? refusal.marketQuantityOutOfRange : 0;
    }
    if (quote !== 0) return refusal.unsupportedOrder;
    if (
      this.type === orderType.limitMaker &&
      this.tif !== timeInForce.gtc &&
      this.tif !== timeInForce.gtd
    ) {
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

  private checkIds(words: Int32Array, body: number, isPending: boolean): Refusal | 0 {
    const at = body & 0x3fff_ffff;
    const books = this.books;
    const idBytes = words[at + field.clientIdBytes]!;
    if (
      idBytes !== 0 &&
      books.byClientId.find(this.account, idBytes, words, at + field.clientId) !== 0
    ) {
      return refusal.duplicateClientOrderId;
    }
    if (this.isStop) return this.checkStopCounts();
    const passes = this.type === orderType.market || this.expires();
    if (passes && !isPending) return 0;
    if (this.tooManyOpenOrders()) return refusal.tooManyOpenOrders;
    return passes ? 0 : this.checkLevelSum();
  }

  private expires(): boolean {
    return this.tif === timeInForce.ioc || this.tif === timeInForce.fok;
  }

  /** An account with few open orders in all has few in this market: that spares most the look-up. */
  private tooManyOpenOrders(): boolean {
    const market = this.market;
    const { accounts, restingCount } = this.books;
    const entering = this.entering;
    if (restingCount + entering >= restingOrdersMax) return true;
    if (accounts.openOrderCount(this.account) + entering < market.openOrdersMax) return false;
    return this.books.openOrdersIn(market, this.account) + entering >= market.openOrdersMax;
  }

  private checkStopCounts(): Refusal | 0 {
    if (this.tooManyOpenOrders()) return refusal.tooManyOpenOrders;
    const market = this.market;
    const stops = stopsOf(this.books, this.account, market) + this.enteringStops;
    const tooManyTrail = this.trailingDelta !== 0 && market.trailingCount >= trailingOrdersMax;
    return tooManyTrail || stops >= market.rules.algoOrdersMax ? refusal.tooManyAlgoOrders : 0;
  }

  private checkLevelSum(): Refusal | 0 {
    const lots = this.lots;
    if (lots <= uncheckedMax) return 0;
    const own = this.books.sideOf(this.market, this.kind);
    const level = own.levels.level(this.price);
    const { levels } = this.books;
    const standing = level === 0 ? 0 : levels.allLots(level);
    return standing + lots >= levelLotsMax ? refusal.quantityOutOfRange : 0;
  }

  /** What an order must pass that begins to work now: notional, what it would meet, what it pays. */
  private checkMoney(): Refusal | 0 {
    if (this.isStop) return this.checkStopMoney();
    const market = this.market;
    const isBuy = (this.kind & 1) === side.buy;
    if (this.type === orderType.market) return this.checkMarketOrder(isBuy);
    const wrong = this.checkNotional(this.price);
    if (wrong !== 0) return wrong;
    const opposite = isBuy ? market.asks : market.bids;
    if (
      this.type === orderType.limitMaker &&
      opposite.bestPrice !== 0 &&
      (isBuy ? this.price >= opposite.bestPrice : this.price <= opposite.bestPrice) &&
      market.state !== marketState.auction
    ) {
      return refusal.wouldMatch;
    }
    return market.hasPlainRules
      ? this.checkCovered(isBuy, this.price)
      : this.checkPosition() || this.checkCovered(isBuy, this.price);
  }

  private checkNotional(price: number): Refusal | 0 {
    const market = this.market;
    const worth = price * this.lots * market.notionalMultiplier;
    if (worth >= exactLimit && !productToWide(price, this.lots, market.notionalMultiplier)) {
      return refusal.notionalTooLarge;
    }
    if (worth < market.notionalMinNumber) return refusal.notionalTooSmall;
    if (market.hasPlainRules) return 0;
    const most = market.rules.notionalMax;
    const exactWorth = BigInt(price) * BigInt(this.lots) * BigInt(market.notionalMultiplier);
    return most !== 0n && exactWorth > most ? refusal.notionalTooLarge : 0;
  }

  private checkStopMoney(): Refusal | 0 {
    const holdPrice = this.holdPrice();
    if (holdPrice !== 0) {
      const wrong = this.checkNotional(holdPrice);
      if (wrong !== 0) return wrong;
    }
    const last = this.market.lastPrice;
    if (this.stopPrice !== 0 && last !== 0) {
      const isMet = isRisingStop(this.kind) ? last >= this.stopPrice : last <= this.stopPrice;
      if (isMet) return refusal.wouldTrigger;
    }
    return this.checkPosition() || this.checkCovered(this.isBuy, holdPrice);
  }

  /** Ticks at which a buy is held for: its own price; without one the stop price, else the last price. */
  holdPrice(): number {
    if (this.price !== 0) return this.price;
    return this.stopPrice !== 0 ? this.stopPrice : this.market.lastPrice;
  }

  private checkPosition(): Refusal | 0 {
    const market = this.market;
    const most = market.rules.positionLotsMax;
    if (most === 0 || !this.isBuy) return 0;
    const { ledger } = this.books;
    const slot = ledger.find(this.account, market.baseAsset);
    const owned = ledger.available(slot) + ledger.held(slot);
    const others = openBuyLots(this.books, this.account, market, this.openSlot);
    const bought = BigInt(others) + BigInt(this.lots);
    return owned + bought * market.lotUnits > BigInt(most) * market.lotUnits
      ? refusal.positionTooLarge
      : 0;
  }

  /** Whether the paying balance covers the order's hold; leaves its slot in `paySlot`. */
  private checkCovered(isBuy: boolean, price: number): Refusal | 0 {
    const market = this.market;
    const lots = this.lots;
    const amount = isBuy ? price * lots * market.notionalMultiplier : lots * market.lotUnitsNumber;
    if (amount >= postingLimit) return this.checkCoveredBig(isBuy, price);
    this.findPaySlot();
    const { ledger } = this.books;
    return this.paySlot === 0 || !ledger.covers(this.paySlot, amount)
      ? refusal.insufficientBalance
      : 0;
  }

  private checkCoveredBig(isBuy: boolean, price: number): Refusal | 0 {
    const market = this.market;
    if (isBuy) productToWide(price, this.lots, market.notionalMultiplier);
    else if (!productToWide(1, this.lots, market.lotUnitsNumber)) return refusal.amountTooLarge;
    return this.checkPays();
  }

  /** Puts the ledger slot that pays into `paySlot`, 0 when the account has none. */
  findPaySlot(): void {
    const { quoteAsset, baseAsset } = this.market;
    const asset = (this.kind & 1) === side.buy ? quoteAsset : baseAsset;
    this.paySlot = this.books.ledger.find(this.account, asset);
  }

  /** Whether the paying balance covers the amount in `wide`. */
  private checkPays(): Refusal | 0 {
    const { ledger } = this.books;
    this.findPaySlot();
    return this.paySlot === 0 || !ledger.coversWide(this.paySlot, wide[0]!, wide[1]!)
      ? refusal.insufficientBalance
      : 0;
  }

  /** A market order must be able to pay for all that the book would give it now. */
  private checkMarketOrder(isBuy: boolean): Refusal | 0 {
    const market = this.market;
    const lots = this.lots;
    const quote = this.quoteUnits;
    const best = (isBuy ? market.asks : market.bids).bestPrice;
    const worth = lots === 0 ? quote : best * lots * market.notionalMultiplier;
    if (best !== 0 && worth < market.notionalMinNumber) return refusal.notionalTooSmall;
    if (!market.hasPlainRules) {
      const tooMuch = this.checkPosition();
      if (tooMuch !== 0) return tooMuch;
    }
    if (isBuy && lots === 0) productToWide(1, quote, 1);
    else if (!isBuy && lots !== 0) {
      if (!productToWide(1, lots, market.lotUnitsNumber)) return refusal.amountTooLarge;
    } else if (!costToWide(this.books, this, isBuy)) return refusal.notionalTooLarge;
    return this.checkPays();
  }

  /** Reads an open order that is to go on, with the lots that it has left. */
  load(slot: number): void {
    const { slab, markets } = this.books;
    const words = slab.words;
    const o = orderAt(slot);
    this.account = words[o + f.account]!;
    this.market = markets.get(words[o + f.market]!)!;
    this.price = words[o + f.price]!;
    this.lots = slab.lotsLeft(slot);
    this.quoteUnits = 0; // A market order by quote quantity never waits.
    this.readKind(words[o + f.kind]!);
    if (slab.hasTerms(slot)) this.readTerms(slab.terms, termsAt(slot));
    else this.setTerms(0, 0, 0, 0);
  }

  /** The open order is to be placed now (a stop: to wait for its price). Leaves it in hand. */
  checkPlacing(slot: number): Refusal | 0 {
    this.load(slot);
    return this.checkAgain(slot);
  }

  /** The open stop has triggered: from here on it is a market or a limit order. Leaves it in hand. */
  checkTriggered(slot: number): Refusal | 0 {
    this.load(slot);
    this.type = this.isMarket ? orderType.market : orderType.limit;
    this.isStop = false;
    return this.checkAgain(slot);
  }

  private checkAgain(slot: number): Refusal | 0 {
    this.openSlot = slot;
    const refused = this.checkAccount(this.account) || this.checkRoom() || this.checkMoney();
    this.openSlot = 0;
    return refused;
  }

  private checkRoom(): Refusal | 0 {
    return this.isStop || this.isMarket || this.expires() ? 0 : this.checkLevelSum();
  }
}

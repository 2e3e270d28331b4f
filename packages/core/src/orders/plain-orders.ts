import type { Books } from "../books/books.ts";
import * as levelSlab from "../books/level-slab.ts";
import * as orderSlab from "../books/order-slab.ts";
import * as commands from "../commands/command.ts";
import * as orderCommands from "../commands/order-command.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import type { LogClock } from "../log-clock.ts";
import * as amounts from "../money/amount.ts";
import * as ledgers from "../money/ledger.ts";
import type { Settlement } from "../money/settlement.ts";
import type { MarketPhases } from "../registry/market-phases.ts";
import * as marketPhases from "../registry/market-phases.ts";
import type { Market } from "../registry/markets.ts";
import type { Rules } from "../registry/rules-version.ts";
import type { Matching } from "./matching.ts";
import * as orderCheck from "./order-check.ts";
import * as orderEntry from "./order-entry.ts";
import * as orderRules from "./order-rules.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { enterOrder } = orderEntry;
const { highWord } = amounts;
const { marketState, side } = commands;
const { feeAccount, postingLimit } = ledgers;
const { levelField, levelShift } = levelSlab;
const { lotsUncheckedMax } = orderCheck;
const { kindHasTerms, placeField: field } = orderCommands;
const { isFarFromLast, openBuyLots } = orderRules;
const { isOutOfBand } = marketPhases;
const { lotsAt, orderField: f, orderAt } = orderSlab;

/** Of a plain order's kind: its side and its self-trade mode. */
const plainBits = 1 | (7 << 8);

/**
 * The short way for what nearly all orders are: a limit order that is good till it is cancelled, with
 * nothing but side, price, lots, a self-trade mode and perhaps a client id, that passes the market's
 * rules and has the money for it. It looks once, keeps everything in local variables, and trades with orders of the
 * same kind. It refuses nothing: where an order is not that plain, or a maker is not, `OrderCheck`
 * and `Matching` take over, and those know all the rules.
 */
export class PlainOrders {
  declare private readonly books: Books;
  declare private readonly events: EventBuffer;
  declare private readonly settlement: Settlement;
  declare private readonly matching: Matching;
  declare private readonly clock: LogClock;
  declare private readonly phases: MarketPhases;
  declare private readonly rules: Rules;

  constructor(of: {
    books: Books;
    events: EventBuffer;
    settlement: Settlement;
    matching: Matching;
    clock: LogClock;
    phases: MarketPhases;
    rules: Rules;
  }) {
    this.phases = of.phases;
    this.rules = of.rules;
    this.books = of.books;
    this.events = of.events;
    this.settlement = of.settlement;
    this.matching = of.matching;
    this.clock = of.clock;
  }

  /**
   * Places the order of a placeOrder body at words[body] that lies within the command whole. Returns
   * its market; undefined, and nothing has changed, when the order must go the long way.
   */
  place(words: Int32Array, body: number): Market | undefined {
    const at = body & 0x3fff_ffff; // Sums with it cannot overflow: V8 need not check.
    const books = this.books;
    const kind = words[at + field.kind]!;
    const market = books.markets.get(words[at + field.market]!);
    if (market === undefined || (kind & ~plainBits) !== 0 || market.state !== marketState.trading) {
      return undefined;
    }
    const account = words[at + field.account]!;
    const price = words[at + field.price]!;
    const lots = words[at + field.lots]!;
    if (!this.mayEnter(words, at, market, account, price, lots)) return undefined;
    const isBuy = (kind & 1) === side.buy;
    const worth = price * lots * market.notionalMultiplier;
    const holds = isBuy ? worth : lots * market.lotUnitsNumber;
    if (worth < market.notionalMinNumber || worth >= postingLimit) return undefined;
    if (
      (kind > 1 || !market.hasPlainRules) &&
      !this.passesRules(market, account, kind, price, lots, worth)
    ) {
      return undefined;
    }
    const { ledger } = books;
    const paySlot = ledger.find(account, isBuy ? market.quoteAsset : market.baseAsset);
    if (paySlot === 0 || holds >= postingLimit || !ledger.covers(paySlot, holds)) return undefined;
    const receiveSlot = ledger.slot(account, isBuy ? market.baseAsset : market.quoteAsset);
    const id = books.takeOrderId();
    const idLow = id | 0;
    const idHigh = highWord(id);
    const from = at + field.lots;
    this.events.orderAccepted(idLow, idHigh, account, market.id, kind, price, words, from);
    const opposite = isBuy ? market.asks : market.bids;
    const best = opposite.bestPrice;
    let left = lots;
    if (best !== 0 && (isBuy ? best <= price : best >= price)) {
      if (market.bandPpm !== 0) this.phases.beginWindow(market, this.clock.nowMs);
      left = this.take(market, kind, account, price, lots, paySlot, receiveSlot, idLow, idHigh);
      if (left < 0) {
        this.matching.goOn(words, at, idLow, idHigh, -left, this.clock.nowMs);
        return market;
      }
    }
    if (left !== 0) {
      this.rest(
        words,
        at,
        market,
        kind,
        account,
        price,
        lots,
        left,
        paySlot,
        receiveSlot,
        idLow,
        idHigh,
      );
    }
    return market;
  }

  /** Whether an order with a self-trade mode, or in a market with rules that concern all orders, certainly passes. */
  private passesRules(
    market: Market,
    account: number,
    kind: number,
    price: number,
    lots: number,
    worth: number,
  ): boolean {
    const mode = kind >> 8;
    if (this.rules.version < 2 || ((market.rules.selfTradeModes >> mode) & 1) === 0) return false;
    const isBuy = (kind & 1) === side.buy;
    if (worth > market.notionalMaxNumber || isFarFromLast(market, isBuy, price)) return false;
    if (!isBuy || market.rules.positionLotsMax === 0) return true;
    const { ledger } = this.books;
    const owned = ledger.ownedNumber(ledger.find(account, market.baseAsset));
    const bought = (openBuyLots(this.books, account, market, 0) + lots) * market.lotUnitsNumber;
    return owned >= 0 && bought < postingLimit && owned + bought <= market.positionUnitsMax;
  }

  private rest(
    words: Int32Array,
    at: number,
    market: Market,
    kind: number,
    account: number,
    price: number,
    lots: number,
    left: number,
    paySlot: number,
    receiveSlot: number,
    idLow: number,
    idHigh: number,
  ): void {
    const books = this.books;
    books.hold(paySlot, market, kind, price, left);
    const slot = enterOrder(
      books,
      market,
      account,
      kind,
      price,
      lots,
      paySlot,
      receiveSlot,
      words,
      at,
      idLow,
      idHigh,
    );
    books.slab.setAcceptedAt(slot, this.clock.nowMs);
    books.slab.setLots(slot, left, 0);
    books.insert(slot, market);
  }

  /** Whether an order certainly passes all that does not ask for money. */
  private mayEnter(
    words: Int32Array,
    at: number,
    market: Market,
    account: number,
    price: number,
    lots: number,
  ): boolean {
    const { accounts, byClientId } = this.books;
    const wide =
      words[at + field.lots + 1]! | words[at + field.quote]! | words[at + field.quote + 1]!;
    if (
      wide !== 0 ||
      lots > lotsUncheckedMax ||
      lots < market.quantityLotsMin ||
      lots > market.quantityLotsMax ||
      price < market.priceTicksMin ||
      price > market.priceTicksMax ||
      account <= feeAccount ||
      !accounts.exists(account) ||
      accounts.flags(account) !== 0 ||
      !this.books.hasRoom(account, market)
    ) {
      return false;
    }
    const idBytes = words[at + field.clientIdBytes]!;
    return idBytes === 0 || byClientId.find(account, idBytes, words, at + field.clientId) === 0;
  }

  /**
   * Meets the other side's orders, best price first, then oldest. Returns the lots that are left; as a
   * negative number where the next maker is none for the short way: one with terms, one of the same
   * account where self-trade prevention looks, one out of the market's band.
   */
  private take(
    market: Market,
    kind: number,
    account: number,
    limit: number,
    lotsWanted: number,
    paySlot: number,
    receiveSlot: number,
    idLow: number,
    idHigh: number,
  ): number {
    const books = this.books;
    const isBuy = (kind & 1) === side.buy;
    const opposite = isBuy ? market.asks : market.bids;
    const feePpm = books.takerFeePpm(account, market);
    let left = lotsWanted;
    while (left > 0) {
      const price = opposite.bestPrice;
      if (price === 0 || (isBuy ? price > limit : price < limit)) break;
      const maker = books.levels.words[(opposite.bestLevel << levelShift) + levelField.head]!;
      const m = orderAt(maker);
      const isOwn = kind > 1 && books.slab.words[m + f.account] === account;
      if (isOwn || (books.slab.words[m + f.kind]! & kindHasTerms) !== 0) return -left;
      if (market.bandPpm !== 0 && isOutOfBand(market, price)) return -left;
      const offered = books.slab.lots[lotsAt(maker)]!;
      const lots = left < offered ? left : offered | 0; // Below 2^31, as what is left is.
      left -= lots;
      this.settlement.fill(
        market,
        kind & 1,
        account,
        paySlot,
        receiveSlot,
        feePpm,
        idLow,
        idHigh,
        left,
        maker,
        lots,
        price,
      );
      if (lots === offered) books.remove(maker, market);
      else books.takeLots(maker, lots, market);
    }
    return left;
  }
}

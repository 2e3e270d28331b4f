import type { Accounts } from "./accounts.ts";
import * as amounts from "./amount.ts";
import { ClientIdIndex } from "./client-id-index.ts";
import * as commands from "./command.ts";
import { IdIndex } from "./id-index.ts";
import type { Ledger } from "./ledger.ts";
import * as levelSlab from "./level-slab.ts";
import { LevelSlab } from "./level-slab.ts";
import type { BookSide, Market, Markets } from "./markets.ts";
import * as orderSlab from "./order-slab.ts";
import { OrderSlab } from "./order-slab.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { exactLimit, highWord, productToWide, wide } = amounts;
const { side: sides } = commands;
const { levelField, levelShift } = levelSlab;
const { clientIdWords, orderField: f, orderNumber, orderNumbersShift, orderAt } = orderSlab;

/** Open orders of the whole venue at once: with it the lots of a level stay exact (`OrderCheck`). */
export const restingOrdersMax: number = 1 << 24;

/** Accounts with at least this many open orders have them counted per market. */
const manyOrders = 32;

/** The resting orders: where they stand in their books, whose they are, and how they are found. */
export class Books {
  declare readonly slab: OrderSlab;
  declare readonly levels: LevelSlab;
  declare private readonly byId: IdIndex;
  declare readonly byClientId: ClientIdIndex;
  declare readonly ledger: Ledger;
  declare readonly accounts: Accounts;
  declare readonly markets: Markets;
  /** The id that the next accepted order gets; ids count over all markets. */
  nextOrderId = 1;
  restingCount = 0;

  constructor(
    ledger: Ledger,
    accounts: Accounts,
    markets: Markets,
    slab: OrderSlab = new OrderSlab(),
    levels: LevelSlab = new LevelSlab(),
  ) {
    this.ledger = ledger;
    this.accounts = accounts;
    this.markets = markets;
    this.slab = slab;
    this.levels = levels;
    this.byId = new IdIndex(slab);
    this.byClientId = new ClientIdIndex(slab);
  }

  /** After a restore: what follows from the orders and is not kept with them. */
  rebuildIndexes(): void {
    const { slab, levels, accounts } = this;
    for (let slot = 1; slot < slab.slotCount; slot++) {
      if (!slab.isLive(slot)) continue;
      const o = orderAt(slot);
      const account = slab.words[o + f.account]!;
      const market = this.markets.get(slab.words[o + f.market]!);
      if (market === undefined) throw new Error(`the order in slot ${slot} is in no market`);
      this.index(slot);
      if (accounts.openOrderCount(account) >= manyOrders) market.openOrders.add(account, 1);
      const level = slab.words[o + f.level]!;
      const price = levels.words[(level << levelShift) + levelField.price]!;
      const kind = slab.words[o + f.kind]!;
      const bookSide = this.sideOf(market, kind);
      if (bookSide.levels.level(price) === 0) addLevel(bookSide, price, level, kind & 1);
    }
  }

  sideOf(market: Market, kind: number): BookSide {
    return (kind & 1) === sides.buy ? market.bids : market.asks;
  }

  /** Puts a filled-in slot at the end of its price level, of its account's list, and into the indexes. */
  insert(slot: number, market: Market): void {
    const words = this.slab.words;
    const o = orderAt(slot);
    const price = words[o + f.price]!;
    const kind = words[o + f.kind]!;
    const bookSide = this.sideOf(market, kind);
    let level = price === bookSide.bestPrice ? bookSide.bestLevel : bookSide.levels.level(price);
    if (level === 0) {
      level = this.levels.take(price);
      addLevel(bookSide, price, level, kind & 1);
    }
    const l = level << levelShift;
    const levelTable = this.levels.words;
    const tail = levelTable[l + levelField.tail]!;
    words[o + f.previous] = tail;
    words[o + f.next] = 0;
    words[o + f.level] = level;
    if (tail === 0) levelTable[l + levelField.head] = slot;
    else words[orderAt(tail) + f.next] = slot;
    levelTable[l + levelField.tail] = slot;
    const levelLots = this.levels.lots;
    levelLots[level] =
      levelLots[level]! +
      this.slab.numbers[(slot << orderNumbersShift) + orderNumber.remainingLots]!;
    market.bookSequence++;
    this.restingCount++;
    this.index(slot);
    const account = words[o + f.account]!;
    const first = this.accounts.firstOrder(account);
    words[o + f.accountNext] = first;
    words[o + f.accountPrevious] = 0;
    // Where there is none, slot 0 takes it, which nobody reads: cheaper than to ask.
    words[orderAt(first) + f.accountPrevious] = slot;
    this.accounts.setFirstOrder(account, slot);
    const count = this.accounts.addOpenOrders(account, 1);
    if (count >= manyOrders) this.countPerMarket(account, count, market, 1);
  }

  /** Makes an order findable by its ids. */
  private index(slot: number): void {
    this.byId.add(slot);
    if (this.slab.words[orderAt(slot) + f.clientIdBytes] !== 0) this.byClientId.add(slot);
  }

  /** The next order id. Ids whose low word an open order of long ago still has are passed over. */
  takeOrderId(): number {
    let id = this.nextOrderId;
    while (id > 0xffff_ffff && this.byId.hasLow(id | 0)) id++;
    this.nextOrderId = id + 1;
    return id;
  }

  /** The slot of an open order, 0 when there is none. */
  findById(idLow: number, idHigh: number): number {
    return this.byId.find(idLow, idHigh);
  }

  /** Takes an order, with the lots that it has left, out of everything and frees its slot. */
  remove(slot: number, market: Market): void {
    const words = this.slab.words;
    const o = orderAt(slot);
    this.byId.remove(slot);
    if (words[o + f.clientIdBytes] !== 0) this.byClientId.remove(slot);
    const account = words[o + f.account]!;
    const count = this.accounts.openOrderCount(account);
    if (count >= manyOrders) this.countPerMarket(account, count, market, -1);
    this.accounts.addOpenOrders(account, -1);
    const accountNext = words[o + f.accountNext]!;
    const accountPrevious = words[o + f.accountPrevious]!;
    if (accountPrevious === 0) this.accounts.setFirstOrder(account, accountNext);
    else words[orderAt(accountPrevious) + f.accountNext] = accountNext;
    words[orderAt(accountNext) + f.accountPrevious] = accountPrevious; // Or slot 0, as in insert.

    const level = words[o + f.level]!;
    const l = level << levelShift;
    const levelTable = this.levels.words;
    const next = words[o + f.next]!;
    const previous = words[o + f.previous]!;
    if (previous === 0) levelTable[l + levelField.head] = next;
    else words[orderAt(previous) + f.next] = next;
    if (next === 0) levelTable[l + levelField.tail] = previous;
    else words[orderAt(next) + f.previous] = previous;
    const levelLots = this.levels.lots;
    levelLots[level] =
      levelLots[level]! -
      this.slab.numbers[(slot << orderNumbersShift) + orderNumber.remainingLots]!;
    if ((next | previous) === 0) this.closeLevel(level, market, words[o + f.kind]!);
    market.bookSequence++;
    this.restingCount--;
    this.slab.give(slot);
  }

  private closeLevel(level: number, market: Market, kind: number): void {
    const bookSide = this.sideOf(market, kind);
    const price = this.levels.words[(level << levelShift) + levelField.price]!;
    this.levels.give(level);
    const tree = bookSide.levels;
    if (price === bookSide.bestPrice) {
      const best = (kind & 1) === sides.buy ? tree.below(price) : tree.above(price);
      bookSide.bestPrice = best;
      bookSide.bestLevel = best === 0 ? 0 : tree.level(best);
    }
    tree.remove(price);
  }

  /**
   * Counts an order that enters (by 1, when it stands in its account's list) or leaves (by -1, while
   * it still stands there) per market. `count`, the greater of the account's counts before and
   * after, is at least `manyOrders`: at just that many all its orders become counted, or none.
   */
  private countPerMarket(account: number, count: number, market: Market, by: number): void {
    if (count > manyOrders) {
      market.openOrders.add(account, by);
      return;
    }
    const words = this.slab.words;
    for (let slot = this.accounts.firstOrder(account); slot !== 0; ) {
      const o = orderAt(slot);
      this.markets.get(words[o + f.market]!)!.openOrders.add(account, by);
      slot = words[o + f.accountNext]!;
    }
  }

  /** How many open orders an account has in a market. */
  openOrdersIn(market: Market, account: number): number {
    if (this.accounts.openOrderCount(account) >= manyOrders) return market.openOrders.get(account);
    const words = this.slab.words;
    let count = 0;
    for (let slot = this.accounts.firstOrder(account); slot !== 0; ) {
      const o = orderAt(slot);
      if (words[o + f.market] === market.id) count++;
      slot = words[o + f.accountNext]!;
    }
    return count;
  }

  /** Takes some of its lots off an order and its level; it keeps others. */
  takeLots(slot: number, lots: number, market: Market): void {
    const level = this.slab.words[orderAt(slot) + f.level]!;
    const n = (slot << orderNumbersShift) + orderNumber.remainingLots;
    this.slab.numbers[n] = this.slab.numbers[n]! - lots;
    this.levels.lots[level] = this.levels.lots[level]! - lots;
    market.bookSequence++;
  }

  /** Puts into `wide` what an order of these lots holds: quote units at its price, or base units. False beyond 64 bits. */
  holdOf(market: Market, kind: number, price: number, lots: number): boolean {
    return (kind & 1) === sides.buy
      ? productToWide(price, lots, market.notionalMultiplier)
      : productToWide(1, lots, market.lotUnitsNumber);
  }

  /** Moves what lots of an order pay from available to held, or back. The caller has checked that it is covered. */
  hold(paySlot: number, market: Market, kind: number, price: number, lots: number): void {
    const unit =
      (kind & 1) === sides.buy ? price * market.notionalMultiplier : market.lotUnitsNumber;
    const amount = lots * unit;
    if (amount < exactLimit) this.ledger.hold(paySlot, amount | 0, highWord(amount));
    else {
      this.holdOf(market, kind, price, lots);
      this.ledger.hold(paySlot, wide[0]!, wide[1]!);
    }
  }

  /** Gives back what these lots of an order hold. */
  releaseHold(slot: number, lots: number, market: Market): void {
    const words = this.slab.words;
    const o = orderAt(slot);
    const kind = words[o + f.kind]!;
    const price = words[o + f.price]!;
    const paySlot = words[o + f.paySlot]!;
    const unit =
      (kind & 1) === sides.buy ? price * market.notionalMultiplier : market.lotUnitsNumber;
    const amount = lots * unit;
    if (amount < exactLimit) this.ledger.release(paySlot, amount | 0, highWord(amount));
    else {
      this.holdOf(market, kind, price, lots);
      this.ledger.release(paySlot, wide[0]!, wide[1]!);
    }
  }

  /** The open order with this id, if it is this account's and stands in this market; else 0. */
  findOwn(idLow: number, idHigh: number, account: number, market: number): number {
    const slot = this.findById(idLow, idHigh);
    return this.isOwn(slot, account, market) ? slot : 0;
  }

  isOwn(slot: number, account: number, market: number): boolean {
    const words = this.slab.words;
    const o = orderAt(slot);
    return slot !== 0 && words[o + f.account] === account && words[o + f.market] === market;
  }

  copyClientId(slot: number, source: Int32Array, at: number, wordCount: number): void {
    for (let i = 0; i < wordCount; i++) {
      this.slab.clientIds[slot * clientIdWords + i] = source[at + i]!;
    }
  }
}

/** A new level of a side, which may be its best. */
function addLevel(bookSide: BookSide, price: number, level: number, side: number): void {
  bookSide.levels.add(price, level);
  const best = bookSide.bestPrice;
  if (best === 0 || (side === sides.buy ? price > best : price < best)) {
    bookSide.bestPrice = price;
    bookSide.bestLevel = level;
  }
}

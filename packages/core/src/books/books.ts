import * as commands from "../commands/command.ts";
import * as orderCommands from "../commands/order-command.ts";
import * as amounts from "../money/amount.ts";
import { ExpiryHeap } from "../money/expiry-heap.ts";
import type { Ledger } from "../money/ledger.ts";
import * as ledgers from "../money/ledger.ts";
import type { Accounts } from "../registry/accounts.ts";
import type { BookSide, Market, Markets } from "../registry/markets.ts";
import { ClientIdIndex } from "./client-id-index.ts";
import { IdIndex } from "./id-index.ts";
import * as levelSlab from "./level-slab.ts";
import { LevelSlab } from "./level-slab.ts";
import * as orderSlab from "./order-slab.ts";
import { OrderSlab } from "./order-slab.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { productToWide, wide } = amounts;
const { orderType, side: sides } = commands;
const { kindHasTerms, kindType } = orderCommands;
const { postingLimit } = ledgers;
const { levelField, levelShift } = levelSlab;
const {
  clientIdWords,
  noLevel,
  orderField: f,
  lotsAt,
  orderNumber,
  orderNumbersShift,
  orderAt,
  orderState,
  orderTerm,
} = orderSlab;

/** Open orders of the whole venue at once: with it the lots of a level stay exact (`OrderCheck`). */
const restingMax = 1 << 24;
export const restingOrdersMax: number = restingMax;

/** A stop that a rising price sets off: a buy's stop loss, a sale's take profit. */
export function isRisingStop(kind: number): boolean {
  const isTakeProfit = kindType(kind) >= orderType.takeProfit;
  return ((kind & 1) === sides.buy) !== isTakeProfit;
}

/** The queue in which a stop waits for its price. */
export function stopQueueOf(market: Market, kind: number): BookSide {
  return isRisingStop(kind) ? market.risingStops : market.fallingStops;
}

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
  /** Orders that are good till a date, by slot. */
  readonly expiries: ExpiryHeap = new ExpiryHeap();
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

  /**
   * After a restore: what follows from the orders and is not kept with them. The orders were found
   * sound one by one; throws when two of them have the same id, or one price has two levels.
   */
  rebuildIndexes(): void {
    const { slab, levels, accounts } = this;
    for (let slot = 1; slot < slab.slotCount; slot++) {
      if (!slab.isLive(slot)) continue;
      const o = orderAt(slot);
      const account = slab.words[o + f.account]!;
      const market = this.markets.get(slab.words[o + f.market]!);
      if (market === undefined) throw new Error(`the order in slot ${slot} is in no market`);
      if (this.byId.hasLow(slab.words[o + f.idLow]!) || this.hasClientIdOf(slot)) {
        throw new Error(`the order in slot ${slot} has the id of another`);
      }
      this.index(slot);
      if (accounts.openOrderCount(account) >= manyOrders) market.openOrders.add(account, 1);
      const expireAtMs = slab.longTerm(slot, orderTerm.expireAtMs);
      if (expireAtMs !== 0) this.expiries.add(slot, expireAtMs, slab.orderId(slot));
      const level = slab.words[o + f.level]!;
      // Those behind the first of a queue have its price and level (`book-check.ts`).
      if (level === noLevel || slab.words[o + f.previous] !== 0) continue;
      const price = levels.words[(level << levelShift) + levelField.price]!;
      const kind = slab.words[o + f.kind]!;
      const waits = slab.state(slot) === orderState.waiting;
      const queue = waits ? stopQueueOf(market, kind) : this.sideOf(market, kind);
      const known = queue.levels.level(price);
      if (known === 0) queue.open(price, level);
      else if (known !== level) throw new Error(`price ${price} has two levels`);
    }
  }

  /** What an account pays in a market as maker: its own rate, else its tier's there. */
  makerFeePpm(account: number, market: Market): number {
    const own = this.accounts.makerFeePpm(account);
    return own < 0 ? market.makerFeeOf(this.accounts.tier(account)) : own;
  }
  takerFeePpm(account: number, market: Market): number {
    const own = this.accounts.takerFeePpm(account);
    return own < 0 ? market.takerFeeOf(this.accounts.tier(account)) : own;
  }

  sideOf(market: Market, kind: number): BookSide {
    return (kind & 1) === sides.buy ? market.bids : market.asks;
  }

  /** An order that rests from the start: registers it and puts it on the book. */
  insert(slot: number, market: Market): void {
    this.rest(slot, market);
    this.register(slot, market);
  }

  /** Puts an order at the end of its price level on the book. */
  rest(slot: number, market: Market): void {
    const words = this.slab.words;
    const o = orderAt(slot);
    this.enqueue(slot, this.sideOf(market, words[o + f.kind]!), words[o + f.price]!);
    market.bookSequence++;
  }

  /** Puts an order at the end of a queue's level: of the book, or of the stops that wait. */
  enqueue(slot: number, queue: BookSide, price: number): void {
    const words = this.slab.words;
    const o = orderAt(slot);
    let level = price === queue.bestPrice ? queue.bestLevel : queue.levels.level(price);
    if (level === 0) {
      level = this.levels.take(price);
      queue.open(price, level);
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
    this.levels.addLots(level, this.slab.lots[lotsAt(slot)]!);
    if ((words[o + f.kind]! & kindHasTerms) !== 0) {
      this.levels.addHidden(level, this.slab.hiddenLots(slot));
    }
  }

  /** Makes a filled-in slot findable by its ids and in its account's list. */
  register(slot: number, market: Market): void {
    const words = this.slab.words;
    const o = orderAt(slot);
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

  private hasClientIdOf(slot: number): boolean {
    const { words, clientIds } = this.slab;
    const o = orderAt(slot);
    const bytes = words[o + f.clientIdBytes]!;
    if (bytes === 0) return false;
    const account = words[o + f.account]!;
    return this.byClientId.find(account, bytes, clientIds, slot * clientIdWords) !== 0;
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

  /** Takes an order, with the lots that it has left, off the book and out of everything. */
  remove(slot: number, market: Market): void {
    this.unrest(slot, market);
    this.unregister(slot, market);
  }

  /** Takes an order off the book. */
  unrest(slot: number, market: Market): void {
    this.dequeue(slot, this.sideOf(market, this.slab.words[orderAt(slot) + f.kind]!));
    market.bookSequence++;
  }

  /** Takes an order out of the queue in which it stands. */
  dequeue(slot: number, queue: BookSide): void {
    const words = this.slab.words;
    const o = orderAt(slot);
    const level = words[o + f.level]!;
    const l = level << levelShift;
    const levelTable = this.levels.words;
    const next = words[o + f.next]!;
    const previous = words[o + f.previous]!;
    if (previous === 0) levelTable[l + levelField.head] = next;
    else words[orderAt(previous) + f.next] = next;
    if (next === 0) levelTable[l + levelField.tail] = previous;
    else words[orderAt(next) + f.previous] = previous;
    this.levels.addLots(level, -this.slab.lots[lotsAt(slot)]!);
    if ((words[o + f.kind]! & kindHasTerms) !== 0) {
      this.levels.addHidden(level, -this.slab.hiddenLots(slot));
    }
    if ((next | previous) === 0) {
      const price = levelTable[l + levelField.price]!;
      this.levels.give(level);
      queue.close(price);
    }
  }

  /** Takes an order that stands in no queue any more out of everything, and frees its slot. */
  unregister(slot: number, market: Market): void {
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
    words[orderAt(accountNext) + f.accountPrevious] = accountPrevious; // Or slot 0, as in register.
    if ((words[o + f.kind]! & kindHasTerms) !== 0) this.expiries.remove(slot);
    this.restingCount--;
    this.slab.give(slot);
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

  /** Whether one more order of an account may rest in a market, as far as the account's orders in all tell. */
  hasRoom(account: number, market: Market): boolean {
    return (
      this.restingCount < restingMax && this.accounts.openOrderCount(account) < market.openOrdersMax
    );
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

  /** Takes some of the lots that show off an order and its level; it keeps others. */
  takeLots(slot: number, lots: number, market: Market): void {
    const level = this.slab.words[orderAt(slot) + f.level]!;
    const n = lotsAt(slot);
    this.slab.lots[n] = this.slab.lots[n]! - lots;
    this.levels.addLots(level, -lots);
    market.bookSequence++;
  }

  /** Takes lots off an order on the book that keeps others: hidden ones first. */
  takeHiddenFirst(slot: number, lots: number, market: Market): void {
    const n = slot << orderNumbersShift;
    const numbers = this.slab.numbers;
    const hidden = numbers[n + orderNumber.hiddenLots]!;
    const ofHidden = hidden < lots ? hidden : lots;
    if (ofHidden !== 0) {
      const level = this.slab.words[orderAt(slot) + f.level]!;
      numbers[n + orderNumber.hiddenLots] = hidden - ofHidden;
      this.levels.addHidden(level, -ofHidden);
    }
    if (ofHidden < lots) this.takeLots(slot, lots - ofHidden, market);
  }

  /** The shown part of an iceberg is filled: the next one goes to the end of the queue. */
  showNextPart(slot: number, market: Market): void {
    const n = slot << orderNumbersShift;
    this.unrest(slot, market);
    this.splitIceberg(slot, this.slab.numbers[n + orderNumber.hiddenLots]!);
    this.rest(slot, market);
  }

  /** Divides an order's lots into those that show and those that are hidden. */
  splitIceberg(slot: number, lots: number): void {
    const n = slot << orderNumbersShift;
    const shownMax = this.slab.longTerm(slot, orderTerm.icebergLots);
    const shown = shownMax === 0 || lots < shownMax ? lots : shownMax;
    this.slab.lots[lotsAt(slot)] = shown;
    this.slab.numbers[n + orderNumber.hiddenLots] = lots - shown;
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
    if (amount < postingLimit) this.ledger.hold(paySlot, amount);
    else {
      this.holdOf(market, kind, price, lots);
      this.ledger.holdWide(paySlot, wide[0]!, wide[1]!);
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
    if (amount < postingLimit) this.ledger.release(paySlot, amount);
    else {
      this.holdOf(market, kind, price, lots);
      this.ledger.releaseWide(paySlot, wide[0]!, wide[1]!);
    }
  }

  /** Gives back what a buy holds for these lots beyond a lower price. */
  releaseBeyond(slot: number, lots: number, price: number, market: Market): void {
    const words = this.slab.words;
    const o = orderAt(slot);
    this.holdOf(market, words[o + f.kind]!, words[o + f.price]! - price, lots);
    this.ledger.releaseWide(words[o + f.paySlot]!, wide[0]!, wide[1]!);
  }

  /** The open order with this id, if it is this account's and stands in this market; else 0. */
  findOwn(idLow: number, idHigh: number, account: number, market: number): number {
    const slot = this.findById(idLow, idHigh);
    return this.isOwn(slot, account, market) ? slot : 0;
  }

  /** The open order that is named by its id, by the client id at words[clientIdAt], or by both alike; else 0. */
  findNamed(
    words: Int32Array,
    account: number,
    market: number,
    idLow: number,
    idHigh: number,
    clientIdAt: number,
  ): number {
    const idBytes = words[clientIdAt]!;
    if ((idLow | idHigh) === 0 && idBytes === 0) return 0;
    const named = idBytes === 0 ? 0 : this.byClientId.find(account, idBytes, words, clientIdAt + 1);
    if ((idLow | idHigh) === 0) return this.isOwn(named, account, market) ? named : 0;
    const slot = this.findOwn(idLow, idHigh, account, market);
    return idBytes === 0 || named === slot ? slot : 0;
  }

  /** Gives an open order another client id: the bytes at words[at], behind their count. */
  rename(slot: number, words: Int32Array, at: number): void {
    const o = orderAt(slot);
    if (this.slab.words[o + f.clientIdBytes] !== 0) this.byClientId.remove(slot);
    this.slab.words[o + f.clientIdBytes] = words[at]!;
    this.copyClientId(slot, words, at + 1, (words[at]! + 3) >>> 2);
    if (words[at] !== 0) this.byClientId.add(slot);
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

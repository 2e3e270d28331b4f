import { productToWide, wide } from "./amount.ts";
import type { Accounts } from "./accounts.ts";
import { kindSide, side as sides } from "./command.ts";
import type { Ledger } from "./ledger.ts";
import { LevelSlab, levelField, levelWords } from "./level-slab.ts";
import type { BookSide, Market, Markets } from "./markets.ts";
import { ClientIdIndex } from "./client-id-index.ts";
import { IntMap } from "./int-map.ts";
import {
  clientIdWords,
  orderField as f,
  orderNumber,
  orderNumbers,
  OrderSlab,
  orderWords,
} from "./order-slab.ts";

/** Open orders of the whole venue at once: with it the lots of a level stay exact (`Matching.check`). */
export const restingOrdersMax: number = 1 << 24;

/** The resting orders: where they stand in their books, whose they are, and how they are found. */
export class Books {
  readonly slab: OrderSlab;
  readonly levels: LevelSlab;
  /** Slot by the low word of an open order's id: no two open orders share one (`takeOrderId`). */
  private readonly byIdLow: IntMap = new IntMap(1024);
  readonly byClientId: ClientIdIndex;
  readonly ledger: Ledger;
  readonly accounts: Accounts;
  readonly markets: Markets;
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
    this.byClientId = new ClientIdIndex(slab);
  }

  sideOf(market: Market, kind: number): BookSide {
    return (kind & 1) === sides.buy ? market.bids : market.asks;
  }

  /** Puts a filled-in slot at the end of its price level, of its account's list, and into the indexes. */
  insert(slot: number, market: Market): void {
    const words = this.slab.words;
    const o = slot * orderWords;
    const price = words[o + f.price]!;
    const bookSide = this.sideOf(market, words[o + f.kind]!);
    let level = bookSide.levels.level(price);
    if (level === 0) level = this.openLevel(bookSide, price, words[o + f.kind]! & 1);
    const l = level * levelWords;
    const levelTable = this.levels.words;
    const tail = levelTable[l + levelField.tail]!;
    words[o + f.previous] = tail;
    words[o + f.next] = 0;
    words[o + f.level] = level;
    if (tail === 0) levelTable[l + levelField.head] = slot;
    else words[tail * orderWords + f.next] = slot;
    levelTable[l + levelField.tail] = slot;
    levelTable[l + levelField.count] = levelTable[l + levelField.count]! + 1;
    this.levels.lots[level] =
      this.levels.lots[level]! +
      this.slab.numbers[slot * orderNumbers + orderNumber.remainingLots]!;
    market.bookSequence++;
    this.restingCount++;
    this.index(slot);
    this.linkToAccount(slot, words[o + f.account]!, market);
  }

  /** Makes an order findable by its ids. */
  index(slot: number): void {
    const o = slot * orderWords;
    this.byIdLow.set(this.slab.words[o + f.idLow]!, slot);
    if (this.slab.words[o + f.clientIdBytes] !== 0) this.byClientId.add(slot);
  }

  /** The next order id. Ids whose low word an open order of long ago still has are passed over. */
  takeOrderId(): number {
    let id = this.nextOrderId;
    while (id > 0xffff_ffff && this.byIdLow.get(id | 0) !== 0) id++;
    this.nextOrderId = id + 1;
    return id;
  }

  /** The slot of an open order, 0 when there is none. */
  findById(idLow: number, idHigh: number): number {
    const slot = this.byIdLow.get(idLow);
    return slot !== 0 && this.slab.words[slot * orderWords + f.idHigh] === idHigh ? slot : 0;
  }

  private openLevel(bookSide: BookSide, price: number, side: number): number {
    const level = this.levels.take(price);
    bookSide.levels.add(price, level);
    const best = bookSide.bestPrice;
    if (best === 0 || (side === sides.buy ? price > best : price < best)) {
      bookSide.bestPrice = price;
      bookSide.bestLevel = level;
    }
    return level;
  }

  private linkToAccount(slot: number, account: number, market: Market): void {
    const words = this.slab.words;
    const first = this.accounts.firstOrder(account);
    words[slot * orderWords + f.accountNext] = first;
    words[slot * orderWords + f.accountPrevious] = 0;
    if (first !== 0) words[first * orderWords + f.accountPrevious] = slot;
    this.accounts.setFirstOrder(account, slot);
    this.accounts.addOpenOrders(account, 1);
    market.openOrders.add(account, 1);
  }

  /** Takes an order out of everything and frees its slot. Its lots must already be off the level. */
  remove(slot: number, market: Market): void {
    const words = this.slab.words;
    const o = slot * orderWords;
    this.byIdLow.delete(words[o + f.idLow]!);
    if (words[o + f.clientIdBytes] !== 0) this.byClientId.remove(slot);
    this.unlinkFromAccount(slot, words[o + f.account]!, market);
    this.unlinkFromLevel(slot, market);
    this.restingCount--;
    this.slab.give(slot);
  }

  private unlinkFromAccount(slot: number, account: number, market: Market): void {
    const words = this.slab.words;
    const next = words[slot * orderWords + f.accountNext]!;
    const previous = words[slot * orderWords + f.accountPrevious]!;
    if (previous === 0) this.accounts.setFirstOrder(account, next);
    else words[previous * orderWords + f.accountNext] = next;
    if (next !== 0) words[next * orderWords + f.accountPrevious] = previous;
    this.accounts.addOpenOrders(account, -1);
    market.openOrders.add(account, -1);
  }

  private unlinkFromLevel(slot: number, market: Market): void {
    const words = this.slab.words;
    const o = slot * orderWords;
    const level = words[o + f.level]!;
    const l = level * levelWords;
    const levelTable = this.levels.words;
    const next = words[o + f.next]!;
    const previous = words[o + f.previous]!;
    if (previous === 0) levelTable[l + levelField.head] = next;
    else words[previous * orderWords + f.next] = next;
    if (next === 0) levelTable[l + levelField.tail] = previous;
    else words[next * orderWords + f.previous] = previous;
    const count = levelTable[l + levelField.count]! - 1;
    levelTable[l + levelField.count] = count;
    if (count === 0) this.closeLevel(level, market, words[o + f.kind]!);
  }

  private closeLevel(level: number, market: Market, kind: number): void {
    const bookSide = this.sideOf(market, kind);
    const price = this.levels.words[level * levelWords + levelField.price]!;
    bookSide.levels.remove(price);
    this.levels.give(level);
    if (price !== bookSide.bestPrice) return;
    const best =
      kindSide(kind) === sides.buy ? bookSide.levels.below(price) : bookSide.levels.above(price);
    bookSide.bestPrice = best;
    bookSide.bestLevel = best === 0 ? 0 : bookSide.levels.level(best);
  }

  /** Takes lots off an order and its level. What is left may be nothing; then `remove` follows. */
  takeLots(slot: number, lots: number, market: Market): void {
    const level = this.slab.words[slot * orderWords + f.level]!;
    const n = slot * orderNumbers + orderNumber.remainingLots;
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

  /** Gives back what these lots of an order hold. */
  releaseHold(slot: number, lots: number, market: Market): void {
    const words = this.slab.words;
    const o = slot * orderWords;
    this.holdOf(market, words[o + f.kind]!, words[o + f.price]!, lots);
    this.ledger.release(words[o + f.paySlot]!, wide[0]!, wide[1]!);
  }

  /** The open order with this id, if it is this account's and stands in this market; else 0. */
  findOwn(idLow: number, idHigh: number, account: number, market: number): number {
    const slot = this.findById(idLow, idHigh);
    return this.isOwn(slot, account, market) ? slot : 0;
  }

  isOwn(slot: number, account: number, market: number): boolean {
    const words = this.slab.words;
    const o = slot * orderWords;
    return slot !== 0 && words[o + f.account] === account && words[o + f.market] === market;
  }

  copyClientId(slot: number, source: Int32Array, at: number, wordCount: number): void {
    for (let i = 0; i < wordCount; i++) {
      this.slab.clientIds[slot * clientIdWords + i] = source[at + i]!;
    }
  }
}

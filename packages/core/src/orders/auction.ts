import type { Books } from "../books/books.ts";
import { levelField, levelShift } from "../books/level-slab.ts";
import {
  orderField as f,
  lotsAt,
  orderAt,
  orderNumber,
  orderNumbersShift,
} from "../books/order-slab.ts";
import { selfTradeMode } from "../commands/command.ts";
import { kindSelfTradeMode } from "../commands/order-command.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import type { BookSide, Market } from "../registry/markets.ts";
import type { Matching } from "./matching.ts";
import type { OrderLists } from "./order-lists.ts";
import type { SelfTrade } from "./self-trade.ts";

/** Opens a market whose book is crossed: all that can trade trades at one price. Rules: docs/rules.md. */
export class Auction {
  private readonly of: {
    readonly books: Books;
    readonly events: EventBuffer;
    readonly matching: Matching;
    readonly selfTrade: SelfTrade;
    readonly lists: OrderLists;
  };

  constructor(of: Auction["of"]) {
    this.of = of;
  }

  /** Until the book is not crossed any more. (Orders that ended each other may leave another price to trade at.) */
  run(market: Market): void {
    const { bids, asks } = market;
    while (bids.bestPrice !== 0 && asks.bestPrice !== 0 && bids.bestPrice >= asks.bestPrice) {
      const price = this.priceOf(market);
      while (bids.bestPrice >= price && asks.bestPrice !== 0 && asks.bestPrice <= price) {
        this.meet(market, price);
      }
    }
  }

  /** The first orders of both sides trade, or prevent each other. */
  private meet(market: Market, price: number): void {
    const { books } = this.of;
    const bid = this.first(market.bids);
    const ask = this.first(market.asks);
    const bidIsLater = books.slab.orderId(bid) > books.slab.orderId(ask);
    const taker = bidIsLater ? bid : ask;
    const maker = bidIsLater ? ask : bid;
    const words = books.slab.words;
    const mode = kindSelfTradeMode(words[orderAt(taker) + f.kind]!);
    const isOwn = words[orderAt(taker) + f.account] === words[orderAt(maker) + f.account];
    if (isOwn && mode !== selfTradeMode.none) {
      const trader = {
        account: words[orderAt(taker) + f.account]!,
        idLow: words[orderAt(taker) + f.idLow]!,
        idHigh: words[orderAt(taker) + f.idHigh]!,
        side: words[orderAt(taker) + f.kind]! & 1,
        mode,
        left: books.slab.lotsLeft(taker),
      };
      this.of.selfTrade.preventInAuction(trader, taker, maker, price, market);
      return;
    }
    const shown = (slot: number) => books.slab.lots[lotsAt(slot)]!;
    const lots = Math.min(shown(bid), shown(ask));
    for (const slot of [maker, taker]) this.of.lists.executes(slot);
    this.of.matching.fillAuction(taker, maker, lots, price, market);
    this.takeOff(maker, lots, market);
    this.takeOff(taker, lots, market);
  }

  private first(of: BookSide): number {
    return this.of.books.levels.words[(of.bestLevel << levelShift) + levelField.head]!;
  }

  /** Takes filled lots off an order: of an iceberg the next part shows, a filled one is gone. */
  private takeOff(slot: number, lots: number, market: Market): void {
    const { books, lists, events } = this.of;
    const n = slot << orderNumbersShift;
    const { numbers } = books.slab;
    if (lots < books.slab.lots[lotsAt(slot)]!) books.takeLots(slot, lots, market);
    else if (numbers[n + orderNumber.hiddenLots]! > 0) books.showNextPart(slot, market);
    else {
      lists.ended(slot, 0, events.words, -1);
      books.remove(slot, market);
    }
  }

  /** The price of all at which most lots trade; then the smaller surplus, the nearest to the last price, the lowest. */
  private priceOf(market: Market): number {
    const low = market.asks.bestPrice;
    const high = market.bids.bestPrice;
    const demand = this.lotsByPrice(market.bids, (price) => price >= low);
    const supply = this.lotsByPrice(market.asks, (price) => price <= high);
    const prices = [...new Set([...demand.keys(), ...supply.keys()])].sort((a, b) => a - b);
    const best = new BestPrice(market.lastPrice);
    let bought = 0n;
    for (const lots of demand.values()) bought += lots;
    let sold = 0n;
    for (const [place, price] of prices.entries()) {
      sold += supply.get(price) ?? 0n;
      best.offer(price, price, bought, sold);
      bought -= demand.get(price) ?? 0n;
      // All prices up to the next one of an order are alike.
      best.offer(price + 1, (prices[place + 1] ?? price) - 1, bought, sold);
    }
    return best.price;
  }

  private lotsByPrice(of: BookSide, isWithin: (price: number) => boolean): Map<number, bigint> {
    const { levels } = this.of.books;
    const lots = new Map<number, bigint>();
    for (let price = of.bestPrice; price !== 0 && isWithin(price); price = of.after(price)) {
      const level = of.levels.level(price);
      lots.set(price, BigInt(levels.allLots(level)));
    }
    return lots;
  }
}

/** Keeps the best of the prices that it is offered, in ascending order. */
class BestPrice {
  private readonly lastPrice: number;
  price = 0;
  private lots = -1n;
  private surplus = 0n;

  constructor(lastPrice: number) {
    this.lastPrice = lastPrice;
  }

  /** All prices from one to another, at each of which so much would be bought and sold. */
  offer(from: number, to: number, bought: bigint, sold: bigint): void {
    if (from > to) return;
    const nearest = Math.min(Math.max(this.lastPrice, from), to);
    const lots = bought < sold ? bought : sold;
    const surplus = bought > sold ? bought - sold : sold - bought;
    const isNearer = Math.abs(nearest - this.lastPrice) < Math.abs(this.price - this.lastPrice);
    const isBetter =
      lots > this.lots ||
      (lots === this.lots && (surplus < this.surplus || (surplus === this.surplus && isNearer)));
    if (!isBetter) return;
    this.price = nearest;
    this.lots = lots;
    this.surplus = surplus;
  }
}

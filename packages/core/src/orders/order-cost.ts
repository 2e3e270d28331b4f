import type { Books } from "../books/books.ts";
import * as levelSlab from "../books/level-slab.ts";
import * as orderSlab from "../books/order-slab.ts";
import * as commands from "../commands/command.ts";
import * as amounts from "../money/amount.ts";
import type { OrderCheck } from "./order-check.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { bigToWide, exactLimit, floorDivide, productToWide } = amounts;
const { selfTradeMode } = commands;
const { levelField, levelShift } = levelSlab;
const { orderField: f, orderAt } = orderSlab;

/**
 * Walks the opposite side as a market order will: puts into `wide` the quote units that a buy of its
 * lots costs, or the base units that a sale for its quote units takes. False beyond 64 bits.
 */
export function costToWide(books: Books, order: OrderCheck, isBuy: boolean): boolean {
  const market = order.market;
  const opposite = isBuy ? market.asks : market.bids;
  let lotsLeft = isBuy ? order.lots : exactLimit;
  let quoteLeft = order.quoteUnits;
  let cost = 0;
  let lotsTaken = 0;
  let price = opposite.bestPrice;
  while (price !== 0 && lotsLeft > 0) {
    const unit = price * market.notionalMultiplier;
    const offered = offeredLots(books, order, opposite.levels.level(price));
    let lots = offered < lotsLeft ? offered : lotsLeft;
    if (!isBuy) {
      const affordable = floorDivide(quoteLeft, unit);
      if (affordable < lots) lots = affordable;
      // Own orders may leave nothing here to sell to, and something behind.
      if (lots === 0 && offered > 0) break;
      quoteLeft -= lots * unit;
    }
    lotsLeft -= lots;
    lotsTaken += lots;
    cost += lots * unit;
    if (cost >= exactLimit) return bigCostToWide(books, order, isBuy);
    price = opposite.after(price);
  }
  return isBuy ? productToWide(1, cost, 1) : productToWide(1, lotsTaken, market.lotUnitsNumber);
}

/** The same for a buy whose cost passes 2^53 quote units. (A sale's proceeds are bounded by its quote units.) */
function bigCostToWide(books: Books, order: OrderCheck, isBuy: boolean): boolean {
  if (!isBuy) throw new Error("a sale by quote quantity stays below 2^53 quote units");
  const { asks, notionalMultiplier } = order.market;
  let lotsLeft = order.lots;
  let cost = 0n;
  for (let price = asks.bestPrice; price !== 0 && lotsLeft > 0; price = asks.after(price)) {
    const offered = offeredLots(books, order, asks.levels.level(price));
    const lots = offered < lotsLeft ? offered : lotsLeft;
    cost += BigInt(price) * BigInt(lots) * BigInt(notionalMultiplier);
    lotsLeft -= lots;
  }
  return bigToWide(cost);
}

/** All lots at a level, hidden ones too, that the order could trade with: own ones that it would end are not among them. */
function offeredLots(books: Books, order: OrderCheck, level: number): number {
  const { levels, accounts } = books;
  const all = levels.allLots(level);
  const mode = order.selfTradeMode;
  const passesOver =
    mode === selfTradeMode.expireMaker || (mode === selfTradeMode.decrement && order.lots === 0);
  if (!passesOver || accounts.openOrderCount(order.account) === 0) return all;
  return all - ownLots(books, order.account, level);
}

/** Lots of an account's orders at a level, hidden ones too. */
export function ownLots(books: Books, account: number, level: number): number {
  const { slab, levels } = books;
  let own = 0;
  for (let slot = levels.words[(level << levelShift) + levelField.head]!; slot !== 0; ) {
    const o = orderAt(slot);
    if (slab.words[o + f.account] === account) own += slab.lotsLeft(slot);
    slot = slab.words[o + f.next]!;
  }
  return own;
}

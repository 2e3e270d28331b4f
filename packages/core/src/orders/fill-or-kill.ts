import type { Books } from "../books/books.ts";
import { levelField, levelShift } from "../books/level-slab.ts";
import { orderField as f, lotsAt, orderAt } from "../books/order-slab.ts";
import { selfTradeMode } from "../commands/command.ts";
import { isOutOfBand } from "../registry/market-phases.ts";
import type { BookSide } from "../registry/markets.ts";
import type { OrderCheck } from "./order-check.ts";
import { ownLots } from "./order-cost.ts";

/**
 * Whether the opposite side offers all lots of a fill-or-kill order, hidden ones included, within its
 * limit and the market's band. Own orders offer nothing to an order that would end them; with every
 * other self-trade mode the first of them that it would meet is in the way.
 */
export function canFillWhole(books: Books, order: OrderCheck, opposite: BookSide): boolean {
  const { levels, accounts } = books;
  const { market, isMarket, isBuy } = order;
  const looksForOwn =
    order.selfTradeMode !== selfTradeMode.none && accounts.openOrderCount(order.account) > 0;
  // By quote units no quantity was asked for that could be whole.
  if (order.lots === 0) return false;
  let missing = order.lots;
  for (let price = opposite.bestPrice; price !== 0; price = opposite.after(price)) {
    if (!isMarket && (isBuy ? price > order.price : price < order.price)) return false;
    if (market.bandPpm !== 0 && isOutOfBand(market, price)) return false;
    const level = opposite.levels.level(price);
    const own = looksForOwn ? ownLots(books, order.account, level) : 0;
    if (own !== 0 && order.selfTradeMode !== selfTradeMode.expireMaker) {
      return missing <= shownBeforeOwn(books, order.account, level);
    }
    missing -= levels.allLots(level) - own;
    if (missing <= 0) return true;
  }
  return false;
}

/** Lots that show at a level before the account's first order there: what a taker meets before that one. */
function shownBeforeOwn(books: Books, account: number, level: number): number {
  const { slab, levels } = books;
  let lots = 0;
  let slot = levels.words[(level << levelShift) + levelField.head]!;
  while (slab.words[orderAt(slot) + f.account] !== account) {
    lots += slab.lots[lotsAt(slot)]!;
    slot = slab.words[orderAt(slot) + f.next]!;
  }
  return lots;
}

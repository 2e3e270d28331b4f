import type { Books } from "./books.ts";
import { selfTradeMode } from "./command.ts";
import { isOutOfBand } from "./market-phases.ts";
import type { BookSide } from "./markets.ts";
import type { OrderCheck } from "./order-check.ts";
import { ownLots } from "./order-cost.ts";

/**
 * Whether the opposite side offers all lots of a fill-or-kill order, hidden ones included, within its
 * limit and the market's band. Own orders offer nothing to an order that would end them; with every
 * other self-trade mode one of them at a price on the way is in the way.
 */
export function canFillWhole(books: Books, order: OrderCheck, opposite: BookSide): boolean {
  const { levels, accounts } = books;
  const { market, isMarket, isBuy } = order;
  const looksForOwn =
    order.selfTradeMode !== selfTradeMode.none && accounts.openOrderCount(order.account) > 0;
  let missing = order.lots;
  for (let price = opposite.bestPrice; price !== 0; price = opposite.after(price)) {
    if (!isMarket && (isBuy ? price > order.price : price < order.price)) return false;
    if (market.bandPpm !== 0 && isOutOfBand(market, price)) return false;
    const level = opposite.levels.level(price);
    const own = looksForOwn ? ownLots(books, order.account, level) : 0;
    if (own !== 0 && order.selfTradeMode !== selfTradeMode.expireMaker) return false;
    missing -= levels.lots[level]! + levels.hidden[level]! - own;
    if (missing <= 0) return true;
  }
  return false;
}

import type { BookLevel } from "../../venue/book-feed.ts";
import { min } from "../../venue/decimal.ts";
import { type Market, notionalOf } from "../../venue/market.ts";
import type { Surroundings, Values } from "./check.ts";
import { type Draft, isByTotal } from "./draft.ts";

/** What a market order would meet in the book as it is now. */
export interface Sweep {
  /** In units of the market's quantities and of the quote asset. */
  readonly quantity: bigint;
  readonly quote: bigint;
  readonly worstPrice: bigint;
  /** False: the book holds less than was asked for, the rest would expire. */
  readonly isWhole: boolean;
}

export function sweep(draft: Draft, values: Values, around: Surroundings): Sweep | null {
  const levels = draft.side === "BUY" ? around.book.asks : around.book.bids;
  const wanted = isByTotal(draft) ? values.total : values.quantity;
  if (wanted === null || wanted === 0n || levels[0] === undefined) return null;
  return isByTotal(draft)
    ? sweepByTotal(levels, wanted, around.market)
    : sweepByQuantity(levels, wanted, around.market);
}

function sweepByQuantity(levels: readonly BookLevel[], wanted: bigint, market: Market): Sweep {
  let quantity = 0n;
  let quote = 0n;
  let worstPrice = levels[0]!.price;
  for (const level of levels) {
    if (quantity === wanted) break;
    const taken = min(level.quantity, wanted - quantity);
    quantity += taken;
    quote += notionalOf(market, level.price, taken);
    worstPrice = level.price;
  }
  return { quantity, quote, worstPrice, isWhole: quantity === wanted };
}

/** Whole lots only, as the venue does it. */
function sweepByTotal(levels: readonly BookLevel[], wanted: bigint, market: Market): Sweep {
  let quantity = 0n;
  let quote = 0n;
  let worstPrice = levels[0]!.price;
  for (const level of levels) {
    const lotCost = notionalOf(market, level.price, market.lot);
    const lots = min(level.quantity / market.lot, (wanted - quote) / lotCost);
    if (lots === 0n) return { quantity, quote, worstPrice, isWhole: true };
    quantity += lots * market.lot;
    quote += lots * lotCost;
    worstPrice = level.price;
  }
  return { quantity, quote, worstPrice, isWhole: false };
}

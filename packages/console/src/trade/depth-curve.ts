import type { Book, BookLevel } from "../venue/book-feed.ts";
import { toFloat } from "../venue/decimal.ts";
import type { Market } from "../venue/market.ts";

export interface DepthPoint {
  readonly price: number;
  /** All quantity from the best price to this one. */
  readonly total: number;
}

export interface DepthCurve {
  readonly bids: readonly DepthPoint[];
  readonly asks: readonly DepthPoint[];
  readonly priceMin: number;
  readonly priceMax: number;
  readonly totalMax: number;
}

/** The cumulated book around the market, as far to one side as to the other; null: one side is empty. */
export function depthCurve(book: Book, market: Market): DepthCurve | null {
  const bids = cumulate(book.bids, market);
  const asks = cumulate(book.asks, market);
  const bid = bids[0]?.price;
  const ask = asks[0]?.price;
  if (bid === undefined || ask === undefined) return null;
  const middle = (bid + ask) / 2;
  const reach = Math.min(middle - bids.at(-1)!.price, asks.at(-1)!.price - middle, middle * 0.05);
  const priceMin = middle - Math.max(reach, ask - bid);
  const priceMax = middle + Math.max(reach, ask - bid);
  const shownBids = bids.filter(({ price }) => price >= priceMin);
  const shownAsks = asks.filter(({ price }) => price <= priceMax);
  const totalMax = Math.max(shownBids.at(-1)?.total ?? 0, shownAsks.at(-1)?.total ?? 0);
  return { bids: shownBids, asks: shownAsks, priceMin, priceMax, totalMax };
}

function cumulate(levels: readonly BookLevel[], market: Market): DepthPoint[] {
  let total = 0n;
  return levels.map(({ price, quantity }) => {
    total += quantity;
    return {
      price: toFloat(price, market.priceDecimals),
      total: toFloat(total, market.quantityDecimals),
    };
  });
}

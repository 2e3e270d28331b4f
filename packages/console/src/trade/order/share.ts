import { min, tenTo } from "../../venue/decimal.ts";
import { type Market, notionalOf } from "../../venue/market.ts";
import { freeOf, reckonedPrice, type Surroundings, type Values } from "./check.ts";
import { type Draft, isByTotal } from "./draft.ts";

/**
 * The amount that is so many percent of what may be spent, rounded down to what the market has:
 * a quantity, or a total where the order is by total. null: the balance or the price is unknown.
 */
export function amountOfShare(
  draft: Draft,
  values: Values,
  around: Surroundings,
  percent: number,
): bigint | null {
  const { market } = around;
  const free = freeOf(draft, around);
  if (free === null) return null;
  const spent = (free * BigInt(percent)) / 100n;
  if (draft.side === "SELL") {
    if (isByTotal(draft)) return null;
    return wholeLots(spent / tenTo(market.baseDecimals - market.quantityDecimals), market);
  }
  if (isByTotal(draft)) return spent;
  const price = reckonedPrice(draft, values, around);
  if (price === null || price === 0n) return null;
  return wholeLots((spent / notionalOf(market, price, market.lot)) * market.lot, market);
}

function wholeLots(quantity: bigint, market: Market): bigint {
  return min(quantity - (quantity % market.lot), market.quantityMax);
}

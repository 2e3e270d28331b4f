import { tenTo, unitsOf } from "../../venue/decimal.ts";
import { type Market, notionalOf } from "../../venue/market.ts";
import { baseUnits, type Checked, reckonedPrice, type Surroundings } from "./check.ts";
import type { Draft } from "./draft.ts";

/** What an order would cost and bring, as far as that can be said before. */
export interface Preview {
  /** In the smallest units of the quote asset. */
  readonly total: bigint;
  /** The average price of what a market order would meet; null for others. */
  readonly averagePrice: bigint | null;
  readonly worstPrice: bigint | null;
  readonly isWhole: boolean;
  /** The most that the fee would be, of what is received. */
  readonly fee: bigint;
  readonly feeAsset: string;
  readonly feeDecimals: number;
  readonly received: bigint;
}

export interface FeeRates {
  readonly maker: string;
  readonly taker: string;
}

const RATE_DECIMALS = 8;

export function previewOf(
  draft: Draft,
  { values, sweep }: Checked,
  around: Surroundings,
  rates: FeeRates,
): Preview | null {
  const { market } = around;
  const quantity = sweep?.quantity ?? values.quantity;
  const price = reckonedPrice(draft, values, around);
  const total =
    sweep?.quote ??
    (price === null || quantity === null ? null : notionalOf(market, price, quantity));
  if (quantity === null || total === null || total === 0n) return null;
  const isBuy = draft.side === "BUY";
  const isMaker = draft.kind === "LIMIT" && draft.isPostOnly;
  const rate = unitsOf(isMaker ? rates.maker : rates.taker, RATE_DECIMALS);
  const gross = isBuy ? baseUnits(quantity, market) : total;
  const fee = (gross * rate) / tenTo(RATE_DECIMALS);
  return {
    total,
    averagePrice: sweep === null || quantity === 0n ? null : averageOf(market, total, quantity),
    worstPrice: sweep?.worstPrice ?? null,
    isWhole: sweep?.isWhole ?? true,
    fee,
    feeAsset: isBuy ? market.base : market.quote,
    feeDecimals: isBuy ? market.baseDecimals : market.quoteDecimals,
    received: gross - fee,
  };
}

function averageOf(market: Market, total: bigint, quantity: bigint): bigint {
  const places = market.priceDecimals + market.quantityDecimals - market.quoteDecimals;
  const scaled = places >= 0 ? total * tenTo(places) : total / tenTo(-places);
  return (scaled + quantity / 2n) / quantity;
}

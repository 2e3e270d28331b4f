import { decimalsOf, unitsOf } from "./decimal.ts";
import { ask } from "./http.ts";

/**
 * A market and its rules. Prices are in units of its `priceDecimals`, quantities in those of its
 * `quantityDecimals`, money of the quote asset in those of its `quoteDecimals`.
 */
export interface Market {
  readonly symbol: string;
  /** As in the page's address: BTC-USDT. */
  readonly path: string;
  readonly base: string;
  readonly quote: string;
  readonly status: string;
  readonly orderTypes: readonly string[];
  readonly selfTradeModes: readonly string[];
  readonly allowsIceberg: boolean;
  readonly allowsTrailing: boolean;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  readonly baseDecimals: number;
  readonly quoteDecimals: number;
  readonly tick: bigint;
  readonly lot: bigint;
  readonly priceMin: bigint;
  readonly priceMax: bigint;
  readonly quantityMin: bigint;
  readonly quantityMax: bigint;
  readonly marketQuantityMax: bigint;
  readonly notionalMin: bigint;
  readonly notionalMax: bigint;
  readonly icebergPartsMax: number;
  /** Hundredths of a percent. */
  readonly trailing: { readonly above: Range; readonly below: Range };
}

interface Range {
  readonly min: number;
  readonly max: number;
}

interface SymbolJson {
  readonly symbol: string;
  readonly status: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly baseAssetPrecision: number;
  readonly quoteAssetPrecision: number;
  readonly orderTypes: readonly string[];
  readonly icebergAllowed: boolean;
  readonly allowTrailingStop: boolean;
  readonly allowedSelfTradePreventionModes: readonly string[];
  readonly filters: readonly ({ readonly filterType: string } & Readonly<
    Record<string, unknown>
  >)[];
}

export async function fetchMarkets(): Promise<readonly Market[]> {
  const info = await ask<{ readonly symbols: readonly SymbolJson[] }>(
    "GET",
    "/api/v3/exchangeInfo",
  );
  return info.symbols.map(marketOf);
}

export function marketOf(json: SymbolJson): Market {
  const filter = (name: string) => json.filters.find(({ filterType }) => filterType === name) ?? {};
  const text = (name: string, field: string, otherwise: string) =>
    String((filter(name) as Record<string, unknown>)[field] ?? otherwise);
  const whole = (name: string, field: string, otherwise: number) =>
    Number((filter(name) as Record<string, unknown>)[field] ?? otherwise);
  const tickText = text("PRICE_FILTER", "tickSize", "0.01");
  const stepText = text("LOT_SIZE", "stepSize", "0.01");
  const priceDecimals = decimalsOf(tickText);
  const quantityDecimals = decimalsOf(stepText);
  const quoteDecimals = json.quoteAssetPrecision;
  const quantityMax = text("LOT_SIZE", "maxQty", "0");
  return {
    symbol: json.symbol,
    path: `${json.baseAsset}-${json.quoteAsset}`,
    base: json.baseAsset,
    quote: json.quoteAsset,
    status: json.status,
    orderTypes: json.orderTypes,
    selfTradeModes: json.allowedSelfTradePreventionModes,
    allowsIceberg: json.icebergAllowed,
    allowsTrailing: json.allowTrailingStop,
    priceDecimals,
    quantityDecimals,
    baseDecimals: json.baseAssetPrecision,
    quoteDecimals,
    tick: unitsOf(tickText, priceDecimals),
    lot: unitsOf(stepText, quantityDecimals),
    priceMin: unitsOf(text("PRICE_FILTER", "minPrice", "0"), priceDecimals),
    priceMax: unitsOf(text("PRICE_FILTER", "maxPrice", "0"), priceDecimals),
    quantityMin: unitsOf(text("LOT_SIZE", "minQty", "0"), quantityDecimals),
    quantityMax: unitsOf(quantityMax, quantityDecimals),
    marketQuantityMax: unitsOf(text("MARKET_LOT_SIZE", "maxQty", quantityMax), quantityDecimals),
    notionalMin: unitsOf(text("NOTIONAL", "minNotional", "0"), quoteDecimals),
    notionalMax: unitsOf(text("NOTIONAL", "maxNotional", "0"), quoteDecimals),
    icebergPartsMax: whole("ICEBERG_PARTS", "limit", 1),
    trailing: {
      above: {
        min: whole("TRAILING_DELTA", "minTrailingAboveDelta", 1),
        max: whole("TRAILING_DELTA", "maxTrailingAboveDelta", 2000),
      },
      below: {
        min: whole("TRAILING_DELTA", "minTrailingBelowDelta", 1),
        max: whole("TRAILING_DELTA", "maxTrailingBelowDelta", 2000),
      },
    },
  };
}

/** Price times quantity in units of the quote asset, exact: a venue's grids leave no fraction. */
export function notionalOf(market: Market, price: bigint, quantity: bigint): bigint {
  const places = market.priceDecimals + market.quantityDecimals - market.quoteDecimals;
  const product = price * quantity;
  return places >= 0 ? product / 10n ** BigInt(places) : product * 10n ** BigInt(-places);
}

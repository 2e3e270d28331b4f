import { type AssetConfig, type MarketConfig, marketGrid, type VenueConfig } from "@halcyon/fleet";

/** A small buy order that the market's limits allow, as the dialect's parameters; null: no market. */
export function sampleOrder(
  config: Pick<VenueConfig, "markets" | "assets">,
  type: "LIMIT" | "MARKET",
): string | null {
  const market = config.markets[0];
  if (market === undefined) return null;
  const assetOf = (code: string) => config.assets.find((asset) => asset.code === code)!;
  const [base, quote] = [assetOf(market.base), assetOf(market.quote)];
  const { symbol } = market;
  const { price, quantity, amount } = sizes(market, base, quote);
  return type === "MARKET"
    ? `symbol=${symbol}&side=BUY&type=MARKET&quoteOrderQty=${amount}`
    : `symbol=${symbol}&side=BUY&type=LIMIT&timeInForce=GTC&quantity=${quantity}&price=${price}`;
}

/** A hundredth of the highest price; ten times the smallest notional, or one smallest quantity. */
function sizes(market: MarketConfig, base: AssetConfig, quote: AssetConfig) {
  const result = marketGrid(market, base, quote);
  if (!result.ok) throw new Error(`${market.symbol} was not checked`);
  const { grid } = result;
  const ticks = BigInt(Math.max(grid.priceTicksMin, Math.floor(grid.priceTicksMax / 100)));
  const lotValue = (ticks * grid.tickUnits * grid.lotUnits) / 10n ** BigInt(base.decimals);
  const wanted = (grid.notionalMin * 10n + lotValue - 1n) / lotValue;
  const lots = clamp(wanted, BigInt(grid.quantityLotsMin), BigInt(grid.quantityLotsMax));
  return {
    price: decimalText(ticks * grid.tickUnits, quote.decimals),
    quantity: decimalText(lots * grid.lotUnits, base.decimals),
    amount: decimalText(lots * lotValue, quote.decimals),
  };
}

function clamp(value: bigint, min: bigint, max: bigint): bigint {
  if (value < min) return min;
  return value > max ? max : value;
}

function decimalText(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

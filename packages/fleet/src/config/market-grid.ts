import { parseDecimal, wholeSteps, wholeUnits } from "./decimal.ts";
import type { AssetConfig, MarketConfig } from "./schema.ts";

/** A market's numbers as the core takes them: all integers. */
export type MarketGrid = {
  readonly tickUnits: bigint;
  readonly lotUnits: bigint;
  readonly priceTicksMin: number;
  readonly priceTicksMax: number;
  readonly quantityLotsMin: number;
  readonly quantityLotsMax: number;
  readonly marketQuantityLotsMax: number;
  readonly notionalMin: bigint;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  readonly openOrdersMax: number;
};

/** What does not fit: the key of the market that is wrong, and the sentence that says why. */
export type GridProblem = { readonly key: keyof MarketConfig; readonly message: string };
export type GridResult =
  | { readonly ok: true; readonly grid: MarketGrid }
  | { readonly ok: false; readonly problems: readonly GridProblem[] };

const priceTicksLimit = 2n ** 31n - 1n;
const quantityLotsLimit = 2n ** 53n - 1n;

/** The market's decimals in ticks, lots and smallest units; refuses what does not fit exactly. */
export function marketGrid(
  market: MarketConfig,
  base: AssetConfig,
  quote: AssetConfig,
): GridResult {
  const problems: GridProblem[] = [];
  const refuse = (key: keyof MarketConfig, message: string) => {
    problems.push({ key, message });
    return 0n;
  };
  const units = (key: "tickSize" | "lotSize" | "minNotional", asset: AssetConfig) =>
    wholeUnits(parseDecimal(market[key])!, asset.decimals) ??
    refuse(
      key,
      `${market[key]} is finer than the smallest unit of ${asset.code} (${asset.decimals} decimals): ` +
        `round it, or give ${asset.code} more decimals`,
    );
  const steps = (key: StepKey, stepKey: "tickSize" | "lotSize", limit: bigint) => {
    const text = market[key] ?? market.maxQuantity;
    const count = wholeSteps(parseDecimal(text)!, parseDecimal(market[stepKey])!);
    if (count === null) {
      return refuse(key, `${text} is not a multiple of ${stepKey} ${market[stepKey]}: round it`);
    }
    if (count <= limit) return count;
    return refuse(
      key,
      `${text} is more than ${limit} times ${stepKey}: lower it or raise ${stepKey}`,
    );
  };

  const tickUnits = units("tickSize", quote);
  const lotUnits = units("lotSize", base);
  if (problems.length === 0 && (tickUnits * lotUnits) % 10n ** BigInt(base.decimals) !== 0n) {
    refuse(
      "lotSize",
      `tickSize ${market.tickSize} x lotSize ${market.lotSize} is not a whole number of ${quote.code}'s ` +
        `smallest unit (${quote.decimals} decimals): take a larger lotSize, a larger tickSize, ` +
        `or give ${quote.code} more decimals`,
    );
  }
  const grid: MarketGrid = {
    tickUnits,
    lotUnits,
    priceTicksMin: Number(steps("minPrice", "tickSize", priceTicksLimit)),
    priceTicksMax: Number(steps("maxPrice", "tickSize", priceTicksLimit)),
    quantityLotsMin: Number(steps("minQuantity", "lotSize", quantityLotsLimit)),
    quantityLotsMax: Number(steps("maxQuantity", "lotSize", quantityLotsLimit)),
    marketQuantityLotsMax: Number(steps("maxMarketQuantity", "lotSize", quantityLotsLimit)),
    notionalMin: units("minNotional", quote),
    makerFeePpm: Number(wholeUnits(parseDecimal(market.makerFee)!, 6)),
    takerFeePpm: Number(wholeUnits(parseDecimal(market.takerFee)!, 6)),
    openOrdersMax: market.maxOpenOrders,
  };
  if (problems.length === 0) problems.push(...orderProblems(market, grid));
  return problems.length === 0 ? { ok: true, grid } : { ok: false, problems };
}

type StepKey = "minPrice" | "maxPrice" | "minQuantity" | "maxQuantity" | "maxMarketQuantity";

function orderProblems(market: MarketConfig, grid: MarketGrid): GridProblem[] {
  const problems: GridProblem[] = [];
  if (grid.priceTicksMin > grid.priceTicksMax) {
    problems.push({ key: "minPrice", message: `is above maxPrice ${market.maxPrice}: lower it` });
  }
  if (grid.quantityLotsMin > grid.quantityLotsMax) {
    problems.push({
      key: "minQuantity",
      message: `is above maxQuantity ${market.maxQuantity}: lower it`,
    });
  }
  if (grid.marketQuantityLotsMax > grid.quantityLotsMax) {
    problems.push({
      key: "maxMarketQuantity",
      message: `is above maxQuantity ${market.maxQuantity}: lower it`,
    });
  }
  return problems;
}

import {
  type Asset,
  amountMax,
  type Market,
  type MarketParameters,
  marketState,
} from "@halcyon/core";
import type { z } from "zod";
import { formatFixed, parseDecimal, powerOfTen } from "../decimal.ts";
import type { FieldError } from "./problem.ts";
import type { newMarket } from "./schemas.ts";

type NewMarket = z.output<typeof newMarket>;

/** The admin API's names of a market's states. */
export const marketStateNames = {
  trading: marketState.trading,
  halt: marketState.halt,
  "cancel-only": marketState.cancelOnly,
  "post-only": marketState.postOnly,
  auction: marketState.auction,
} as const;
type MarketStateName = keyof typeof marketStateNames;

const ticksMax = 0x7fff_ffffn;
const exactMax = 9007199254740991n;
const feeMaxPpm = 100_000;

/** Decimal strings to ticks, lots and units; every field that does not fit is told at once. */
export function toMarketParameters(
  asked: NewMarket,
  base: Asset,
  quote: Asset,
): MarketParameters | readonly FieldError[] {
  const errors: FieldError[] = [];
  const fail = (field: keyof NewMarket, detail: string): bigint => {
    errors.push({ pointer: `#/${field}`, detail });
    return 0n;
  };
  const units = (field: keyof NewMarket, asset: Asset): bigint =>
    amountUnits(String(asked[field]), asset, (detail) => fail(field, detail));
  const steps = (field: keyof NewMarket, asset: Asset, step: bigint, stepName: string): bigint => {
    const value = units(field, asset);
    if (step === 0n) return 0n;
    if (value === 0n || value % step !== 0n) {
      return fail(field, `must be a whole number of ${stepName}, above zero`);
    }
    const max = asset === quote ? ticksMax : exactMax;
    return value / step <= max ? value / step : fail(field, `must be at most ${max} x ${stepName}`);
  };
  const tickUnits = units("tickSize", quote) || fail("tickSize", "must be above zero");
  const lotUnits = units("lotSize", base) || fail("lotSize", "must be above zero");
  const gridError = wrongGrid(tickUnits, lotUnits, base, quote);
  if (gridError !== null) fail("lotSize", gridError);
  const parameters = {
    symbol: asked.symbol,
    baseAsset: base.id,
    quoteAsset: quote.id,
    tickUnits,
    lotUnits,
    priceTicksMin: Number(steps("minPrice", quote, tickUnits, "tickSize")),
    priceTicksMax: Number(steps("maxPrice", quote, tickUnits, "tickSize")),
    quantityLotsMin: Number(steps("minQuantity", base, lotUnits, "lotSize")),
    quantityLotsMax: Number(steps("maxQuantity", base, lotUnits, "lotSize")),
    marketQuantityLotsMax: Number(steps("maxMarketQuantity", base, lotUnits, "lotSize")),
    notionalMin: units("minNotional", quote),
    makerFeePpm: feePpm(asked.makerFee, (detail) => fail("makerFee", detail)),
    takerFeePpm: feePpm(asked.takerFee, (detail) => fail("takerFee", detail)),
    openOrdersMax: asked.maxOpenOrders,
  };
  if (errors.length === 0) checkOrder(parameters, fail);
  return errors.length === 0 ? parameters : errors;
}

function checkOrder(
  p: MarketParameters,
  fail: (field: keyof NewMarket, detail: string) => void,
): void {
  if (p.baseAsset === p.quoteAsset) fail("quoteAsset", "must differ from baseAsset");
  if (p.priceTicksMin > p.priceTicksMax) fail("maxPrice", "must not be below minPrice");
  if (p.quantityLotsMin > p.quantityLotsMax) fail("maxQuantity", "must not be below minQuantity");
  if (p.marketQuantityLotsMax < p.quantityLotsMin || p.marketQuantityLotsMax > p.quantityLotsMax) {
    fail("maxMarketQuantity", "must be from minQuantity to maxQuantity");
  }
}

/** What is wrong with a grid whose tick times lot is a fraction of the smallest quote unit. */
function wrongGrid(tickUnits: bigint, lotUnits: bigint, base: Asset, quote: Asset): string | null {
  const scale = powerOfTen(base.decimals);
  if ((tickUnits * lotUnits) % scale === 0n) return null;
  const lotStep = scale / greatestCommonDivisor(tickUnits, scale);
  const remedy = formatFixed(lotStep, base.decimals, base.decimals);
  const smallest = formatFixed(1n, quote.decimals, quote.decimals);
  return `times tickSize must be a whole number of ${smallest} ${quote.code}, so that no fill is rounded: make lotSize a multiple of ${remedy}, or tickSize larger, or give ${quote.code} more decimals`;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** An amount in units. `fail` is called, and 0 returned, when it has too many decimals or digits. */
export function amountUnits(text: string, asset: Asset, fail: (detail: string) => bigint): bigint {
  const units = parseDecimal(text, asset.decimals);
  if (units === null) return fail(`${asset.code} has ${asset.decimals} decimals: round to them`);
  if (units > amountMax) {
    const max = formatFixed(amountMax, asset.decimals, asset.decimals);
    return fail(`must be at most ${max}, the largest amount of ${asset.code}`);
  }
  return units;
}

export function feePpm(text: string, fail: (detail: string) => unknown): number {
  const ppm = parseDecimal(text, 6);
  if (ppm !== null && ppm <= feeMaxPpm) return Number(ppm);
  fail('must be from "0" to "0.1" with at most 6 decimals');
  return 0;
}

export function formatFee(ppm: number): string {
  return formatFixed(ppm, 6, 6);
}

export function amountText(units: bigint, asset: Asset): string {
  return formatFixed(units, asset.decimals, asset.decimals);
}

export function stateName(state: Market["state"]): MarketStateName {
  const found = Object.entries(marketStateNames).find(([, value]) => value === state);
  if (found === undefined) throw new Error(`market state ${state} has no name`);
  return found[0] as MarketStateName;
}

/** A market as the API shows it. */
export function marketBody(
  id: number,
  state: Market["state"],
  p: MarketParameters,
  base: Asset,
  quote: Asset,
): Record<string, unknown> {
  const price = (ticks: number) => amountText(BigInt(ticks) * p.tickUnits, quote);
  const quantity = (lots: number) => amountText(BigInt(lots) * p.lotUnits, base);
  return {
    id,
    symbol: p.symbol,
    state: stateName(state),
    baseAsset: base.code,
    quoteAsset: quote.code,
    tickSize: price(1),
    lotSize: quantity(1),
    minPrice: price(p.priceTicksMin),
    maxPrice: price(p.priceTicksMax),
    minQuantity: quantity(p.quantityLotsMin),
    maxQuantity: quantity(p.quantityLotsMax),
    maxMarketQuantity: quantity(p.marketQuantityLotsMax),
    minNotional: amountText(p.notionalMin, quote),
    makerFee: formatFee(p.makerFeePpm),
    takerFee: formatFee(p.takerFeePpm),
    maxOpenOrders: p.openOrdersMax,
  };
}

import type { Asset, Market, Venue } from "@halcyon/core";
import { exactNumber, formatUnits, parseDecimal } from "../decimal.ts";
import { type DialectError, filterFailure, tooPrecise } from "./errors.ts";

/** A market's prices and quantities between text and ticks, lots and units. */
export class MarketGrid {
  readonly market: number;
  readonly symbol: string;
  readonly symbolJson: string;
  readonly base: Asset;
  readonly quote: Asset;
  readonly #tickUnits: bigint;
  readonly #lotUnits: bigint;
  readonly #notionalMultiplier: bigint;
  /** Units of one tick or lot as numbers, and up to where products with them are exact. */
  readonly #tick: number;
  readonly #lot: number;

  constructor(market: Market, base: Asset, quote: Asset) {
    this.market = market.id;
    this.symbol = market.symbol;
    this.symbolJson = JSON.stringify(market.symbol);
    this.base = base;
    this.quote = quote;
    this.#tickUnits = market.tickUnits;
    this.#lotUnits = market.lotUnits;
    this.#notionalMultiplier = BigInt(market.notionalMultiplier);
    this.#tick = Number(market.tickUnits);
    this.#lot = Number(market.lotUnits);
  }

  priceText(ticks: number): string {
    return formatUnits(product(ticks, this.#tick, this.#tickUnits), this.quote.decimals);
  }

  quantityText(lots: number | bigint): string {
    return formatUnits(product(lots, this.#lot, this.#lotUnits), this.base.decimals);
  }

  /** What a quantity costs at a price. */
  notionalText(ticks: number, lots: number): string {
    return this.quoteText(BigInt(ticks) * BigInt(lots) * this.#notionalMultiplier);
  }

  /** An amount of the base asset. */
  baseText(units: bigint | number): string {
    return formatUnits(units, this.base.decimals);
  }

  /** An amount of the quote asset. */
  quoteText(units: bigint | number): string {
    return formatUnits(units, this.quote.decimals);
  }

  /** Ticks of a price text that has the form of a decimal. */
  parsePrice(name: string, text: string): number | DialectError {
    const units = parseDecimal(text, this.quote.decimals);
    if (units === null) return tooPrecise(name);
    return multiple(units, this.#tickUnits) ?? filterFailure("PRICE_FILTER");
  }

  /** Lots of a quantity text that has the form of a decimal. */
  parseQuantity(name: string, text: string): number | DialectError {
    const units = parseDecimal(text, this.base.decimals);
    if (units === null) return tooPrecise(name);
    return multiple(units, this.#lotUnits) ?? filterFailure("LOT_SIZE");
  }

  /** Quote units of an amount text that has the form of a decimal. */
  parseQuote(name: string, text: string): number | DialectError {
    const units = parseDecimal(text, this.quote.decimals);
    if (units === null) return tooPrecise(name);
    return exactNumber(units) ?? filterFailure("NOTIONAL");
  }
}

function product(count: number | bigint, unit: number, unitBig: bigint): number | bigint {
  if (typeof count === "bigint") return count * unitBig;
  const exact = count * unit;
  return Number.isSafeInteger(exact) ? exact : BigInt(count) * unitBig;
}

/** How many whole steps there are in units; null when they are not whole or beyond exact numbers. */
function multiple(units: bigint, step: bigint): number | null {
  const count = units / step;
  return count * step === units ? exactNumber(count) : null;
}

/** The grids of all markets. What they hold of a market never changes after its creation. */
export class MarketGrids {
  readonly #venue: () => Venue;
  readonly #byMarket: MarketGrid[] = [];

  constructor(venue: () => Venue) {
    this.#venue = venue;
  }

  of(market: number): MarketGrid {
    const known = this.#byMarket[market];
    if (known !== undefined) return known;
    const venue = this.#venue();
    const found = venue.markets.get(market);
    const base = found && venue.assets.get(found.baseAsset);
    const quote = found && venue.assets.get(found.quoteAsset);
    if (!found || !base || !quote) throw new Error(`market ${market} does not exist`);
    const grid = new MarketGrid(found, base, quote);
    this.#byMarket[market] = grid;
    return grid;
  }

  bySymbol(symbol: string): MarketGrid | undefined {
    const market = this.#venue().markets.bySymbol(symbol);
    return market && this.of(market.id);
  }
}

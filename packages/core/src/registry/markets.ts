import { PriceTree } from "../books/price-tree.ts";
import { IntMap } from "../bytes/int-map.ts";
import type { MarketState } from "../commands/command.ts";
import { marketState } from "../commands/command.ts";
import type { MarketParameters, MarketRules } from "../commands/registry-command.ts";
import { exactLimit } from "../money/amount.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { Asset } from "./assets.ts";
import { arePlain, marketRulesDefault } from "./market-rules.ts";

export const marketsMax = 4096;
export const feePpmMax = 100_000;
/** Tiers of accounts that pay other fees than the market's: 1 to this. */
export const feeTiersMax = 63;
export const priceTicksLimit = 0x7fff_ffff;
export const openOrdersPerMarketMax = 1_000_000;

/** Orders queued by price: a side of a book, or the stops that wait for one direction. */
export class BookSide {
  readonly levels: PriceTree = new PriceTree();
  /** Whether the highest price comes first (bids, falling stops) or the lowest. */
  declare readonly highestFirst: boolean;
  /** 0: the side is empty. */
  bestPrice = 0;
  bestLevel = 0;

  constructor(highestFirst: boolean) {
    this.highestFirst = highestFirst;
  }

  /** A new level, which may be the best. */
  open(price: number, level: number): void {
    this.levels.add(price, level);
    const best = this.bestPrice;
    if (best === 0 || (this.highestFirst ? price > best : price < best)) {
      this.bestPrice = price;
      this.bestLevel = level;
    }
  }

  /** The level at a price is empty. */
  close(price: number): void {
    const tree = this.levels;
    if (price === this.bestPrice) {
      const best = this.highestFirst ? tree.below(price) : tree.above(price);
      this.bestPrice = best;
      this.bestLevel = best === 0 ? 0 : tree.level(best);
    }
    tree.remove(price);
  }

  /** The price behind this one, 0 when it is the last. */
  after(price: number): number {
    return this.highestFirst ? this.levels.below(price) : this.levels.above(price);
  }
}

/** A market: its parameters as created, its state and its book. */
export class Market {
  declare readonly id: number;
  declare readonly symbol: string;
  declare readonly baseAsset: number;
  declare readonly quoteAsset: number;
  declare readonly tickUnits: bigint;
  declare readonly lotUnits: bigint;
  declare readonly priceTicksMin: number;
  declare readonly priceTicksMax: number;
  declare readonly quantityLotsMin: number;
  declare readonly quantityLotsMax: number;
  declare readonly marketQuantityLotsMax: number;
  declare readonly notionalMin: bigint;
  declare readonly openOrdersMax: number;
  declare makerFeePpm: number;
  declare takerFeePpm: number;
  /** Pairs of maker and taker fee by tier; -1: the market's own. Of tier 0, which is none, always. */
  readonly tierFees: Int32Array = new Int32Array(2 * (feeTiersMax + 1)).fill(-1);
  state: MarketState = marketState.trading;
  /** Log time at which the market goes on to the next state by itself; 0: it stays. */
  stateUntilMs = 0;
  /** As set by the last `setRules`. */
  rules: MarketRules = marketRulesDefault;
  /** Whether a plain order needs no look at the rules: none that concerns it is on. */
  hasPlainRules = true;
  /** Of the rules, as exact numbers; infinite where a rule is off, or beyond 2^53 and so out of reach of them. */
  notionalMaxNumber: number = Number.POSITIVE_INFINITY;
  positionUnitsMax: number = Number.POSITIVE_INFINITY;
  /** `rules.bandPpm`, and the reference price with the end of its window. */
  bandPpm = 0;
  bandReference = 0;
  bandWindowEndsAtMs = 0;

  /** Quote units of one tick times one lot. */
  declare readonly notionalMultiplier: number;
  /** `lotUnits` and `notionalMin` as exact numbers, for the fast path. */
  declare readonly lotUnitsNumber: number;
  declare readonly notionalMinNumber: number;
  /** Ledger slots of the fee account in the two assets. */
  declare readonly feeBaseSlot: number;
  declare readonly feeQuoteSlot: number;

  readonly bids: BookSide = new BookSide(true);
  readonly asks: BookSide = new BookSide(false);
  /** Stops by their stop price: those that a rising last price sets off, and those that a falling one does. */
  readonly risingStops: BookSide = new BookSide(false);
  readonly fallingStops: BookSide = new BookSide(true);
  /** Ends of the list of tracking orders, in the order in which they began to; 0 when there is none. */
  firstTracking = 0;
  lastTracking = 0;
  /** Lists whose first order is filled and whose others are to be placed, by id. */
  listsToPlace: number[] = [];
  /** Stops that wait or track, and `listsToPlace`: whether a trade may set something off. */
  waitingCount = 0;
  /** Open orders with a trailing delta, tracking or not yet. */
  trailingCount = 0;
  /** Rises by one with each change of a price level. */
  bookSequence = 0;
  /** Id of the last trade. */
  tradeCount = 0;
  /** Ticks; 0 before the first trade. */
  lastPrice = 0;
  /** Id of the last prevented match. */
  preventedCount = 0;
  /** Open orders of those accounts that have many in all (`Books.countOf`). */
  readonly openOrders: IntMap = new IntMap();

  constructor(
    id: number,
    parameters: MarketParameters,
    multiplier: number,
    feeSlots: { readonly base: number; readonly quote: number },
  ) {
    this.id = id;
    this.symbol = parameters.symbol;
    this.baseAsset = parameters.baseAsset;
    this.quoteAsset = parameters.quoteAsset;
    this.tickUnits = parameters.tickUnits;
    this.lotUnits = parameters.lotUnits;
    this.priceTicksMin = parameters.priceTicksMin;
    this.priceTicksMax = parameters.priceTicksMax;
    this.quantityLotsMin = parameters.quantityLotsMin;
    this.quantityLotsMax = parameters.quantityLotsMax;
    this.marketQuantityLotsMax = parameters.marketQuantityLotsMax;
    this.notionalMin = parameters.notionalMin;
    this.openOrdersMax = parameters.openOrdersMax;
    this.makerFeePpm = parameters.makerFeePpm;
    this.takerFeePpm = parameters.takerFeePpm;
    this.notionalMultiplier = multiplier;
    this.lotUnitsNumber = Number(parameters.lotUnits);
    this.notionalMinNumber = Number(parameters.notionalMin);
    this.feeBaseSlot = feeSlots.base;
    this.feeQuoteSlot = feeSlots.quote;
  }

  /** What an account of this tier pays that has no fee of its own. */
  makerFeeOf(tier: number): number {
    const ppm = this.tierFees[tier * 2]!;
    return ppm < 0 ? this.makerFeePpm : ppm;
  }
  takerFeeOf(tier: number): number {
    const ppm = this.tierFees[tier * 2 + 1]!;
    return ppm < 0 ? this.takerFeePpm : ppm;
  }

  setRules(rules: MarketRules): void {
    this.rules = rules;
    this.bandPpm = rules.bandPpm;
    this.hasPlainRules = arePlain(rules);
    this.notionalMaxNumber = limitNumber(rules.notionalMax);
    this.positionUnitsMax = limitNumber(BigInt(rules.positionLotsMax) * this.lotUnits);
  }
}

/** A limit as an exact number; 0 is none, and one beyond 2^53 is above all numbers that are compared with it. */
function limitNumber(limit: bigint): number {
  return limit === 0n || limit >= BigInt(exactLimit) ? Number.POSITIVE_INFINITY : Number(limit);
}

export class Markets {
  private readonly list: Market[] = [];
  private readonly symbols = new Map<string, Market>();

  get(id: number): Market | undefined {
    return this.list[id];
  }
  bySymbol(symbol: string): Market | undefined {
    return this.symbols.get(symbol);
  }
  all(): readonly Market[] {
    return this.list;
  }
  add(market: Market): void {
    this.list.push(market);
    this.symbols.set(market.symbol, market);
  }
}

/**
 * Quote units of one tick times one lot: tickUnits x lotUnits / 10^(base decimals). A market whose
 * grid would need a fraction of a quote unit is refused: with a larger lot or tick, or more decimals
 * for the quote asset, it is none.
 */
export function notionalMultiplier(
  p: Pick<MarketParameters, "tickUnits" | "lotUnits">,
  base: Asset,
): bigint | null {
  const product = p.tickUnits * p.lotUnits;
  const scale = 10n ** BigInt(base.decimals);
  return product > 0n && product % scale === 0n ? product / scale : null;
}

/** What is wrong with a new market's parameters, 0 when nothing is. */
export function checkMarketParameters(p: MarketParameters, base: Asset): Refusal | 0 {
  const multiplier = notionalMultiplier(p, base);
  const sound =
    multiplier !== null &&
    p.tickUnits > 0n &&
    p.lotUnits > 0n &&
    multiplier < BigInt(exactLimit) &&
    p.lotUnits < BigInt(exactLimit) &&
    p.notionalMin >= 0n &&
    p.notionalMin < BigInt(exactLimit) &&
    p.priceTicksMin >= 1 &&
    p.priceTicksMin <= p.priceTicksMax &&
    p.priceTicksMax <= priceTicksLimit &&
    p.quantityLotsMin >= 1 &&
    p.quantityLotsMin <= p.quantityLotsMax &&
    p.quantityLotsMax < exactLimit &&
    p.marketQuantityLotsMax >= p.quantityLotsMin &&
    p.marketQuantityLotsMax <= p.quantityLotsMax &&
    p.openOrdersMax >= 1 &&
    p.openOrdersMax <= openOrdersPerMarketMax &&
    /^[\x20-\x7e]{1,40}$/.test(p.symbol);
  if (!sound) return refusal.marketParameters;
  return isFeePpm(p.makerFeePpm) && isFeePpm(p.takerFeePpm) ? 0 : refusal.feeTooHigh;
}

/** A fee of an account or tier, which may leave it to what is more general with -1. */
export function isOwnFeePpm(ppm: number): boolean {
  return ppm === -1 || isFeePpm(ppm);
}

export function isFeePpm(ppm: number): boolean {
  return ppm >= 0 && ppm <= feePpmMax;
}

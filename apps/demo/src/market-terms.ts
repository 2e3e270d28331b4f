/** What the demo needs to know of a market, as it stands in the venue's configuration. */
export type DemoMarket = {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly minQuantity: string;
  readonly maxQuantity: string;
  readonly minNotional: string;
};

/** Rough prices in dollars to start from; anything else starts at one. */
const dollars: Readonly<Record<string, number>> = {
  BTC: 60_000,
  ETH: 3_000,
  BNB: 600,
  SOL: 150,
  XRP: 0.5,
  DOGE: 0.1,
};

/** A market's prices and quantities in whole ticks and lots, and their text. */
export class MarketTerms {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly ticksMin: number;
  readonly ticksMax: number;
  readonly lotsMin: number;
  readonly lotsMax: number;
  readonly #tick: Decimal;
  readonly #lot: Decimal;
  readonly #notionalMin: number;

  constructor(market: DemoMarket) {
    this.symbol = market.symbol;
    this.base = market.base;
    this.quote = market.quote;
    this.#tick = decimal(market.tickSize);
    this.#lot = decimal(market.lotSize);
    this.ticksMin = Math.ceil(Number(market.minPrice) / Number(market.tickSize));
    this.ticksMax = Math.floor(Number(market.maxPrice) / Number(market.tickSize));
    this.lotsMin = Math.ceil(Number(market.minQuantity) / Number(market.lotSize));
    this.lotsMax = Math.floor(Number(market.maxQuantity) / Number(market.lotSize));
    this.#notionalMin = Number(market.minNotional);
  }

  priceText(ticks: number): string {
    return text(this.#tick, ticks);
  }
  quantityText(lots: number): string {
    return text(this.#lot, lots);
  }
  ticksOf(price: string): number {
    return Math.round(Number(price) / value(this.#tick));
  }

  /** Where the walk begins where nothing has been traded yet. */
  get startTicks(): number {
    const price = (dollars[this.base] ?? 1) / (dollars[this.quote] ?? 1);
    return Math.min(this.ticksMax / 2, Math.max(this.ticksMin * 100, this.ticksOf(String(price))));
  }

  /** Lots worth `multiple` of the smallest order that the market takes, at this price. */
  lotsWorth(multiple: number, ticks: number): number {
    const lotValue = value(this.#lot) * value(this.#tick) * ticks;
    const smallest = Math.max(this.lotsMin, Math.ceil((this.#notionalMin / lotValue) * 1.05));
    return Math.min(this.lotsMax, Math.max(smallest, Math.round(smallest * multiple)));
  }

  /** Amounts that keep `multiple` smallest orders going on both sides: generous, as it is play money. */
  funds(multiple: number): { readonly base: number; readonly quote: number } {
    const lots = this.lotsWorth(1, this.startTicks) * multiple;
    const base = Math.ceil(lots * value(this.#lot));
    return { base, quote: Math.ceil(base * this.startTicks * value(this.#tick)) };
  }
}

type Decimal = { readonly digits: bigint; readonly scale: number };

function decimal(of: string): Decimal {
  const [whole = "", fraction = ""] = of.split(".");
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

function value({ digits, scale }: Decimal): number {
  return Number(digits) / 10 ** scale;
}

function text({ digits, scale }: Decimal, count: number): string {
  const all = (digits * BigInt(count)).toString().padStart(scale + 1, "0");
  return scale === 0 ? all : `${all.slice(0, -scale)}.${all.slice(-scale)}`;
}

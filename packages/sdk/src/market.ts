import { compareDecimals, decimalText, divide, exact } from "./decimal.ts";
import { InputError } from "./errors.ts";
import type { Decimal } from "./order-types.ts";

/** A market as `exchangeInfo` describes it; `filters` has everything, also what is not used here. */
export type MarketInfo = {
  readonly symbol: string;
  readonly status: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly orderTypes: readonly string[];
  readonly filters: readonly ({ readonly filterType: string } & Readonly<
    Record<string, unknown>
  >)[];
};
export type ExchangeInfo = {
  readonly serverTime: number;
  readonly symbols: readonly MarketInfo[];
};

/** A grid of allowed amounts: multiples of a step, from a least to a greatest. */
export class Grid {
  readonly step: Decimal;
  readonly least: Decimal;
  readonly greatest: Decimal;
  readonly #what: string;

  constructor(what: string, step: Decimal, least: Decimal, greatest: Decimal) {
    this.#what = what;
    this.step = step;
    this.least = least;
    this.greatest = greatest;
  }

  /** Steps in an amount. Throws where it is not on the grid: nothing is rounded unless you ask for it. */
  count(amount: Decimal): bigint {
    const { count, isWhole } = divide(amount, this.step);
    if (!isWhole) {
      throw new InputError(
        `a ${this.#what} of ${amount} is no multiple of ${this.step}: use down() or up() to round it`,
      );
    }
    return count;
  }

  /** The amount of so many steps. */
  amount(count: bigint): Decimal {
    const { units, places } = exact(this.step);
    if (count < 0n) throw new InputError(`${count} steps of a ${this.#what} are less than none`);
    return decimalText(units * count, places);
  }

  /** The next amount on the grid that is not above. */
  down(amount: Decimal): Decimal {
    return this.amount(divide(amount, this.step).count);
  }

  /** The next amount on the grid that is not below. */
  up(amount: Decimal): Decimal {
    const { count, isWhole } = divide(amount, this.step);
    return this.amount(isWhole ? count : count + 1n);
  }

  /** Whether the venue takes it: on the grid, and within its bounds. */
  allows(amount: Decimal): boolean {
    return (
      divide(amount, this.step).isWhole &&
      compareDecimals(amount, this.least) >= 0 &&
      compareDecimals(amount, this.greatest) <= 0
    );
  }
}

/** One market, with the grids of its prices (ticks) and quantities (lots). */
export class Market {
  readonly info: MarketInfo;
  readonly symbol: string;
  readonly prices: Grid;
  readonly quantities: Grid;
  /** The least worth of an order. */
  readonly notionalMin: Decimal;

  constructor(info: MarketInfo) {
    this.info = info;
    this.symbol = info.symbol;
    this.prices = gridOf(info, "price", "PRICE_FILTER", "tickSize", "minPrice", "maxPrice");
    this.quantities = gridOf(info, "quantity", "LOT_SIZE", "stepSize", "minQty", "maxQty");
    this.notionalMin = field(info, "NOTIONAL", "minNotional");
  }

  /** Price times quantity, exact. */
  notional(price: Decimal, quantity: Decimal): Decimal {
    const [p, q] = [exact(price), exact(quantity)];
    return decimalText(p.units * q.units, p.places + q.places);
  }
}

function gridOf(
  info: MarketInfo,
  what: string,
  filter: string,
  step: string,
  least: string,
  greatest: string,
): Grid {
  const read = (name: string) => field(info, filter, name);
  return new Grid(what, read(step), read(least), read(greatest));
}

function field(info: MarketInfo, filterType: string, name: string): Decimal {
  const value = info.filters.find((filter) => filter.filterType === filterType)?.[name];
  if (typeof value !== "string") throw new Error(`${info.symbol} has no ${filterType} ${name}`);
  return value;
}

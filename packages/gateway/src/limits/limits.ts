import type { LimitsConfig } from "../config.ts";
import { tooManyOrders } from "../dialect/errors.ts";
import { AddressLimits, type Throttled } from "./address-limits.ts";

/** New orders of an account, less what was filled, as every node counts them from the log. */
export type OrderCounts = { readonly per10Seconds: number; readonly perDay: number };

/** An entry of `rateLimits`; `count` where usage is asked for too. */
export type RateLimit = {
  readonly rateLimitType: "REQUEST_WEIGHT" | "ORDERS" | "RAW_REQUESTS";
  readonly interval: "SECOND" | "MINUTE" | "DAY";
  readonly intervalNum: number;
  readonly limit: number;
  readonly count?: number;
};

/** How much one address and one account may ask for. */
export class Limits {
  readonly #config: LimitsConfig;
  readonly #addresses: AddressLimits;
  readonly #orderCounts: (account: number) => OrderCounts;
  /** Orders on their way through the log: not counted by the log's events yet. */
  readonly #inFlight = new Map<number, number>();

  constructor(config: LimitsConfig, orderCounts: (account: number) => OrderCounts) {
    this.#config = config;
    this.#addresses = new AddressLimits(config.weightPerMinute, config.requestsPer5Minutes);
    this.#orderCounts = orderCounts;
  }

  /** Counts a request of an address; null when it may go on. */
  charge(address: string, weight: number, nowMs: number): Throttled | null {
    return this.#addresses.charge(address, weight, nowMs);
  }

  usedWeight(address: string, nowMs: number): number {
    return this.#addresses.usedWeight(address, nowMs);
  }

  orderCounts(account: number): OrderCounts {
    const counts = this.#orderCounts(account);
    const inFlight = this.#inFlight.get(account);
    if (inFlight === undefined) return counts;
    return { per10Seconds: counts.per10Seconds + inFlight, perDay: counts.perDay + inFlight };
  }

  /** Whether the account may place so many more orders at this log time, which orders are counted by. */
  checkOrders(account: number, orders: number, logTimeMs: number): Throttled | null {
    const { per10Seconds, perDay } = this.orderCounts(account);
    const { ordersPer10Seconds, ordersPerDay } = this.#config;
    if (per10Seconds + orders > ordersPer10Seconds) {
      const error = tooManyOrders(ordersPer10Seconds, "10 SECOND");
      return { error, retryAfterMs: leftMs(10_000, logTimeMs) };
    }
    if (perDay + orders > ordersPerDay) {
      const error = tooManyOrders(ordersPerDay, "1 DAY");
      return { error, retryAfterMs: leftMs(86_400_000, logTimeMs) };
    }
    return null;
  }

  ordersSent(account: number, orders: number): void {
    this.#inFlight.set(account, (this.#inFlight.get(account) ?? 0) + orders);
  }

  ordersAnswered(account: number, orders: number): void {
    const left = (this.#inFlight.get(account) ?? 0) - orders;
    if (left > 0) this.#inFlight.set(account, left);
    else this.#inFlight.delete(account);
  }

  /** The limits as `exchangeInfo` lists them. */
  rules(): RateLimit[] {
    const limits = this.#config;
    return [
      rule("REQUEST_WEIGHT", "MINUTE", 1, limits.weightPerMinute),
      ...this.#orderRules(),
      rule("RAW_REQUESTS", "MINUTE", 5, limits.requestsPer5Minutes),
    ];
  }

  /** An account's use of its order limits. */
  orderUsage(account: number): RateLimit[] {
    const { per10Seconds, perDay } = this.orderCounts(account);
    const [short, day] = this.#orderRules();
    return [
      { ...short, count: per10Seconds },
      { ...day, count: perDay },
    ];
  }

  /** An address's use of its weight. */
  weightUsage(address: string, nowMs: number): RateLimit {
    const limit = rule("REQUEST_WEIGHT", "MINUTE", 1, this.#config.weightPerMinute);
    return { ...limit, count: this.usedWeight(address, nowMs) };
  }

  #orderRules(): [RateLimit, RateLimit] {
    return [
      rule("ORDERS", "SECOND", 10, this.#config.ordersPer10Seconds),
      rule("ORDERS", "DAY", 1, this.#config.ordersPerDay),
    ];
  }
}

function rule(
  rateLimitType: RateLimit["rateLimitType"],
  interval: RateLimit["interval"],
  intervalNum: number,
  limit: number,
): RateLimit {
  return { rateLimitType, interval, intervalNum, limit };
}

function leftMs(windowMs: number, nowMs: number): number {
  return windowMs - (nowMs % windowMs);
}

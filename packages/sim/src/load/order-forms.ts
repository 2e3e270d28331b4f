import type {
  OrderTerms,
  OrderType,
  PlaceOrder,
  SelfTradeMode,
  Side,
  TimeInForce,
} from "@halcyon/core";
import type { Random } from "../world/random.ts";

/** Where and when an order is made. */
export type Setting = {
  readonly random: Random;
  readonly account: number;
  readonly market: number;
  /** The price about which the market moves, and how far. */
  readonly centerTicks: number;
  readonly spreadTicks: number;
  readonly lotsMost: number;
  /** Log time, as far as the client knows it. */
  readonly nowMs: number;
  readonly clientOrderId: () => string;
  /** Whether the venue's rules know more than the first types. */
  readonly hasNewRules: boolean;
};

const limitTypes: readonly OrderType[] = [0, 2, 4, 6];
const stopTypes: readonly OrderType[] = [3, 4, 5, 6];
const plainTypes: readonly OrderType[] = [0, 0, 0, 0, 0, 1, 2];
const allTypes: readonly OrderType[] = [0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 4, 5, 6, 6];

export function hasPrice(type: OrderType): boolean {
  return limitTypes.includes(type);
}
export function isStopType(type: OrderType): boolean {
  return stopTypes.includes(type);
}

/** An order of any type, mostly sound, now and then wrong in one of the ways that are refused. */
export function drawOrder(s: Setting): PlaceOrder {
  const { random, hasNewRules } = s;
  const type = random.pick(hasNewRules ? allTypes : plainTypes);
  const order = drawOrderOf(s, type, random.below(2) as Side);
  return random.chance(0.03) ? spoil(s, order) : order;
}

export function drawOrderOf(s: Setting, type: OrderType, side: Side): PlaceOrder {
  const { random, hasNewRules } = s;
  const byQuote = type === 1 && random.chance(0.4);
  const quantityLots = byQuote ? 0 : random.between(random.chance(0.05) ? 1 : 3, s.lotsMost);
  const timeInForce = hasPrice(type)
    ? drawTimeInForce(s, type)
    : random.pick([0, 0, 1, 2] as const);
  const order: PlaceOrder = {
    account: s.account,
    market: s.market,
    side,
    type,
    timeInForce,
    priceTicks: hasPrice(type) ? drawPrice(s, side) : 0,
    quantityLots,
    quoteUnits: byQuote ? 1 + random.below(random.pick([500_000, 2 ** 31, 2 ** 52])) : 0,
    clientOrderId: s.clientOrderId(),
  };
  if (!hasNewRules) return order;
  const selfTradeMode = random.pick<SelfTradeMode>([0, 0, 0, 1, 2, 3, 4]);
  const terms = drawTerms(s, order);
  return { ...order, selfTradeMode, ...(terms === null ? {} : { terms }) };
}

function drawTimeInForce({ random, hasNewRules }: Setting, type: OrderType): TimeInForce {
  if (!hasNewRules) return type === 2 ? 0 : random.pick([0, 0, 0, 0, 1, 2] as const);
  return random.pick(type === 2 ? ([0, 0, 0, 3] as const) : ([0, 0, 0, 0, 0, 0, 3, 1, 2] as const));
}

export function drawPrice({ random, centerTicks, spreadTicks }: Setting, side: Side): number {
  const lean = side === 0 ? -spreadTicks / 6 : spreadTicks / 6;
  return Math.max(1, Math.round(centerTicks + lean + random.between(-spreadTicks, spreadTicks)));
}

function drawTerms(s: Setting, order: PlaceOrder): OrderTerms | null {
  const { random } = s;
  const terms: { -readonly [K in keyof OrderTerms]: OrderTerms[K] } = {};
  const mayRest = hasPrice(order.type) && (order.timeInForce === 0 || order.timeInForce === 3);
  if (isStopType(order.type)) drawTrigger(s, order, terms);
  if (mayRest && order.quantityLots > 1 && random.chance(0.2)) {
    terms.icebergLots = random.between(
      random.chance(0.1) ? 1 : 2,
      Math.ceil(order.quantityLots / 2),
    );
  }
  if (order.timeInForce === 3) {
    terms.expireAtMs =
      Math.max(0, s.nowMs) +
      random.pick([random.between(s.nowMs < 20 ? 0 : -20, 1), 30, 200, 1_000, 5_000, 5_000]);
  }
  if (random.chance(0.05)) {
    terms.strategyId = random.below(2 ** 31) * 4;
    terms.strategyType = random.between(1_000_000, 1_000_100);
  }
  return Object.keys(terms).length > 0 ? terms : null;
}

/** Whether it waits for the price to rise: a buy's stop loss, a sale's take profit. */
export function waitsForRise(type: OrderType, side: Side): boolean {
  return (side === 0) !== type >= 5;
}

function drawTrigger(
  { random, centerTicks, spreadTicks }: Setting,
  { type, side }: PlaceOrder,
  terms: { stopPriceTicks?: number; trailingDeltaBips?: number },
): void {
  const trails = random.chance(0.3);
  // One percent is about a third of the spread: so that trailing orders do turn.
  if (trails) {
    const third = Math.round((spreadTicks * 10_000) / centerTicks / 3);
    terms.trailingDeltaBips = random.pick([1, 2, 3, 5]) * third + random.below(3);
  }
  if (trails && random.chance(0.5)) return;
  const away = random.between(0, Math.ceil(spreadTicks / 2));
  terms.stopPriceTicks = Math.max(1, centerTicks + (waitsForRise(type, side) ? away : -away));
}

/** The order with one thing wrong. */
function spoil({ random, nowMs }: Setting, order: PlaceOrder): PlaceOrder {
  const { terms } = order;
  const wrong: (() => PlaceOrder)[] = [
    () => ({ ...order, priceTicks: random.between(0, 5_000_000) }),
    () => ({ ...order, quantityLots: random.below(2 ** 31) }),
    () => ({ ...order, quoteUnits: random.between(0, 5) }),
    () => ({ ...order, type: random.below(8) as OrderType }),
    () => ({ ...order, timeInForce: random.below(5) as TimeInForce }),
    () => ({ ...order, selfTradeMode: random.below(7) as SelfTradeMode }),
    () => ({ ...order, terms: { ...terms, stopPriceTicks: random.between(-1, 1_200) } }),
    () => ({ ...order, terms: { ...terms, trailingDeltaBips: random.between(-1, 4_000) } }),
    () => ({ ...order, terms: { ...terms, icebergLots: random.between(0, 60) } }),
    () => ({
      ...order,
      terms: { ...terms, expireAtMs: Math.max(10, nowMs) + random.between(-10, 10) },
    }),
    () => ({ ...order, market: order.market + random.between(1, 2) }),
    () => ({ ...order, account: random.between(0, 12) }),
  ];
  return random.pick(wrong)();
}

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  closeReason,
  encodeCancelAll,
  encodePlaceOrder,
  encodeReduceOrder,
  encodeWithdraw,
  type FillEvent,
  type OrderType,
  type Side,
  side,
  type TimeInForce,
  type VenueEvent,
} from "@halcyon/core";
import fc from "fast-check";
import { candleIntervals, candleOpenMs } from "../src/views/candle-interval.ts";
import type { OrderStatus } from "../src/views/records.ts";
import { type ViewLimits, viewLimits } from "../src/views/view-limits.ts";
import { Views } from "../src/views/views.ts";
import { addWide, highOfBig, lowOfBig, wideBase, wideToBig } from "../src/views/wide.ts";
import { orderOf, ViewsVenue } from "./views-venue.ts";

const smallLimits: ViewLimits = {
  ordersPerAccount: 6,
  closedOrdersMin: 2,
  ordersTotal: 14,
  orderListsPerAccount: 3,
  orderListsTotal: 6,
  preventedMatchesPerAccount: 3,
  preventedMatchesTotal: 5,
  fillsPerAccount: 5,
  fillsTotal: 9,
  transfersPerAccount: 3,
  transfersTotal: 7,
};

const account = fc.integer({ min: 2, max: 4 });
const step = fc.record({
  waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4_000 }), fc.integer({ max: 9e8 })),
  kind: fc.constantFrom("place", "place", "place", "place", "cancel", "reduce", "withdraw"),
  account,
  market: fc.integer({ min: 0, max: 1 }),
  side: fc.constantFrom<Side>(0, 1),
  type: fc.constantFrom<OrderType>(0, 0, 0, 1, 2),
  tif: fc.constantFrom<TimeInForce>(0, 0, 0, 1, 2),
  price: fc.integer({ min: 95, max: 105 }),
  lots: fc.integer({ min: 1, max: 40 }),
  byQuote: fc.boolean(),
  client: fc.constantFrom("", "a", "b", "üñí", "x-0123456789012345678901234567890123"),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function take(v: ViewsVenue, s: Step): VenueEvent[] {
  v.timeMs += Math.max(0, s.waitMs);
  const { account, market } = s;
  if (s.kind === "cancel") return v.run((w) => encodeCancelAll(w, {}, { account, market }));
  if (s.kind === "reduce") {
    const order = v.venue.openOrders(account, market)[0];
    if (order === undefined || order.remainingLots < 2) return [];
    const { orderId } = order;
    return v.run((w) => encodeReduceOrder(w, {}, { account, market, orderId, byLots: 1 }));
  }
  if (s.kind === "withdraw") {
    const transfer = { account, asset: market, amount: BigInt(s.lots), network: "N" };
    const reference = `${v.venue.position}`;
    return v.run((w) => encodeWithdraw(w, {}, { ...transfer, address: s.client, reference }));
  }
  const byQuote = s.type === 1 && s.byQuote;
  const order = orderOf({
    account,
    market,
    side: s.side,
    type: s.type,
    timeInForce: s.type === 0 ? s.tif : 0,
    priceTicks: s.type === 1 ? 0 : s.price,
    quantityLots: byQuote ? 0 : s.lots,
    quoteUnits: byQuote ? s.lots * 1_003 : 0,
    clientOrderId: s.client,
  });
  return v.run((w) => encodePlaceOrder(w, {}, order));
}

test("views that were saved and restored on the way are in no way different", () => {
  const runs = fc.property(fc.array(step, { maxLength: 60 }), fc.nat(), (steps, seed) => {
    const never = new Views(smallLimits);
    const v = new ViewsVenue(never);
    const split = seed % (steps.length + 1);
    for (const s of steps.slice(0, split)) take(v, s);
    const restored = new Views(smallLimits);
    restored.restore(never.save());
    assert.deepEqual(restored.save(), never.save());
    v.projections.push(restored);
    for (const s of steps.slice(split)) take(v, s);
    assert.deepEqual(restored.save(), never.save());
    for (const account of [2, 3, 4]) {
      const ofAll = (views: Views) => views.orders.ofAccount(account, -1, { limit: 100 });
      assert.deepEqual(ofAll(restored), ofAll(never));
      for (const { orderId, clientOrderId } of ofAll(never)) {
        assert.deepEqual(restored.orders.byId(orderId), never.orders.byId(orderId));
        assert.deepEqual(
          restored.orders.byClientId(account, clientOrderId),
          never.orders.byClientId(account, clientOrderId),
        );
      }
    }
  });
  fc.assert(runs, { numRuns: 150 });
});

/** What the views should say of the orders, worked out from all events in the plainest way. */
function ordersFrom(events: readonly VenueEvent[]): Map<number, [OrderStatus, number, bigint]> {
  const orders = new Map<number, [OrderStatus, number, bigint]>();
  for (const event of events) {
    if (event.type === "orderAccepted") orders.set(event.orderId, ["NEW", 0, 0n]);
    if (event.type === "fill") {
      for (const orderId of [event.takerOrderId, event.makerOrderId]) {
        const order = orders.get(orderId)!;
        const isTaker = orderId === event.takerOrderId;
        const remaining = isTaker ? event.takerRemainingLots : event.makerRemainingLots;
        order[0] = remaining === 0 ? "FILLED" : "PARTIALLY_FILLED";
        order[1] += event.quantityLots;
        order[2] += event.quoteUnits;
      }
    }
    if (event.type === "orderClosed") {
      const isFilled = event.reason === closeReason.filled;
      const isExpired = event.reason === closeReason.expired;
      orders.get(event.orderId)![0] = isFilled ? "FILLED" : isExpired ? "EXPIRED" : "CANCELED";
    }
  }
  return orders;
}

test("orders and candles are what all events together say", () => {
  const runs = fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
    const v = new ViewsVenue(new Views(viewLimits));
    const events: VenueEvent[] = [];
    const fills: (FillEvent & { timeMs: number })[] = [];
    for (const s of steps) {
      const now = take(v, s);
      events.push(...now);
      const timeMs = v.venue.logTimeMs;
      for (const event of now) if (event.type === "fill") fills.push({ ...event, timeMs });
    }
    for (const [orderId, expected] of ordersFrom(events)) {
      const { status, executedLots, executedQuoteUnits } = v.views.orders.byId(orderId)!;
      assert.deepEqual([status, executedLots, executedQuoteUnits], expected);
    }
    for (const interval of candleIntervals) {
      for (const { market, timeMs } of fills) {
        const openMs = candleOpenMs(interval, timeMs);
        const inside = fills.filter(
          (fill) => fill.market === market && candleOpenMs(interval, fill.timeMs) === openMs,
        );
        const prices = inside.map((fill) => fill.priceTicks);
        const buys = inside.filter((fill) => fill.takerSide === side.buy);
        const lotsOf = (some: typeof fills) => some.reduce((sum, f) => sum + f.quantityLots, 0);
        const quoteOf = (some: typeof fills) => some.reduce((sum, f) => sum + f.quoteUnits, 0n);
        const candle = v.views.candles.at(market, interval, timeMs)!;
        assert.deepEqual(
          [candle.openTimeMs, candle.openTicks, candle.closeTicks, candle.tradeCount],
          [openMs, prices[0], prices.at(-1), inside.length],
        );
        assert.deepEqual(
          [candle.highTicks, candle.lowTicks],
          [Math.max(...prices), Math.min(...prices)],
        );
        assert.deepEqual(
          [candle.volumeLots, candle.takerBuyLots, candle.quoteUnits, candle.takerBuyQuoteUnits],
          [BigInt(lotsOf(inside)), BigInt(lotsOf(buys)), quoteOf(inside), quoteOf(buys)],
        );
      }
    }
  });
  fc.assert(runs, { numRuns: 60 });
});

test("amounts beyond 2^53 stay exact, in memory and saved", () => {
  const v = new ViewsVenue();
  const lots = 4_000_000_000;
  for (let i = 0; i < 3; i++) v.trade(700_000 + i, lots);
  const { quoteUnits } = v.views.candles.at(0, "1M", v.timeMs)!;
  assert.equal(quoteUnits, 10n * BigInt(lots) * (700_000n + 700_001n + 700_002n));
  assert.ok(quoteUnits > BigInt(Number.MAX_SAFE_INTEGER));
  const restored = new Views();
  restored.restore(v.views.save());
  assert.equal(restored.candles.at(0, "1M", v.timeMs)?.quoteUnits, quoteUnits);
  assert.equal(restored.fills.ofAccount(3, 0, { limit: 1 })[0]?.feeUnits, 28_000_080_000_000n);
});

test("wide sums are those of bigints, their low part below 2^32", () => {
  const amount = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
  const runs = fc.property(fc.array(amount, { maxLength: 20 }), (amounts) => {
    const sums = new Float64Array(2);
    for (const one of amounts) addWide(sums, 0, lowOfBig(one), highOfBig(one));
    const total = amounts.reduce((sum, one) => sum + one, 0n);
    assert.equal(wideToBig(sums[0]!, sums[1]!), total);
    assert.ok(sums[0]! < wideBase);
  });
  fc.assert(runs);
});

test("candles of the epoch's own week are saved too", () => {
  const v = new ViewsVenue(new Views(), 5);
  v.trade(100, 1);
  const restored = new Views();
  restored.restore(v.views.save());
  assert.equal(restored.candles.at(0, "1w", v.timeMs)?.openTimeMs, Date.UTC(1969, 11, 29));
});

test("bytes that are cut, too long or of another version are refused with what to do", () => {
  const v = new ViewsVenue();
  v.trade(100, 1);
  const bytes = v.views.save();
  const restore = (some: Uint8Array) => () => new Views().restore(some);
  for (let length = 0; length < bytes.length; length += 7) {
    assert.throws(restore(bytes.subarray(0, length)), /damaged/);
  }
  assert.throws(restore(new Uint8Array([...bytes, 0])), /damaged/);
  assert.throws(restore(new Uint8Array([99, ...bytes.subarray(1)])), /version 99.*start it from/);
});

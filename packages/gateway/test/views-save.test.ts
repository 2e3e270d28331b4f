import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  type Contingency,
  closeReason,
  encodeAmendOrder,
  encodeCancelAll,
  encodePlaceOrder,
  encodePlaceOrderList,
  encodeReduceOrder,
  encodeSetMarketState,
  encodeWithdraw,
  type FillEvent,
  marketState,
  type OrderType,
  orderType,
  type PlaceOrder,
  type PlaceOrderList,
  type SelfTradeMode,
  type Side,
  side,
  type TimeInForce,
  timeInForce,
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
  amendmentsPerAccount: 3,
  amendmentsTotal: 5,
  fillsPerAccount: 5,
  fillsTotal: 9,
  transfersPerAccount: 3,
  transfersTotal: 7,
};

const account = fc.integer({ min: 2, max: 4 });
const none = fc.constant(0);
const step = fc.record({
  waitMs: fc.oneof(none, fc.integer({ min: 0, max: 4_000 }), fc.integer({ max: 9e8 })),
  kind: fc.constantFrom(
    ...([
      "place",
      "place",
      "place",
      "place",
      "list",
      "cancel",
      "reduce",
      "amend",
      "amend",
    ] as const),
    ...(["auction", "withdraw"] as const),
  ),
  account,
  market: fc.constantFrom<number>(0, 0, 0, 1),
  side: fc.constantFrom<Side>(0, 1),
  type: fc.constantFrom<OrderType>(0, 0, 0, 0, 1, 2, 3, 4, 5, 6),
  tif: fc.constantFrom<TimeInForce>(0, 0, 0, 1, 2, 3),
  mode: fc.constantFrom<SelfTradeMode>(0, 0, 1, 2, 3, 4),
  price: fc.integer({ min: 95, max: 105 }),
  stop: fc.integer({ min: 95, max: 105 }),
  trailing: fc.constantFrom<number>(0, 0, 100, 300),
  iceberg: fc.oneof(none, fc.integer({ min: 1, max: 9 })),
  strategy: fc.constantFrom<number>(0, 7),
  lots: fc.integer({ min: 1, max: 40 }),
  byQuote: fc.boolean(),
  client: fc.constantFrom<string>("", "a", "b", "üñí", "x-0123456789012345678901234567890123"),
  contingency: fc.constantFrom<Contingency>(0, 1, 2),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** An order of the step's fields as far as they go together. */
function orderFrom(v: ViewsVenue, s: Step): PlaceOrder {
  const isMarket = s.type === orderType.market;
  const isStop = s.type >= orderType.stopLoss;
  const hasPrice = !isMarket && s.type !== orderType.stopLoss && s.type !== orderType.takeProfit;
  const takesTime = s.type === orderType.limit || (isStop && hasPrice);
  const tif = takesTime ? s.tif : timeInForce.gtc;
  const rests = tif === timeInForce.gtc || tif === timeInForce.gtd;
  const byQuote = isMarket && s.byQuote;
  return orderOf({
    account: s.account,
    market: s.market,
    side: s.side,
    type: s.type,
    timeInForce: tif,
    selfTradeMode: s.mode,
    priceTicks: hasPrice ? s.price : 0,
    quantityLots: byQuote ? 0 : s.lots,
    quoteUnits: byQuote ? s.lots * 1_003 : 0,
    clientOrderId: s.client,
    terms: {
      stopPriceTicks: isStop ? s.stop : 0,
      trailingDeltaBips: isStop ? s.trailing : 0,
      icebergLots: hasPrice && rests && s.iceberg < s.lots ? s.iceberg : 0,
      expireAtMs: tif === timeInForce.gtd ? v.timeMs + 5_000 : 0,
      strategyId: s.strategy,
    },
  });
}

/** A list whose orders fit together, around the step's price. */
function listFrom(v: ViewsVenue, s: Step): PlaceOrderList {
  const { account, market, contingency: kind } = s;
  const of = { ...s, tif: timeInForce.gtc, iceberg: 0, trailing: 0, client: "" };
  const first = orderFrom(v, { ...of, type: orderType.limit });
  const up = s.side === side.sell ? 1 : -1;
  const better = { ...of, type: orderType.limitMaker, price: s.price + 4 * up };
  const stop = { ...of, type: orderType.stopLossLimit, stop: s.price - 4 * up };
  const maker = orderFrom(v, better);
  const loss = orderFrom(v, stop);
  const pair = s.side === side.sell ? [maker, loss] : [loss, maker];
  const lists = { 0: pair, 1: [first, loss], 2: [first, ...pair] };
  const orders = lists[kind].map((order, i) => ({
    ...order,
    clientOrderId: i === 0 ? s.client : "",
  }));
  return { account, market, contingency: kind, listClientOrderId: s.client, orders };
}

function take(v: ViewsVenue, s: Step): VenueEvent[] {
  v.timeMs += Math.max(0, s.waitMs);
  const { account, market } = s;
  const open = v.venue.openOrders(account, market)[0];
  switch (s.kind) {
    case "cancel":
      return v.run((w) => encodeCancelAll(w, {}, { account, market }));
    case "reduce": {
      if (open === undefined || open.remainingLots < 2) return [];
      const { orderId } = open;
      return v.run((w) => encodeReduceOrder(w, {}, { account, market, orderId, byLots: 1 }));
    }
    case "amend": {
      if (open === undefined) return [];
      const order = { account, market, orderId: open.orderId, clientOrderId: "" };
      const to = { newQuantityLots: s.lots, newClientOrderId: s.client };
      return v.run((w) => encodeAmendOrder(w, {}, { ...order, ...to }));
    }
    case "withdraw": {
      const transfer = { account, asset: market, amount: BigInt(s.lots), network: "N" };
      const reference = `${v.venue.position}`;
      return v.run((w) => encodeWithdraw(w, {}, { ...transfer, address: s.client, reference }));
    }
    case "auction": {
      const state = s.byQuote ? marketState.auction : marketState.trading;
      return v.run((w) => encodeSetMarketState(w, {}, { market, state }));
    }
    case "list":
      return v.run((w) => encodePlaceOrderList(w, {}, listFrom(v, s)));
    case "place":
      return v.run((w) => encodePlaceOrder(w, {}, orderFrom(v, s)));
  }
}

test("views that were saved and restored on the way are in no way different", () => {
  const runs = fc.property(
    fc.array(step, { minLength: 20, maxLength: 70, size: "max" }),
    fc.nat(),
    (steps, seed) => {
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
        const lists = (views: Views) => views.orderLists.ofAccount(account, { limit: 100 });
        assert.deepEqual(lists(restored), lists(never));
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
    },
  );
  fc.assert(runs, { numRuns: 50 });
});

/** What the views should say of an order: its status, what it executed, and the lots it may still. */
type Expected = { status: OrderStatus; lots: number; quoteUnits: bigint; remainingLots: number };

/** Worked out from all events in the plainest way. */
function ordersFrom(events: readonly VenueEvent[]): Map<number, Expected> {
  const orders = new Map<number, Expected>();
  const prevented = new Set<number>();
  for (const event of events) {
    switch (event.type) {
      case "orderAccepted":
        orders.set(event.orderId, {
          status: event.terms?.isPending === true ? "PENDING_NEW" : "NEW",
          lots: 0,
          quoteUnits: 0n,
          remainingLots: event.quantityLots,
        });
        break;
      case "orderActivated":
        orders.get(event.orderId)!.status = "NEW";
        break;
      case "fill":
        for (const orderId of [event.takerOrderId, event.makerOrderId]) {
          const order = orders.get(orderId)!;
          const isTaker = orderId === event.takerOrderId;
          order.remainingLots = isTaker ? event.takerRemainingLots : event.makerRemainingLots;
          order.status = order.remainingLots === 0 ? "FILLED" : "PARTIALLY_FILLED";
          order.lots += event.quantityLots;
          order.quoteUnits += event.quoteUnits;
        }
        break;
      case "tradePrevented":
        orders.get(event.takerOrderId)!.remainingLots -= event.takerPreventedLots;
        orders.get(event.makerOrderId)!.remainingLots -= event.makerPreventedLots;
        if (event.takerPreventedLots > 0) prevented.add(event.takerOrderId);
        if (event.makerPreventedLots > 0) prevented.add(event.makerOrderId);
        if (event.mode === 1 || event.mode === 3) prevented.add(event.takerOrderId);
        break;
      case "orderReduced":
      case "orderAmended":
        orders.get(event.orderId)!.remainingLots = event.remainingLots;
        break;
      case "orderClosed": {
        const { filled, cancelled, selfTrade } = closeReason;
        const order = orders.get(event.orderId)!;
        if (event.reason === filled) order.status = "FILLED";
        else if (event.reason === cancelled) order.status = "CANCELED";
        else if (event.reason === selfTrade && prevented.has(event.orderId)) {
          order.status = "EXPIRED_IN_MATCH";
        } else order.status = "EXPIRED";
        break;
      }
      default:
        break;
    }
  }
  return orders;
}

test("orders and candles are what all events together say", () => {
  const runs = fc.property(
    fc.array(step, { minLength: 20, maxLength: 150, size: "max" }),
    (steps) => {
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
        const order = v.views.orders.byId(orderId)!;
        assert.deepEqual(
          [order.status, order.executedLots, order.executedQuoteUnits],
          [expected.status, expected.lots, expected.quoteUnits],
        );
        const { status, quantityLots, executedLots, preventedLots } = order;
        if (status !== "NEW" && status !== "PARTIALLY_FILLED") continue;
        assert.equal(quantityLots - executedLots - preventedLots, expected.remainingLots);
        assert.equal(v.venue.order(orderId)?.remainingLots, expected.remainingLots);
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
    },
  );
  fc.assert(runs, { numRuns: 40 });
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

test("views that an earlier version saved are restored, and go on", () => {
  const { views } = new ViewsVenue();
  views.restore(readFileSync(new URL("./saved/views-1.bin", import.meta.url)));
  const of = (account: number) =>
    views.orders
      .ofAccount(account, 0, { limit: 10 })
      .map((order) => [order.clientOrderId, order.status, order.executedLots]);
  assert.deepEqual(of(2), [
    ["taker", "FILLED", 4],
    ["gone", "CANCELED", 0],
    ["dry", "EXPIRED", 0],
    ["quote", "FILLED", 2],
  ]);
  assert.deepEqual(of(3), [
    ["part", "PARTIALLY_FILLED", 6],
    ["open", "NEW", 0],
  ]);
  assert.equal(views.trades.last(0)?.tradeId, 2);
  const again = new Views();
  again.restore(views.save());
  assert.deepEqual(again.save(), views.save());
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

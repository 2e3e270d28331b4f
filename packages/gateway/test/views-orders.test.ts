import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeCancelReplace,
  encodeReduceOrder,
  orderType,
  selfTradeMode,
  side,
  timeInForce,
} from "@halcyon/core";
import { noExtras } from "../src/views/order-extras.ts";
import { viewLimits } from "../src/views/view-limits.ts";
import { Views } from "../src/views/views.ts";
import { alice, bob, market, orderOf, startMs, ViewsVenue } from "./views-venue.ts";

const all = { limit: 1_000 };

test("an order is known from its acceptance through its fills to its end", () => {
  const v = new ViewsVenue();
  const order = { priceTicks: 5_000_000, quantityLots: 300, clientOrderId: "mine-1" };
  const orderId = v.place({ account: bob, side: side.sell, ...order });
  const fresh = v.views.orders.byId(orderId);
  assert.deepEqual(fresh, {
    orderId,
    account: bob,
    market,
    clientOrderId: "mine-1",
    side: side.sell,
    type: orderType.limit,
    timeInForce: timeInForce.gtc,
    selfTradeMode: selfTradeMode.none,
    priceTicks: 5_000_000,
    quantityLots: 300,
    executedLots: 0,
    executedQuoteUnits: 0n,
    askedQuoteUnits: 0,
    status: "NEW",
    closeReason: 0,
    timeMs: startMs,
    updateTimeMs: startMs,
    workingTimeMs: startMs,
    ...noExtras,
  });
  v.timeMs += 1_000;
  const takerId = v.place({ priceTicks: 5_000_100, quantityLots: 100 });
  const partly = v.views.orders.byId(orderId);
  assert.equal(partly?.status, "PARTIALLY_FILLED");
  assert.equal(partly?.executedLots, 100);
  // 100 lots of 0.00001 at 50,000.00 are 50 in units of 10^-8.
  assert.equal(partly?.executedQuoteUnits, 50n * 10n ** 8n);
  assert.equal(partly?.timeMs, startMs);
  assert.equal(partly?.updateTimeMs, startMs + 1_000);
  assert.equal(v.views.orders.byId(takerId)?.status, "FILLED");
  v.cancel(bob, orderId, "cancel-name");
  const closed = v.views.orders.byClientId(bob, "mine-1");
  assert.equal(closed?.status, "CANCELED");
  assert.equal(closed?.clientOrderId, "mine-1");
  assert.equal(closed?.executedLots, 100);
  assert.equal(v.views.orders.byClientId(alice, "mine-1"), undefined);
});

test("what finds no counterpart expires, with what it had found", () => {
  const v = new ViewsVenue();
  v.place({ account: bob, side: side.sell, priceTicks: 100, quantityLots: 5 });
  const ioc = v.place({ priceTicks: 100, quantityLots: 8, timeInForce: timeInForce.ioc });
  assert.equal(v.views.orders.byId(ioc)?.status, "EXPIRED");
  assert.equal(v.views.orders.byId(ioc)?.executedLots, 5);
  const marketOrder = v.place({ type: orderType.market, quantityLots: 8 });
  assert.equal(v.views.orders.byId(marketOrder)?.status, "EXPIRED");
});

test("a market order by quote quantity is filled when the rest buys no lot, else expired", () => {
  const v = new ViewsVenue();
  const unit = 10; // Quote units of one tick times one lot.
  v.place({ account: bob, side: side.sell, priceTicks: 100, quantityLots: 3 });
  v.place({ account: bob, side: side.sell, priceTicks: 101, quantityLots: 3 });
  const byQuote = { type: orderType.market, quoteUnits: (300 + 101) * unit + 5 };
  const filled = v.views.orders.byId(v.place(byQuote));
  assert.equal(filled?.status, "FILLED");
  assert.equal(filled?.quantityLots, 4);
  assert.equal(filled?.executedLots, 4);
  assert.equal(filled?.executedQuoteUnits, 4_010n);
  assert.equal(filled?.askedQuoteUnits, 4_015);
  const dry = v.views.orders.byId(v.place({ type: orderType.market, quoteUnits: 1_000 * unit }));
  assert.equal(dry?.status, "EXPIRED");
  assert.equal(dry?.executedLots, 2);
});

test("the latest of several orders with one client id is meant", () => {
  const v = new ViewsVenue();
  const first = v.place({ priceTicks: 10, quantityLots: 1, clientOrderId: "same" });
  v.cancel(alice, first);
  const second = v.place({ priceTicks: 11, quantityLots: 1, clientOrderId: "same" });
  assert.equal(v.views.orders.byClientId(alice, "same")?.orderId, second);
  v.cancel(alice, second);
  assert.equal(v.views.orders.byClientId(alice, "same")?.orderId, second);
  assert.equal(v.views.orders.byId(first)?.status, "CANCELED");
});

test("cancel-replace closes one order and opens another; reducing keeps the order", () => {
  const v = new ViewsVenue();
  const first = v.place({ priceTicks: 10, quantityLots: 9, clientOrderId: "a" });
  const cancel = {
    account: alice,
    market,
    orderId: first,
    clientOrderId: "",
    cancelClientOrderId: "c",
  };
  const order = orderOf({ priceTicks: 12, quantityLots: 9, clientOrderId: "b" });
  v.run((w) => encodeCancelReplace(w, {}, { allowFailure: false, cancel, order }));
  assert.equal(v.views.orders.byId(first)?.status, "CANCELED");
  const second = v.views.orders.byClientId(alice, "b");
  assert.equal(second?.status, "NEW");
  const orderId = second!.orderId;
  v.run((w) => encodeReduceOrder(w, {}, { account: alice, market, orderId, byLots: 4 }));
  assert.equal(v.views.orders.byId(orderId)?.quantityLots, 5);
  assert.equal(v.views.orders.byId(orderId)?.status, "NEW");
});

test("lists: the newest without a start, the oldest from a start, one market, one account", () => {
  const v = new ViewsVenue();
  const ids: number[] = [];
  for (let i = 0; i < 6; i++) {
    v.timeMs += 1_000;
    ids.push(v.place({ priceTicks: 10 + i, quantityLots: 1 }));
    v.place({ priceTicks: 10, quantityLots: 1, market: 1 });
    v.place({ account: bob, priceTicks: 5, quantityLots: 1 });
  }
  v.cancel(alice, ids[3]!);
  const idsOf = (query: object): number[] =>
    v.views.orders.ofAccount(alice, market, { ...all, ...query }).map((order) => order.orderId);
  assert.deepEqual(idsOf({}), ids);
  assert.deepEqual(idsOf({ limit: 2 }), ids.slice(4));
  assert.deepEqual(idsOf({ fromId: ids[2], limit: 2 }), ids.slice(2, 4));
  assert.deepEqual(idsOf({ startTimeMs: startMs + 2_000, limit: 2 }), ids.slice(1, 3));
  assert.deepEqual(idsOf({ endTimeMs: startMs + 4_000, limit: 2 }), ids.slice(2, 4));
  assert.deepEqual(
    idsOf({ startTimeMs: startMs + 2_000, endTimeMs: startMs + 2_999 }),
    ids.slice(1, 2),
  );
  assert.equal(v.views.orders.ofAccount(alice, -1, all).length, 12);
});

test("an account keeps all its open orders and the last ones that were closed", () => {
  const limits = { ...viewLimits, ordersPerAccount: 5, closedOrdersMin: 2 };
  const v = new ViewsVenue(new Views(limits));
  const place = (): number =>
    v.place({ priceTicks: 10, quantityLots: 1, clientOrderId: `o${next++}` });
  let next = 0;
  const open = [place(), place(), place()];
  const closed: number[] = [];
  for (let i = 0; i < 4; i++) {
    const orderId = place();
    v.cancel(alice, orderId);
    closed.push(orderId);
  }
  const known = (): number[] =>
    v.views.orders.ofAccount(alice, market, all).map((order) => order.orderId);
  assert.deepEqual(known(), [...open, ...closed.slice(2)]);
  assert.equal(v.views.orders.byId(closed[1]!), undefined);
  assert.equal(v.views.orders.byClientId(alice, "o4"), undefined);
  for (let i = 0; i < 4; i++) open.push(place());
  assert.deepEqual(known(), [...open.slice(0, 3), ...closed.slice(2), ...open.slice(3)]);
  // A just cancelled order can still be asked for.
  v.cancel(alice, open[0]!);
  assert.equal(v.views.orders.byId(open[0]!)?.status, "CANCELED");
  assert.equal(v.views.orders.byId(closed[2]!), undefined);
});

test("memory is bounded over all accounts: what was closed first is forgotten first", () => {
  const v = new ViewsVenue(new Views({ ...viewLimits, ordersTotal: 4, fillsTotal: 3 }));
  const resting = v.place({ account: bob, priceTicks: 5, quantityLots: 1 });
  const closed: number[] = [];
  for (const account of [alice, bob, alice, bob]) {
    const orderId = v.place({ account, priceTicks: 10, quantityLots: 1 });
    v.cancel(account, orderId);
    closed.push(orderId);
  }
  assert.equal(v.views.orders.byId(closed[0]!), undefined);
  assert.equal(v.views.orders.byId(closed[1]!)?.status, "CANCELED");
  assert.equal(v.views.orders.byId(resting)?.status, "NEW");
  v.trade(100, 1);
  v.trade(100, 1);
  assert.equal(v.views.fills.ofAccount(alice, market, all).length, 1);
  assert.equal(v.views.fills.ofAccount(bob, market, all).length, 2);
});

test("both sides of a trade find it among their own, each with its fee", () => {
  const v = new ViewsVenue();
  const makerId = v.place({ account: bob, side: side.sell, priceTicks: 1_000, quantityLots: 100 });
  v.timeMs += 5;
  const takerId = v.place({ priceTicks: 1_000, quantityLots: 100 });
  const common = {
    market,
    tradeId: 1,
    priceTicks: 1_000,
    quantityLots: 100,
    timeMs: startMs + 5,
  };
  assert.deepEqual(v.views.fills.ofAccount(alice, market, all), [
    {
      ...common,
      orderId: takerId,
      side: side.buy,
      feeUnits: 200n,
      feeAsset: "base",
      isMaker: false,
    },
  ]);
  assert.deepEqual(v.views.fills.ofAccount(bob, market, all), [
    {
      ...common,
      orderId: makerId,
      side: side.sell,
      feeUnits: 1_000n,
      feeAsset: "quote",
      isMaker: true,
    },
  ]);
  v.trade(1_000, 7);
  const ofOrder = v.views.fills.ofAccount(alice, market, { ...all, orderId: takerId });
  assert.deepEqual(
    ofOrder.map((fill) => fill.tradeId),
    [1],
  );
  const fromId = v.views.fills.ofAccount(alice, market, { ...all, fromId: 2 });
  assert.deepEqual(
    fromId.map((fill) => fill.tradeId),
    [2],
  );
  assert.deepEqual(v.views.fills.ofAccount(alice, 1, all), []);
});

test("an account that trades with itself has both sides", () => {
  const v = new ViewsVenue();
  v.place({ side: side.sell, priceTicks: 10, quantityLots: 1 });
  v.place({ side: side.buy, priceTicks: 10, quantityLots: 1 });
  const fills = v.views.fills.ofAccount(alice, market, all);
  assert.deepEqual(
    fills.map((fill) => fill.isMaker),
    [false, true],
  );
});

test("orders count for 10 seconds and for the day, and a first fill gives the count back", () => {
  const v = new ViewsVenue();
  const counts = (): object => v.views.orderCounts.of(alice, v.timeMs);
  const resting = v.place({ priceTicks: 10, quantityLots: 5 });
  v.place({ priceTicks: 9, quantityLots: 5 });
  v.place({ priceTicks: 9, quantityLots: 5, timeInForce: timeInForce.ioc });
  assert.deepEqual(counts(), { tenSeconds: 3, day: 3 });
  v.cancel(alice, v.place({ priceTicks: 8, quantityLots: 5 }));
  assert.deepEqual(counts(), { tenSeconds: 4, day: 4 });
  v.place({ account: bob, side: side.sell, priceTicks: 10, quantityLots: 1 });
  assert.deepEqual(counts(), { tenSeconds: 3, day: 3 });
  v.place({ account: bob, side: side.sell, priceTicks: 10, quantityLots: 1 });
  assert.deepEqual(counts(), { tenSeconds: 3, day: 3 });
  assert.deepEqual(v.views.orderCounts.of(bob, v.timeMs), { tenSeconds: 0, day: 0 });
  assert.equal(v.views.orders.byId(resting)?.executedLots, 2);
  v.timeMs += 10_000;
  assert.deepEqual(counts(), { tenSeconds: 0, day: 3 });
  v.place({ priceTicks: 7, quantityLots: 5 });
  assert.deepEqual(counts(), { tenSeconds: 1, day: 4 });
  v.timeMs += 86_400_000;
  assert.deepEqual(counts(), { tenSeconds: 0, day: 0 });
  v.place({ priceTicks: 7, quantityLots: 5 });
  assert.deepEqual(counts(), { tenSeconds: 1, day: 1 });
});

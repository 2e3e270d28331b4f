import assert from "node:assert/strict";
import { test } from "node:test";
import { orderType, timeInForce } from "@halcyon/core";
import {
  alice,
  base,
  bob,
  buy,
  carol,
  holds,
  limit,
  lines,
  orderVenue,
  quote,
  sell,
  tickAfter,
  tradeAt,
} from "./order-kit.ts";
import type { VenueKit } from "./venue-kit.ts";

const { stopLoss, stopLossLimit, takeProfit, takeProfitLimit } = orderType;

function stop(
  kit: VenueKit,
  type: 3 | 4 | 5 | 6,
  of: 0 | 1,
  stopPriceTicks: number,
  priceTicks = 0,
  trailingDeltaBips = 0,
): string[] {
  const terms = { stopPriceTicks, trailingDeltaBips };
  return lines(kit.place({ side: of, type, quantityLots: 10, priceTicks, terms }));
}

test("a sell stop loss waits until a trade at or below its price, then takes what there is", () => {
  const kit = orderVenue();
  tradeAt(kit, 100);
  assert.deepEqual(stop(kit, stopLoss, sell, 90), ["#3 stopLoss"]);
  assert.equal(kit.venue.held(alice, base), 10n * 1000n);
  limit(kit, bob, buy, 6, 80);
  assert.equal(tradeAt(kit, 91).length, 2, "nothing but the trade");
  const events = tradeAt(kit, 90);
  assert.deepEqual(events.slice(1), [
    "#8 takes 1 @ 90 of #7",
    "#3 triggered",
    "#3 takes 6 @ 80 of #4",
    "#3 expired 4",
  ]);
  assert.equal(kit.venue.held(alice, base), 0n);
  holds(kit);
});

test("each kind of stop is set off by its own direction of the price, and refused where it is there already", () => {
  for (const [type, of, waits, refused, at] of [
    [stopLossLimit, buy, 110, 100, 110],
    [takeProfitLimit, sell, 110, 100, 110],
    [stopLossLimit, sell, 90, 100, 90],
    [takeProfitLimit, buy, 90, 100, 90],
  ] as const) {
    const kit = orderVenue();
    tradeAt(kit, 100);
    const price = of === buy ? 50 : 150;
    assert.deepEqual(stop(kit, type, of, refused, price), ["refused wouldTrigger"]);
    assert.equal(stop(kit, type, of, waits, price).length, 1);
    assert.ok(!tradeAt(kit, at > 100 ? at - 1 : at + 1).includes("#3 triggered"));
    assert.ok(tradeAt(kit, at).includes("#3 triggered"));
    assert.equal(kit.venue.order(3)?.state, 0, "it rests on the book now");
    holds(kit);
  }
});

test("stops go on one after the other as each moves the price, nearest first, then oldest", () => {
  const kit = orderVenue();
  tradeAt(kit, 100);
  stop(kit, stopLoss, sell, 95);
  stop(kit, stopLoss, sell, 97);
  stop(kit, stopLoss, sell, 97);
  for (const price of [96, 95, 94]) limit(kit, bob, buy, 10, price);
  const events = tradeAt(kit, 97);
  assert.deepEqual(
    events.filter((line) => line.includes("triggered")),
    ["#4 triggered", "#5 triggered", "#3 triggered"],
  );
  holds(kit);
});

test("a stop that cannot pay any more when its time comes is closed, and says why", () => {
  const kit = orderVenue({ marketQuantityLotsMax: 1_000_000_000 });
  tradeAt(kit, 100);
  // It holds for the stop price; the book asks far more.
  const lots = 1_000_000_000;
  const order = { type: stopLoss, side: buy, quantityLots: lots, terms: { stopPriceTicks: 110 } };
  assert.deepEqual(lines(kit.place(order)), ["#3 stopLoss"]);
  limit(kit, bob, sell, lots, 100_000_000);
  const events = tradeAt(kit, 110);
  assert.deepEqual(events.slice(2), [
    "#3 triggered",
    "refused insufficientBalance",
    "#3 rejected 1000000000",
  ]);
  assert.equal(kit.venue.held(alice, quote), 0n);
  holds(kit);
});

test("a trailing stop follows the price up and sells when it turns by its delta", () => {
  const kit = orderVenue();
  tradeAt(kit, 1000);
  stop(kit, stopLossLimit, sell, 0, 900, 100);
  tradeAt(kit, 1200);
  assert.ok(!tradeAt(kit, 1189).includes("#3 triggered"), "1 % below 1200 is 1188");
  assert.ok(tradeAt(kit, 1188).includes("#3 triggered"));
  holds(kit);
});

test("a trailing buy with a stop price tracks only once that was reached", () => {
  const kit = orderVenue();
  tradeAt(kit, 1000);
  stop(kit, takeProfit, buy, 900, 0, 200);
  tradeAt(kit, 950);
  assert.ok(!tradeAt(kit, 990).includes("#3 triggered"), "it does not track yet");
  assert.ok(tradeAt(kit, 900).includes("#3 tracking"));
  tradeAt(kit, 880);
  assert.ok(!tradeAt(kit, 897).includes("#3 triggered"), "2 % above 880 is 897.6");
  assert.ok(tradeAt(kit, 898).includes("#3 triggered"));
  holds(kit);
});

test("an order that is good till a date expires at the first batch of that time, waiting or resting", () => {
  const kit = orderVenue();
  tradeAt(kit, 100);
  const expireAtMs = kit.timeMs + 1_000;
  const gtd = { timeInForce: timeInForce.gtd, terms: { expireAtMs } };
  limit(kit, alice, buy, 5, 50, gtd);
  lines(
    kit.place({
      ...{ account: alice, side: sell, type: stopLossLimit, quantityLots: 5, priceTicks: 80 },
      ...{ timeInForce: timeInForce.gtd, terms: { expireAtMs, stopPriceTicks: 90 } },
    }),
  );
  assert.deepEqual(tickAfter(kit, expireAtMs - 1 - kit.timeMs), []);
  assert.deepEqual(tickAfter(kit, 0), ["#3 outOfTime 5", "#4 outOfTime 5"]);
  assert.equal(kit.venue.held(alice, quote) + kit.venue.held(alice, base), 0n);
  assert.deepEqual(limit(kit, alice, buy, 5, 50, gtd), ["refused expiryInThePast"]);
  holds(kit);
});

test("under the first rules an order of the second is refused", () => {
  const old = orderVenue();
  old.venue.rules.set(1);
  assert.deepEqual(stop(old, stopLoss, sell, 90), ["refused unsupportedOrder"]);
  assert.deepEqual(limit(old, carol, buy, 1, 5, { selfTradeMode: 1 }), [
    "refused unsupportedOrder",
  ]);
  assert.deepEqual(limit(old, carol, buy, 1, 5), ["#1 limit"]);
});

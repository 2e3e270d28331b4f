import assert from "node:assert/strict";
import { test } from "node:test";
import { marketState, orderType, selfTradeMode, timeInForce } from "@halcyon/core";
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
  setRules,
  setState,
  tickAfter,
  tradeAt,
} from "./order-kit.ts";

const { trading, halt, cancelOnly, postOnly, auction } = marketState;

test("an auction gathers orders and opens at the price at which most trade", () => {
  const kit = orderVenue();
  tradeAt(kit, 100);
  setState(kit, auction);
  limit(kit, alice, buy, 10, 105);
  limit(kit, bob, buy, 5, 102);
  limit(kit, carol, sell, 8, 101);
  limit(kit, carol, sell, 4, 103);
  assert.ok(kit.venue.bestPrice(0, buy) > kit.venue.bestPrice(0, sell), "crossed while it gathers");
  // At 103 to 105 ten are bought and twelve offered; at 103 that is nearest to the last price.
  assert.deepEqual(setState(kit, trading), [
    "state 0 cause 0",
    "#5 takes 8 @ 103 of #3",
    "#6 takes 2 @ 103 of #3",
  ]);
  assert.equal(kit.venue.held(alice, quote), 0n, "what the buy held beyond the price is back");
  assert.equal(kit.venue.bestPrice(0, buy), 102);
  assert.equal(kit.venue.bestPrice(0, sell), 103);
  holds(kit);
});

test("in each state only what belongs there is let in, and cancels always", () => {
  const kit = orderVenue();
  limit(kit, alice, buy, 10, 90);
  const ioc = { timeInForce: timeInForce.ioc };
  const maker = { type: orderType.limitMaker };
  setState(kit, postOnly);
  assert.deepEqual(limit(kit, bob, buy, 1, 80), ["refused marketPostOnly"]);
  assert.deepEqual(limit(kit, bob, buy, 1, 80, maker), ["#2 limitMaker"]);
  setState(kit, auction);
  assert.deepEqual(limit(kit, bob, buy, 1, 80, ioc), ["refused marketInAuction"]);
  assert.deepEqual(limit(kit, bob, sell, 1, 80, maker), ["#3 limitMaker"]);
  setState(kit, cancelOnly);
  assert.deepEqual(limit(kit, bob, buy, 1, 80), ["refused marketNotTrading"]);
  setState(kit, halt);
  assert.deepEqual(limit(kit, bob, buy, 1, 80), ["refused marketNotTrading"]);
  assert.deepEqual(lines(kit.cancel(alice, 1)), ["#1 cancelled 10"]);
});

test("a fill out of the band does not happen: the market halts and comes back by itself through an auction", () => {
  const times = { haltMs: 100, cancelOnlyMs: 50, auctionMs: 200 };
  const kit = orderVenue({}, { bandPpm: 50_000, bandWindowMs: 1_000_000, ...times });
  tradeAt(kit, 100);
  tradeAt(kit, 100);
  limit(kit, bob, sell, 5, 104);
  limit(kit, bob, sell, 5, 106);
  assert.deepEqual(limit(kit, alice, buy, 8, 110), [
    "#7 limit",
    "#7 takes 5 @ 104 of #5",
    "state 1 cause 1",
  ]);
  assert.deepEqual(limit(kit, carol, buy, 1, 1), ["refused marketNotTrading"]);
  assert.deepEqual(tickAfter(kit, 97), []);
  assert.deepEqual(tickAfter(kit, 1), ["state 2 cause 2"]);
  assert.deepEqual(tickAfter(kit, 50), ["state 4 cause 2"]);
  limit(kit, carol, sell, 1, 105);
  assert.deepEqual(tickAfter(kit, 200), [
    "state 0 cause 2",
    "#8 takes 1 @ 106 of #7",
    "#7 takes 2 @ 106 of #6",
  ]);
  holds(kit);
});

test("what cannot rest is closed where it would leave the band", () => {
  const kit = orderVenue({}, { bandPpm: 50_000, bandWindowMs: 1_000_000, haltMs: 100 });
  tradeAt(kit, 100);
  tradeAt(kit, 100);
  limit(kit, bob, sell, 5, 106);
  const market = { account: alice, side: buy, type: orderType.market, quantityLots: 3 } as const;
  assert.deepEqual(lines(kit.place(market)), ["#6 market", "#6 outOfBand 3", "state 1 cause 1"]);
  holds(kit);
});

test("own orders do not trade with each other in an auction", () => {
  const kit = orderVenue();
  setState(kit, auction);
  limit(kit, alice, buy, 10, 105);
  limit(kit, alice, sell, 6, 100, { selfTradeMode: selfTradeMode.expireTaker });
  limit(kit, bob, sell, 3, 101);
  const events = setState(kit, trading);
  assert.deepEqual(events.slice(1, 3), ["#2 and #1 prevented -6 -0", "#2 selfTrade 6"]);
  assert.ok(events[3]!.startsWith("#3 takes 3"));
  assert.equal(kit.venue.held(bob, base), 0n);
  holds(kit);
});

test("a market's filters by its last price and by position", () => {
  const kit = orderVenue();
  const far = {
    bidUpPpm: 1_100_000,
    bidDownPpm: 900_000,
    askUpPpm: 2_000_000,
    askDownPpm: 950_000,
  };
  setRules(kit, far);
  assert.deepEqual(
    limit(kit, alice, buy, 1, 5),
    ["#1 limit"],
    "no trade yet: nothing to compare with",
  );
  tradeAt(kit, 100);
  assert.deepEqual(limit(kit, alice, buy, 1, 111), ["refused priceFarFromMarket"]);
  assert.deepEqual(limit(kit, alice, buy, 1, 89), ["refused priceFarFromMarket"]);
  assert.deepEqual(limit(kit, alice, sell, 1, 94), ["refused priceFarFromMarket"]);
  assert.equal(limit(kit, alice, sell, 1, 200).length, 1);
  const owned = kit.venue.available(alice, base) + kit.venue.held(alice, base);
  setRules(kit, { positionLotsMax: Number(owned / 1000n) + 10 });
  assert.equal(limit(kit, alice, buy, 9, 50).length, 1);
  assert.deepEqual(
    limit(kit, alice, buy, 1, 50),
    ["refused positionTooLarge"],
    "one is open from before",
  );
  setRules(kit, { notionalMax: 5_000n });
  assert.deepEqual(limit(kit, alice, buy, 6, 100), ["refused notionalTooLarge"]);
  assert.equal(limit(kit, alice, buy, 5, 100).length, 1);
});

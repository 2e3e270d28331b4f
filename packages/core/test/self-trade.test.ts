import assert from "node:assert/strict";
import { test } from "node:test";
import { type SelfTradeMode, selfTradeMode, timeInForce } from "@halcyon/core";
import {
  alice,
  bob,
  buy,
  carol,
  holds,
  limit,
  lines,
  orderVenue,
  quote,
  sell,
} from "./order-kit.ts";
import type { VenueKit } from "./venue-kit.ts";

const { none, expireTaker, expireMaker, expireBoth, decrement } = selfTradeMode;

/** Alice offers 10 at 100, bob 10 behind her; then she takes 15 with a mode. */
function meet(mode: SelfTradeMode, lots = 15, more = {}): { kit: VenueKit; events: string[] } {
  const kit = orderVenue();
  limit(kit, alice, sell, 10, 100);
  limit(kit, bob, sell, 10, 100);
  const events = limit(kit, alice, buy, lots, 100, { selfTradeMode: mode, ...more });
  return { kit, events: events.slice(1) };
}

test("without prevention an account trades with itself", () => {
  const { kit, events } = meet(none);
  assert.deepEqual(events, ["#3 takes 10 @ 100 of #1", "#3 takes 5 @ 100 of #2"]);
  holds(kit);
});

test("each mode ends the taker, the maker or both, and only with an own order in the way", () => {
  const taker = meet(expireTaker);
  assert.deepEqual(taker.events, ["#3 and #1 prevented -15 -0", "#3 selfTrade 15"]);
  holds(taker.kit);
  const maker = meet(expireMaker);
  assert.deepEqual(maker.events, [
    "#3 and #1 prevented -0 -10",
    "#1 selfTrade 10",
    "#3 takes 10 @ 100 of #2",
  ]);
  assert.equal(maker.kit.venue.order(3)?.remainingLots, 5, "the rest stands on the book");
  holds(maker.kit);
  const both = meet(expireBoth);
  assert.deepEqual(both.events, [
    "#3 and #1 prevented -15 -10",
    "#1 selfTrade 10",
    "#3 selfTrade 15",
  ]);
  holds(both.kit);
});

test("decrement takes what both have in common off both", () => {
  const more = meet(decrement);
  assert.deepEqual(more.events, [
    "#3 and #1 prevented -10 -10",
    "#1 selfTrade 0",
    "#3 takes 5 @ 100 of #2",
  ]);
  holds(more.kit);
  const less = meet(decrement, 4);
  assert.deepEqual(less.events, ["#3 and #1 prevented -4 -4", "#3 selfTrade 0"]);
  assert.equal(less.kit.venue.order(1)?.remainingLots, 6);
  holds(less.kit);
});

test("the taker's mode decides, whatever the maker's is", () => {
  const kit = orderVenue();
  limit(kit, alice, sell, 10, 100, { selfTradeMode: expireBoth });
  assert.deepEqual(limit(kit, alice, buy, 10, 100).slice(1), ["#2 takes 10 @ 100 of #1"]);
});

test("fill or kill counts own orders as nothing where they would be ended, else they are in its way", () => {
  const fok = { timeInForce: timeInForce.fok };
  assert.deepEqual(meet(expireMaker, 11, fok).events, ["#3 expired 11"]);
  assert.deepEqual(meet(expireMaker, 10, fok).events.at(-1), "#3 takes 10 @ 100 of #2");
  assert.deepEqual(meet(decrement, 5, fok).events, ["#3 expired 5"]);
});

test("a market order pays for the levels behind own orders that it ends", () => {
  const kit = orderVenue();
  const funds = kit.venue.available(alice, quote);
  limit(kit, alice, sell, 10, 100);
  limit(kit, bob, sell, 10, 99_000_000);
  const market = { account: alice, side: buy, type: 1, quantityLots: 10 } as const;
  const order = { ...market, selfTradeMode: expireMaker };
  const events = lines(kit.place(order));
  assert.deepEqual(events.slice(1), [
    "#3 and #1 prevented -0 -10",
    "#1 selfTrade 10",
    "#3 takes 10 @ 99000000 of #2",
  ]);
  assert.equal(kit.venue.available(alice, quote), funds - 10n * 99_000_000n * 10n);
  assert.ok(kit.venue.available(carol, quote) > 0n);
  holds(kit);
});

test("a mode that the market does not allow is refused", () => {
  const kit = orderVenue(
    {},
    { selfTradeModes: 1 << expireTaker, selfTradeModeDefault: expireTaker },
  );
  assert.deepEqual(limit(kit, alice, buy, 1, 5), ["refused selfTradeModeNotAllowed"]);
  assert.deepEqual(limit(kit, alice, buy, 1, 5, { selfTradeMode: expireTaker }), ["#1 limit"]);
});

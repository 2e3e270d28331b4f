import assert from "node:assert/strict";
import { test } from "node:test";
import { orderType, timeInForce } from "@halcyon/core";
import {
  alice,
  amend,
  base,
  bob,
  buy,
  carol,
  holds,
  limit,
  orderVenue,
  quote,
  sell,
} from "./order-kit.ts";

const iceberg = (icebergLots: number) => ({ terms: { icebergLots } });

test("an iceberg shows its part, and each next part goes to the end of the queue", () => {
  const kit = orderVenue();
  limit(kit, alice, sell, 25, 100, iceberg(10));
  limit(kit, bob, sell, 7, 100);
  assert.equal(kit.venue.levelQuantity(0, sell, 100), 17);
  assert.deepEqual(limit(kit, carol, buy, 20, 100).slice(1), [
    "#3 takes 10 @ 100 of #1",
    "#3 takes 7 @ 100 of #2",
    "#3 takes 3 @ 100 of #1",
  ]);
  assert.equal(kit.venue.levelQuantity(0, sell, 100), 7);
  assert.equal(kit.venue.order(1)?.remainingLots, 12);
  assert.deepEqual(limit(kit, carol, buy, 12, 100).slice(1), [
    "#4 takes 7 @ 100 of #1",
    "#4 takes 5 @ 100 of #1",
  ]);
  assert.equal(kit.venue.bestPrice(0, sell), 0);
  assert.equal(kit.venue.held(alice, base), 0n);
  holds(kit);
});

test("what is hidden counts for fill or kill and for what a market order must pay", () => {
  const kit = orderVenue();
  limit(kit, alice, sell, 100, 100, iceberg(10));
  assert.equal(limit(kit, bob, buy, 100, 100, { timeInForce: timeInForce.fok }).length, 11);
  holds(kit);
});

test("an iceberg needs parts within the market's number, and an order that rests", () => {
  const kit = orderVenue({}, { icebergPartsMax: 3 });
  assert.deepEqual(limit(kit, alice, sell, 31, 100, iceberg(10)), ["refused tooManyIcebergParts"]);
  assert.deepEqual(limit(kit, alice, sell, 10, 100, iceberg(10)), ["refused quantityOutOfRange"]);
  const ioc = { timeInForce: timeInForce.ioc, ...iceberg(5) };
  assert.deepEqual(limit(kit, alice, sell, 10, 100, ioc), ["refused unsupportedOrder"]);
  assert.equal(limit(kit, alice, sell, 30, 100, iceberg(10)).length, 1);
});

test("amending takes hidden lots first, gives the hold back and keeps the place", () => {
  const kit = orderVenue();
  limit(kit, alice, buy, 25, 100, iceberg(10));
  limit(kit, bob, buy, 5, 100);
  const held = kit.venue.held(alice, quote);
  assert.deepEqual(amend(kit, alice, 1, 12, "new"), ["#1 from 25 to 12, 12 left"]);
  assert.equal(kit.venue.levelQuantity(0, buy, 100), 15);
  assert.equal(kit.venue.held(alice, quote), (held * 12n) / 25n);
  assert.deepEqual(amend(kit, alice, 1, 4), ["#1 from 12 to 4, 4 left"]);
  assert.equal(kit.venue.levelQuantity(0, buy, 100), 9);
  assert.equal(kit.venue.orderByClientId(alice, "new")?.orderId, 1);
  assert.deepEqual(limit(kit, carol, sell, 2, 100).slice(1), ["#3 takes 2 @ 100 of #1"]);
  assert.deepEqual(amend(kit, alice, 1, 4), ["refused amendNotSmaller"]);
  assert.deepEqual(amend(kit, alice, 1, 2), ["refused quantityOutOfRange"]);
  assert.deepEqual(amend(kit, alice, 1, 3), ["#1 from 4 to 3, 1 left"]);
  assert.deepEqual(amend(kit, bob, 1, 1), ["refused unknownOrder"]);
  holds(kit);
});

test("a limit maker may be an iceberg, and is refused where it would take", () => {
  const kit = orderVenue();
  limit(kit, bob, sell, 5, 100);
  const maker = { type: orderType.limitMaker, ...iceberg(2) };
  assert.deepEqual(limit(kit, alice, buy, 5, 100, maker), ["refused wouldMatch"]);
  assert.equal(limit(kit, alice, buy, 5, 99, maker).length, 1);
  assert.equal(kit.venue.levelQuantity(0, buy, 99), 2);
});

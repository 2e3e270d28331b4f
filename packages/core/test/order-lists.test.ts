import assert from "node:assert/strict";
import { test } from "node:test";
import {
  contingency,
  encodeCancelOrderList,
  orderType,
  type PlaceOrder,
  Venue,
  WordHash,
} from "@halcyon/core";
import {
  alice,
  amend,
  base,
  bob,
  buy,
  carol,
  holds,
  limit,
  lines,
  oco,
  orderVenue,
  placeList,
  quote,
  sell,
  tradeAt,
} from "./order-kit.ts";

const { limitMaker, stopLoss, stopLossLimit, takeProfitLimit } = orderType;

const above: Partial<PlaceOrder> = {
  side: sell,
  type: limitMaker,
  quantityLots: 10,
  priceTicks: 120,
};
const below: Partial<PlaceOrder> = {
  ...{ side: sell, type: stopLossLimit, quantityLots: 10, priceTicks: 85 },
  terms: { stopPriceTicks: 90 },
};

test("a pair holds once, and the first fill of one closes the other", () => {
  const kit = orderVenue();
  tradeAt(kit, 100);
  assert.deepEqual(oco(kit, above, below), ["list 1 of 3 4", "#3 limitMaker", "#4 stopLossLimit"]);
  assert.equal(kit.venue.held(alice, base), 10_000n);
  assert.deepEqual(limit(kit, carol, buy, 4, 120), [
    "#5 limit",
    "#4 listEnded 10",
    "#5 takes 4 @ 120 of #3",
  ]);
  assert.deepEqual(limit(kit, carol, buy, 6, 120).slice(1), [
    "#6 takes 6 @ 120 of #3",
    "list 1 closed",
  ]);
  assert.equal(kit.venue.held(alice, base), 0n);
  holds(kit);
});

test("a pair whose stop triggers closes the other before the stop works", () => {
  const kit = orderVenue();
  tradeAt(kit, 100);
  oco(kit, above, below);
  assert.deepEqual(tradeAt(kit, 90).slice(2), ["#4 triggered", "#3 listEnded 10"]);
  assert.equal(kit.venue.order(4)?.priceTicks, 85);
  assert.equal(kit.venue.held(alice, base), 10_000n);
  holds(kit);
});

test("a pair of buys holds what the dearer one would", () => {
  const kit = orderVenue();
  tradeAt(kit, 100);
  const stop: Partial<PlaceOrder> = {
    ...{ side: buy, type: stopLossLimit, quantityLots: 10, priceTicks: 115 },
    terms: { stopPriceTicks: 110 },
  };
  const maker: Partial<PlaceOrder> = {
    side: buy,
    type: limitMaker,
    quantityLots: 10,
    priceTicks: 80,
  };
  oco(kit, stop, maker);
  const unit = 10n * 10n;
  assert.equal(kit.venue.held(alice, quote), 115n * unit);
  assert.deepEqual(lines(kit.cancel(alice, 4)), [
    "#4 cancelled 10",
    "#3 cancelled 10",
    "list 1 closed",
  ]);
  assert.equal(kit.venue.held(alice, quote), 0n);
  holds(kit);
});

test("orders that do not make a pair are refused whole", () => {
  const kit = orderVenue();
  tradeAt(kit, 100);
  for (const wrong of [
    { ...above, quantityLots: 9 },
    { ...above, side: buy },
    { ...above, type: orderType.limit },
    { ...above, priceTicks: 89 },
  ]) {
    assert.deepEqual(oco(kit, wrong, below), ["refused orderListShape"]);
  }
  assert.deepEqual(oco(kit, below, above), ["refused orderListShape"], "the one above comes first");
  assert.equal(kit.venue.held(alice, base), 0n);
});

test("one triggers the other: the second is placed once the first is filled whole", () => {
  const kit = orderVenue();
  const second = { side: sell, type: 0, quantityLots: 10, priceTicks: 130 } as const;
  const events = placeList(kit, contingency.oto, [
    { side: buy, type: 0, quantityLots: 10, priceTicks: 100 },
    second,
  ]);
  assert.deepEqual(events, ["list 1 of 1 2", "#1 limit", "#2 limit pending"]);
  assert.equal(kit.venue.held(alice, base), 0n);
  assert.deepEqual(limit(kit, bob, sell, 4, 100).slice(1), ["#3 takes 4 @ 100 of #1"]);
  assert.deepEqual(limit(kit, bob, sell, 6, 100).slice(1), ["#4 takes 6 @ 100 of #1", "#2 placed"]);
  assert.equal(kit.venue.held(alice, base), 10_000n);
  assert.equal(kit.venue.levelQuantity(0, sell, 130), 10);
  assert.deepEqual(limit(kit, carol, buy, 10, 130).slice(1), [
    "#5 takes 10 @ 130 of #2",
    "list 1 closed",
  ]);
  holds(kit);
});

test("one triggers a pair, which is placed or closed together", () => {
  const kit = orderVenue();
  tradeAt(kit, 100);
  const first = { side: buy, type: 0, quantityLots: 10, priceTicks: 100 } as const;
  placeList(kit, contingency.otoco, [first, above, below], "three");
  assert.deepEqual(limit(kit, bob, sell, 10, 100).slice(1), [
    "#6 takes 10 @ 100 of #3",
    "#4 placed",
    "#5 placed",
  ]);
  assert.equal(kit.venue.held(alice, base), 10_000n);
  assert.deepEqual(amend(kit, alice, 4, 5), ["refused amendInList"]);
  const list = { account: alice, market: 0, listId: 0, listClientOrderId: "three" };
  const cancel = { ...list, cancelClientOrderId: "away" };
  assert.deepEqual(lines(kit.run((w) => encodeCancelOrderList(w, {}, cancel))), [
    "#4 cancelled 10",
    "#5 cancelled 10",
    "list 1 closed",
  ]);
  assert.equal(kit.venue.held(alice, base), 0n);
  holds(kit);
});

test("a second order that cannot be paid for is closed when its turn comes", () => {
  const kit = orderVenue();
  placeList(kit, contingency.oto, [
    { side: buy, type: 0, quantityLots: 1, priceTicks: 100 },
    {
      side: buy,
      type: stopLoss,
      quantityLots: 100_000_000,
      terms: { stopPriceTicks: 100_000_000 },
    },
  ]);
  assert.deepEqual(limit(kit, bob, sell, 1, 100).slice(1), [
    "#3 takes 1 @ 100 of #1",
    "#2 placed",
    "refused insufficientBalance",
    "#2 rejected 100000000",
    "list 1 closed",
  ]);
  holds(kit);
});

test("cancelling the first order of a list cancels those that wait for it", () => {
  const kit = orderVenue();
  const first = { side: buy, type: 0, quantityLots: 10, priceTicks: 100 } as const;
  placeList(kit, contingency.otoco, [
    first,
    { ...above, type: takeProfitLimit, terms: { stopPriceTicks: 119 } },
    below,
  ]);
  assert.deepEqual(lines(kit.cancel(alice, 1)), [
    "#1 cancelled 10",
    "#2 cancelled 10",
    "#3 cancelled 10",
    "list 1 closed",
  ]);
  assert.equal(kit.venue.openOrderCount, 0);
  holds(kit);
});

test("an account has no more lists than the market allows, and no two of one client id", () => {
  const kit = orderVenue({}, { orderListsMax: 2 });
  const pair = [above, below];
  assert.equal(placeList(kit, contingency.oco, pair, "a").length, 3);
  assert.deepEqual(placeList(kit, contingency.oco, pair, "a"), [
    "refused duplicateListClientOrderId",
  ]);
  assert.equal(placeList(kit, contingency.oco, pair, "b").length, 3);
  assert.deepEqual(placeList(kit, contingency.oco, pair, "c"), ["refused tooManyOrderLists"]);
  holds(kit);
});

test("lists end with their orders however many there were before, beyond 2^32 of them too", () => {
  const kit = orderVenue();
  tradeAt(kit, 100);
  oco(kit, above, below);
  limit(kit, carol, buy, 10, 120);
  kit.venue = Venue.restore(withListsSoFar(kit.venue.save(), 1, 2 ** 40 + 1));
  assert.match(String(oco(kit, above, below)[0]), /^list 1099511627778 of/);
  assert.deepEqual(limit(kit, carol, buy, 10, 120).at(-1), "list 1099511627778 closed");
  assert.equal(kit.venue.held(alice, base), 0n);
  Venue.restore(kit.venue.save());
});

/** The snapshot of a venue that has had so many lists, of which none is open, as one that has had more. */
function withListsSoFar(snapshot: Uint8Array, before: number, after: number): Uint8Array {
  const words = new Int32Array(snapshot.slice().buffer);
  // That nothing is left over, the next list's number, and how many are open.
  const at = words.findLastIndex(
    (word, i) => word === 0 && words[i + 1] === before + 1 && !words[i + 2] && !words[i + 3],
  );
  words.set([(after + 1) | 0, Math.floor((after + 1) / 2 ** 32)], at + 1);
  const checksum = new WordHash();
  checksum.add(words, 4, words.length);
  words.set([checksum.a, checksum.b], 2);
  return new Uint8Array(words.buffer);
}

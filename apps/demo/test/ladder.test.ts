import assert from "node:assert/strict";
import { test } from "node:test";
import { type LadderShape, nextAction, type OpenOrder, rungsAround } from "../src/ladder.ts";
import { MarketTerms } from "../src/market-terms.ts";
import { PriceWalk } from "../src/price-walk.ts";
import { seededRandom } from "../src/random.ts";

const shape: LadderShape = { stepTicks: 10, rungsPerSide: 3, ticksMin: 1, ticksMax: 10_000 };

/** Does what the ladder asks for until it asks for nothing; returns what is open then. */
function settle(open: OpenOrder[], middleTicks: number, stepsMax = 100): OpenOrder[] {
  let orders = open;
  for (let step = 0; step < stepsMax; step++) {
    const action = nextAction(orders, middleTicks, shape);
    if (action.kind === "none") return orders;
    if (action.kind === "cancel") {
      const { orderId } = action.order;
      orders = orders.filter((order) => order.orderId !== orderId);
    } else {
      orders = [...orders, { orderId: Math.random(), ...action.rung }];
    }
    const bid = Math.max(...orders.filter((o) => o.side === "BUY").map((o) => o.ticks), 0);
    const ask = Math.min(
      ...orders.filter((o) => o.side === "SELL").map((o) => o.ticks),
      Number.MAX_SAFE_INTEGER,
    );
    assert.ok(bid < ask || action.kind === "cancel", "a maker never trades with itself");
  }
  throw new Error("the ladder does not settle");
}

function ticksOf(orders: readonly OpenOrder[], side: "BUY" | "SELL"): number[] {
  return orders
    .filter((o) => o.side === side)
    .map((o) => o.ticks)
    .sort((a, b) => a - b);
}

test("a ladder is built from the middle outwards and then asks for nothing", () => {
  const first = nextAction([], 1_005, shape);
  assert.deepEqual(first, { kind: "place", rung: { side: "BUY", ticks: 1_000 } });
  const orders = settle([], 1_005);
  assert.deepEqual(ticksOf(orders, "BUY"), [980, 990, 1_000]);
  assert.deepEqual(ticksOf(orders, "SELL"), [1_010, 1_020, 1_030]);
});

test("a small move changes one rung per side, a jump all of them", () => {
  const before = settle([], 1_005);
  const moved = settle(before, 1_012);
  assert.deepEqual(ticksOf(moved, "BUY"), [990, 1_000, 1_010]);
  assert.deepEqual(ticksOf(moved, "SELL"), [1_020, 1_030, 1_040]);
  const kept = moved.filter((order) => before.includes(order));
  assert.equal(kept.length, 4);
  assert.deepEqual(ticksOf(settle(before, 5_005), "BUY"), [4_980, 4_990, 5_000]);
});

test("orders on the wrong side of the middle go before anything is placed", () => {
  const before = settle([], 1_005);
  const action = nextAction(before, 1_025, shape);
  assert.ok(action.kind === "cancel" && action.order.side === "SELL");
});

test("a second order on the same rung is cancelled", () => {
  const orders = settle([], 1_005);
  const twin: OpenOrder = { orderId: 7, side: "BUY", ticks: 1_000 };
  assert.equal(settle([...orders, twin], 1_005).length, 6);
});

test("no rung lies outside the market's prices", () => {
  assert.deepEqual(
    rungsAround(15, shape).filter((rung) => rung.side === "BUY"),
    [{ side: "BUY", ticks: 10 }],
  );
});

test("the same seed walks the same way, and stays near its start", () => {
  const walk = () => new PriceWalk(6_000_000, seededRandom(1, "BTCUSDT"));
  const [a, b] = [walk(), walk()];
  for (let i = 0; i < 50_000; i++) {
    a.step();
    b.step();
  }
  assert.equal(a.ticks, b.ticks);
  assert.notEqual(a.ticks, a.startTicks);
  assert.ok(a.ticks > a.startTicks * 0.8 && a.ticks < a.startTicks * 1.25);
  assert.notEqual(seededRandom(1, "a")(), seededRandom(1, "b")());
});

test("prices and quantities are written in the market's own steps", () => {
  const terms = new MarketTerms({
    symbol: "ETHBTC",
    base: "ETH",
    quote: "BTC",
    tickSize: "0.00001",
    lotSize: "0.001",
    minPrice: "0.00001",
    maxPrice: "1000",
    minQuantity: "0.001",
    maxQuantity: "9000",
    minNotional: "0.0001",
  });
  assert.equal(terms.startTicks, 5_000);
  assert.equal(terms.priceText(5_001), "0.05001");
  assert.equal(terms.quantityText(12), "0.012");
  assert.equal(terms.ticksOf("0.05001000"), 5_001);
  const lots = terms.lotsWorth(1, 5_000);
  assert.ok(lots * 0.001 * 0.05 >= 0.0001);
});

import assert from "node:assert/strict";
import test from "node:test";
import { ladderRows } from "../src/trade/ladder-rows.ts";

const levels = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([price, quantity]) => ({ price: BigInt(price), quantity: BigInt(quantity) }));

test("bids are grouped downwards and asks upwards: no row promises a better price", () => {
  const bids = ladderRows(levels([109, 1], [101, 2], [99, 4]), "bid", 10n, 9);
  assert.deepEqual(bids, [
    { price: 100n, quantity: 3n, total: 3n },
    { price: 90n, quantity: 4n, total: 7n },
  ]);
  const asks = ladderRows(levels([110, 1], [111, 2], [120, 4]), "ask", 10n, 9);
  assert.deepEqual(asks, [
    { price: 110n, quantity: 1n, total: 1n },
    { price: 120n, quantity: 6n, total: 7n },
  ]);
});

test("the last row that fits is whole", () => {
  const rows = ladderRows(levels([30, 1], [29, 2], [21, 4], [9, 8]), "bid", 10n, 2);
  assert.deepEqual(rows.at(-1), { price: 20n, quantity: 6n, total: 7n });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { RowIndex } from "../src/views/row-index.ts";

/** An index of rows whose keys are what `keys` says, with few hashes, so that they get in each other's way. */
function indexOf(keys: Map<number, number>, hashOf: (key: number) => number) {
  let wanted = 0;
  const index = new RowIndex((row) => keys.get(row) === wanted);
  const find = (key: number): number => {
    wanted = key;
    return index.find(hashOf(key));
  };
  return { index, find };
}

const hashes: readonly ((key: number) => number)[] = [
  (key) => key,
  (key) => key & ~7,
  (key) => Math.imul(key, 0x9e3779b1),
  (key) => -key,
];

test("rows are found by their keys, and only those that are there, whatever the hashes", () => {
  for (const hashOf of hashes) {
    const keys = new Map<number, number>();
    const { index, find } = indexOf(keys, hashOf);
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed % below;
    };
    const rows: number[] = [];
    for (let step = 1; step <= 20_000; step++) {
      // Grows for a while, then goes down to nothing.
      if (random(20_000) > step || rows.length === 0) {
        keys.set(step, step);
        rows.push(step);
        index.add(step, hashOf(step));
      } else {
        const [row] = rows.splice(random(rows.length), 1) as [number];
        assert.equal(index.has(row, hashOf(row)), true);
        index.remove(row, hashOf(row));
        keys.delete(row);
        assert.equal(find(row), 0);
        assert.equal(index.has(row, hashOf(row)), false);
      }
      if (step % 500 === 0) for (const row of rows) assert.equal(find(row), row);
    }
  }
});

test("a key may mean another row from now on", () => {
  const keys = new Map([
    [1, 5],
    [2, 5],
  ]);
  const { index, find } = indexOf(keys, (key) => key);
  index.add(1, 5);
  index.replace(1, 5, 2);
  assert.equal(find(5), 2);
  index.remove(2, 5);
  assert.equal(find(5), 0);
});

// With steps as long as the run of keys these take minutes.
test("keys that count up, of which the oldest go, cost no more for being many", () => {
  const keys = new Map<number, number>();
  const { index, find } = indexOf(keys, (key) => key);
  const many = 300_000;
  for (let key = 1; key <= 3 * many; key++) {
    keys.set(key, key);
    index.add(key, key);
    if (key <= many) continue;
    index.remove(key - many, key - many);
    keys.delete(key - many);
    assert.equal(find(key - many), 0);
  }
});

test("keys that come to lie on a run of old ones, a round later, cost no more for it", () => {
  const keys = new Map<number, number>();
  const { index, find } = indexOf(keys, (key) => key);
  const many = 200_000;
  for (const round of [0, 1 << 20]) {
    for (let key = round + 1; key <= round + many; key++) {
      keys.set(key, key);
      index.add(key, key);
    }
  }
  for (let key = 1; key <= many; key++) assert.equal(find(key), key);
});

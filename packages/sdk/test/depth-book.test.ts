import assert from "node:assert/strict";
import { test } from "node:test";
import { DepthBook } from "../src/depth-book.ts";

const diff = (first: number, last: number, bid: string, quantity = "1.0") => ({
  U: first,
  u: last,
  b: [[bid, quantity]] as const,
  a: [],
});
const snapshot = (lastUpdateId: number) => ({
  lastUpdateId,
  bids: [
    ["10.0", "1.0"],
    ["9.0", "1.0"],
  ] as const,
  asks: [["11.0", "1.0"]] as const,
});

test("diffs that came before the snapshot are applied behind it, older ones are dropped", () => {
  const book = new DepthBook();
  assert.ok(book.take(diff(4, 5, "1.0")));
  assert.ok(book.take(diff(6, 8, "9.5")));
  assert.deepEqual(book.bids(), []);
  assert.ok(book.start(snapshot(6)));
  assert.deepEqual(
    book.bids().map(([price]) => price),
    ["10.0", "9.5", "9.0"],
  );
  assert.equal(book.lastUpdateId, 8);
});

test("a snapshot that is older than the first diff is not enough", () => {
  const book = new DepthBook();
  book.take(diff(8, 9, "9.5"));
  assert.equal(book.start(snapshot(6)), false);
  assert.equal(book.isSynced, false);
  assert.ok(book.start(snapshot(7)));
});

test("after a gap it shows nothing until the next snapshot", () => {
  const book = new DepthBook();
  book.start(snapshot(6));
  assert.ok(book.take(diff(7, 7, "9.5")));
  assert.equal(book.take(diff(9, 9, "9.6")), false);
  assert.equal(book.isSynced, false);
  assert.deepEqual(book.bids(), []);
  assert.ok(book.start(snapshot(8)));
  assert.equal(book.bids()[1]?.[0], "9.6");
});

test("a quantity of nothing takes a level away; prices are ordered by worth, not by letters", () => {
  const book = new DepthBook();
  book.start(snapshot(6));
  book.take(diff(7, 7, "100.0"));
  book.take(diff(8, 8, "10.0", "0.0"));
  book.take(diff(9, 9, "8.0", "0.0"));
  assert.deepEqual(
    book.bids().map(([price]) => price),
    ["100.0", "9.0"],
  );
  assert.deepEqual(book.bids(1), [["100.0", "1.0"]]);
});

import assert from "node:assert/strict";
import test from "node:test";
import { BookSync, type DepthEvent } from "../src/venue/book-sync.ts";

const event = (U: number, u: number, bid: [string, string] = ["100", "1"]): DepthEvent => ({
  U,
  u,
  b: [bid],
  a: [],
});
const snapshot = (lastUpdateId: number) => ({
  lastUpdateId,
  bids: [["99", "5"]] as const,
  asks: [["101", "5"]] as const,
});

function started(lastUpdateId: number): BookSync {
  const book = new BookSync();
  assert.equal(book.start(), "fetch");
  assert.equal(book.snapshot(snapshot(lastUpdateId)), "changed");
  return book;
}

test("what was streamed before the snapshot came is applied behind it", () => {
  const book = new BookSync();
  book.start();
  assert.equal(book.event(event(8, 10, ["98", "1"])), "wait");
  assert.equal(book.event(event(11, 12, ["100", "2"])), "wait");
  assert.equal(book.snapshot(snapshot(10)), "changed");
  assert.deepEqual(Object.fromEntries(book.bids), { "99": "5", "100": "2" });
});

test("an event that reaches across the snapshot is applied", () => {
  const book = new BookSync();
  book.start();
  book.event(event(9, 12));
  assert.equal(book.snapshot(snapshot(10)), "changed");
  assert.equal(book.event(event(13, 13)), "changed");
});

test("a snapshot from before the stream began is not enough", () => {
  const book = new BookSync();
  book.start();
  book.event(event(15, 16));
  assert.equal(book.snapshot(snapshot(10)), "fetch");
  assert.equal(book.isWhole, false);
  assert.equal(book.snapshot(snapshot(16)), "changed");
});

test("quantities are absolute and zero removes", () => {
  const book = started(10);
  book.event(event(11, 11, ["99", "7.0"]));
  assert.equal(book.bids.get("99"), "7.0");
  book.event(event(12, 12, ["99", "0.00000000"]));
  assert.equal(book.bids.size, 0);
});

test("after a gap the book is fetched anew, once, and goes on from there", () => {
  const book = started(10);
  assert.equal(book.event(event(12, 13, ["97", "1"])), "fetch");
  assert.equal(book.gaps, 1);
  assert.equal(book.isWhole, false);
  assert.equal(book.event(event(14, 14, ["96", "1"])), "wait");
  assert.equal(book.snapshot(snapshot(13)), "changed");
  assert.deepEqual([...book.bids.keys()], ["99", "96"]);
});

test("what is known already changes nothing", () => {
  const book = started(10);
  assert.equal(book.event(event(9, 10, ["99", "0"])), "unchanged");
  assert.equal(book.bids.size, 1);
});

test("a snapshot that never came is asked for again", () => {
  const book = new BookSync();
  book.start();
  book.snapshotFailed();
  assert.equal(book.event(event(1, 1)), "fetch");
});

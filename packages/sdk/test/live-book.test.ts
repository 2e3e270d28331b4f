import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveBook } from "../src/live-book.ts";

const calm = { staleMs: 5, isStale: false };
const levels = (lastUpdateId: number) => ({
  lastUpdateId,
  bids: [["10.0", "1.0"]] as const,
  asks: [],
});
const diff = (first: number, last: number) => ({ U: first, u: last, b: [], a: [] });
const turn = () => new Promise((resolve) => setImmediate(resolve));

function bookOf(...snapshots: number[]): { book: LiveBook; asked: () => number } {
  let count = 0;
  const book = new LiveBook("BTCUSDT", {
    connection: () => calm,
    snapshot: () => Promise.resolve(levels(snapshots[Math.min(count++, snapshots.length - 1)]!)),
  });
  return { book, asked: () => count };
}

test("a gap is met with a new snapshot at once, and nothing is shown until it is there", async () => {
  const { book, asked } = bookOf(6, 9);
  book.sync();
  assert.ok(book.isStale);
  await turn();
  assert.ok(!book.isStale);
  assert.equal(book.staleMs, 5);
  book.take(diff(7, 7));
  book.take(diff(9, 10));
  assert.equal(asked(), 2);
  assert.ok(book.isStale);
  assert.deepEqual(book.bids(), []);
  await turn();
  assert.equal(book.lastUpdateId, 10);
  assert.equal(book.resyncs, 1);
  assert.deepEqual(book.bids(), [["10.0", "1.0"]]);
  book.close();
});

test("a snapshot that comes after the connection was lost is not taken for the book", async () => {
  const { book } = bookOf(6);
  book.sync();
  book.lost();
  await turn();
  assert.ok(book.isStale);
  book.close();
});

test("whoever listens hears of each change, also that nothing is known any more", async () => {
  const { book } = bookOf(6);
  const heard: boolean[] = [];
  const stop = book.onChange(({ isStale }) => heard.push(isStale));
  book.sync();
  await turn();
  book.take(diff(7, 7));
  book.lost();
  stop();
  book.sync();
  await turn();
  assert.deepEqual(heard, [false, false, true]);
  book.close();
});

test("a quiet book that began behind the venue's is fetched anew", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { book, asked } = bookOf(6, 8, 8);
  book.sync();
  await turn();
  for (let second = 0; second < 2; second++) {
    t.mock.timers.tick(1_000);
    await turn();
  }
  assert.equal(asked(), 3);
  assert.equal(book.lastUpdateId, 8);
  book.close();
});

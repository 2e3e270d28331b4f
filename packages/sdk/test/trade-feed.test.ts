import assert from "node:assert/strict";
import { test } from "node:test";
import { TradeFeed } from "../src/trade-feed.ts";

const trade = (id: number) => ({
  ...{ symbol: "BTCUSDT", id, price: "1", qty: "1", time: id, isBuyerMaker: false },
});

function listened(): { feed: TradeFeed; told: (readonly [id: number, missed: number])[] } {
  const feed = new TradeFeed();
  const told: (readonly [number, number])[] = [];
  feed.listeners.add(({ id, missed }) => told.push([id, missed]));
  return { feed, told };
}

test("new trades wait while those before them are fetched, and each is told once", () => {
  const { feed, told } = listened();
  feed.take(trade(5));
  feed.hold();
  feed.take(trade(8));
  feed.take(trade(9));
  assert.equal(told.length, 1);
  feed.release([trade(4), trade(5), trade(6), trade(7), trade(8)]);
  feed.take(trade(10));
  assert.deepEqual(told, [
    [5, 0],
    [6, 0],
    [7, 0],
    [8, 0],
    [9, 0],
    [10, 0],
  ]);
});

test("trades that cannot be fetched are counted", () => {
  const { feed, told } = listened();
  feed.take(trade(5));
  feed.hold();
  feed.take(trade(9));
  feed.release([]);
  assert.deepEqual(told, [
    [5, 0],
    [9, 3],
  ]);
});

test("nothing is missing before the first trade", () => {
  const { feed, told } = listened();
  feed.hold();
  feed.take(trade(100));
  assert.deepEqual(told, [[100, 0]]);
});

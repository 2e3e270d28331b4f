import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeWithdraw, side } from "@halcyon/core";
import { candleIntervals, dayMs } from "../src/views/candle-interval.ts";
import type { Candle } from "../src/views/records.ts";
import { viewLimits } from "../src/views/view-limits.ts";
import { Views } from "../src/views/views.ts";
import { alice, bob, market, startMs, ViewsVenue } from "./views-venue.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function short(candle: Candle): readonly unknown[] {
  const { openTimeMs, openTicks, highTicks, lowTicks, closeTicks, volumeLots } = candle;
  return [openTimeMs, openTicks, highTicks, lowTicks, closeTicks, Number(volumeLots)];
}

test("trades of one taker order at one price are one aggregate", () => {
  const v = new ViewsVenue();
  for (const [priceTicks, quantityLots] of [
    [100, 1],
    [100, 2],
    [101, 4],
  ] as const) {
    v.place({ account: bob, side: side.sell, priceTicks, quantityLots });
  }
  v.timeMs += 7;
  v.place({ priceTicks: 101, quantityLots: 7 });
  v.place({ priceTicks: 90, quantityLots: 1 });
  v.place({ account: bob, side: side.sell, priceTicks: 90, quantityLots: 1 });
  const timeMs = startMs + 7;
  const { trades } = v.views;
  assert.deepEqual(trades.list(market, { limit: 2 }), [
    { tradeId: 3, priceTicks: 101, quantityLots: 4, timeMs, buyerIsMaker: false },
    { tradeId: 4, priceTicks: 90, quantityLots: 1, timeMs, buyerIsMaker: true },
  ]);
  assert.deepEqual(trades.last(market), trades.list(market, { limit: 1 })[0]);
  const aggregates = trades.listAggregates(market, { limit: 10 });
  assert.deepEqual(
    aggregates.map((a) => [
      a.aggregateId,
      a.priceTicks,
      a.quantityLots,
      a.firstTradeId,
      a.lastTradeId,
      a.buyerIsMaker,
    ]),
    [
      [1, 100, 3, 1, 2, false],
      [2, 101, 4, 3, 3, false],
      [3, 90, 1, 4, 4, true],
    ],
  );
  assert.deepEqual(
    trades.list(market, { fromId: 2, limit: 2 }).map((t) => t.tradeId),
    [2, 3],
  );
  assert.deepEqual(trades.list(1, { limit: 2 }), []);
  assert.equal(trades.last(1), undefined);
});

test("aggregates are found by time and by id; 10,000 trades are kept", () => {
  const v = new ViewsVenue();
  v.place({ account: bob, side: side.sell, priceTicks: 100, quantityLots: 20_000 });
  for (let i = 0; i < 10_050; i++) {
    if (i % 100 === 0) v.timeMs += 1_000;
    v.place({ priceTicks: 100, quantityLots: 1 });
  }
  const { trades } = v.views;
  const first = trades.list(market, { fromId: 0, limit: 1 })[0];
  assert.equal(first?.tradeId, 51);
  assert.equal(trades.list(market, { fromId: 1, limit: 20_000 }).length, 10_000);
  const window = { startTimeMs: startMs + 2_000, endTimeMs: startMs + 2_000, limit: 1_000 };
  const found = trades.listAggregates(market, window);
  assert.deepEqual(
    [found.length, found[0]?.aggregateId, found.at(-1)?.aggregateId],
    [100, 101, 200],
  );
  const until = trades.listAggregates(market, { endTimeMs: startMs + 2_000, limit: 10 });
  assert.deepEqual([until.length, until.at(-1)?.aggregateId], [10, 200]);
  assert.equal(trades.listAggregates(market, { fromId: 10_049, limit: 5 }).length, 2);
});

test("a candle sums up its trades exactly, and gaps are flat", () => {
  const v = new ViewsVenue();
  v.trade(100, 3, side.buy);
  v.trade(104, 5, side.sell);
  v.timeMs += 30_000;
  v.trade(98, 2, side.buy);
  v.timeMs += 3 * minuteMs;
  v.trade(101, 7, side.buy);
  v.timeMs += minuteMs;
  const candles = v.views.candles.list(market, "1m", { limit: 10 }, v.timeMs);
  assert.deepEqual(candles[0], {
    openTimeMs: startMs,
    closeTimeMs: startMs + 59_999,
    openTicks: 100,
    highTicks: 104,
    lowTicks: 98,
    closeTicks: 98,
    volumeLots: 10n,
    quoteUnits: 10n * (300n + 520n + 196n),
    takerBuyLots: 5n,
    takerBuyQuoteUnits: 10n * (300n + 196n),
    tradeCount: 3,
    firstTradeId: 1,
    lastTradeId: 3,
  });
  assert.deepEqual(candles.map(short), [
    [startMs, 100, 104, 98, 98, 10],
    [startMs + minuteMs, 98, 98, 98, 98, 0],
    [startMs + 2 * minuteMs, 98, 98, 98, 98, 0],
    [startMs + 3 * minuteMs, 101, 101, 101, 101, 7],
    [startMs + 4 * minuteMs, 101, 101, 101, 101, 0],
  ]);
  assert.equal(candles[1]?.firstTradeId, -1);
  assert.equal(candles[1]?.tradeCount, 0);
  const at = (timeMs: number) => v.views.candles.at(market, "1m", timeMs);
  assert.deepEqual(at(startMs + 59_999), candles[0]);
  assert.deepEqual(at(startMs + minuteMs), candles[1]);
  assert.equal(at(startMs - 1), undefined);
  assert.deepEqual(v.views.candles.list(1, "1m", { limit: 10 }, v.timeMs), []);
});

test("candle windows: from a start the oldest, without one the newest, none outside", () => {
  const v = new ViewsVenue();
  for (let i = 0; i < 10; i++) {
    v.trade(100 + i, 1);
    v.timeMs += minuteMs;
  }
  const opens = (query: object): number[] =>
    v.views.candles
      .list(market, "1m", { limit: 3, ...query }, v.timeMs)
      .map((candle) => (candle.openTimeMs - startMs) / minuteMs);
  assert.deepEqual(opens({}), [8, 9, 10]);
  assert.deepEqual(opens({ startTimeMs: 0 }), [0, 1, 2]);
  assert.deepEqual(opens({ startTimeMs: startMs + 1 }), [1, 2, 3]);
  assert.deepEqual(
    opens({ startTimeMs: startMs + minuteMs, endTimeMs: startMs + 2 * minuteMs }),
    [1, 2],
  );
  assert.deepEqual(opens({ endTimeMs: startMs + 5 * minuteMs + 1 }), [3, 4, 5]);
  assert.deepEqual(opens({ endTimeMs: startMs + minuteMs }), [0, 1]);
  assert.deepEqual(opens({ endTimeMs: startMs - 1 }), []);
  assert.deepEqual(opens({ endTimeMs: 0 }), []);
  assert.deepEqual(opens({ startTimeMs: v.timeMs + 1 }), []);
  for (const interval of candleIntervals) {
    const far = { startTimeMs: Number.MAX_SAFE_INTEGER, endTimeMs: Number.MAX_SAFE_INTEGER };
    assert.deepEqual(v.views.candles.list(market, interval, { ...far, limit: 5 }, v.timeMs), []);
    const wide = { startTimeMs: 0, endTimeMs: Number.MAX_SAFE_INTEGER, limit: 5 };
    assert.notEqual(v.views.candles.list(market, interval, wide, v.timeMs).length, 0);
  }
});

test("weeks begin on Monday, months on their first day, three days from the epoch", () => {
  const v = new ViewsVenue();
  v.timeMs = Date.UTC(2026, 1, 27, 23, 59);
  v.trade(100, 1);
  v.timeMs = Date.UTC(2026, 2, 1, 0, 0);
  v.trade(200, 2);
  v.timeMs = Date.UTC(2026, 4, 3);
  const open = (interval: "1w" | "1M" | "3d" | "1d"): string[] =>
    v.views.candles
      .list(market, interval, { limit: 3, startTimeMs: 0 }, v.timeMs)
      .map((candle) => new Date(candle.openTimeMs).toISOString().slice(0, 10));
  assert.deepEqual(open("1M"), ["2026-02-01", "2026-03-01", "2026-04-01"]);
  assert.deepEqual(open("1w"), ["2026-02-23", "2026-03-02", "2026-03-09"]);
  assert.deepEqual(open("1d"), ["2026-02-27", "2026-02-28", "2026-03-01"]);
  // 2017-08-16 opened one at Binance.
  const first = Date.parse(open("3d")[0]!);
  assert.equal((first - Date.UTC(2017, 7, 16)) % (3 * dayMs), 0);
  const march = v.views.candles.list(market, "1M", { limit: 10 }, v.timeMs)[1];
  assert.equal(march?.closeTimeMs, Date.UTC(2026, 3, 1) - 1);
  assert.equal(march?.volumeLots, 2n);
});

test("candles of another time zone are put together from shorter ones", () => {
  const v = new ViewsVenue();
  v.timeMs = Date.UTC(2026, 0, 31, 15, 50);
  v.trade(100, 1, side.sell);
  v.timeMs = Date.UTC(2026, 0, 31, 16, 10);
  v.trade(90, 2, side.buy);
  v.timeMs = Date.UTC(2026, 0, 31, 17, 0);
  v.trade(110, 4, side.buy);
  const list = (interval: "1d" | "1M" | "1w" | "1h", hours: number): unknown[] =>
    v.views.candles
      .list(market, interval, { limit: 5, zoneOffsetMs: hours * hourMs }, v.timeMs)
      .map((c) => [new Date(c.openTimeMs).toISOString(), ...short(c).slice(1), c.tradeCount]);
  assert.deepEqual(list("1d", 8), [
    ["2026-01-30T16:00:00.000Z", 100, 100, 100, 100, 1, 1],
    ["2026-01-31T16:00:00.000Z", 90, 110, 90, 110, 6, 2],
  ]);
  assert.deepEqual(list("1M", 8), [
    ["2025-12-31T16:00:00.000Z", 100, 100, 100, 100, 1, 1],
    ["2026-01-31T16:00:00.000Z", 90, 110, 90, 110, 6, 2],
  ]);
  assert.deepEqual(list("1w", 8), [["2026-01-25T16:00:00.000Z", 100, 110, 90, 110, 7, 3]]);
  assert.deepEqual(list("1h", 5.75), [
    ["2026-01-31T15:15:00.000Z", 100, 100, 90, 90, 3, 2],
    ["2026-01-31T16:15:00.000Z", 110, 110, 110, 110, 4, 1],
  ]);
  assert.deepEqual(list("1d", 0), [["2026-01-31T00:00:00.000Z", 100, 110, 90, 110, 7, 3]]);
});

test("5,000 candles of an interval are kept", () => {
  const v = new ViewsVenue();
  v.place({ account: bob, side: side.sell, priceTicks: 100, quantityLots: 10_000 });
  for (let i = 0; i < 5_010; i++) {
    v.timeMs += 1_000;
    v.place({ priceTicks: 100, quantityLots: 1 });
  }
  const oldest = v.views.candles.list(market, "1s", { startTimeMs: 0, limit: 1 }, v.timeMs)[0];
  assert.equal(oldest?.openTimeMs, startMs + 11_000);
  assert.equal(oldest?.firstTradeId, 11);
  const all = v.views.candles.list(market, "1s", { limit: 10_000 }, v.timeMs);
  assert.equal(all.length, 5_000);
  assert.ok(all.every((candle) => candle.tradeCount === 1));
});

test("a wider candle whose beginning was forgotten is not shown as if it were whole", () => {
  const v = new ViewsVenue();
  v.place({ account: bob, side: side.sell, priceTicks: 100, quantityLots: 10_000 });
  for (let i = 0; i < 5_010; i++) {
    v.timeMs += minuteMs;
    v.place({ priceTicks: 100, quantityLots: 1 });
  }
  const restored = new Views();
  restored.restore(v.views.save());
  for (const { candles } of [v.views, restored]) {
    const query = { startTimeMs: 0, limit: 1, zoneOffsetMs: minuteMs };
    const day = candles.list(market, "1d", query, v.timeMs)[0];
    assert.equal(day?.openTimeMs, Date.UTC(2026, 0, 5, 23, 59));
    assert.equal(day?.tradeCount, 1_440);
  }
});

test("the 24 hour ticker rolls, and knows what came before", () => {
  const v = new ViewsVenue();
  const { tickers } = v.views;
  assert.equal(tickers.day(market, v.timeMs).lastTicks, 0);
  v.trade(50, 1);
  v.timeMs += hourMs;
  v.trade(100, 2);
  v.timeMs += 23 * hourMs;
  v.trade(80, 4);
  const full = tickers.day(market, v.timeMs);
  assert.deepEqual(
    [full.openTicks, full.highTicks, full.lowTicks, full.lastTicks, full.volumeLots],
    [50, 100, 50, 80, 7n],
  );
  assert.equal(full.previousCloseTicks, 50);
  assert.equal(full.closeTimeMs - full.openTimeMs, dayMs);
  // A minute counts as a whole until all of it is out of the window.
  assert.equal(tickers.day(market, v.timeMs + minuteMs - 1).volumeLots, 7n);
  v.timeMs += minuteMs;
  const later = tickers.day(market, v.timeMs);
  assert.deepEqual(
    [later.previousCloseTicks, later.openTicks, later.highTicks, later.lowTicks, later.lastTicks],
    [50, 100, 100, 80, 80],
  );
  assert.deepEqual([later.tradeCount, later.firstTradeId, later.lastTradeId], [2, 2, 3]);
  assert.equal(later.quoteUnits, 10n * (200n + 320n));
  v.timeMs += 3 * dayMs;
  const idle = tickers.day(market, v.timeMs);
  assert.deepEqual(
    [idle.openTicks, idle.lastTicks, idle.previousCloseTicks, idle.volumeLots, idle.firstTradeId],
    [80, 80, 80, 0n, -1],
  );
  assert.equal(tickers.window(market, 7 * 1_440, v.timeMs).volumeLots, 7n);
});

test("the average price weighs the last five minutes by volume", () => {
  const v = new ViewsVenue();
  v.trade(100, 1);
  v.timeMs += 6 * minuteMs;
  v.trade(200, 1);
  v.timeMs += 2 * minuteMs;
  v.trade(300, 3);
  const average = v.views.tickers.average(market, v.timeMs);
  assert.deepEqual(
    [average.minutes, average.quoteUnits, average.volumeLots, average.lastTicks],
    [5, 10n * 1_100n, 4n, 300],
  );
  assert.equal(average.lastTradeTimeMs, v.timeMs);
});

test("transfers: newest first, by kind, asset, time and page; a bounded number", () => {
  const v = new ViewsVenue(new Views({ ...viewLimits, transfersPerAccount: 5 }));
  for (let i = 0; i < 4; i++) {
    v.timeMs += 1_000;
    const transfer = { account: alice, asset: 1, amount: 10n + BigInt(i), network: "NET" };
    v.run((w) => encodeWithdraw(w, {}, { ...transfer, address: "addr", reference: `w${i}` }));
  }
  const list = (query: object): string[] =>
    v.views.transfers.ofAccount(alice, { limit: 10, ...query }).map((t) => t.reference);
  assert.deepEqual(list({}), ["w3", "w2", "w1", "w0", "alice-2"]);
  assert.deepEqual(list({ type: "deposited" }), ["alice-2"]);
  assert.deepEqual(list({ asset: 1, offset: 1, limit: 2 }), ["w2", "w1"]);
  assert.deepEqual(list({ startTimeMs: startMs + 2_000, endTimeMs: startMs + 3_000 }), [
    "w2",
    "w1",
  ]);
  assert.deepEqual(v.views.transfers.ofAccount(alice, { limit: 1 })[0], {
    type: "withdrawn",
    transferId: 13,
    account: alice,
    asset: 1,
    amountUnits: 13n,
    network: "NET",
    address: "addr",
    reference: "w3",
    timeMs: startMs + 4_000,
  });
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { encodeSetMarketState, marketState } from "@halcyon/core";
import { parseZoneOffsetMs } from "../src/dialect/methods/market-data-klines.ts";
import { averagePriceText, percentText } from "../src/dialect/ticker-text.ts";
import {
  limitOrder,
  openTrader,
  type Sent,
  send,
  sendSigned,
  startVenue,
  type TestNode,
  type TestVenue,
  type Trader,
} from "./venue.ts";

let venue: TestVenue;
let node: TestNode;
let seller: Trader;
let buyer: Trader;

const get = (path: string): Promise<Sent> => send(node, `GET /api/v3/${path}`);
const usedWeight = (sent: Sent): number => Number(sent.headers.get("x-mbx-used-weight-1m"));

async function place(
  trader: Trader,
  side: "BUY" | "SELL",
  price: string,
  quantity: string,
): Promise<Sent["body"]> {
  const sent = await sendSigned(node, trader, "POST /api/v3/order", {
    ...limitOrder(side, price, quantity),
  });
  assert.equal(sent.status, 200, sent.text);
  return sent.body;
}

/** Trades: 2 at 100.00 (taker sells), then 0.5 + 1 at 101.00 and 0.25 at 102.00 by one taker. */
before(async () => {
  venue = await startVenue();
  node = venue.node;
  seller = await openTrader(node, { BTC: 1_000 });
  buyer = await openTrader(node, { USDT: 10_000_000 });
  await place(buyer, "BUY", "100", "2");
  await place(seller, "SELL", "100", "2");
  await place(seller, "SELL", "101", "0.5");
  await place(seller, "SELL", "101", "1");
  await place(seller, "SELL", "102", "2");
  await place(buyer, "BUY", "102", "1.75");
  await place(buyer, "BUY", "99.5", "3");
  await place(buyer, "BUY", "99.5", "1");
  await place(buyer, "BUY", "90", "0.1");
});
after(() => venue.close());

test("depth: best first, texts with eight decimals, the update id of the book", async () => {
  const { body } = await get("depth?symbol=BTCUSDT");
  assert.deepEqual(body, {
    lastUpdateId: node.replica.venue.bookSequence(0),
    bids: [
      ["99.50000000", "4.00000000"],
      ["90.00000000", "0.10000000"],
    ],
    asks: [["102.00000000", "1.75000000"]],
  });
  assert.equal((await get("depth?symbol=BTCUSDT&limit=1")).body.bids.length, 1);
  assert.equal((await get("depth?symbol=BTCUSDT&limit=9999")).body.bids.length, 2);
  const empty = { lastUpdateId: 0, bids: [], asks: [] };
  assert.deepEqual((await get("depth?symbol=ETHUSDT")).body, empty);
});

test("trades, newest last, also from an id", async () => {
  const { body } = await get("trades?symbol=BTCUSDT&limit=2");
  const { time } = body[0];
  assert.equal(typeof time, "number");
  const same = { time, isBuyerMaker: false, isBestMatch: true };
  assert.deepEqual(body, [
    { id: 3, price: "101.00000000", qty: "1.00000000", quoteQty: "101.00000000", ...same },
    { id: 4, price: "102.00000000", qty: "0.25000000", quoteQty: "25.50000000", ...same },
  ]);
  const from = await get("historicalTrades?symbol=BTCUSDT&fromId=1&limit=2");
  assert.deepEqual(
    from.body.map((trade: { id: number }) => trade.id),
    [1, 2],
  );
  assert.equal(from.body[0].isBuyerMaker, true);
  assert.deepEqual((await get("trades?symbol=ETHUSDT")).body, []);
});

test("aggregate trades join what one order took at one price", async () => {
  const { body } = await get("aggTrades?symbol=BTCUSDT");
  assert.equal(body.length, 3);
  const { T } = body[1];
  const second = { a: 2, p: "101.00000000", q: "1.50000000", f: 2, l: 3, T, m: false, M: true };
  assert.deepEqual(body[1], second);
  assert.deepEqual((await get("aggTrades?symbol=BTCUSDT&fromId=2&limit=1")).body, [second]);
  const window = `startTime=${T}&endTime=${T}`;
  assert.ok((await get(`aggTrades?symbol=BTCUSDT&${window}`)).body.length >= 2);
  assert.deepEqual((await get(`aggTrades?symbol=BTCUSDT&startTime=${T + 1}`)).body, []);
  assert.equal((await get(`aggTrades?symbol=BTCUSDT&fromId=1&startTime=${T}`)).body.code, -1128);
  const backwards = await get(`aggTrades?symbol=BTCUSDT&startTime=${T}&endTime=${T - 1}`);
  assert.equal(backwards.body.code, -1023);
});

test("klines are arrays of twelve", async () => {
  const { body } = await get("klines?symbol=BTCUSDT&interval=1M&limit=1");
  const [openTime, , , , , , closeTime] = body[0];
  assert.equal(openTime, new Date(openTime).setUTCDate(1));
  assert.deepEqual(body, [
    [
      openTime,
      "100.00000000",
      "102.00000000",
      "100.00000000",
      "102.00000000",
      "3.75000000",
      closeTime,
      "377.00000000",
      4,
      "1.75000000",
      "177.00000000",
      "0",
    ],
  ]);
  const ui = await get("uiKlines?symbol=BTCUSDT&interval=1M&limit=1&timeZone=0");
  assert.deepEqual(ui.body, body);
  const future = openTime + 1_000 * 86_400_000;
  assert.deepEqual((await get(`klines?symbol=BTCUSDT&interval=1d&startTime=${future}`)).body, []);
});

test("the 24 hour ticker in full, and in short", async () => {
  const { body } = await get("ticker/24hr?symbol=BTCUSDT");
  const { openTime, closeTime } = body;
  assert.ok(closeTime - openTime >= 86_400_000 && closeTime - openTime < 86_460_000);
  const range = { openPrice: "100.00000000", highPrice: "102.00000000", lowPrice: "100.00000000" };
  const sums = {
    volume: "3.75000000",
    quoteVolume: "377.00000000",
    openTime,
    closeTime,
    firstId: 1,
    lastId: 4,
    count: 4,
  };
  assert.deepEqual(body, {
    symbol: "BTCUSDT",
    priceChange: "2.00000000",
    priceChangePercent: "2.000",
    weightedAvgPrice: "100.53333333",
    prevClosePrice: "100.00000000",
    lastPrice: "102.00000000",
    lastQty: "0.25000000",
    bidPrice: "99.50000000",
    bidQty: "4.00000000",
    askPrice: "102.00000000",
    askQty: "1.75000000",
    ...range,
    ...sums,
  });
  const mini = (await get("ticker/24hr?symbol=BTCUSDT&type=MINI")).body;
  const { openTime: miniOpen, closeTime: miniClose } = mini;
  assert.deepEqual(mini, {
    symbol: "BTCUSDT",
    ...range,
    lastPrice: "102.00000000",
    ...sums,
    openTime: miniOpen,
    closeTime: miniClose,
  });
  const all = (await get("ticker/24hr")).body;
  assert.deepEqual(
    all.map((one: { symbol: string }) => one.symbol),
    ["BTCUSDT", "ETHUSDT"],
  );
  assert.equal(all[1].lastPrice, "0.00000000");
  assert.equal(all[1].firstId, -1);
  assert.equal(all[1].weightedAvgPrice, "0.00000000");
});

test("price and book tickers: one, some, all", async () => {
  const btc = { symbol: "BTCUSDT", price: "102.00000000" };
  assert.deepEqual((await get("ticker/price?symbol=BTCUSDT")).body, btc);
  assert.deepEqual((await get('ticker/price?symbols=["BTCUSDT"]')).body, [btc]);
  assert.equal((await get("ticker/price")).body.length, 2);
  assert.deepEqual((await get("ticker/bookTicker?symbol=BTCUSDT")).body, {
    symbol: "BTCUSDT",
    bidPrice: "99.50000000",
    bidQty: "4.00000000",
    askPrice: "102.00000000",
    askQty: "1.75000000",
  });
  const eth = (await get('ticker/bookTicker?symbols=["ETHUSDT","BTCUSDT"]')).body[0];
  assert.deepEqual(
    [eth.symbol, eth.bidPrice, eth.askQty],
    ["ETHUSDT", "0.00000000", "0.000000000000"],
  );
});

test("window and trading day tickers, and the average price", async () => {
  const window = (await get("ticker?symbol=BTCUSDT&windowSize=7d")).body;
  assert.equal(window.volume, "3.75000000");
  assert.equal(window.prevClosePrice, undefined);
  assert.equal((await get("ticker")).body.code, -1102);
  assert.equal((await get("ticker?symbol=BTCUSDT&windowSize=8d")).body.code, -1130);
  const day = (await get('ticker/tradingDay?symbols=["BTCUSDT"]&timeZone=5:45')).body[0];
  assert.equal(day.closeTime - day.openTime, 86_400_000 - 1);
  assert.equal((day.openTime + 5.75 * 3_600_000) % 86_400_000, 0);
  const { body } = await get("avgPrice?symbol=BTCUSDT");
  assert.deepEqual([body.mins, body.price], [5, "100.53333333"]);
  assert.ok(body.closeTime > 0);
  assert.equal((await get("avgPrice?symbol=ETHUSDT")).body.price, "0.00000000");
});

test("what cannot be answered is refused with the dialect's codes", async () => {
  for (const [path, code] of [
    ["depth", -1102],
    ["depth?symbol=NONE", -1121],
    ["depth?symbol=BTCUSDT&limit=0", -1130],
    ["depth?symbol=BTCUSDT&limit=1e3", -1100],
    ["depth?symbol=BTCUSDT&symbolStatus=HALT", -1220],
    ["klines?symbol=BTCUSDT", -1102],
    ["klines?symbol=BTCUSDT&interval=2m", -1120],
    ["klines?symbol=BTCUSDT&interval=1m&timeZone=15", -1130],
    ["klines?symbol=BTCUSDT&interval=1m&startTime=2&endTime=1", -1023],
    ["ticker/24hr?symbol=BTCUSDT&type=TINY", -1139],
    ['ticker/price?symbol=BTCUSDT&symbols=["BTCUSDT"]', -1128],
    ['ticker/price?symbols=["BTCUSDT","BTCUSDT"]', -1151],
    ['ticker/price?symbols=["BTCUSDT","NONE"]', -1121],
    ["ticker/price?symbols=[]", -1130],
  ] as const) {
    const { status, body } = await get(path);
    assert.deepEqual([path, status, body.code], [path, 400, code]);
  }
});

test("the weights are Binance's", async () => {
  let before = usedWeight(await get("ping")) + 1;
  for (const [path, weight] of [
    ["depth?symbol=BTCUSDT", 5],
    ["depth?symbol=BTCUSDT&limit=101", 25],
    ["depth?symbol=BTCUSDT&limit=1000", 50],
    ["depth?symbol=BTCUSDT&limit=5000", 250],
    ["trades?symbol=BTCUSDT", 25],
    ["aggTrades?symbol=BTCUSDT", 4],
    ["klines?symbol=BTCUSDT&interval=1m", 2],
    ["ticker/24hr?symbol=BTCUSDT", 2],
    ["ticker/24hr", 80],
    ["ticker/price", 4],
    ['ticker?symbols=["BTCUSDT","ETHUSDT"]', 8],
  ] as const) {
    // A minute may end in between; then the count starts again.
    const now = usedWeight(await get(path));
    assert.ok(now === before - 1 + weight || now === weight, `${path}: ${before - 1} -> ${now}`);
    before = now + 1;
  }
});

test("a halted market is left out where trading ones are asked for", async () => {
  const state = { market: 1, state: marketState.halt };
  await node.apply((w) => encodeSetMarketState(w, {}, state));
  const { body } = await get("ticker/price?symbolStatus=TRADING");
  assert.deepEqual(
    body.map((one: { symbol: string }) => one.symbol),
    ["BTCUSDT"],
  );
  assert.equal((await get("depth?symbol=ETHUSDT&symbolStatus=HALT")).status, 200);
});

test("time zones are read as hours with or without minutes", () => {
  const hours = (text: string): number | null => {
    const offsetMs = parseZoneOffsetMs(text);
    return offsetMs === null ? null : offsetMs / 3_600_000;
  };
  assert.deepEqual(
    ["0", "8", "-1:00", "05:45", "14", "-12", "+02:30"].map(hours),
    [0, 8, -1, 5.75, 14, -12, 2.5],
  );
  assert.deepEqual(["14:01", "-12:30", "8:60", "abc", "", "1:5"].map(hours), [
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

test("percentages and averages are exact texts", () => {
  assert.equal(percentText(-95_960, 100_000), "-95.960");
  assert.equal(percentText(1, 3), "33.333");
  assert.equal(percentText(2, 3), "66.667");
  assert.equal(percentText(-1, 1_000_000), "0.000");
  assert.equal(percentText(5, 0), "0.000");
  assert.equal(averagePriceText(100n, 300n, 0, 0), "0.33333333");
  assert.equal(averagePriceText(10n ** 30n, 10n ** 8n, 8, 6), "1000000000000000000000000.00000000");
  assert.equal(averagePriceText(0n, 0n, 8, 12), "0.000000000000");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Any } from "./loose.ts";
import { openSpot } from "./spot-client.ts";
import { behindTls, eventually, makeMarket, makeTrader, once } from "./world.ts";

const symbol = "SPTUSDT";

const opened = once(async () => {
  await makeMarket("SPT");
  const place = await behindTls();
  return {
    maker: await openSpot(place, await makeTrader("SPT")),
    taker: await openSpot(place, await makeTrader("SPT")),
  };
});

const buy = { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC" } as const;
const sell = { symbol, side: "SELL", type: "LIMIT", timeInForce: "GTC" } as const;

test("@binance/spot: every order type, queries, cancels and replacements", async () => {
  const { maker, taker } = await opened();
  const bid = await maker.rest("newOrder", { ...buy, quantity: 2, price: 100 });
  assert.equal(bid.status, "NEW");
  const offer = { symbol, side: "SELL", type: "LIMIT_MAKER", quantity: 1, price: 110 };
  const { orderId } = await maker.rest("newOrder", offer);
  const ioc = { ...sell, timeInForce: "IOC", quantity: 2.5, price: 100 };
  const partly = await taker.rest("newOrder", ioc);
  assert.equal(partly.status, "EXPIRED");
  assert.equal(partly.fills[0].qty, "2.00000000");
  const fok = { ...buy, timeInForce: "FOK", quantity: 2, price: 110 };
  assert.equal((await taker.rest("newOrder", fok)).status, "EXPIRED");
  const market = { symbol, side: "BUY", type: "MARKET" };
  const filled = await taker.rest("newOrder", { ...market, quantity: 0.25 });
  assert.equal(filled.status, "FILLED");
  const byCost = await taker.rest("newOrder", { ...market, quoteOrderQty: 11 });
  assert.equal(byCost.executedQty, "0.10000000");

  assert.equal((await maker.rest("getOrder", { symbol, orderId })).executedQty, "0.35000000");
  const replaced = await maker.rest("orderCancelReplace", {
    ...{ ...sell, quantity: 3, price: 120 },
    ...{ cancelReplaceMode: "STOP_ON_FAILURE", cancelOrderId: orderId },
  });
  assert.equal(replaced.newOrderResult, "SUCCESS");
  const named = { ...buy, quantity: 1, price: 50, newClientOrderId: "spot-1" };
  await maker.rest("newOrder", named);
  assert.equal((await maker.rest("getOpenOrders", { symbol })).length, 2);
  const byName = { symbol, origClientOrderId: "spot-1" };
  assert.equal((await maker.rest("deleteOrder", byName)).status, "CANCELED");
  assert.equal((await maker.rest("deleteOpenOrders", { symbol })).length, 1);
  assert.equal((await maker.rest("allOrders", { symbol })).length, 4);
  assert.equal((await maker.rest("myTrades", { symbol })).length, 3);
  const account = await maker.rest("getAccount", { omitZeroBalances: true });
  assert.equal(account.balances.length, 2);
  const { standardCommission } = await maker.rest("accountCommission", { symbol });
  assert.equal(Number(standardCommission.taker), 0.002);
  const test = { ...buy, quantity: 1, price: 50, computeCommissionRates: true };
  assert.ok((await maker.rest("orderTest", test)).standardCommissionForOrder !== undefined);
});

test("@binance/spot: market data", async () => {
  const { maker } = await opened();
  await maker.rest("ping");
  assert.ok((await maker.rest("time")).serverTime > 0);
  const info = await maker.rest("exchangeInfo", { symbols: [symbol, "BTCUSDT"] });
  assert.equal(info.symbols.length, 2);
  assert.deepEqual((await maker.rest("depth", { symbol, limit: 5 })).bids, []);
  for (const method of ["getTrades", "historicalTrades", "aggTrades"]) {
    assert.equal((await maker.rest(method, { symbol })).length, 3, method);
  }
  for (const method of ["klines", "uiKlines"]) {
    const candles = await maker.rest(method, { symbol, interval: "1d" });
    assert.equal(candles[0][4], "110.00000000", method);
  }
  assert.equal((await maker.rest("avgPrice", { symbol })).mins, 5);
  assert.equal((await maker.rest("ticker24hr", { symbol })).lastPrice, "110.00000000");
  assert.equal((await maker.rest("tickerPrice", { symbols: [symbol, "BTCUSDT"] })).length, 2);
  assert.equal((await maker.rest("tickerBookTicker", { symbol })).symbol, symbol);
});

test("@binance/spot: market streams", async () => {
  const { maker, taker } = await opened();
  const streams = await maker.openStreams();
  const heard: Record<string, Any[]> = {};
  const watch = (method: string, parameters: object = {}) => {
    const events: Any[] = [];
    heard[method] = events;
    streams[method]!({ symbol: symbol.toLowerCase(), ...parameters }).on("message", (event: Any) =>
      events.push(event),
    );
  };
  for (const method of ["trade", "aggTrade", "bookTicker", "miniTicker", "ticker"]) watch(method);
  watch("kline", { interval: "1m" });
  watch("diffBookDepth", { updateSpeed: "100ms" });
  watch("partialBookDepth", { levels: "5", updateSpeed: "100ms" });
  watch("allMiniTicker");
  // A stream that is still being opened misses what happens: trades go on until all have heard.
  const silent = () => Object.keys(heard).filter((method) => heard[method]!.length === 0);
  const deadline = performance.now() + 20_000;
  while (silent().length > 0 && performance.now() < deadline) {
    await maker.rest("newOrder", { ...sell, quantity: 1, price: 105 });
    await taker.rest("newOrder", { ...buy, quantity: 1, price: 105 });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(silent(), []);
  assert.equal(heard["trade"]![0].p, "105.00000000");
  await eventually("the candle", () => heard["kline"]!.some((one) => one.k.c === "105.00000000"));
  assert.equal(heard["ticker"]!.at(-1).h, "110.00000000");
});

test("@binance/spot: a user's stream and orders over the WebSocket API", async () => {
  const { maker, taker } = await opened();
  const api = await taker.openApi();
  const { stream } = await api["userDataStreamSubscribeSignature"]!();
  const events: Any[] = [];
  stream.on("message", (event: Any) => events.push(event));
  const ask = async (method: string, parameters: object = {}) =>
    (await api[method]!(parameters)).data;

  const bid = await ask("orderPlace", { ...buy, quantity: 1, price: 99.5 });
  assert.equal(bid.price, "99.50000000");
  const { orderId } = bid;
  await maker.rest("newOrder", { symbol, side: "SELL", type: "MARKET", quantity: 0.25 });
  assert.equal((await ask("orderStatus", { symbol, orderId })).status, "PARTIALLY_FILLED");
  assert.equal((await ask("openOrdersStatus", { symbol })).length, 1);
  const replaced = await ask("orderCancelReplace", {
    ...{ ...buy, quantity: 2, price: 98 },
    ...{ cancelReplaceMode: "STOP_ON_FAILURE", cancelOrderId: orderId },
  });
  const next = replaced.newOrderResponse.orderId;
  await maker.rest("newOrder", { ...sell, quantity: 2, price: 98 });
  await ask("orderPlace", { ...buy, quantity: 1, price: 97 });
  assert.equal((await ask("openOrdersCancelAll", { symbol })).length, 1);
  await eventually(
    "the last cancel",
    () => events.filter((one) => one.x === "CANCELED").length > 1,
  );
  const reports = events.filter((event) => event.e === "executionReport");
  assert.deepEqual(
    reports.slice(0, 5).map(({ x, X, i, z }) => [x, X, i, z]),
    [
      ["NEW", "NEW", orderId, "0.00000000"],
      ["TRADE", "PARTIALLY_FILLED", orderId, "0.25000000"],
      ["CANCELED", "CANCELED", orderId, "0.25000000"],
      ["NEW", "NEW", next, "0.00000000"],
      ["TRADE", "FILLED", next, "2.00000000"],
    ],
  );
  assert.ok(events.some((event) => event.e === "outboundAccountPosition"));
  for (const method of ["allOrders", "myTrades", "depth", "tradesRecent", "tradesHistorical"]) {
    await ask(method, { symbol });
  }
  for (const method of ["tradesAggregate", "ticker24hr", "tickerPrice", "tickerBook", "avgPrice"]) {
    await ask(method, { symbol });
  }
  await ask("klines", { symbol, interval: "1m" });
  for (const method of ["ping", "time", "exchangeInfo", "accountStatus"]) await ask(method);
  await ask("orderTest", { ...buy, quantity: 1, price: 99 });
});

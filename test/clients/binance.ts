import assert from "node:assert/strict";
import { test } from "node:test";
import { openBinance } from "./binance-client.ts";
import { behindTls, eventually, makeMarket, makeTrader, once } from "./world.ts";

const symbol = "BINUSDT";

const opened = once(async () => {
  await makeMarket("BIN");
  const place = await behindTls();
  return {
    maker: await openBinance(place, await makeTrader("BIN", "withdraw")),
    taker: await openBinance(place, await makeTrader("BIN")),
  };
});

const buy = { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC" } as const;
const sell = { symbol, side: "SELL", type: "LIMIT", timeInForce: "GTC" } as const;

test("binance: every order type, queries, cancels and replacements", async () => {
  const { maker, taker } = await opened();
  const { rest } = maker;
  const bid = await rest.submitNewOrder({ ...buy, quantity: 2, price: 100 });
  assert.equal("status" in bid && bid.status, "NEW");
  const { orderId } = await rest.submitNewOrder({
    ...{ symbol, side: "SELL", type: "LIMIT_MAKER", quantity: 1, price: 110 },
  });
  const full = { newOrderRespType: "FULL" } as const;
  const partly = await taker.rest.submitNewOrder({
    ...{ ...sell, ...full, timeInForce: "IOC", quantity: 2.5, price: 100 },
  });
  assert.equal(partly.status, "EXPIRED");
  assert.equal(partly.fills[0]?.qty, "2.00000000");
  const fok = { ...buy, ...full, timeInForce: "FOK", quantity: 2, price: 110 } as const;
  assert.equal((await taker.rest.submitNewOrder(fok)).status, "EXPIRED");
  const market = { symbol, side: "BUY", type: "MARKET", ...full } as const;
  const filled = await taker.rest.submitNewOrder({ ...market, quantity: 0.25 });
  assert.equal(filled.status, "FILLED");
  const byCost = await taker.rest.submitNewOrder({ ...market, quoteOrderQty: 11 });
  assert.equal(byCost.executedQty, "0.10000000");

  assert.equal((await rest.getOrder({ symbol, orderId })).executedQty, "0.35000000");
  const replaced = await rest.replaceOrder({
    ...{ ...sell, quantity: 3, price: 120 },
    ...{ cancelReplaceMode: "STOP_ON_FAILURE", cancelOrderId: orderId },
  });
  assert.equal(replaced.newOrderResult, "SUCCESS");
  const named = { ...buy, quantity: 1, price: 50, newClientOrderId: "x-U5D79M5Bmine" };
  await rest.submitNewOrder(named);
  assert.equal((await rest.getOpenOrders({ symbol })).length, 2);
  const canceled = await rest.cancelOrder({ symbol, origClientOrderId: "x-U5D79M5Bmine" });
  assert.equal(canceled.status, "CANCELED");
  assert.equal((await rest.cancelAllSymbolOrders({ symbol })).length, 1);
  assert.equal((await rest.getAllOrders({ symbol })).length, 4);
  assert.deepEqual(await rest.testNewOrder({ ...buy, quantity: 1, price: 50 }), {});
});

test("binance: account, own trades, wallet", async () => {
  const { maker } = await opened();
  const { rest } = maker;
  const account = await rest.getAccountInformation({ omitZeroBalances: true });
  assert.equal(account.balances.length, 2);
  assert.equal((await rest.getAccountTradeList({ symbol })).length, 3);
  const coins = await rest.getBalances();
  assert.equal(coins.find((one) => one.coin === "BIN")?.free, "1001.64800000");
  assert.equal((await rest.getSystemStatus()).status, 0);
  assert.equal(Number((await rest.getTradeFee({ symbol }))[0]?.takerCommission), 0.002);
  assert.equal((await rest.getDepositAddress({ coin: "BIN" })).coin, "BIN");
  assert.equal((await rest.getDepositHistory({ coin: "BIN" })).length, 1);
  const { id } = await rest.withdraw({ coin: "BIN", address: "far&away=?", amount: 2 });
  assert.equal((await rest.getWithdrawHistory({ coin: "BIN" }))[0]?.id, id);
});

test("binance: market data", async () => {
  const { rest } = (await opened()).maker;
  await rest.testConnectivity();
  const info = await rest.getExchangeInfo({ symbols: [symbol, "BTCUSDT"] });
  assert.equal(info.symbols.length, 2);
  assert.deepEqual((await rest.getOrderBook({ symbol, limit: 5 })).asks, []);
  assert.equal((await rest.getRecentTrades({ symbol })).length, 3);
  assert.equal((await rest.getHistoricalTrades({ symbol })).length, 3);
  assert.equal((await rest.getAggregateTrades({ symbol })).length, 3);
  assert.equal((await rest.getKlines({ symbol, interval: "1d" }))[0]?.[4], "110.00000000");
  assert.equal((await rest.getUIKlines({ symbol, interval: "1d" })).length, 1);
  assert.equal((await rest.getAvgPrice({ symbol })).mins, 5);
  const ticker = await rest.get24hrChangeStatistics({ symbol });
  assert.equal("lastPrice" in ticker && ticker.lastPrice, "110.00000000");
  assert.deepEqual(await rest.getSymbolPriceTicker({ symbol }), { symbol, price: "110.00000000" });
  await rest.getSymbolOrderBookTicker({ symbol });
});

test("binance: market streams, and the user's behind a listen key", async () => {
  const { maker, taker } = await opened();
  const { streams, events } = maker;
  const { wsKey } = (await streams.subscribeSpotUserDataStream())!;
  const name = symbol.toLowerCase();
  const kinds = ["trade", "aggTrade", "kline_1m", "miniTicker", "ticker", "bookTicker"];
  const topics = [...kinds, "depth@100ms", "depth5@100ms"].map((kind) => `${name}@${kind}`);
  await streams.subscribe(topics, "main");
  const silent = () =>
    topics.filter((topic) => !events.some((event) => event.streamName === topic));
  const deadline = performance.now() + 20_000;
  while (silent().length > 0 && performance.now() < deadline) {
    await maker.rest.submitNewOrder({ ...buy, quantity: 1, price: 100 });
    await taker.rest.submitNewOrder({ ...sell, quantity: 1, price: 100 });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(silent(), []);
  await eventually("a fill of my order", () =>
    events.some((event) => event.e === "executionReport" && event.X === "FILLED"),
  );
  assert.ok(events.some((event) => event.e === "outboundAccountPosition"));
  // This client never ends the timer that keeps a listen key, and a timer keeps the process.
  const listenKey = /^spot_userData__(.+)_main$/.exec(wsKey)![1]!;
  streams["getUserDataStreamManager"]()["listenKeyStateCache"].clearAllListenKeyState(listenKey);
});

test("binance: orders and the user's events over the WebSocket API", async () => {
  const { maker, taker } = await opened();
  const { api, apiEvents } = maker;
  await api.subscribeUserDataStream("mainWSAPI");
  const timestamp = () => Date.now();
  const placed = await api.submitNewSpotOrder({
    ...{ ...buy, quantity: "1", price: "90.5", timestamp: timestamp() },
  });
  const { orderId } = placed.result;
  await taker.rest.submitNewOrder({ symbol, side: "SELL", type: "MARKET", quantity: 0.25 });
  const status = await api.getSpotOrderStatus({ symbol, orderId, timestamp: timestamp() });
  assert.equal(status.result.status, "PARTIALLY_FILLED");
  const canceled = await api.cancelSpotOrder({ symbol, orderId, timestamp: timestamp() });
  assert.equal(canceled.result.status, "CANCELED");
  const account = await api.getSpotAccountInformation({ timestamp: timestamp() });
  assert.ok(account.result.balances.length > 0);
  assert.equal((await api.getSpotOrderBook({ symbol })).status, 200);
  assert.equal((await api.getSpotServerTime()).status, 200);
  await eventually("the cancel", () => apiEvents.some((event) => event.X === "CANCELED"));
  await api.unsubscribeUserDataStream("mainWSAPI");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { openConnector } from "./connector-client.ts";
import { behindTls, eventually, makeMarket, makeTrader, once } from "./world.ts";

const symbol = "CONUSDT";

const opened = once(async () => {
  await makeMarket("CON");
  const place = await behindTls();
  return {
    maker: await openConnector(place, await makeTrader("CON", "withdraw")),
    taker: await openConnector(place, await makeTrader("CON")),
  };
});

const gtc = { timeInForce: "GTC" } as const;

test("@binance/connector: every order type, queries, cancels and replacements", async () => {
  const { maker, taker } = await opened();
  const limit = { ...gtc, quantity: "2", price: "100" };
  assert.deepEqual((await maker.rest["newOrderTest"]!(symbol, "BUY", "LIMIT", limit)).data, {});
  const { data: bid } = await maker.rest["newOrder"]!(symbol, "BUY", "LIMIT", limit);
  assert.equal(bid.status, "NEW");
  const ask = { quantity: "1", price: "110" };
  const { data: offer } = await maker.rest["newOrder"]!(symbol, "SELL", "LIMIT_MAKER", {
    ...ask,
    newOrderRespType: "FULL",
  });
  assert.equal(offer.type, "LIMIT_MAKER");

  const ioc = { timeInForce: "IOC", quantity: "2.5", price: "100" };
  const { data: partly } = await taker.rest["newOrder"]!(symbol, "SELL", "LIMIT", ioc);
  assert.equal(partly.status, "EXPIRED");
  assert.equal(partly.executedQty, "2.00000000");
  assert.deepEqual(partly.fills, [
    {
      ...{ price: "100.00000000", qty: "2.00000000", commission: "0.40000000" },
      ...{ commissionAsset: "USDT", tradeId: 1 },
    },
  ]);
  const fok = { timeInForce: "FOK", quantity: "2", price: "110" };
  const { data: killed } = await taker.rest["newOrder"]!(symbol, "BUY", "LIMIT", fok);
  assert.equal(killed.status, "EXPIRED");
  assert.equal(killed.executedQty, "0.00000000");
  const quantity = { quantity: "0.25" };
  const { data: market } = await taker.rest["newOrder"]!(symbol, "BUY", "MARKET", quantity);
  assert.equal(market.status, "FILLED");
  const cost = { quoteOrderQty: "11" };
  const { data: byCost } = await taker.rest["newOrder"]!(symbol, "BUY", "MARKET", cost);
  assert.equal(byCost.executedQty, "0.10000000");
  assert.equal(byCost.cummulativeQuoteQty, "11.00000000");

  const { orderId } = offer;
  const { data: queried } = await maker.rest["getOrder"]!(symbol, { orderId });
  assert.equal(queried.status, "PARTIALLY_FILLED");
  assert.equal(queried.executedQty, "0.35000000");
  const { data: replaced } = await maker.rest["cancelAndReplace"]!(
    ...[symbol, "SELL", "LIMIT", "STOP_ON_FAILURE"],
    { ...gtc, quantity: "3", price: "120", cancelOrderId: orderId },
  );
  assert.equal(replaced.cancelResult, "SUCCESS");
  assert.equal(replaced.newOrderResponse.price, "120.00000000");
  const second = { ...gtc, quantity: "1", price: "50", newClientOrderId: "con-1" };
  await maker.rest["newOrder"]!(symbol, "BUY", "LIMIT", second);
  assert.equal((await maker.rest["openOrders"]!({ symbol })).data.length, 2);
  const byName = { origClientOrderId: "con-1" };
  const { data: canceled } = await maker.rest["cancelOrder"]!(symbol, byName);
  assert.equal(canceled.status, "CANCELED");
  assert.equal((await maker.rest["cancelOpenOrders"]!(symbol)).data.length, 1);
  const { data: all } = await maker.rest["allOrders"]!(symbol);
  assert.deepEqual(
    all.map((order: { status: string }) => order.status),
    ["FILLED", "CANCELED", "CANCELED", "CANCELED"],
  );
});

test("@binance/connector: account, own trades, wallet", async () => {
  const { maker } = await opened();
  const { data: account } = await maker.rest["account"]!({ omitZeroBalances: true });
  assert.equal(account.accountType, "SPOT");
  assert.deepEqual(account.balances[1], {
    ...{ asset: "CON", free: "1001.64800000", locked: "0.00000000" },
  });
  const { data: trades } = await maker.rest["myTrades"]!(symbol);
  assert.equal(trades.length, 3);
  assert.equal(trades[0].isMaker, true);

  assert.equal((await maker.rest["systemStatus"]!()).data.status, 0);
  const { data: coins } = await maker.rest["coinInfo"]!();
  assert.ok(coins.some((coin: { coin: string }) => coin.coin === "CON"));
  const { data: fees } = await maker.rest["tradeFee"]!({ symbol });
  assert.equal(Number(fees[0].takerCommission), 0.002);
  const { data: address } = await maker.rest["depositAddress"]!("CON");
  assert.equal(address.coin, "CON");
  assert.equal((await maker.rest["depositHistory"]!({ coin: "CON" })).data.length, 1);
  const { data: sent } = await maker.rest["withdraw"]!("CON", "far/away?&=+%", 2);
  const { data: history } = await maker.rest["withdrawHistory"]!({ coin: "CON" });
  assert.equal(history[0].id, sent.id);
});

test("@binance/connector: market data", async () => {
  const { maker } = await opened();
  const { rest } = maker;
  assert.deepEqual((await rest["ping"]!()).data, {});
  assert.ok((await rest["time"]!()).data.serverTime > 0);
  const { data: info } = await rest["exchangeInfo"]!({ symbols: ["BTCUSDT", symbol] });
  assert.equal(info.symbols.length, 2);
  const order = { ...gtc, quantity: "1", price: "90" };
  await rest["newOrder"]!(symbol, "BUY", "LIMIT", order);
  const { data: book } = await rest["depth"]!(symbol, { limit: 5 });
  assert.deepEqual(book.bids, [["90.00000000", "1.00000000"]]);
  for (const method of ["trades", "historicalTrades", "aggTrades"]) {
    assert.equal((await rest[method]!(symbol)).data.length, 3, method);
  }
  for (const method of ["klines", "uiklines"]) {
    assert.equal((await rest[method]!(symbol, "1d")).data[0].length, 12, method);
  }
  assert.equal((await rest["avgPrice"]!(symbol)).data.mins, 5);
  assert.equal((await rest["ticker24hr"]!(symbol)).data.lastPrice, "110.00000000");
  assert.equal((await rest["ticker24hr"]!("", ["BTCUSDT", symbol])).data.length, 2);
  assert.equal((await rest["tickerPrice"]!(symbol)).data.price, "110.00000000");
  assert.equal((await rest["bookTicker"]!(symbol)).data.bidPrice, "90.00000000");
  await rest["cancelOpenOrders"]!(symbol);
});

test("@binance/connector: market streams, opened by address and by subscription", async () => {
  const { maker, taker } = await opened();
  const { streams, events } = maker;
  const name = symbol.toLowerCase();
  streams.subscribe(`${name}@trade`);
  await eventually("the stream", () => streams.isConnected());
  const kinds = ["aggTrade", "kline_1m", "miniTicker", "ticker", "bookTicker", "depth@100ms"];
  streams.subscribe(kinds.map((kind) => `${name}@${kind}`));
  await eventually("the subscription", () => events.some((event) => event.result === null));
  streams.subscribe(["!miniTicker@arr", `${name}@depth5@100ms`]);
  await eventually(
    "the second one",
    () => events.filter((one) => one.result === null).length === 2,
  );

  const order = { ...gtc, quantity: "1", price: "105" };
  await maker.rest["newOrder"]!(symbol, "SELL", "LIMIT", order);
  await taker.rest["newOrder"]!(symbol, "BUY", "MARKET", { quantity: "0.5" });
  const fields = [
    { e: "trade", p: "105.00000000", q: "0.50000000", m: false },
    { e: "aggTrade", p: "105.00000000", q: "0.50000000" },
    { e: "24hrMiniTicker", c: "105.00000000" },
    { e: "24hrTicker", c: "105.00000000", h: "110.00000000" },
    { b: "0.00000000", a: "105.00000000", A: "0.50000000" },
  ];
  for (const expected of fields) {
    const matches = (event: Record<string, unknown>) =>
      Object.entries(expected).every(([name, value]) => event[name] === value);
    await eventually(JSON.stringify(expected), () => events.find(matches));
  }
  await eventually("a candle", () => events.find((event) => event.k?.c === "105.00000000"));
  await eventually("a change of depth", () =>
    events.find((event) => event.a?.[0]?.[1] === "0.50000000" && event.e === "depthUpdate"),
  );
  await eventually("five levels", () =>
    events.find((event) => event.lastUpdateId > 0 && event.asks[0]?.[1] === "0.50000000"),
  );
  await eventually("all tickers", () => events.find((event) => event[0]?.e === "24hrMiniTicker"));
  await maker.rest["cancelOpenOrders"]!(symbol);
});

test("@binance/connector: a user's stream behind a listen key", async () => {
  const { maker, taker } = await opened();
  const { listenKey } = (await taker.rest["createListenKey"]!()).data;
  await taker.rest["renewListenKey"]!(listenKey);
  const { streams, events } = taker;
  streams.subscribe(listenKey);
  await eventually("the user's stream", () => streams.isConnected());
  const order = { ...gtc, quantity: "1", price: "99" };
  const { data: bid } = await taker.rest["newOrder"]!(symbol, "BUY", "LIMIT", order);
  await maker.rest["newOrder"]!(symbol, "SELL", "MARKET", { quantity: "0.25" });
  await taker.rest["cancelOrder"]!(symbol, { orderId: bid.orderId });
  await eventually("the cancel", () => events.some((event) => event.X === "CANCELED"));
  const reports = events.filter((event) => event.e === "executionReport");
  assert.deepEqual(
    reports.map(({ x, X, i, l, N }) => [x, X, i, l, N]),
    [
      ["NEW", "NEW", bid.orderId, "0.00000000", null],
      ["TRADE", "PARTIALLY_FILLED", bid.orderId, "0.25000000", "CON"],
      ["CANCELED", "CANCELED", bid.orderId, "0.00000000", null],
    ],
  );
  assert.equal(events.filter((event) => event.e === "outboundAccountPosition").length, 3);
  await taker.rest["closeListenKey"]!(listenKey);
});

test("@binance/connector: the WebSocket API", async () => {
  const { maker } = await opened();
  const order = { ...gtc, quantity: 1, price: 60.25, newClientOrderId: "con-ws" };
  const placed = await maker.ask("newOrder", symbol, "BUY", "LIMIT", order);
  assert.equal(placed.status, 200);
  assert.equal(placed.result.price, "60.25000000");
  const { orderId } = placed.result;
  assert.equal((await maker.ask("getOrder", symbol, { orderId })).result.status, "NEW");
  assert.equal((await maker.ask("openOrders", symbol)).result.length, 1);
  const replacement = { ...gtc, quantity: 2, price: 61, cancelOrderId: orderId };
  const replaced = await maker.ask(
    ...(["cancelReplaceOrder", symbol, "STOP_ON_FAILURE", "BUY", "LIMIT", replacement] as const),
  );
  const { newOrderResponse } = replaced.result;
  const { result: canceled } = await maker.ask("cancelOrder", symbol, {
    orderId: newOrderResponse.orderId,
  });
  assert.equal(canceled.status, "CANCELED");
  await maker.ask("newOrder", symbol, "BUY", "LIMIT", order);
  assert.equal((await maker.ask("cancelOpenOrders", symbol)).result.length, 1);
  assert.equal((await maker.ask("testNewOrder", symbol, "BUY", "LIMIT", order)).status, 200);
  assert.ok((await maker.ask("account")).result.balances.length > 0);
  assert.ok((await maker.ask("orderHistory", symbol)).result.length > 3);
  assert.ok((await maker.ask("myTrades", symbol)).result.length > 3);
  for (const method of ["orderbook", "trades", "historicalTrades", "aggTrades"]) {
    assert.equal((await maker.ask(method, symbol)).status, 200, method);
  }
  for (const method of ["ticker", "tickerPrice", "tickerBook", "exchangeInfo"]) {
    assert.equal((await maker.ask(method, { symbol })).status, 200, method);
  }
  assert.equal((await maker.ask("klines", symbol, "1m")).status, 200);
  for (const method of ["ping", "time"]) assert.equal((await maker.ask(method)).status, 200);
  const unknown = await maker.ask("cancelOrder", symbol, { orderId: 999_999_999 });
  assert.deepEqual(unknown.error, { code: -2011, msg: "Unknown order sent." });
});

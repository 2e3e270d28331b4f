import assert from "node:assert/strict";
import { test } from "node:test";
import { openCcxt } from "./ccxt-client.ts";
import { behindTls, makeMarket, makeTrader, once } from "./world.ts";

const symbol = "CCX/USDT";

const opened = once(async () => {
  await makeMarket("CCX");
  const place = await behindTls();
  return {
    maker: await openCcxt(place, await makeTrader("CCX", "withdraw")),
    taker: await openCcxt(place, await makeTrader("CCX")),
  };
});

test("ccxt: markets, currencies, time and status", async () => {
  const { maker } = await opened();
  const markets = await maker.loadMarkets();
  const { precision, limits, ...market } = markets[symbol]!;
  assert.equal(market.id, "CCXUSDT");
  assert.equal(market.spot, true);
  assert.equal(market.active, true);
  assert.equal(precision.price, 0.01);
  assert.equal(precision.amount, 0.0001);
  assert.deepEqual(limits.price, { min: 0.01, max: 100_000 });
  assert.deepEqual(limits.amount, { min: 0.0001, max: 9_000 });
  assert.deepEqual(limits.market, { min: 0.0001, max: 100 });
  assert.equal(limits.cost?.min, 5);

  const currencies = await maker.fetchCurrencies();
  const { deposit, withdraw, precision: unit } = currencies["CCX"]!;
  assert.deepEqual({ deposit, withdraw, unit }, { deposit: true, withdraw: true, unit: 1e-8 });
  const now = await maker.fetchTime();
  assert.ok(Math.abs(now! - Date.now()) < 60_000);
  assert.equal((await maker.fetchStatus()).status, "ok");
});

test("ccxt: every order type, the fills and what they cost", async () => {
  const { maker, taker } = await opened();
  const limit = await maker.createOrder(symbol, "limit", "buy", 2, 100);
  assert.equal(limit.status, "open");
  assert.equal(limit.timeInForce, "GTC");
  assert.equal(limit.remaining, 2);

  const postOnly = await maker.createOrder(symbol, "limit", "sell", 1, 110, { postOnly: true });
  assert.equal(postOnly.status, "open");
  assert.equal(postOnly.postOnly, true);

  const ioc = { timeInForce: "IOC" };
  const partly = await taker.createOrder(symbol, "limit", "sell", 2.5, 100, ioc);
  assert.equal(partly.status, "expired");
  assert.equal(partly.filled, 2);
  assert.equal(partly.average, 100);
  assert.equal(partly.fee?.currency, "USDT");
  assert.equal(partly.fee?.cost, 0.4);

  const fok = { timeInForce: "FOK" };
  const tooMuch = await taker.createOrder(symbol, "limit", "buy", 1.5, 110, fok);
  assert.equal(tooMuch.status, "expired");
  assert.equal(tooMuch.filled, 0);
  const enough = await taker.createOrder(symbol, "limit", "buy", 0.5, 110, fok);
  assert.equal(enough.status, "closed");
  assert.equal(enough.filled, 0.5);

  const byQuantity = await taker.createOrder(symbol, "market", "buy", 0.25);
  assert.equal(byQuantity.status, "closed");
  assert.equal(byQuantity.average, 110);
  assert.equal(byQuantity.fee?.currency, "CCX");
  assert.equal(byQuantity.fee?.cost, 0.0005);

  const byCost = await taker.createMarketBuyOrderWithCost(symbol, 11);
  assert.equal(byCost.status, "closed");
  assert.equal(byCost.filled, 0.1);
  assert.equal(byCost.cost, 11);

  const made = await maker.fetchOrder(postOnly.id!, symbol);
  assert.equal(made.filled, 0.85);
  assert.equal(made.status, "open");
  await maker.cancelAllOrders(symbol);
  const balance = await maker.fetchBalance();
  // 2 bought and 0.85 sold, less a tenth of a percent of what came in.
  assert.equal(balance["CCX"]?.total, 1_001.148);
  assert.equal(balance["CCX"]?.used, 0);
  assert.equal(balance["USDT"]?.free, 999_893.4065);
});

test("ccxt: cancel, cancel all, and an order edited into another", async () => {
  const { maker } = await opened();
  const first = await maker.createOrder(symbol, "limit", "buy", 1, 50, { clientOrderId: "mine-1" });
  assert.equal(first.clientOrderId, "mine-1");
  const canceled = await maker.cancelOrder(first.id!, symbol);
  assert.equal(canceled.status, "canceled");
  assert.equal(canceled.id, first.id);

  const old = await maker.createOrder(symbol, "limit", "buy", 1, 51);
  const edited = await maker.editOrder(old.id!, symbol, "limit", "buy", 2, 52);
  assert.notEqual(edited.id!, old.id);
  assert.equal(edited.price, 52);
  assert.equal(edited.amount, 2);
  assert.equal((await maker.fetchOrder(old.id!, symbol)).status, "canceled");

  const named = await maker.createOrder(symbol, "limit", "sell", 1, 900, { clientOrderId: "n-2" });
  const byName = await maker.fetchOrder("", symbol, { clientOrderId: "n-2" });
  assert.equal(byName.id, named.id);
  const held = await maker.fetchBalance();
  assert.equal(held["USDT"]?.used, 104);
  assert.equal(held["CCX"]?.used, 1);

  const open = await maker.fetchOpenOrders(symbol);
  assert.deepEqual(
    open.map((order) => order.id),
    [edited.id!, named.id],
  );
  maker.options["warnOnFetchOpenOrdersWithoutSymbol"] = false;
  assert.equal((await maker.fetchOpenOrders()).length, 2);
  const all = await maker.cancelAllOrders(symbol);
  assert.equal(all.length, 2);
  assert.deepEqual(await maker.fetchOpenOrders(symbol), []);
});

test("ccxt: orders and own trades of the past", async () => {
  const { maker } = await opened();
  const byAge = (await maker.fetchOrders(symbol)).map((order) => order.status);
  assert.deepEqual(byAge, ["closed", "canceled", "canceled", "canceled", "canceled", "canceled"]);
  const [closed] = await maker.fetchClosedOrders(symbol);
  assert.equal(closed!.filled, 2);
  assert.equal((await maker.fetchCanceledOrders(symbol)).length, 5);

  const trades = await maker.fetchMyTrades(symbol);
  const fields = trades.map(({ side, price, amount, takerOrMaker, fee }) => [
    ...[side, price, amount, takerOrMaker],
    ...[fee?.cost, fee?.currency],
  ]);
  assert.deepEqual(fields, [
    ["buy", 100, 2, "maker", 0.002, "CCX"],
    ["sell", 110, 0.5, "maker", 0.055, "USDT"],
    ["sell", 110, 0.25, "maker", 0.0275, "USDT"],
    ["sell", 110, 0.1, "maker", 0.011, "USDT"],
  ]);
  const ofOne = await maker.fetchOrderTrades(trades[1]!.order!, symbol);
  assert.equal(ofOne.length, 3);
  const since = await maker.fetchMyTrades(symbol, trades[0]!.timestamp, 2);
  assert.equal(since.length, 2);
});

test("ccxt: public trades, candles, tickers and the order book", async () => {
  const { maker, taker } = await opened();
  for (const method of [
    "publicGetAggTrades",
    "publicGetTrades",
    "publicGetHistoricalTrades",
  ] as const) {
    const trades = await taker.fetchTrades(symbol, undefined, 10, { fetchTradesMethod: method });
    const fields = trades.map(({ side, price, amount }) => [side, price, amount]);
    assert.deepEqual(fields, [
      ["sell", 100, 2],
      ["buy", 110, 0.5],
      ["buy", 110, 0.25],
      ["buy", 110, 0.1],
    ]);
  }
  const recent = await taker.fetchTrades(symbol, Date.now() - 600_000);
  assert.equal(recent.length, 4);

  const [candle] = await taker.fetchOHLCV(symbol, "1d");
  assert.deepEqual(candle!.slice(1), [100, 110, 100, 110, 2.85]);
  const ticker = await taker.fetchTicker(symbol);
  assert.equal(ticker.last, 110);
  assert.equal(ticker.open, 100);
  assert.equal(ticker.baseVolume, 2.85);
  assert.equal(ticker.quoteVolume, 293.5);
  assert.equal((await taker.fetchTickers([symbol, "BTC/USDT"]))[symbol]?.percentage, 10);
  assert.ok(Object.keys(await taker.fetchTickers()).length >= 4);
  assert.equal((await taker.fetchLastPrices([symbol]))[symbol]?.price, 110);

  const order = await maker.createOrder(symbol, "limit", "buy", 3, 90);
  const book = await taker.fetchOrderBook(symbol, 5);
  assert.deepEqual(book.bids, [[90, 3]]);
  assert.deepEqual(book.asks, []);
  assert.ok(book.nonce! > 0);
  const best = (await taker.fetchBidsAsks([symbol]))[symbol];
  assert.equal(best?.bid, 90);
  assert.equal(best?.bidVolume, 3);
  await maker.cancelOrder(order.id!, symbol);
});

test("ccxt: fees, deposits and a withdrawal", async () => {
  const { maker } = await opened();
  const { maker: makerFee, taker: takerFee } = await maker.fetchTradingFee(symbol);
  assert.deepEqual([makerFee, takerFee], [0.001, 0.002]);
  const fees = (await maker.fetchTradingFees()) as unknown as Record<string, { taker: number }>;
  assert.equal(fees["BTC/USDT"]?.taker, 0.001);

  const address = await maker.fetchDepositAddress("CCX");
  assert.match(address.address!, /^HALCYON-[0-9]+$/);
  const [deposit] = await maker.fetchDeposits("CCX");
  assert.equal(deposit!.amount, 1_000);
  assert.equal(deposit!.status, "ok");

  const { id } = await maker.withdraw("CCX", 1.5, "somewhere-else");
  const [withdrawal] = await maker.fetchWithdrawals("CCX");
  assert.equal(withdrawal!.id, id);
  assert.equal(withdrawal!.amount, 1.5);
  assert.equal(withdrawal!.address, "somewhere-else");
  assert.equal(withdrawal!.status, "ok");
});

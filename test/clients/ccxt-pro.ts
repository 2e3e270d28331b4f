import assert from "node:assert/strict";
import { test } from "node:test";
import { openCcxt } from "./ccxt-client.ts";
import {
  behindTls,
  eventually,
  inTime,
  makeMarket,
  makeTrader,
  once,
  theVenue,
  whileDoing,
} from "./world.ts";

const symbol = "CCP/USDT";
type Balance = { readonly asset: string; readonly locked: string };

const opened = once(async () => {
  await makeMarket("CCP");
  const place = await behindTls();
  const makerAccount = await makeTrader("CCP");
  return {
    makerAccount,
    maker: await openCcxt(place, makerAccount),
    taker: await openCcxt(place, await makeTrader("CCP")),
    /** Without a key: what it sees is public. */
    watcher: await openCcxt(place, { apiKey: "", secret: "" }),
  };
});

async function trade(amount: number, price = 100): Promise<void> {
  const { maker, taker } = await opened();
  await maker.createOrder(symbol, "limit", "buy", amount, price);
  await taker.createOrder(symbol, "limit", "sell", amount, price);
}

const whileTrading = <T>(what: string, watched: Promise<T>) =>
  whileDoing(what, watched, () => trade(0.1));

test("ccxt pro: trades, candles and tickers as they happen", async () => {
  const { watcher } = await opened();
  const trades = await whileTrading("a trade", watcher.watchTrades(symbol));
  const { price, amount, side } = trades.at(-1)!;
  assert.deepEqual([price, amount, side], [100, 0.1, "sell"]);

  const candles = await whileTrading("a candle", watcher.watchOHLCV(symbol, "1m"));
  assert.deepEqual(candles.at(-1)!.slice(1, 5), [100, 100, 100, 100]);
  const ticker = await whileTrading("a ticker", watcher.watchTicker(symbol));
  assert.equal(ticker.last, 100);
  assert.ok(ticker.baseVolume! > 0);
  const tickers = await whileTrading("tickers", watcher.watchTickers([symbol]));
  assert.equal(tickers[symbol]?.last, 100);
  const best = await whileTrading("the best prices", watcher.watchBidsAsks([symbol]));
  assert.ok(best[symbol] !== undefined);
});

test("ccxt pro: the order book it maintains from the stream is the venue's", async () => {
  const { maker, taker, watcher } = await opened();
  const orders = [
    ["buy", 1, 90],
    ["buy", 2, 91],
    ["sell", 3, 110],
    ["sell", 4, 111],
    ["buy", 0.5, 91],
  ] as const;
  const book = await inTime("the order book", watcher.watchOrderBook(symbol));
  for (const [side, amount, price] of orders) {
    await maker.createOrder(symbol, "limit", side, amount, price);
  }
  await taker.createOrder(symbol, "limit", "sell", 2.25, 91);
  const expected = await watcher.fetchOrderBook(symbol);
  assert.deepEqual(expected.bids, [
    [91, 0.25],
    [90, 1],
  ]);
  // The client changes its book in place.
  await eventually("the order book", () => book.nonce! >= expected.nonce!);
  assert.deepEqual([...book.bids], expected.bids);
  assert.deepEqual([...book.asks], expected.asks);
  await maker.cancelAllOrders(symbol);
  await eventually("the empty book", () => book.bids.length + book.asks.length === 0);
});

/** Keeps what a client is told, until it is closed. */
function collect<T>(watch: () => Promise<T>): T[] {
  const heard: T[] = [];
  const listen = async () => {
    for (;;) heard.push(await watch());
  };
  listen().catch(() => undefined);
  return heard;
}

test("ccxt pro: an order's whole life, the trades and the balances in the user's stream", async () => {
  const { maker, taker, makerAccount } = await opened();
  const orders = collect(() => maker.watchOrders(symbol));
  const trades = collect(() => maker.watchMyTrades(symbol));
  const balances = collect(() => maker.watchBalance());
  // Until the subscription stands, updates are lost: orders far off show when it does.
  const stands = eventually("an update of an order", () => orders.length > 0);
  await maker.createOrder(symbol, "limit", "buy", 1, 10);
  while (orders.length === 0) {
    await maker.cancelAllOrders(symbol);
    await maker.createOrder(symbol, "limit", "buy", 1, 10);
  }
  await stands;
  await maker.cancelAllOrders(symbol);

  const order = await maker.createOrder(symbol, "limit", "buy", 2, 95, { clientOrderId: "life-1" });
  const becomes = (id: string | undefined, status: string, filled: number) =>
    eventually(`${status} with ${filled} filled`, () =>
      orders.flat().find((one) => one.id === id && one.status === status && one.filled === filled),
    );
  const open = await becomes(order.id, "open", 0);
  assert.equal(open.clientOrderId, "life-1");
  assert.equal(open.price, 95);
  await taker.createOrder(symbol, "limit", "sell", 0.5, 95);
  const partly = await becomes(order.id, "open", 0.5);
  assert.equal(partly.remaining, 1.5);
  await taker.createOrder(symbol, "limit", "sell", 1.5, 95);
  const filled = await becomes(order.id, "closed", 2);
  assert.equal(filled.average, 95);
  const other = await maker.createOrder(symbol, "limit", "buy", 1, 20);
  await becomes(other.id, "open", 0);
  await maker.cancelOrder(other.id!, symbol);
  await becomes(other.id, "canceled", 0);

  const own = await eventually("both trades", () => {
    const found = trades.flat().filter((one) => one.order === order.id);
    return found.length === 2 && found;
  });
  assert.deepEqual(
    own.map(({ amount, price, takerOrMaker, fee }) => [amount, price, takerOrMaker, fee?.cost]),
    [
      [0.5, 95, "maker", 0.0005],
      [1.5, 95, "maker", 0.0015],
    ],
  );
  const { account } = makerAccount;
  await (await theVenue()).admin("POST", "/deposits", { account, asset: "USDT", amount: "5" });
  const truth = await maker.fetchBalance();
  await eventually("the balance after it all", () => {
    const latest = balances.at(-1);
    return (
      latest?.["USDT"]?.total === truth["USDT"]?.total &&
      latest?.["CCP"]?.free === truth["CCP"]?.free
    );
  });
});

test("ccxt pro: orders and queries over the WebSocket API", async () => {
  const { maker, taker } = await opened();
  const placed = await maker.createOrderWs(symbol, "limit", "buy", 1, 60);
  assert.equal(placed.status, "open");
  assert.equal((await maker.fetchOrderWs(placed.id!, symbol)).price, 60);
  const edited = await maker.editOrderWs(placed.id!, symbol, "limit", "buy", 1.5, 61);
  assert.equal(edited.amount, 1.5);
  assert.deepEqual(
    (await maker.fetchOpenOrdersWs(symbol)).map((order) => order.id),
    [edited.id],
  );
  // This client leaves balances of a spot account as they came.
  const { balances } = (await maker.fetchBalanceWs())["info"] as { balances: Balance[] };
  assert.equal(balances.find((one) => one.asset === "USDT")?.locked, "91.50000000");
  const canceled = await maker.cancelOrderWs(edited.id!, symbol);
  assert.equal(canceled.status, "canceled");
  // As a parameter, `postOnly` would be passed on to the venue, which knows no such thing.
  await maker.createOrderWs(symbol, "LIMIT_MAKER", "buy", 1, 60);
  await taker.createOrderWs(symbol, "market", "sell", 0.25);
  assert.equal((await maker.cancelAllOrdersWs(symbol)).length, 1);

  const [last] = (await maker.fetchOrdersWs(symbol)).slice(-1);
  assert.deepEqual([last!.status, last!.filled], ["canceled", 0.25]);
  const [mine] = (await maker.fetchMyTradesWs(symbol)).slice(-1);
  assert.deepEqual([mine!.price, mine!.amount], [60, 0.25]);
  const [public_] = (await maker.fetchTradesWs(symbol)).slice(-1);
  assert.deepEqual([public_!.price, public_!.amount], [60, 0.25]);
  assert.equal((await maker.fetchOHLCVWs(symbol, "1d")).at(-1)![4], 60);
});

test("ccxt pro: errors of the WebSocket API come as the classes they have over REST", async () => {
  const { maker } = await opened();
  const { BadRequest, InsufficientFunds, OrderNotFound } = await import("ccxt");
  const tooMuch = maker.createOrderWs(symbol, "limit", "buy", 9_000, 50_000);
  await assert.rejects(tooMuch, InsufficientFunds);
  await assert.rejects(maker.cancelOrderWs("999999999", symbol), OrderNotFound);
  await assert.rejects(maker.fetchOrderWs("999999999", symbol), OrderNotFound);
  await assert.rejects(maker.createOrderWs(symbol, "limit", "buy", 1, 200_000), BadRequest);
});

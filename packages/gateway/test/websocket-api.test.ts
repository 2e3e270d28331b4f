import assert from "node:assert/strict";
import { generateKeyPairSync, sign as signBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { keyKind, keyPermission } from "@halcyon/core";
import {
  createKey,
  limitOrder,
  openTrader,
  startVenue,
  type TestVenue,
  type Trader,
} from "./venue.ts";
import { call, signedParams, TestSocket } from "./websocket-client.ts";

let venue: TestVenue;
let trader: Trader;
let socket: TestSocket;

before(async () => {
  venue = await startVenue({ webSocketLimits: { connectsMax: 10_000 } });
  trader = await openTrader(venue.node, { BTC: 10, USDT: 1_000_000 });
  socket = await TestSocket.open(venue.node, "/ws-api/v3");
});
after(async () => {
  socket.close();
  await venue.close();
});

test("public methods answer with the id as it was sent", async () => {
  for (const id of ["x", 7, -3, null, "0123456789abcdef0123456789abcdef"]) {
    const answer = await socket.ask({ id, method: "time" });
    assert.equal(answer.status, 200);
    assert.ok(Math.abs(answer.result.serverTime - Date.now()) < 60_000);
    assert.deepEqual(Object.keys(answer), ["id", "status", "result", "rateLimits"]);
  }
  socket.send('{"id":9007199254740993,"method":"v3/ping"}');
  await socket.next("the answer");
  const depth = await call(socket, "depth", { symbol: "BTCUSDT", limit: 5 });
  assert.deepEqual(Object.keys(depth.result), ["lastUpdateId", "bids", "asks"]);
  const tickers = await call(socket, "ticker.price", { symbols: ["BTCUSDT", "ETHUSDT"] });
  assert.equal(tickers.result.length, 2);
});

test("an order lives its life over one socket", async () => {
  const placed = await call(socket, "order.place", limitOrder("BUY", "50000", "0.01"), trader);
  assert.equal(placed.status, 200, JSON.stringify(placed));
  assert.equal(placed.result.status, "NEW");
  assert.ok(Number.isSafeInteger(placed.result.orderId));
  const { orderId } = placed.result;
  const status = await call(socket, "order.status", { symbol: "BTCUSDT", orderId }, trader);
  assert.equal(status.result.status, "NEW");
  const open = await call(socket, "openOrders.status", { symbol: "BTCUSDT" }, trader);
  assert.deepEqual(
    open.result.map((order: { orderId: number }) => order.orderId),
    [orderId],
  );
  const replaced = await call(
    socket,
    "order.cancelReplace",
    {
      ...limitOrder("BUY", "49000", "0.01"),
      cancelReplaceMode: "STOP_ON_FAILURE",
      cancelOrderId: orderId,
    },
    trader,
  );
  assert.equal(replaced.status, 200, JSON.stringify(replaced));
  const next = replaced.result.newOrderResponse.orderId;
  const cancelled = await call(
    socket,
    "order.cancel",
    { symbol: "BTCUSDT", orderId: next },
    trader,
  );
  assert.equal(cancelled.result.status, "CANCELED");
  const again = await call(socket, "order.cancel", { symbol: "BTCUSDT", orderId: next }, trader);
  assert.equal(again.status, 400);
  assert.deepEqual(again.error, { code: -2011, msg: "Unknown order sent." });
  const account = await call(socket, "account.status", { omitZeroBalances: true }, trader);
  assert.equal(account.result.balances.length, 2);
});

test("lists, amendments and prevented matches are asked for over one socket too", async () => {
  const symbol = "ETHUSDT";
  const own = await openTrader(venue.node, { ETH: 100, USDT: 100_000 });
  const ask = async (method: string, params: Record<string, string | number> = {}) => {
    const answer = await call(socket, method, params, own);
    assert.equal(answer.status, 200, `${method}: ${JSON.stringify(answer)}`);
    return answer.result;
  };
  const oco = await ask("orderList.place.oco", {
    ...{ symbol, side: "SELL", quantity: "1", aboveType: "LIMIT_MAKER", abovePrice: "110" },
    ...{ belowType: "STOP_LOSS", belowTrailingDelta: 100 },
  });
  const { orderListId } = oco;
  assert.equal(oco.orderReports[1].trailingDelta, 100);
  assert.equal((await ask("orderList.status", { orderListId })).listOrderStatus, "EXECUTING");
  assert.equal((await ask("openOrderLists.status")).length, 1);
  const first = await ask("orderList.place", {
    ...{ symbol, side: "SELL", quantity: "1", price: "110", stopPrice: "90" },
  });
  assert.equal(first.orderReports[1].type, "STOP_LOSS");
  const working = { workingType: "LIMIT_MAKER", workingSide: "BUY", workingQuantity: "2" };
  const oto = await ask("orderList.place.oto", {
    ...{ symbol, ...working, workingPrice: "50", pendingType: "MARKET", pendingSide: "SELL" },
    pendingQuantity: "1",
  });
  await ask("orderList.place.otoco", {
    ...{ symbol, ...working, workingPrice: "51", pendingSide: "SELL", pendingQuantity: "1" },
    ...{ pendingAboveType: "TAKE_PROFIT", pendingAboveStopPrice: "110" },
    ...{ pendingBelowType: "STOP_LOSS", pendingBelowStopPrice: "40" },
  });
  const [{ orderId }] = oto.orders;
  const amended = await ask("order.amend.keepPriority", { symbol, orderId, newQty: "1.5" });
  assert.equal(amended.amendedOrder.qty, "1.500000000000");
  const taker = await ask("order.place", {
    ...{ symbol, side: "SELL", type: "LIMIT", timeInForce: "IOC", price: "50", quantity: "1" },
    selfTradePreventionMode: "EXPIRE_TAKER",
  });
  assert.equal(taker.status, "EXPIRED_IN_MATCH");
  const prevented = await ask("myPreventedMatches", { symbol, orderId: taker.orderId });
  assert.equal(prevented[0].takerOrderId, taker.orderId);
  const cancelled = await ask("orderList.cancel", { symbol, orderListId });
  assert.equal(cancelled.orderReports.length, 2);
  assert.equal((await ask("openOrders.cancelAll", { symbol })).length, 3);
  assert.equal((await ask("allOrderLists")).length, 4);
});

test("numbers are signed as they were written", async () => {
  const params = {
    apiKey: trader.apiKey,
    price: "50000.0",
    quantity: "1e-2",
    side: "BUY",
    symbol: "BTCUSDT",
    timeInForce: "GTC",
    timestamp: String(Date.now()),
    type: "LIMIT",
  };
  const signed = signedParams(trader, { ...params });
  const ask = async (quantity: string) => {
    const { signature } = signedParams(trader, { ...params, quantity });
    const text = `{"id":"n${quantity}","method":"order.test","params":{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","timeInForce":"GTC","price":50000.0,"quantity":${quantity},"timestamp":${params.timestamp},"apiKey":"${trader.apiKey}","signature":"${signature}"}}`;
    socket.send(text);
    return socket.next("the answer", (m) => m.id === `n${quantity}`);
  };
  assert.equal((await ask("0.010")).status, 200);
  const exponent = await ask("1e-2");
  assert.equal(exponent.error.code, -1100, "the signature held, the form of the number did not");
  assert.notEqual(signed["signature"], "");
});

test("what is wrong with a request is told in the dialect, and the socket lives on", async () => {
  const wrong: [string, number, number][] = [
    ["{", 400, -1135],
    ['{"id":"a","method":"no.such"}', 400, -1020],
    ['{"id":"a","method":"__proto__"}', 400, -1020],
    ['{"id":"a"}', 400, -1102],
    ['{"id":"a","method":"depth"}', 400, -1102],
    ['{"id":"a","method":"depth","params":{"symbol":"NOSUCH"}}', 400, -1121],
    ['{"id":"a","method":"depth","params":{"symbol":"BTCUSDT","limit":1e400}}', 400, -1100],
    ['{"id":"a","method":"depth","params":{"symbol":"BTCUSDT","limit":-0}}', 400, -1100],
    ['{"id":"a","method":"ping","params":{"x":1}}', 400, -1101],
    ['{"id":"a","method":"order.place","params":{}}', 401, -2014],
    ['{"id":"a","method":"userDataStream.subscribe"}', 401, -2014],
    ['{"id":"a","method":"userDataStream.unsubscribe","params":{"subscriptionId":9}}', 400, -2036],
    ['{"id":"a","method":"session.logon"}', 401, -2014],
  ];
  for (const [text, status, code] of wrong) {
    socket.send(text);
    const answer = await socket.next(text);
    assert.deepEqual(
      [answer.status, answer.error?.code],
      [status, code],
      `${text}: ${JSON.stringify(answer)}`,
    );
  }
  socket.ws.send(Buffer.from([1, 2, 3]), { binary: true });
  assert.equal((await socket.next()).error.code, -1135);
  const order = limitOrder("BUY", "50000", "0.01");
  const foreign = await call(socket, "order.place", order, { ...trader, secret: "other" });
  assert.deepEqual(foreign.error, { code: -1022, msg: "Signature for this request is not valid." });
  const late = await call(
    socket,
    "order.place",
    { ...order, timestamp: Date.now() - 60_000 },
    trader,
  );
  assert.equal(late.error.code, -1021);
  const early = await call(
    socket,
    "order.place",
    { ...order, timestamp: Date.now() + 10_000 },
    trader,
  );
  assert.equal(early.error.code, -1021);
  const poor = await call(socket, "order.place", limitOrder("BUY", "50000", "800"), trader);
  assert.equal(poor.error.code, -2010);
  assert.equal((await call(socket, "ping")).status, 200);
});

test("limits are told with every answer, unless they are not wanted", async () => {
  const placed = await call(socket, "order.place", limitOrder("BUY", "40000", "0.01"), trader);
  assert.deepEqual(
    placed.rateLimits.map((limit: { rateLimitType: string; interval: string }) => [
      limit.rateLimitType,
      limit.interval,
    ]),
    [
      ["ORDERS", "SECOND"],
      ["ORDERS", "DAY"],
      ["REQUEST_WEIGHT", "MINUTE"],
    ],
  );
  const hidden = await call(socket, "ping", { returnRateLimits: false });
  assert.deepEqual(Object.keys(hidden), ["id", "status", "result"]);
  const quiet = await TestSocket.open(venue.node, "/ws-api/v3?returnRateLimits=false");
  assert.equal("rateLimits" in (await call(quiet, "ping")), false);
  assert.equal("rateLimits" in (await call(quiet, "ping", { returnRateLimits: true })), true);
  quiet.close();
  await call(socket, "openOrders.cancelAll", { symbol: "BTCUSDT" }, trader);
});

test("an address that used up its weight is told when to come back", async () => {
  const small = await startVenue({ limits: { weightPerMinute: 60 } });
  const eager = await TestSocket.open(small.node, "/ws-api/v3");
  let answer = await call(eager, "exchangeInfo");
  for (let i = 0; i < 4 && answer.status === 200; i++) answer = await call(eager, "exchangeInfo");
  assert.equal(answer.status, 429);
  assert.equal(answer.error.code, -1003);
  assert.ok(answer.error.data.retryAfter > answer.error.data.serverTime);
  eager.close();
  await small.close();
});

test("a session logged on with any kind of key signs no more requests", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const material = publicKey.export({ format: "der", type: "spki" });
  const name = "ed25519-session-key";
  await createKey(venue.node, trader.account, { kind: keyKind.ed25519, name, material });
  const session = await TestSocket.open(venue.node, "/ws-api/v3");
  const before = await call(session, "session.status");
  assert.equal(before.result.apiKey, null);
  const timestamp = Date.now();
  const payload = Buffer.from(`apiKey=${name}&timestamp=${timestamp}`);
  const signature = signBytes(null, payload, privateKey).toString("base64");
  const logon = await call(session, "session.logon", { apiKey: name, timestamp, signature });
  assert.equal(logon.status, 200, JSON.stringify(logon));
  assert.equal(logon.result.apiKey, name);
  const order = { ...limitOrder("BUY", "40000", "0.01"), timestamp: Date.now() };
  assert.equal((await call(session, "order.place", order)).status, 200);
  const stale = { ...order, timestamp: Date.now() - 60_000 };
  assert.equal((await call(session, "order.place", stale)).error.code, -1021);
  const hmac = await call(session, "session.logon", {}, trader);
  assert.equal(hmac.result.apiKey, trader.apiKey);
  const logout = await call(session, "session.logout");
  assert.equal(logout.result.apiKey, null);
  assert.equal((await call(session, "order.place", order)).status, 401);
  await call(session, "openOrders.cancelAll", { symbol: "BTCUSDT" }, trader);
  session.close();
});

test("a key without the permission gets neither orders nor events through a session", async () => {
  const reader = await createKey(venue.node, trader.account, { permissions: keyPermission.read });
  const none = await createKey(venue.node, trader.account, { permissions: 0 });
  const session = await TestSocket.open(venue.node, "/ws-api/v3");
  await call(session, "session.logon", {}, reader);
  const order = { ...limitOrder("BUY", "40000", "0.01"), timestamp: Date.now() };
  assert.equal((await call(session, "order.place", order)).error.code, -2015);
  assert.equal((await call(session, "userDataStream.subscribe")).status, 200);
  const refused = await call(session, "userDataStream.subscribe.signature", {}, none);
  assert.equal(refused.error.code, -2015);
  session.close();
});

test("many requests at once are all answered, though reading pauses in between", async () => {
  const busy = await startVenue({
    limits: { ordersPer10Seconds: 100_000 },
    webSocketLimits: { inFlightMax: 4 },
  });
  const rich = await openTrader(busy.node, { USDT: 1_000_000 });
  const pipe = await TestSocket.open(busy.node, "/ws-api/v3");
  const count = 150;
  for (let i = 0; i < count; i++) {
    const params = signedParams(rich, limitOrder("BUY", String(10_000 + i), "0.001"));
    pipe.send({ id: i, method: "order.place", params });
  }
  const ids = new Set<number>();
  while (ids.size < count) {
    const answer = await pipe.next("an answer");
    assert.equal(answer.status, 200, JSON.stringify(answer));
    ids.add(answer.id);
  }
  assert.equal(busy.node.replica.venue.openOrders(rich.account).length, count);
  pipe.close();
  await busy.close();
});

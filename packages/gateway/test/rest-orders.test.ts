import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { freshRequestId, requestIdText } from "../src/dialect/request-id.ts";
import {
  adminToken,
  limitOrder,
  openTrader,
  send,
  sendSigned,
  signedQuery,
  startVenue,
  type TestNode,
  type TestVenue,
  type Trader,
} from "./venue.ts";

let venue: TestVenue;
let node: TestNode;
let seller: Trader;
let buyer: Trader;

before(async () => {
  venue = await startVenue();
  node = venue.node;
  seller = await openTrader(node, { BTC: 1_000, ETH: 1_000 });
  buyer = await openTrader(node, { USDT: 10_000_000 });
});
after(() => venue.close());

test("a limit order rests, is found by both of its ids, and is cancelled with an id of its own", async () => {
  const placed = await sendSigned(node, buyer, "POST /api/v3/order", {
    ...limitOrder("BUY", "100.5", "2", { newClientOrderId: "x-my-1" }),
  });
  assert.equal(placed.status, 200, placed.text);
  const { orderId, transactTime } = placed.body;
  assert.deepEqual(placed.body, {
    symbol: "BTCUSDT",
    orderId,
    orderListId: -1,
    clientOrderId: "x-my-1",
    transactTime,
    price: "100.50000000",
    origQty: "2.00000000",
    executedQty: "0.00000000",
    origQuoteOrderQty: "0.00000000",
    cummulativeQuoteQty: "0.00000000",
    status: "NEW",
    timeInForce: "GTC",
    type: "LIMIT",
    side: "BUY",
    workingTime: transactTime,
    selfTradePreventionMode: "NONE",
    fills: [],
  });
  const byId = await sendSigned(node, buyer, "GET /api/v3/order", { symbol: "BTCUSDT", orderId });
  assert.equal(byId.body.status, "NEW");
  assert.equal(byId.body.isWorking, true);
  assert.equal(byId.body.time, transactTime);
  const byName = await sendSigned(node, buyer, "GET /api/v3/order", {
    symbol: "BTCUSDT",
    origClientOrderId: "x-my-1",
  });
  assert.deepEqual(byName.body, byId.body);
  const open = await sendSigned(node, buyer, "GET /api/v3/openOrders", { symbol: "BTCUSDT" });
  assert.deepEqual(open.body, [byId.body]);
  const account = await sendSigned(node, buyer, "GET /api/v3/account", { omitZeroBalances: true });
  assert.deepEqual(account.body.balances, [
    { asset: "USDT", free: "9999799.00000000", locked: "201.00000000" },
  ]);
  const cancelled = await sendSigned(node, buyer, "DELETE /api/v3/order", {
    symbol: "BTCUSDT",
    origClientOrderId: "x-my-1",
    newClientOrderId: "my-cancel",
  });
  assert.equal(cancelled.status, 200, cancelled.text);
  assert.equal(cancelled.body.status, "CANCELED");
  assert.equal(cancelled.body.origClientOrderId, "x-my-1");
  assert.equal(cancelled.body.clientOrderId, "my-cancel");
  assert.equal(cancelled.body.orderId, orderId);
  const after = await sendSigned(node, buyer, "GET /api/v3/order", { symbol: "BTCUSDT", orderId });
  assert.equal(after.body.status, "CANCELED");
});

test("a market order by quantity tells its fills, fees and sums", async () => {
  for (const price of ["200", "201"]) {
    await sendSigned(node, seller, "POST /api/v3/order", limitOrder("SELL", price, "1"));
  }
  const placed = await sendSigned(node, buyer, "POST /api/v3/order", {
    symbol: "BTCUSDT",
    side: "BUY",
    type: "MARKET",
    quantity: "1.5",
  });
  assert.equal(placed.body.status, "FILLED", placed.text);
  assert.equal(placed.body.executedQty, "1.50000000");
  assert.equal(placed.body.cummulativeQuoteQty, "300.50000000");
  assert.equal(placed.body.price, "0.00000000");
  assert.deepEqual(
    placed.body.fills.map(({ tradeId: _, ...fill }: { tradeId: number }) => fill),
    [
      {
        price: "200.00000000",
        qty: "1.00000000",
        commission: "0.00100000",
        commissionAsset: "BTC",
      },
      {
        price: "201.00000000",
        qty: "0.50000000",
        commission: "0.00050000",
        commissionAsset: "BTC",
      },
    ],
  );
  const trades = await sendSigned(node, buyer, "GET /api/v3/myTrades", { symbol: "BTCUSDT" });
  assert.deepEqual(
    trades.body.map((trade: { id: number }) => trade.id),
    placed.body.fills.map((fill: { tradeId: number }) => fill.tradeId),
  );
  assert.equal(trades.body[0].quoteQty, "200.00000000");
  assert.equal(trades.body[0].isBuyer, true);
  assert.equal(trades.body[0].isMaker, false);
  const own = await sendSigned(node, seller, "GET /api/v3/myTrades", { symbol: "BTCUSDT" });
  assert.equal(own.body[0].commission, "0.20000000");
  assert.equal(own.body[0].commissionAsset, "USDT");
  assert.equal(own.body[0].isMaker, true);
  await sendSigned(node, seller, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
});

test("each side pays its fee in what it receives, in that asset's own digits", async () => {
  const sell = { ...limitOrder("SELL", "50", "0.001"), symbol: "ETHUSDT", quantity: "0.1234" };
  await sendSigned(node, seller, "POST /api/v3/order", sell);
  const bought = await sendSigned(node, buyer, "POST /api/v3/order", { ...sell, side: "BUY" });
  assert.equal(bought.body.fills[0].commission, "0.000123400000", bought.text);
  assert.equal(bought.body.fills[0].commissionAsset, "ETH");
  const fees = async (of: Trader): Promise<unknown> => {
    const trades = await sendSigned(node, of, "GET /api/v3/myTrades", { symbol: "ETHUSDT" });
    return [trades.body[0].commission, trades.body[0].commissionAsset, trades.body[0].quoteQty];
  };
  assert.deepEqual(await fees(buyer), ["0.000123400000", "ETH", "6.17000000"]);
  assert.deepEqual(await fees(seller), ["0.00617000", "USDT", "6.17000000"]);
});

test("a market order by quote quantity spends no more than it was given", async () => {
  await sendSigned(node, seller, "POST /api/v3/order", limitOrder("SELL", "300", "1"));
  const placed = await sendSigned(node, buyer, "POST /api/v3/order", {
    symbol: "BTCUSDT",
    side: "BUY",
    type: "MARKET",
    quoteOrderQty: "100",
  });
  assert.equal(placed.body.status, "FILLED", placed.text);
  assert.equal(placed.body.origQuoteOrderQty, "100.00000000");
  assert.equal(placed.body.executedQty, "0.33333000");
  assert.equal(placed.body.origQty, "0.33333000");
  assert.equal(placed.body.cummulativeQuoteQty, "99.99900000");
  await sendSigned(node, seller, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
});

test("IOC and FOK orders that find nothing expire, and a limit maker that would trade is refused", async () => {
  for (const timeInForce of ["IOC", "FOK"]) {
    const placed = await sendSigned(
      node,
      buyer,
      "POST /api/v3/order",
      limitOrder("BUY", "1", "10", { timeInForce }),
    );
    assert.equal(placed.body.status, "EXPIRED", placed.text);
    assert.equal(placed.body.timeInForce, timeInForce);
  }
  await sendSigned(node, seller, "POST /api/v3/order", limitOrder("SELL", "400", "1"));
  const maker = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT_MAKER", quantity: "1" };
  const refused = await sendSigned(node, buyer, "POST /api/v3/order", { ...maker, price: "400" });
  assert.equal(refused.status, 400);
  assert.deepEqual(refused.body, {
    code: -2010,
    msg: "Order would immediately match and take.",
  });
  const rested = await sendSigned(node, buyer, "POST /api/v3/order", { ...maker, price: "399" });
  assert.deepEqual(Object.keys(rested.body), [
    "symbol",
    "orderId",
    "orderListId",
    "clientOrderId",
    "transactTime",
  ]);
  await sendSigned(node, buyer, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
  await sendSigned(node, seller, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
});

test("cancel-replace answers for both parts, and with 409 or 400 when one or both fail", async () => {
  const path = "POST /api/v3/order/cancelReplace";
  const first = await sendSigned(node, buyer, "POST /api/v3/order", limitOrder("BUY", "50", "1"));
  const replaced = await sendSigned(node, buyer, path, {
    ...limitOrder("BUY", "51", "1"),
    cancelReplaceMode: "STOP_ON_FAILURE",
    cancelOrderId: first.body.orderId,
  });
  assert.equal(replaced.status, 200, replaced.text);
  assert.equal(replaced.body.cancelResult, "SUCCESS");
  assert.equal(replaced.body.newOrderResult, "SUCCESS");
  assert.equal(replaced.body.cancelResponse.status, "CANCELED");
  assert.equal(replaced.body.newOrderResponse.price, "51.00000000");

  const gone = { code: -2011, msg: "Unknown order sent." };
  const failed = await sendSigned(node, buyer, path, {
    ...limitOrder("BUY", "52", "1"),
    cancelReplaceMode: "STOP_ON_FAILURE",
    cancelOrderId: first.body.orderId,
  });
  assert.equal(failed.status, 400);
  assert.deepEqual(failed.body, {
    code: -2022,
    msg: "Order cancel-replace failed.",
    data: {
      cancelResult: "FAILURE",
      newOrderResult: "NOT_ATTEMPTED",
      cancelResponse: gone,
      newOrderResponse: null,
    },
  });
  const partial = await sendSigned(node, buyer, path, {
    ...limitOrder("BUY", "52", "1"),
    cancelReplaceMode: "ALLOW_FAILURE",
    cancelOrderId: first.body.orderId,
  });
  assert.equal(partial.status, 409);
  assert.equal(partial.body.code, -2021);
  assert.equal(partial.body.data.cancelResult, "FAILURE");
  assert.equal(partial.body.data.newOrderResponse.status, "NEW");

  const unaffordable = await sendSigned(node, buyer, path, {
    ...limitOrder("BUY", "900000", "800"),
    cancelReplaceMode: "STOP_ON_FAILURE",
    cancelOrderId: partial.body.data.newOrderResponse.orderId,
  });
  assert.equal(unaffordable.status, 409);
  assert.equal(unaffordable.body.data.cancelResult, "SUCCESS");
  assert.equal(unaffordable.body.data.newOrderResult, "FAILURE");
  assert.deepEqual(unaffordable.body.data.newOrderResponse, {
    code: -2010,
    msg: "Account has insufficient balance for requested action.",
  });
});

test("all open orders of a market are cancelled at once, and doing it again finds none", async () => {
  await sendSigned(node, buyer, "POST /api/v3/order", limitOrder("BUY", "60", "1"));
  const all = await sendSigned(node, buyer, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
  assert.ok(all.body.length >= 1);
  for (const row of all.body) assert.equal(row.status, "CANCELED");
  const again = await sendSigned(node, buyer, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
  assert.deepEqual(again.body, { code: -2011, msg: "Unknown order sent." });
});

test("a test order says what a real one would say and places none", async () => {
  const good = await sendSigned(
    node,
    buyer,
    "POST /api/v3/order/test",
    limitOrder("BUY", "10", "1"),
  );
  assert.equal(good.text, "{}");
  const rates = await sendSigned(node, buyer, "POST /api/v3/order/test", {
    ...limitOrder("BUY", "10", "1"),
    computeCommissionRates: true,
  });
  assert.deepEqual(rates.body.standardCommissionForOrder, {
    maker: "0.00100000",
    taker: "0.00100000",
  });
  const poor = await sendSigned(
    node,
    seller,
    "POST /api/v3/order/test",
    limitOrder("BUY", "100000", "800"),
  );
  assert.equal(poor.body.code, -2010);
  const open = await sendSigned(node, buyer, "GET /api/v3/openOrders");
  assert.deepEqual(open.body, []);
});

test("another account's orders do not exist, neither for queries nor for cancels", async () => {
  const own = await sendSigned(node, buyer, "POST /api/v3/order", limitOrder("BUY", "70", "1"));
  const { orderId } = own.body;
  const query = await sendSigned(node, seller, "GET /api/v3/order", { symbol: "BTCUSDT", orderId });
  assert.deepEqual(query.body, { code: -2013, msg: "Order does not exist." });
  const cancel = await sendSigned(node, seller, "DELETE /api/v3/order", {
    symbol: "BTCUSDT",
    orderId,
  });
  assert.deepEqual(cancel.body, { code: -2011, msg: "Unknown order sent." });
  const wrongMarket = await sendSigned(node, buyer, "GET /api/v3/order", {
    symbol: "ETHUSDT",
    orderId,
  });
  assert.deepEqual(wrongMarket.body, { code: -2013, msg: "Order does not exist." });
  await sendSigned(node, buyer, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
});

test("a request that the edge sends again is executed once and answered the same by every node", async () => {
  const second = await venue.addNode();
  const requestId = requestIdText(freshRequestId(Date.now()));
  const query = limitOrder("BUY", "80", "1");
  const headers = { "Halcyon-Request-Id": requestId };
  const first = await sendSigned(node, buyer, "POST /api/v3/order", query, headers);
  const repeated = await sendSigned(second, buyer, "POST /api/v3/order", query, {
    ...headers,
    "Halcyon-Attempt": "1",
  });
  assert.deepEqual(repeated.body, first.body);
  assert.equal(repeated.headers.get("halcyon-node"), "node-2");
  const open = await sendSigned(second, buyer, "GET /api/v3/openOrders", { symbol: "BTCUSDT" });
  assert.equal(open.body.length, 1);
  const cancelled = await sendSigned(second, buyer, "DELETE /api/v3/openOrders", {
    symbol: "BTCUSDT",
  });
  assert.equal(cancelled.body.length, 1);
});

test("a request sent again is judged by the time and the limits of its first arrival", async () => {
  const strict = await venue.addNode({ limits: { weightPerMinute: 1, ordersPer10Seconds: 0 } });
  const firstMs = Date.now() - 20_000;
  const headers = {
    "Halcyon-Request-Id": requestIdText(freshRequestId(firstMs)),
    "X-Forwarded-For": "192.0.2.99",
  };
  const query = { ...limitOrder("BUY", "82", "1"), timestamp: firstMs };
  const asFirst = await sendSigned(node, buyer, "POST /api/v3/order", query, headers);
  assert.equal(asFirst.body.code, -1021);
  const again = { ...headers, "Halcyon-Attempt": "2" };
  const placed = await sendSigned(strict, buyer, "POST /api/v3/order", query, again);
  assert.equal(placed.status, 200, placed.text);
  const repeated = await sendSigned(strict, buyer, "POST /api/v3/order", query, again);
  assert.deepEqual(repeated.body, placed.body);
  const position = { "Halcyon-Position": repeated.headers.get("halcyon-position")! };
  const symbol = { symbol: "BTCUSDT" };
  await sendSigned(node, buyer, "DELETE /api/v3/openOrders", symbol, position);
});

test("an edge that repeats without counting has every request judged by its arrival, and limited", async () => {
  const strict = await venue.addNode({ limits: { weightPerMinute: 1, ordersPer10Seconds: 50 } });
  const uncounted = (arrivedMs: number) => ({
    "Halcyon-Request-Id": requestIdText(freshRequestId(arrivedMs)),
    "Halcyon-Attempt": "uncounted",
    "X-Forwarded-For": "192.0.2.98",
  });
  const firstMs = Date.now() - 20_000;
  const query = { ...limitOrder("BUY", "82", "1"), timestamp: firstMs };
  const headers = uncounted(firstMs);
  const placed = await sendSigned(node, buyer, "POST /api/v3/order", query, headers);
  assert.equal(placed.status, 200, placed.text);
  const repeated = await sendSigned(node, buyer, "POST /api/v3/order", query, headers);
  assert.deepEqual(repeated.body, placed.body);
  const longAgo = { ...query, timestamp: firstMs - 40_000 };
  const late = uncounted(firstMs - 40_000);
  const refused = await sendSigned(node, buyer, "POST /api/v3/order", longAgo, late);
  assert.equal(refused.body.code, -1021, "no edge tries for that long: its clock is wrong");
  const fresh = () => uncounted(Date.now());
  const order = limitOrder("BUY", "82", "1");
  await sendSigned(strict, buyer, "POST /api/v3/order", order, fresh());
  const limited = await sendSigned(strict, buyer, "POST /api/v3/order", order, fresh());
  assert.equal(limited.status, 429);
  const position = { "Halcyon-Position": String(strict.replica.position) };
  const symbol = { symbol: "BTCUSDT" };
  await sendSigned(node, buyer, "DELETE /api/v3/openOrders", symbol, position);
});

test("a request sent again is not found ahead of its time because its id is older than its timestamp", async () => {
  const arrivedMs = Date.now();
  const late = await venue.addNode({ now: () => arrivedMs + 1 });
  const headers = { "Halcyon-Request-Id": requestIdText(freshRequestId(arrivedMs)) };
  const query = { ...limitOrder("BUY", "83", "1"), timestamp: arrivedMs + 1_000 };
  const first = await sendSigned(late, buyer, "POST /api/v3/order", query, headers);
  assert.equal(first.status, 200, first.text);
  const again = { ...headers, "Halcyon-Attempt": "1" };
  const repeated = await sendSigned(late, buyer, "POST /api/v3/order", query, again);
  assert.deepEqual(repeated.body, first.body);
  await sendSigned(late, buyer, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
});

test("a request whose id this node cannot use is not executed under another one", async () => {
  const slow = await venue.addNode({ now: () => Date.now() - 120_000 });
  const id = requestIdText(freshRequestId(Date.now()));
  for (const unusable of [id, "abc"]) {
    const headers = { "Halcyon-Request-Id": unusable, "Halcyon-Attempt": "1" };
    const query = { ...limitOrder("BUY", "84", "1"), timestamp: Date.now() - 120_000 };
    const refused = await sendSigned(slow, buyer, "POST /api/v3/order", query, headers);
    assert.equal(refused.status, 425, "the edge is told to send it on");
    assert.equal(refused.headers.get("halcyon-not-executed"), "1");
  }
  const authorization = { Authorization: `Bearer ${adminToken}`, "Halcyon-Request-Id": id };
  const admin = await send(slow, "POST /admin/v1/accounts", {
    headers: { ...authorization, "Content-Type": "application/json" },
    body: '{"label":"twice"}',
  });
  assert.equal(admin.status, 425);
  assert.equal(admin.headers.get("halcyon-not-executed"), "1");
  const position = String(slow.replica.position);
  const open = await sendSigned(
    node,
    buyer,
    "GET /api/v3/openOrders",
    { symbol: "BTCUSDT" },
    { "Halcyon-Position": position },
  );
  assert.deepEqual(open.body, []);
});

test("an outcome that a node does not know is marked for the edge, in both APIs", async () => {
  const lost = await venue.addNode();
  lost.replica.submit = () => Promise.resolve({ kind: "unknown", reason: "test" });
  const order = await sendSigned(lost, buyer, "POST /api/v3/order", limitOrder("BUY", "85", "1"));
  assert.equal(order.status, 503);
  assert.equal(order.body.code, -1000);
  assert.equal(order.headers.get("halcyon-outcome-unknown"), "1");
  const headers = { Authorization: `Bearer ${adminToken}`, "Content-Type": "application/json" };
  const body = '{"label":"lost"}';
  const account = await send(lost, "POST /admin/v1/accounts", { headers, body });
  assert.equal(account.status, 503);
  assert.equal(account.headers.get("halcyon-outcome-unknown"), "1");
  const viaEdge = { "Halcyon-Request-Id": requestIdText(freshRequestId(Date.now())) };
  const sentOn = await sendSigned(
    lost,
    buyer,
    "POST /api/v3/order",
    limitOrder("BUY", "85", "1"),
    viaEdge,
  );
  assert.equal(sentOn.status, 425, "an edge is told by the status");
  assert.equal(sentOn.body.code, -1000);
  const admin = await send(lost, "POST /admin/v1/accounts", {
    headers: { ...headers, ...viaEdge },
    body,
  });
  assert.equal(admin.status, 425);
});

test("what an edge sent and gave up before this node came to it is left to the node that it asks next", async () => {
  const query = limitOrder("BUY", "87", "1", { newClientOrderId: "given-up" });
  const head = [
    `POST /api/v3/order?${signedQuery(buyer, query)} HTTP/1.1`,
    `Host: 127.0.0.1:${node.port}`,
    `X-MBX-APIKEY: ${buyer.apiKey}`,
    `Halcyon-Request-Id: ${requestIdText(freshRequestId(Date.now()))}`,
    "Halcyon-Attempt: uncounted",
    "Content-Length: 0",
  ];
  // The request and the end of its connection come together.
  const socket = connect(node.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(`${head.join("\r\n")}\r\n\r\n`, () => socket.resetAndDestroy());
  await once(socket, "close");
  const next = await sendSigned(node, buyer, "POST /api/v3/order", limitOrder("BUY", "88", "1"));
  assert.equal(next.status, 200);
  const open = await sendSigned(node, buyer, "GET /api/v3/openOrders", { symbol: "BTCUSDT" });
  const prices = open.body.map(({ price }: { price: string }) => Number(price));
  assert.deepEqual(prices, [88]);
  await sendSigned(node, buyer, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
});

test("in a part of the venue that is cut off from the log, changes are refused at once, for good", async () => {
  const cutOff = await venue.addNode();
  let tried = 0;
  cutOff.replica.submit = () => {
    tried += 1;
    return Promise.resolve({ kind: "unknown", reason: "test" });
  };
  cutOff.replica.health = () => ({ ok: false, status: "log-silent", reasons: ["test"] });
  const viaEdge = () => ({ "Halcyon-Request-Id": requestIdText(freshRequestId(Date.now())) });
  const place = (headers: Record<string, string>) =>
    sendSigned(cutOff, buyer, "POST /api/v3/order", limitOrder("BUY", "86", "1"), headers);
  assert.equal((await place(viaEdge())).status, 425, "another node may reach the log");
  assert.equal(tried, 1);
  const refused = await place({ ...viaEdge(), "Halcyon-Panic": "1" });
  assert.equal(refused.status, 503, "no other node can be reached");
  assert.equal(refused.body.code, -1008);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(refused.headers.get("halcyon-retry-after-ms"), "100", "an election is over soon");
  const admin = await send(cutOff, "POST /admin/v1/accounts", {
    headers: {
      Authorization: `Bearer ${adminToken}`,
      "Content-Type": "application/json",
      ...viaEdge(),
      "Halcyon-Panic": "1",
    },
    body: '{"label":"cut off"}',
  });
  assert.equal(admin.status, 503);
  assert.equal(tried, 1, "nothing was tried");
  const headers = { ...viaEdge(), "Halcyon-Panic": "1" };
  const read = await sendSigned(cutOff, buyer, "GET /api/v3/openOrders", {}, headers);
  assert.equal(read.status, 200, "what it knows it still tells");
});

test("a node waits for the position that a request names, so that it reads what was written elsewhere", async () => {
  const second = await venue.addNode();
  const placed = await sendSigned(node, buyer, "POST /api/v3/order", limitOrder("BUY", "81", "1"));
  const position = placed.headers.get("halcyon-position")!;
  assert.match(position, /^[0-9]+$/);
  const open = await sendSigned(
    second,
    buyer,
    "GET /api/v3/openOrders",
    { symbol: "BTCUSDT" },
    { "Halcyon-Position": position },
  );
  assert.equal(open.body[0].orderId, placed.body.orderId);
  const ahead = await send(node, "GET /api/v3/ping", {
    headers: { "Halcyon-Position": "999999999" },
  });
  assert.equal(ahead.status, 503);
  assert.equal(ahead.headers.get("halcyon-not-executed"), "1");
  await sendSigned(node, buyer, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
});

test("the ledger balances after all of this", () => {
  const report = node.replica.venue.audit();
  assert.equal(report.balanced, true);
});

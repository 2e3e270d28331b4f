import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newKey } from "./idempotency-key.ts";
import {
  limitOrder,
  openTrader,
  type Sent,
  sendSigned,
  startVenue,
  type TestNode,
  type TestVenue,
  type Trader,
} from "./venue.ts";

let venue: TestVenue;
let other: TestNode;
let alice: Trader;
let bob: Trader;
let maker: Trader;

before(async () => {
  const limits = { ordersPer10Seconds: 1_000, weightPerMinute: 100_000 };
  venue = await startVenue({ limits });
  other = await venue.addNode({ limits });
  alice = await openTrader(venue.node, { BTC: 10, USDT: 1_000_000 });
  bob = await openTrader(venue.node, { BTC: 10, USDT: 1_000_000 });
  maker = await openTrader(venue.node, { BTC: 10, USDT: 1_000_000 });
  await ask(venue.node, maker, "POST /api/v3/order", limitOrder("SELL", "60000", "5"), newKey());
});
after(() => venue.close());

type Values = Readonly<Record<string, string | number>>;

function ask(
  node: TestNode,
  trader: Trader,
  line: string,
  values: object,
  key: string,
): Promise<Sent> {
  return sendSigned(node, trader, line, values as Values, { "Idempotency-Key": key });
}

/** Two nodes with one key: the same answer twice. */
async function twice(line: string, values: object): Promise<Sent> {
  const key = newKey();
  const first = await ask(venue.node, alice, line, values, key);
  assert.equal(first.status, 200, `${line}: ${first.text}`);
  const again = await ask(other, alice, line, values, key);
  assert.equal(again.text, first.text, line);
  return first;
}

const orders: Readonly<Record<string, object>> = {
  limit: limitOrder("BUY", "50000", "0.01"),
  "limit that trades": limitOrder("BUY", "60000", "0.01", { timeInForce: "IOC" }),
  "post-only": {
    symbol: "BTCUSDT",
    side: "BUY",
    type: "LIMIT_MAKER",
    price: "50001",
    quantity: "0.01",
  },
  market: { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity: "0.001" },
  "market by quote": { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quoteOrderQty: "50" },
  iceberg: limitOrder("BUY", "50002", "0.1", { icebergQty: "0.01" }),
  "stop loss": {
    symbol: "BTCUSDT",
    side: "SELL",
    type: "STOP_LOSS",
    quantity: "0.01",
    stopPrice: "40000",
  },
  trailing: {
    symbol: "BTCUSDT",
    side: "SELL",
    type: "STOP_LOSS",
    quantity: "0.01",
    trailingDelta: 500,
  },
};

for (const [what, values] of Object.entries(orders)) {
  test(`${what}: one key sent to two nodes is one order with one answer`, async () => {
    const before = await sendSigned(venue.node, alice, "GET /api/v3/allOrders", {
      symbol: "BTCUSDT",
    });
    const { body } = await twice("POST /api/v3/order", { ...values, newOrderRespType: "FULL" });
    const position = String(other.replica.position);
    const list = await sendSigned(
      venue.node,
      alice,
      "GET /api/v3/allOrders",
      { symbol: "BTCUSDT" },
      {
        "Halcyon-Position": position,
      },
    );
    assert.equal(list.body.length, before.body.length + 1);
    assert.equal(list.body.at(-1).orderId, body.orderId);
  });
}

test("amending, cancelling, replacing and lists are done once for each key", async () => {
  const symbol = "BTCUSDT";
  const place = (price: string) => twice("POST /api/v3/order", limitOrder("BUY", price, "0.02"));
  const first = (await place("30000")).body.orderId;
  await twice("PUT /api/v3/order/amend/keepPriority", { symbol, orderId: first, newQty: "0.01" });
  const replaced = await twice("POST /api/v3/order/cancelReplace", {
    ...limitOrder("BUY", "30001", "0.02"),
    cancelReplaceMode: "STOP_ON_FAILURE",
    cancelOrderId: first,
  });
  const { orderId } = replaced.body.newOrderResponse;
  await twice("DELETE /api/v3/order", { symbol, orderId });
  const list = await twice("POST /api/v3/orderList/oco", {
    symbol,
    side: "SELL",
    quantity: "0.01",
    aboveType: "LIMIT_MAKER",
    abovePrice: "90000",
    belowType: "STOP_LOSS",
    belowStopPrice: "40000",
  });
  await twice("DELETE /api/v3/orderList", { symbol, orderListId: list.body.orderListId });
  await place("30002");
  await twice("DELETE /api/v3/openOrders", { symbol });
  const withdrawal = { coin: "USDT", address: "somewhere", amount: "10" };
  await twice("POST /sapi/v1/capital/withdraw/apply", withdrawal);
});

test("another account with the same key gets an order of its own", async () => {
  const key = newKey();
  const values = limitOrder("BUY", "20000", "0.01");
  const one = await ask(venue.node, alice, "POST /api/v3/order", values, key);
  const two = await ask(other, bob, "POST /api/v3/order", values, key);
  assert.equal(two.status, 200, two.text);
  assert.notEqual(two.body.orderId, one.body.orderId);
  assert.equal(two.body.symbol, "BTCUSDT");
});

test("a key that is used for another request is refused, and nothing is done", async () => {
  const key = newKey();
  const values = limitOrder("BUY", "20001", "0.01");
  const placed = await ask(venue.node, alice, "POST /api/v3/order", values, key);
  const symbol = "BTCUSDT";
  const { orderId } = placed.body;
  const others: readonly (readonly [string, object])[] = [
    ["POST /api/v3/order", limitOrder("BUY", "20002", "0.01")],
    ["POST /api/v3/order", limitOrder("BUY", "20001", "0.02")],
    ["POST /api/v3/order", limitOrder("BUY", "20001", "0.01", { newClientOrderId: "other" })],
    ["DELETE /api/v3/order", { symbol, orderId }],
    ["DELETE /api/v3/openOrders", { symbol }],
    ["DELETE /api/v3/orderList", { symbol, orderListId: 1 }],
    ["PUT /api/v3/order/amend/keepPriority", { symbol, orderId, newQty: "0.005" }],
    [
      "POST /api/v3/order/cancelReplace",
      { ...values, cancelReplaceMode: "STOP_ON_FAILURE", cancelOrderId: orderId },
    ],
    ["POST /sapi/v1/capital/withdraw/apply", { coin: "USDT", address: "a", amount: "10" }],
  ];
  for (const [line, changed] of others) {
    const refused = await ask(other, alice, line, changed, key);
    assert.equal(refused.status, 400, `${line} ${refused.text}`);
    assert.equal(refused.body.code, -1130, line);
    assert.match(refused.body.msg, /another request/);
  }
  const order = await sendSigned(venue.node, alice, "GET /api/v3/order", { symbol, orderId });
  assert.equal(order.body.status, "NEW");
  assert.equal(order.body.origQty, "0.01000000");
});

test("a key belongs to its request whole: its stop price, date, iceberg part and legs too", async () => {
  const symbol = "BTCUSDT";
  const stop = { symbol, side: "SELL", type: "STOP_LOSS", quantity: "0.01", stopPrice: "20000" };
  const trailing = { ...stop, stopPrice: undefined, trailingDelta: "100" };
  const dated = limitOrder("BUY", "20003", "0.02", { timeInForce: "GTD" });
  const inAnHour = Date.now() + 3_600_000;
  const pair = { symbol, side: "SELL", quantity: "0.01", aboveType: "LIMIT_MAKER" };
  const oco = { ...pair, abovePrice: "90000", belowType: "STOP_LOSS", belowStopPrice: "20000" };
  const order = "POST /api/v3/order";
  const changes: readonly (readonly [string, object, object])[] = [
    [order, stop, { stopPrice: "20001" }],
    [order, trailing, { trailingDelta: "101" }],
    [order, { ...dated, goodTillDate: inAnHour }, { goodTillDate: inAnHour + 60_000 }],
    [order, limitOrder("BUY", "20004", "0.02", { icebergQty: "0.01" }), { icebergQty: "0.005" }],
    [order, { ...stop, strategyId: 7 }, { strategyId: 8 }],
    [
      order,
      { ...stop, selfTradePreventionMode: "NONE" },
      { selfTradePreventionMode: "EXPIRE_BOTH" },
    ],
    ["POST /api/v3/orderList/oco", oco, { belowStopPrice: "20001" }],
  ];
  for (const [line, values, change] of changes) {
    const key = newKey();
    const first = await ask(venue.node, alice, line, values, key);
    assert.equal(first.status, 200, first.text);
    const refused = await ask(other, alice, line, { ...values, ...change }, key);
    assert.match(refused.body.msg, /another request/, JSON.stringify(change));
    assert.deepEqual((await ask(other, alice, line, values, key)).status, 200);
  }
  await sendSigned(venue.node, alice, "DELETE /api/v3/openOrders", { symbol });
});

test("a refused request's key repeats the refusal", async () => {
  const key = newKey();
  const values = limitOrder("BUY", "59000", "100");
  for (const node of [venue.node, other]) {
    const refused = await ask(node, alice, "POST /api/v3/order", values, key);
    assert.equal(refused.body.code, -2010, refused.text);
  }
  const reused = await ask(
    venue.node,
    alice,
    "DELETE /api/v3/openOrders",
    { symbol: "BTCUSDT" },
    key,
  );
  assert.equal(reused.body.code, -1130, reused.text);
});

test("a key that is no UUIDv7, or lies in the future, is refused", async () => {
  const values = limitOrder("BUY", "20003", "0.01");
  for (const key of ["1", "7e0d2b6e-0f0b-4b6a-9d0b-2f5c1f1f8a11", newKey(Date.now() + 5_000)]) {
    const refused = await ask(venue.node, alice, "POST /api/v3/order", values, key);
    assert.equal(refused.status, 400);
    assert.equal(refused.body.code, -1130);
    assert.match(refused.body.msg, /^Idempotency-Key must/);
  }
  const read = await ask(venue.node, alice, "GET /api/v3/openOrders", { symbol: "BTCUSDT" }, "1");
  assert.equal(read.status, 200, "where nothing is changed, it says nothing");
});

test("the order limit does not hide the outcome of an order that was placed", async () => {
  const tight = await venue.addNode({ limits: { ordersPer10Seconds: 1 } });
  const trader = await openTrader(venue.node, { USDT: 10_000 });
  const key = newKey();
  const values = limitOrder("BUY", "20004", "0.01");
  const placed = await ask(venue.node, trader, "POST /api/v3/order", values, key);
  const position = String(venue.node.replica.position);
  const headers = { "Idempotency-Key": key, "Halcyon-Position": position };
  const again = await sendSigned(tight, trader, "POST /api/v3/order", values, headers);
  assert.equal(again.text, placed.text);
  const more = await ask(tight, trader, "POST /api/v3/order", values, newKey());
  assert.equal(more.body.code, -1015);
});

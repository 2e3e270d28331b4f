import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import {
  type Client,
  createClient,
  type NewOrder,
  NotExecutedError,
  OutcomeUnknownError,
  RefusedError,
} from "@halcyon/sdk";
import { eventually } from "../failover/eventually.ts";
import { FailingProxy } from "./failing-proxy.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let client: Client;

before(async () => {
  world = await startWorld();
  client = world.client([world.edge]);
});
after(() => world?.stop());

const symbol = "BTCUSDT";
const bid = (price: string, change: Partial<NewOrder> = {}): NewOrder => ({
  symbol,
  side: "BUY",
  type: "LIMIT",
  timeInForce: "GTC",
  price,
  quantity: "0.01",
  ...change,
});

/** Open orders with this price. */
async function countAt(price: string): Promise<number> {
  const orders = await client.openOrders(symbol);
  return orders.filter((order) => Number(order.price) === Number(price)).length;
}

test("an order is placed, seen, made smaller, replaced and cancelled", async () => {
  const placed = await client.placeOrder(bid("30000", { quantity: "0.02" }));
  assert.equal(placed.status, "NEW");
  assert.equal(placed.facts.endpoint, world.edge);
  assert.equal(placed.facts.attempts, 1);
  assert.ok(placed.facts.position > 0);
  assert.match(placed.clientOrderId, /^[\w-]{22}$/);
  const { orderId } = placed;
  assert.equal((await client.order({ symbol, orderId })).origQty, "0.02000000");
  const amended = await client.amendOrder({ symbol, orderId, newQty: "0.01" });
  assert.equal(amended.amendedOrder.qty, "0.01000000");
  const replaced = await client.replaceOrder({
    ...bid("30001"),
    cancelReplaceMode: "STOP_ON_FAILURE",
    cancelOrderId: orderId,
  });
  assert.equal(replaced.cancelResponse.orderId, orderId);
  const name = { symbol, origClientOrderId: replaced.newOrderResponse.clientOrderId };
  const canceled = await client.cancelOrder(name);
  assert.equal(canceled.status, "CANCELED");
  assert.equal((await client.allOrders(symbol)).at(-1)?.status, "CANCELED");
});

test("lists of every kind are placed and cancelled", async () => {
  const pair = {
    aboveType: "LIMIT_MAKER",
    abovePrice: "90000",
    belowType: "STOP_LOSS",
    belowStopPrice: "20000",
  } as const;
  const working = {
    workingType: "LIMIT",
    workingSide: "BUY",
    workingTimeInForce: "GTC",
    workingPrice: "30000",
    workingQuantity: "0.01",
  } as const;
  const pending = { pendingSide: "SELL", pendingQuantity: "0.01" } as const;
  // A stop needs a last price to stand on the right side of.
  await client.placeOrder(bid("40000", { side: "SELL" }));
  await client.placeOrder(bid("40000", { selfTradePreventionMode: "NONE" }));
  const oco = await client.placeOco({ symbol, side: "SELL", quantity: "0.01", ...pair });
  assert.equal(oco.orderReports.length, 2);
  const { orderListId } = oco;
  const ended = await client.cancelOrderList({ symbol, orderListId });
  assert.equal(ended.listOrderStatus, "ALL_DONE");
  const oto = await client.placeOto({
    symbol,
    ...working,
    ...pending,
    pendingType: "LIMIT_MAKER",
    pendingPrice: "90000",
  });
  const otoco = await client.placeOtoco({
    symbol,
    ...working,
    ...pending,
    pendingAboveType: "LIMIT_MAKER",
    pendingAbovePrice: "90000",
    pendingBelowType: "STOP_LOSS",
    pendingBelowStopPrice: "20000",
  });
  assert.equal(otoco.orders.length, 3);
  const { canceled } = await client.cancelOpenOrders(symbol);
  const lists = canceled.map((one) => one.orderListId);
  assert.ok(lists.includes(oto.orderListId) && lists.includes(otoco.orderListId));
});

test("what was traded is in the account's trades and balances", async () => {
  const other = await world.makeTrader();
  const maker = world.client([world.edge], other);
  await maker.placeOrder(bid("41000", { side: "SELL" }));
  const [before] = (await client.account()).balances.filter(({ asset }) => asset === "BTC");
  const bought = await client.placeOrder(bid("41000"));
  assert.equal(bought.status, "FILLED");
  assert.equal(bought.fills?.[0]?.qty, "0.01000000");
  const [after] = (await client.account()).balances.filter(({ asset }) => asset === "BTC");
  assert.notEqual(after?.free, before?.free);
  const trades = await client.myTrades(symbol, { orderId: bought.orderId });
  assert.deepEqual(
    trades.map((trade) => trade.id),
    bought.fills?.map((fill) => fill.tradeId),
  );
});

test("a market's grids say what it takes, and round only when asked", async () => {
  const market = await client.market(symbol);
  assert.equal(market.prices.step, "0.01000000");
  assert.equal(market.prices.count("50000.01"), 5_000_001n);
  assert.throws(() => market.prices.count("50000.015"), /no multiple/);
  assert.equal(market.prices.down("50000.015"), "50000.01000000");
  assert.equal(market.quantities.up("0.000011"), "0.00002000");
  assert.ok(!market.quantities.allows("0.000001"));
  const info = await client.exchangeInfo();
  assert.ok(info.symbols.some((one) => one.symbol === symbol));
});

test("what the venue refuses is told as a refusal, and numbers are refused here", async () => {
  await assert.rejects(client.placeOrder(bid("30000", { quantity: "8000" })), (error) => {
    assert.ok(error instanceof RefusedError);
    assert.equal(error.code, -2010);
    return true;
  });
  await assert.rejects(
    client.placeOrder(bid("30000", { quantity: 0.01 as unknown as string })),
    /write prices and quantities as text/,
  );
});

test("a program whose clock is an hour wrong trades all the same", async () => {
  const real = Date.now;
  for (const skewMs of [-3_600_000, 3_600_000]) {
    Date.now = () => real() + skewMs;
    try {
      const skewed = world.client([world.edge]);
      const { orderId } = await skewed.placeOrder(bid("30002"));
      await skewed.cancelOrder({ symbol, orderId });
    } finally {
      Date.now = real;
    }
  }
});

test("an Ed25519 key signs requests and streams", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { name } = await world.venue.admin("POST", `/accounts/${world.trader.account}/keys`, {
    ...{ kind: "ed25519", permissions: ["read", "trade"], label: "ed25519" },
    publicKey: String(publicKey.export({ type: "spki", format: "pem" })),
  });
  const own = createClient({
    endpoints: [world.edge],
    apiKey: String(name),
    ed25519PrivateKey: String(privateKey.export({ type: "pkcs8", format: "pem" })),
  });
  try {
    const stream = own.userStream({ symbols: [symbol] });
    await eventually("the stream is complete", 15_000, () => !stream.isStale);
    const { orderId } = await own.placeOrder(bid("30003"));
    await eventually("the order is seen", 15_000, () => stream.orders.has(orderId));
    await own.cancelOrder({ symbol, orderId });
  } finally {
    own.close();
  }
});

test("an order whose answer is lost is one order, answered by another endpoint", async () => {
  const near = await FailingProxy.before(world.venue.port("eu-1"));
  const far = await FailingProxy.before(world.venue.port("us-1"), 200);
  const own = world.client([far.url, near.url], { limits: { hedgeAfterMs: 1_000 } });
  try {
    await eventually("both endpoints are known", 15_000, () =>
      own.endpoints.every(({ latencyMs }) => latencyMs !== null),
    );
    near.mode = "lose answers";
    const placed = await own.placeOrder(bid("29000"));
    assert.equal(placed.facts.endpoint, far.url);
    assert.equal(placed.facts.attempts, 2);
    assert.equal(await countAt("29000"), 1);
    const next = await own.placeOrder(bid("29001"));
    assert.equal(next.facts.attempts, 1, "an endpoint that failed is not asked again");
    near.mode = "pass";
    await eventually("the first endpoint is believed again", 10_000, async () => {
      const { facts } = await own.placeOrder(bid("29002"));
      return facts.endpoint === near.url;
    });
  } finally {
    await near.close();
    await far.close();
  }
});

test("an order that nobody answers is told as unknown, and repeated by its key is one order", async () => {
  const proxy = await FailingProxy.before(world.venue.port("eu-1"));
  const limits = { totalTimeoutMs: 1_000 };
  const own = world.client([proxy.url], { limits });
  try {
    await own.serverTimeMs();
    proxy.mode = "lose answers";
    const order = bid("28000");
    const error = await own.placeOrder(order).then(
      () => assert.fail("an answer came"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof OutcomeUnknownError, String(error));
    proxy.mode = "pass";
    const { idempotencyKey } = error;
    const again = await own.placeOrder(order, { idempotencyKey });
    assert.equal(again.clientOrderId, error.clientOrderId);
    assert.equal(await countAt("28000"), 1);
    await assert.rejects(own.placeOrder(bid("28001"), { idempotencyKey }), /another request/);
  } finally {
    await proxy.close();
  }
});

test("an order that cannot be sent is told as surely not done", async () => {
  const nowhere = world.client(["http://127.0.0.1:1"], { limits: { totalTimeoutMs: 300 } });
  await assert.rejects(nowhere.placeOrder(bid("28002")), NotExecutedError);
});

test("a request that is under way when the client is closed says so", async () => {
  const proxy = await FailingProxy.before(world.venue.port("eu-1"));
  const own = world.client([proxy.url]);
  try {
    await own.serverTimeMs();
    proxy.mode = "lose everything";
    const rejected = assert.rejects(own.placeOrder(bid("28003")), OutcomeUnknownError);
    await new Promise((resolve) => setImmediate(resolve));
    own.close();
    await rejected;
    await assert.rejects(own.placeOrder(bid("28003")), NotExecutedError);
  } finally {
    await proxy.close();
  }
});

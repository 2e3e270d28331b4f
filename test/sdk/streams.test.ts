import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Client, LiveBook, NewOrder, UserEvent } from "@halcyon/sdk";
import { eventually } from "../failover/eventually.ts";
import type { Trader } from "../venue-process.ts";
import { FailingProxy } from "./failing-proxy.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let maker: Client;
before(async () => {
  world = await startWorld();
  maker = world.client([world.edge], await world.makeTrader());
});
after(() => world?.stop());

const symbol = "BTCUSDT";
const patienceMs = 15_000;

function limit(side: "BUY" | "SELL", price: string, change: Partial<NewOrder> = {}): NewOrder {
  return { symbol, side, type: "LIMIT", timeInForce: "GTC", price, quantity: "0.01", ...change };
}

/** Two endpoints whose connections can be frozen and cut; the second is a little further away. */
async function twoEndpoints(): Promise<readonly [FailingProxy, FailingProxy]> {
  return [
    await FailingProxy.before(world.venue.port("eu-1")),
    await FailingProxy.before(world.venue.port("us-1"), 10),
  ];
}

async function knownClient(
  proxies: readonly { readonly url: string }[],
  trader?: Trader,
): Promise<Client> {
  const client = world.client(
    proxies.map(({ url }) => url),
    trader,
  );
  await eventually("all endpoints are known", patienceMs, () =>
    client.endpoints.every(({ latencyMs }) => latencyMs !== null),
  );
  return client;
}

/** Until the book is that of the venue. */
async function untilTrue(book: LiveBook): Promise<void> {
  await eventually(`the book of ${book.symbol} is the venue's`, patienceMs, async () => {
    const { bids, asks, lastUpdateId } = await maker.depth(book.symbol, 1_000);
    if (book.isStale || book.lastUpdateId !== lastUpdateId) return false;
    assert.deepEqual(book.bids(), bids);
    assert.deepEqual(book.asks(), asks);
    return true;
  });
}

test("a book follows the venue, and is whole again after its endpoint froze", async () => {
  const [near, far] = await twoEndpoints();
  const client = await knownClient([near, far]);
  const stream = client.marketStream();
  try {
    await maker.placeOrder(limit("SELL", "60000"));
    const book = stream.book(symbol);
    await eventually("the book is known", patienceMs, () => !book.isStale);
    await maker.placeOrder(limit("BUY", "50000"));
    await maker.placeOrder(limit("BUY", "49999.5"));
    await untilTrue(book);
    const [frozen, other] = stream.endpoint === far.url ? [far, near] : [near, far];
    const { resyncs } = book;
    frozen.mode = "lose everything";
    await maker.placeOrder(limit("BUY", "50001"));
    await eventually("the book says that it is stale", patienceMs, () => book.isStale);
    await maker.cancelOpenOrders(symbol);
    await maker.placeOrder(limit("SELL", "60001"));
    await untilTrue(book);
    assert.equal(stream.endpoint, other.url);
    assert.ok(book.resyncs > resyncs);
    assert.ok(book.staleMs < patienceMs);
  } finally {
    stream.close();
    await near.close();
    await far.close();
  }
});

test("a book that lost a message is fetched anew", async () => {
  const proxy = await FailingProxy.before(world.venue.port("eu-1"));
  // What the proxy loses is seen here at the same time: it comes from the same node.
  const witness = (await knownClient([{ url: world.nodes[0]! }])).marketStream();
  const client = world.client([proxy.url]);
  const stream = client.marketStream();
  try {
    const [book, seen] = [stream.book(symbol), witness.book(symbol)];
    await eventually("both books are known", patienceMs, () => !book.isStale && !seen.isStale);
    const before = seen.lastUpdateId;
    proxy.mode = "lose answers";
    await maker.placeOrder(limit("BUY", "48000"));
    await eventually("the message was sent", patienceMs, () => seen.lastUpdateId > before);
    await new Promise((resolve) => setImmediate(resolve));
    proxy.mode = "pass";
    await maker.placeOrder(limit("BUY", "48001"));
    await untilTrue(book);
    assert.ok(book.resyncs > 0);
  } finally {
    stream.close();
    witness.close();
    await proxy.close();
  }
});

test("trades come in order and once, also those that were missed", async () => {
  const [near, far] = await twoEndpoints();
  const client = await knownClient([near, far]);
  const stream = client.marketStream();
  const taker = world.client([world.edge], await world.makeTrader());
  try {
    const seen: number[] = [];
    let missed = 0;
    stream.onTrade(symbol, (trade) => {
      seen.push(trade.id);
      missed += trade.missed;
    });
    const tickers: string[] = [];
    stream.onTicker(symbol, (ticker) => tickers.push(ticker.lastPrice));
    const trade = async () => {
      await maker.placeOrder(limit("SELL", "55000"));
      await taker.placeOrder(limit("BUY", "55000"));
    };
    await eventually("the first trade is seen", patienceMs, async () => {
      await trade();
      return seen.length > 0;
    });
    near.cut();
    for (let count = 0; count < 3; count++) await trade();
    near.mode = "lose everything";
    for (let count = 0; count < 3; count++) await trade();
    const last = (await client.depth(symbol)) && (await taker.myTrades(symbol)).at(-1)!.id;
    await eventually("all trades are seen", patienceMs, () => seen.at(-1) === last);
    const first = seen[0]!;
    assert.deepEqual(
      seen,
      seen.map((_, at) => first + at),
    );
    assert.equal(missed, 0);
    await eventually("a ticker is seen", patienceMs, () => tickers.includes("55000.00000000"));
  } finally {
    stream.close();
    await near.close();
    await far.close();
  }
});

test("what an account misses while its stream is broken is told when it is back", async () => {
  const [near, far] = await twoEndpoints();
  const trader = await world.makeTrader();
  const client = await knownClient([near, far], trader);
  const elsewhere = world.client([world.edge], trader);
  const earlier = await elsewhere.placeOrder(limit("BUY", "10000"));
  const events: UserEvent[] = [];
  const stream = client.userStream({ symbols: [symbol] });
  stream.onEvent((event) => events.push(event));
  const told = (what: (event: UserEvent) => boolean) => events.filter(what).length;
  const synced = () => told(({ kind }) => kind === "synced");
  try {
    await eventually("the stream is complete", patienceMs, () => synced() === 1);
    assert.ok(stream.orders.has(earlier.orderId));
    const live = await elsewhere.placeOrder(limit("BUY", "10001"));
    await eventually("an order is seen live", patienceMs, () => stream.orders.has(live.orderId));
    near.mode = "lose everything";
    near.cut();
    far.mode = "lose everything";
    await eventually("the stream says that it is stale", patienceMs, () => stream.isStale);
    events.length = 0;
    await elsewhere.cancelOrder({ symbol, orderId: live.orderId });
    const opened = await elsewhere.placeOrder(limit("BUY", "10002"));
    await maker.placeOrder(limit("SELL", "54000"));
    const bought = await elsewhere.placeOrder(limit("BUY", "54000"));
    far.mode = "pass";
    await eventually("the stream is complete again", patienceMs, () => synced() === 1);
    assert.equal(stream.endpoint, far.url);
    const ofOrder = (orderId: number) =>
      events.flatMap((e) => (e.kind === "order" && e.order.orderId === orderId ? e.order : []));
    assert.deepEqual(
      ofOrder(live.orderId).map(({ status }) => status),
      ["CANCELED"],
    );
    assert.deepEqual(
      ofOrder(opened.orderId).map(({ status }) => status),
      ["NEW"],
    );
    assert.deepEqual(
      ofOrder(bought.orderId).map(({ status }) => status),
      ["FILLED"],
    );
    const trades = events.flatMap((e) => (e.kind === "trade" ? e.trade : []));
    assert.deepEqual(
      trades.map(({ id, orderId }) => [id, orderId]),
      [[bought.fills![0]!.tradeId, bought.orderId]],
    );
    const { balances } = await elsewhere.account();
    for (const { asset, free, locked } of balances) {
      assert.deepEqual(stream.balances.get(asset), { asset, free, locked });
    }
    const open = await elsewhere.openOrders(symbol);
    assert.deepEqual([...stream.orders.keys()].sort(), open.map((o) => o.orderId).sort());
    assert.ok(!stream.isStale);
  } finally {
    stream.close();
    await near.close();
    await far.close();
  }
});

test("a live stream tells each step of an order once", async () => {
  const trader = await world.makeTrader();
  const client = world.client([world.edge], trader);
  const steps: string[] = [];
  const stream = client.userStream({ symbols: [symbol] });
  stream.onEvent((event) => {
    if (event.kind === "order") steps.push(event.order.status);
    else if (event.kind !== "balance") steps.push(event.kind);
  });
  await eventually("the stream is complete", patienceMs, () => steps.includes("synced"));
  const { orderId } = await client.placeOrder(limit("BUY", "53000", { quantity: "0.02" }));
  await maker.placeOrder(limit("SELL", "53000"));
  await client.cancelOrder({ symbol, orderId });
  await eventually("the end is seen", patienceMs, () => steps.at(-1) === "CANCELED");
  assert.deepEqual(steps, ["synced", "NEW", "trade", "PARTIALLY_FILLED", "CANCELED"]);
  assert.equal(stream.orders.size, 0);
});

test("a stream whose key the venue does not know ends, and says why", async () => {
  const stranger = { apiKey: "x".repeat(64), secret: "y" };
  const stream = world.client([world.edge], stranger).userStream({ symbols: [symbol] });
  const reasons: string[] = [];
  stream.onEvent((event) => {
    if (event.kind === "ended") reasons.push(event.reason);
  });
  await eventually("the stream has ended", patienceMs, () => reasons.length > 0);
  assert.match(reasons.join(), /^Invalid API-key, .* \(-2015\)$/);
  assert.ok(stream.isStale);
});

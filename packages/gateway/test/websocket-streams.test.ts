import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { encodeSetMarketState, type MarketState, marketState } from "@halcyon/core";
import fc from "fast-check";
import {
  limitOrder,
  openTrader,
  send,
  sendSigned,
  startVenue,
  type TestVenue,
  type Trader,
} from "./venue.ts";
import { type Message, TestSocket } from "./websocket-client.ts";

let venue: TestVenue;
let maker: Trader;
let taker: Trader;

before(async () => {
  venue = await startVenue({
    limits: { weightPerMinute: 1_000_000, ordersPer10Seconds: 100_000 },
    webSocketLimits: { connectsMax: 10_000, controlBurst: 1_000 },
  });
  maker = await openTrader(venue.node, { BTC: 1_000, ETH: 1_000, USDT: 10_000_000 });
  taker = await openTrader(venue.node, { BTC: 1_000, ETH: 1_000, USDT: 10_000_000 });
});
after(() => venue.close());

async function order(trader: Trader, values: ReturnType<typeof limitOrder>): Promise<Message> {
  const sent = await sendSigned(venue.node, trader, "POST /api/v3/order", values);
  assert.equal(sent.status, 200, sent.text);
  return sent.body;
}

async function cancelAll(trader: Trader, symbol: string): Promise<void> {
  const sent = await sendSigned(venue.node, trader, "DELETE /api/v3/openOrders", { symbol });
  assert.ok(sent.status === 200 || sent.body.code === -2011, sent.text);
}

/** One trade of 0.001 BTC at 50,000, the buyer as taker. */
async function trade(): Promise<void> {
  await order(maker, limitOrder("SELL", "50000", "0.001"));
  await order(taker, limitOrder("BUY", "50000", "0.001"));
}

test("raw, combined and subscribed sockets get their events in their own frames", async () => {
  const raw = await TestSocket.open(venue.node, "/ws/btcusdt@trade");
  const combined = await TestSocket.open(venue.node, "/stream?streams=btcusdt@trade/ethusdt@trade");
  const ccxt = await TestSocket.open(venue.node, "/ws/0");
  const empty = await TestSocket.open(venue.node, "/stream?streams=");
  const oneHost = await TestSocket.open(venue.node, "/stream/ws/1");
  const subscribe = { method: "SUBSCRIBE", params: ["btcusdt@trade"] };
  assert.deepEqual(await ccxt.ask({ ...subscribe, id: 1 }), { result: null, id: 1 });
  assert.deepEqual(await oneHost.ask({ ...subscribe, id: 9 }), { result: null, id: 9 });
  const id = "0123456789abcdef0123456789abcdef";
  assert.deepEqual(await empty.ask({ ...subscribe, id }), { result: null, id });
  await trade();
  const event = await raw.next();
  assert.deepEqual(Object.keys(event), ["e", "E", "s", "t", "p", "q", "T", "m", "M"]);
  assert.equal(event.e, "trade");
  assert.equal(event.s, "BTCUSDT");
  assert.equal(event.p, "50000.00000000");
  assert.equal(event.q, "0.00100000");
  assert.equal(event.m, false, "the buyer was the taker");
  assert.deepEqual(await ccxt.next(), event);
  assert.deepEqual(await oneHost.next(), event);
  assert.deepEqual(await combined.next(), { stream: "btcusdt@trade", data: event });
  assert.deepEqual(await empty.next(), { stream: "btcusdt@trade", data: event });
  for (const socket of [raw, combined, ccxt, empty, oneHost]) socket.close();
});

test("subscriptions are listed, ended and turned into the other frame", async () => {
  const socket = await TestSocket.open(venue.node, "/ws");
  const names = ["btcusdt@trade", "btcusdt@depth@100ms"];
  await socket.ask({ method: "SUBSCRIBE", params: names, id: 1 });
  assert.deepEqual(await socket.ask({ method: "LIST_SUBSCRIPTIONS", id: 2 }), {
    result: names,
    id: 2,
  });
  await socket.ask({
    method: "UNSUBSCRIBE",
    params: ["btcusdt@depth@100ms", "never@trade"],
    id: 3,
  });
  assert.deepEqual(await socket.ask({ method: "LIST_SUBSCRIPTIONS", id: null }), {
    result: ["btcusdt@trade"],
    id: null,
  });
  const get = { method: "GET_PROPERTY", params: ["combined"], id: 4 };
  assert.equal((await socket.ask(get)).result, false);
  await socket.ask({ method: "SET_PROPERTY", params: ["combined", true], id: 5 });
  assert.equal((await socket.ask(get)).result, true);
  await trade();
  assert.equal((await socket.next()).stream, "btcusdt@trade");
  const invalid = await socket.ask({
    method: "SUBSCRIBE",
    params: ["btcusdt@aggTrade", "nosuch@trade"],
    id: 6,
  });
  assert.equal(invalid.error.code, 2);
  assert.match(invalid.msg, /invalid stream "nosuch@trade"/);
  const list = await socket.ask({ method: "LIST_SUBSCRIPTIONS", id: 7 });
  assert.deepEqual(list.result, ["btcusdt@trade"], "an error subscribes to nothing");
  socket.close();
});

test("an address with a stream that does not exist opens the others and says so", async () => {
  const socket = await TestSocket.open(venue.node, "/stream?streams=btcusdt@trade/nosuch@trade");
  assert.match((await socket.next()).msg, /invalid stream "nosuch@trade"/);
  await trade();
  assert.equal((await socket.next()).stream, "btcusdt@trade");
  socket.close();
});

test("a socket reads at most its number of streams", async () => {
  const small = await startVenue({ webSocketLimits: { streamsPerSocketMax: 2 } });
  const socket = await TestSocket.open(small.node, "/ws");
  const params = ["btcusdt@trade", "btcusdt@aggTrade", "ethusdt@trade"];
  const refused = await socket.ask({ method: "SUBSCRIBE", params, id: 1 });
  assert.match(refused.msg, /at most 2 streams/);
  assert.equal(
    (await socket.ask({ method: "SUBSCRIBE", params: params.slice(1), id: 2 })).result,
    null,
  );
  const again = await socket.ask({ method: "SUBSCRIBE", params: params.slice(1), id: 3 });
  assert.equal(again.result, null, "what is read already does not count twice");
  socket.close();
  await small.close();
});

test("1,024 streams fit into one message", async () => {
  const socket = await TestSocket.open(venue.node, "/ws");
  const params = Array.from({ length: 1_024 }, () => "btcusdt@depth20@100ms");
  assert.equal((await socket.ask({ method: "SUBSCRIBE", params, id: 1 })).result, null);
  socket.close();
});

test("aggregate trades join what one taker traded at one price", async () => {
  const socket = await TestSocket.open(venue.node, "/ws/btcusdt@aggTrade");
  await order(maker, limitOrder("SELL", "50001", "0.001"));
  await order(maker, limitOrder("SELL", "50001", "0.002"));
  await order(maker, limitOrder("SELL", "50002", "0.001"));
  await order(taker, limitOrder("BUY", "50002", "0.004"));
  const first = await socket.next();
  const second = await socket.next();
  assert.deepEqual(Object.keys(first), ["e", "E", "s", "a", "p", "q", "f", "l", "T", "m", "M"]);
  assert.equal(first.q, "0.00300000");
  assert.equal(first.l, first.f + 1);
  assert.equal(second.p, "50002.00000000");
  assert.equal(second.a, first.a + 1);
  assert.equal(second.f, first.l + 1);
  socket.close();
});

test("the book ticker tells every change of the best prices, and the state to begin with", async () => {
  await cancelAll(maker, "ETHUSDT");
  const socket = await TestSocket.open(venue.node, "/ws/ethusdt@bookTicker");
  const empty = await socket.next();
  assert.deepEqual([empty.b, empty.B, empty.a, empty.A].map(Number), [0, 0, 0, 0]);
  const eth = { symbol: "ETHUSDT" };
  await order(maker, limitOrder("BUY", "3000", "1", eth));
  const bid = await socket.next();
  assert.deepEqual(Object.keys(bid), ["u", "s", "b", "B", "a", "A"]);
  assert.equal(bid.b, "3000.00000000");
  assert.equal(Number(bid.B), 1);
  await order(maker, limitOrder("BUY", "2999", "1", eth));
  await order(maker, limitOrder("BUY", "3000", "2", eth));
  const more = await socket.next();
  assert.equal(Number(more.B), 3, "a change below the best price is none of it");
  assert.equal(more.u, bid.u + 2);
  socket.close();
  await cancelAll(maker, "ETHUSDT");
});

test("candles are told as they trade, and once more when they are over", async () => {
  const socket = await TestSocket.open(venue.node, "/ws/btcusdt@kline_1s");
  await trade();
  const running = await socket.next("a running candle", (m) => m.k.n > 0 && !m.k.x);
  assert.deepEqual(Object.keys(running), ["e", "E", "s", "k"]);
  assert.deepEqual(Object.keys(running.k).join(), "t,T,s,i,f,L,o,c,h,l,v,n,x,q,V,Q,B");
  assert.equal(running.k.T, running.k.t + 999);
  const closed = await socket.next("its end", (m) => m.k.x);
  const following = await socket.next("the one after it");
  // The next second that log time reached: on a busy machine not always the very next one.
  assert.ok(following.k.t > closed.k.t);
  assert.equal((following.k.t - closed.k.t) % 1_000, 0);
  // A candle without trades is flat; where the trades lay across the second, it opens with one.
  if (following.k.n === 0) assert.equal(following.k.o, closed.k.c);
  socket.close();
});

test("tickers of one market and of all are told when they change", async () => {
  const socket = await TestSocket.open(
    venue.node,
    "/stream?streams=btcusdt@miniTicker/btcusdt@ticker/!miniTicker@arr/btcusdt@avgPrice/btcusdt@ticker_1h/!ticker_4h@arr",
  );
  const rest = (await send(venue.node, "GET /api/v3/ticker/24hr?symbol=BTCUSDT")).body;
  const expectMini = (data: Message) => {
    assert.deepEqual(Object.keys(data).join(), "e,E,s,c,o,h,l,v,q");
    assert.deepEqual([data.e, data.s], ["24hrMiniTicker", "BTCUSDT"]);
    assert.deepEqual(
      [data.c, data.o, data.h, data.l, data.v, data.q],
      [
        rest.lastPrice,
        rest.openPrice,
        rest.highPrice,
        rest.lowPrice,
        rest.volume,
        rest.quoteVolume,
      ],
    );
  };
  const byName = new Map<string, Message>();
  while (byName.size < 6) {
    const { stream, data } = await socket.next();
    byName.set(stream, data);
  }
  expectMini(byName.get("btcusdt@miniTicker"));
  expectMini(byName.get("!miniTicker@arr").find((data: Message) => data.s === "BTCUSDT"));
  const full = byName.get("btcusdt@ticker");
  assert.deepEqual(Object.keys(full).join(), "e,E,s,p,P,w,x,c,Q,b,B,a,A,o,h,l,v,q,O,C,F,L,n");
  assert.deepEqual(
    [full.p, full.P, full.w, full.x, full.Q, full.F, full.L, full.n],
    [
      rest.priceChange,
      rest.priceChangePercent,
      rest.weightedAvgPrice,
      rest.prevClosePrice,
      rest.lastQty,
      rest.firstId,
      rest.lastId,
      rest.count,
    ],
  );
  assert.equal(byName.get("btcusdt@ticker_1h").e, "1hTicker");
  assert.equal(byName.get("btcusdt@avgPrice").i, "5m");
  await trade();
  const changed = await socket.next("a change", (m) => m.stream === "!miniTicker@arr");
  assert.deepEqual(
    changed.data.map((data: Message) => data.s),
    ["BTCUSDT"],
    "only what changed",
  );
  socket.close();
});

test("partial depth shows the best levels as REST does", async () => {
  const socket = await TestSocket.open(venue.node, "/ws/ethusdt@depth5@100ms");
  assert.deepEqual(Object.keys(await socket.next()), ["lastUpdateId", "bids", "asks"]);
  for (let i = 0; i < 7; i++) {
    await order(maker, limitOrder("BUY", String(2_000 - i), "1", { symbol: "ETHUSDT" }));
  }
  const rest = (await send(venue.node, "GET /api/v3/depth?symbol=ETHUSDT&limit=5")).body;
  const stream = await socket.next("the last change", (m) => m.lastUpdateId === rest.lastUpdateId);
  assert.deepEqual(stream, rest);
  assert.equal(stream.bids.length, 5);
  socket.close();
  await cancelAll(maker, "ETHUSDT");
});

/** A book kept as clients keep theirs: a snapshot and the changes after it. */
class LocalBook {
  readonly sides = { b: new Map<string, string>(), a: new Map<string, string>() };
  lastUpdateId: number;

  constructor(snapshot: Message) {
    this.lastUpdateId = snapshot.lastUpdateId;
    for (const [price, quantity] of snapshot.bids) this.sides.b.set(price, quantity);
    for (const [price, quantity] of snapshot.asks) this.sides.a.set(price, quantity);
  }

  apply(event: Message): void {
    if (event.u <= this.lastUpdateId) return;
    assert.ok(event.U <= this.lastUpdateId + 1, `a gap: ${event.U} after ${this.lastUpdateId}`);
    for (const side of ["b", "a"] as const) {
      for (const [price, quantity] of event[side]) {
        if (Number(quantity) === 0) this.sides[side].delete(price);
        else this.sides[side].set(price, quantity);
      }
    }
    this.lastUpdateId = event.u;
  }

  sorted(): { bids: [string, string][]; asks: [string, string][] } {
    const by = (sign: number) => (x: [string, string], y: [string, string]) =>
      sign * (Number(x[0]) - Number(y[0]));
    return { bids: [...this.sides.b].sort(by(-1)), asks: [...this.sides.a].sort(by(1)) };
  }
}

const step = fc.record({
  trader: fc.constantFrom("maker", "taker"),
  side: fc.constantFrom("BUY", "SELL"),
  price: fc.integer({ min: 95, max: 105 }),
  quantity: fc.integer({ min: 1, max: 5 }),
  action: fc.constantFrom(
    ...(["limit", "limit", "limit", "iceberg", "iceberg", "ioc", "market", "stop"] as const),
    ...(["decrement", "cancelAll", "auction", "trading"] as const),
  ),
} as const);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function take({ trader, side, price, quantity, action }: Step): Promise<void> {
  const who = trader === "maker" ? maker : taker;
  const symbol = "ETHUSDT";
  const limit = limitOrder(side, String(price), String(quantity), { symbol });
  switch (action) {
    case "cancelAll":
      return cancelAll(who, symbol);
    case "auction":
    case "trading":
      return setState(marketState[action]);
    default:
      break;
  }
  const values = {
    limit,
    iceberg: { ...limit, quantity: String(quantity + 3), icebergQty: "1" },
    ioc: { ...limit, timeInForce: "IOC" },
    decrement: { ...limit, selfTradePreventionMode: "DECREMENT" },
    market: { symbol, side, type: "MARKET", quantity: String(quantity) },
    stop: { ...limit, type: "STOP_LOSS_LIMIT", stopPrice: String(side === "BUY" ? 102 : 98) },
  };
  const sent = await sendSigned(venue.node, who, "POST /api/v3/order", values[action]);
  assert.ok(sent.status < 500, sent.text);
}

/** Of ETHUSDT. */
async function setState(state: MarketState): Promise<void> {
  await venue.node.apply((w) => encodeSetMarketState(w, {}, { market: 1, state }));
}

test("depth events have no gap, and rebuild the book that REST shows, whatever is traded", async () => {
  const run = fc.asyncProperty(
    fc.array(step, { minLength: 20, maxLength: 60 }),
    fc.nat({ max: 19 }),
    async (steps, snapshotAt) => {
      const names = ["ethusdt@depth@100ms", "ethusdt@depth"];
      const socket = await TestSocket.open(venue.node, "/stream");
      await socket.ask({ method: "SUBSCRIBE", params: names, id: 1 });
      let snapshot: Message;
      for (const [index, one] of steps.entries()) {
        if (index === snapshotAt) {
          snapshot = (await send(venue.node, "GET /api/v3/depth?symbol=ETHUSDT&limit=5000")).body;
        }
        await take(one);
      }
      const rest = (await send(venue.node, "GET /api/v3/depth?symbol=ETHUSDT&limit=5000")).body;
      const books = new Map(names.map((name) => [name, new LocalBook(snapshot)]));
      const previous = new Map<string, number>();
      while ([...books.values()].some((book) => book.lastUpdateId < rest.lastUpdateId)) {
        const { stream, data } = await socket.next("the changes", (m) => m.stream !== undefined);
        assert.deepEqual(Object.keys(data).join(), "e,E,s,U,u,b,a");
        const before = previous.get(stream);
        if (before !== undefined) assert.equal(data.U, before + 1);
        assert.ok(data.u >= data.U);
        previous.set(stream, data.u);
        books.get(stream)!.apply(data);
      }
      for (const book of books.values()) {
        assert.deepEqual(book.sorted(), { bids: rest.bids, asks: rest.asks });
      }
      socket.close();
    },
  );
  await fc.assert(run, { numRuns: 3, endOnFailure: true });
  await setState(marketState.trading);
  for (const who of [maker, taker]) await cancelAll(who, "ETHUSDT");
});

test("an iceberg shows one part at a time, and the next one as soon as that is gone", async () => {
  const socket = await TestSocket.open(venue.node, "/ws/ethusdt@bookTicker");
  const ice = { symbol: "ETHUSDT", icebergQty: "2" };
  await order(maker, limitOrder("SELL", "3000", "5", ice));
  const shown = async (): Promise<string> => {
    const best = await socket.next("the iceberg", (m) => Number(m.a) === 3_000);
    return best.A;
  };
  assert.equal(Number(await shown()), 2);
  for (const [bought, left] of [
    [1, 1],
    [1, 2],
    [2, 1],
  ]) {
    await order(taker, limitOrder("BUY", "3000", String(bought), { symbol: "ETHUSDT" }));
    assert.equal(Number(await shown()), left);
  }
  socket.close();
  await cancelAll(maker, "ETHUSDT");
});

test("orders gather in an auction across each other, and its opening is trades at one price", async () => {
  const socket = await TestSocket.open(
    venue.node,
    "/stream?streams=ethusdt@bookTicker/ethusdt@trade/ethusdt@aggTrade",
  );
  await setState(marketState.auction);
  await order(maker, limitOrder("SELL", "2900", "1", { symbol: "ETHUSDT" }));
  await order(maker, limitOrder("SELL", "2950", "1", { symbol: "ETHUSDT" }));
  await order(taker, limitOrder("BUY", "3100", "2", { symbol: "ETHUSDT" }));
  const crossed = await socket.next("a crossed book", (m) => Number(m.data.b) === 3_100);
  assert.equal(Number(crossed.data.a), 2_900);
  await setState(marketState.trading);
  const trades: Message[] = [];
  while (trades.length < 3) {
    const { data } = await socket.next("trades", (m) => m.data.e !== undefined);
    trades.push(data);
  }
  const prices = new Set(trades.map(({ p }) => p));
  assert.equal(prices.size, 1);
  assert.deepEqual(
    trades.map(({ e, q, m }) => [e, Number(q), m]),
    [
      ["trade", 1, false],
      ["trade", 1, false],
      ["aggTrade", 2, false],
    ],
  );
  const open = await socket.next("the book after it", (m) => m.data.b !== undefined);
  assert.deepEqual([Number(open.data.b), Number(open.data.a)], [0, 0]);
  socket.close();
});

test("another node gives the same update ids and the same book", async () => {
  const second = await venue.addNode();
  const name = "ethusdt@depth@100ms";
  const here = await TestSocket.open(venue.node, `/ws/${name}`);
  const there = await TestSocket.open(second, `/ws/${name}`);
  for (let i = 0; i < 5; i++) {
    await order(maker, limitOrder("SELL", String(4_000 + i), "1", { symbol: "ETHUSDT" }));
  }
  const rest = (await send(venue.node, "GET /api/v3/depth?symbol=ETHUSDT")).body;
  const reached = (m: Message) => m.u === rest.lastUpdateId;
  await here.next("the last change", reached);
  await there.next("the last change", reached);
  const levels = (socket: TestSocket) =>
    new Map(socket.received.flatMap((event: Message) => event.a as [string, string][]));
  assert.deepEqual(levels(here), levels(there));
  assert.equal(here.received[0].U, there.received[0].U);
  here.close();
  there.close();
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  limitOrder,
  openTrader,
  type Sent,
  sendSigned,
  startVenue,
  type TestVenue,
  type Trader,
} from "./venue.ts";
import { call, type Message, TestSocket } from "./websocket-client.ts";

let venue: TestVenue;
let trader: Trader;
let other: Trader;
let socket: TestSocket;

before(async () => {
  venue = await startVenue({ webSocketLimits: { connectsMax: 10_000 } });
  trader = await openTrader(venue.node, { BTC: 100, USDT: 1_000_000 });
  other = await openTrader(venue.node, { BTC: 100, USDT: 1_000_000 });
  socket = await TestSocket.open(venue.node, "/ws-api/v3");
  await call(socket, "userDataStream.subscribe.signature", {}, trader);
});
after(async () => {
  socket.close();
  await venue.close();
});

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

const symbol = "BTCUSDT";
async function ask(of: Trader, line: string, values: Values): Promise<Sent["body"]> {
  const sent = await sendSigned(venue.node, of, line, { symbol, ...values });
  assert.equal(sent.status, 200, sent.text);
  return sent.body;
}
const place = (of: Trader, values: Values): Promise<Sent["body"]> =>
  ask(of, "POST /api/v3/order", values);

/** The events up to the next account position, which ends what one command told. */
async function told(): Promise<Message[]> {
  const events: Message[] = [];
  for (;;) {
    const { event } = await socket.next("an event", (m) => m.event !== undefined);
    events.push(event);
    if (event.e === "outboundAccountPosition") return events;
  }
}

/** What each event says of itself in short, and the locked balances at the end. */
async function short(): Promise<string[]> {
  return (await told()).map((event) => {
    if (event.e === "executionReport") return `${event.c} ${event.x} ${event.X}`;
    if (event.e === "listStatus") return `${event.C} ${event.l} ${event.L}`;
    return event.B.map((b: Message) => `${b.a} ${b.l}`).join(" ");
  });
}

/** A trade between others would need two of them: the other one trades with itself. */
async function lastPrice(price: string): Promise<void> {
  await place(other, limitOrder("SELL", price, "0.1"));
  await place(other, limitOrder("BUY", price, "0.1"));
}

test("a stop is told when it waits, when another's trade triggers it, and when it trades", async () => {
  await lastPrice("100");
  await place(trader, {
    ...{ side: "SELL", type: "STOP_LOSS", quantity: "1", stopPrice: "95" },
    newClientOrderId: "stop",
  });
  const [waiting, held] = await told();
  assert.deepEqual(
    [waiting.x, waiting.X, waiting.P, waiting.w, waiting.W, waiting.o],
    ["NEW", "NEW", "95.00000000", false, undefined, "STOP_LOSS"],
  );
  assert.equal(held.B.find((b: Message) => b.a === "BTC").l, "1.00000000");
  await place(other, limitOrder("BUY", "94", "0.4"));
  await lastPrice("95");
  const events = await told();
  assert.deepEqual(
    events.slice(0, -1).map(({ x, X, z, L, eR }: Message) => [x, X, z, L, eR]),
    [
      ["NEW", "NEW", "0.00000000", "0.00000000", undefined],
      ["TRADE", "PARTIALLY_FILLED", "0.40000000", "94.00000000", undefined],
      ["EXPIRED", "EXPIRED", "0.40000000", "0.00000000", "INSUFFICIENT_LIQUIDITY"],
    ],
  );
  assert.ok(events[1].W >= waiting.O);
  assert.equal(events.at(-1).B.find((b: Message) => b.a === "BTC").l, "0.00000000");
});

test("an OCO tells its list first, its orders, one account position, and all of its end", async () => {
  await lastPrice("100");
  const pair = {
    ...{ side: "SELL", quantity: "1", listClientOrderId: "pair" },
    ...{ aboveType: "LIMIT_MAKER", abovePrice: "110", aboveClientOrderId: "up" },
    ...{ belowType: "STOP_LOSS", belowStopPrice: "90", belowClientOrderId: "down" },
  };
  await ask(trader, "POST /api/v3/orderList/oco", pair);
  assert.deepEqual(await short(), [
    ...["pair EXEC_STARTED EXECUTING", "up NEW NEW", "down NEW NEW"],
    "BTC 1.00000000 USDT 0.00000000",
  ]);
  await place(other, limitOrder("BUY", "110", "1"));
  assert.deepEqual(await short(), [
    ...["down EXPIRED EXPIRED", "up TRADE FILLED", "pair ALL_DONE ALL_DONE"],
    "BTC 0.00000000 USDT 0.00000000",
  ]);
  await ask(trader, "POST /api/v3/orderList/oco", { ...pair, abovePrice: "120" });
  await short();
  const cancel = { listClientOrderId: "pair", newClientOrderId: "bye" };
  await ask(trader, "DELETE /api/v3/orderList", cancel);
  assert.deepEqual(await short(), [
    ...["bye CANCELED CANCELED", "bye CANCELED CANCELED", "pair ALL_DONE ALL_DONE"],
    "BTC 0.00000000 USDT 0.00000000",
  ]);
});

test("an OTO's second order is pending, then new, and holds money from then on", async () => {
  const list = {
    ...{ listClientOrderId: "oto", workingType: "LIMIT", workingTimeInForce: "GTC" },
    ...{ workingSide: "SELL", workingPrice: "100", workingQuantity: "1" },
    ...{ pendingType: "LIMIT", pendingTimeInForce: "GTC", pendingSide: "BUY" },
    ...{ pendingPrice: "90", pendingQuantity: "1" },
    ...{ workingClientOrderId: "first", pendingClientOrderId: "second" },
  };
  await ask(trader, "POST /api/v3/orderList/oto", list);
  assert.deepEqual(await short(), [
    ...["oto EXEC_STARTED EXECUTING", "first NEW NEW", "second NEW PENDING_NEW"],
    "BTC 1.00000000 USDT 0.00000000",
  ]);
  await place(other, limitOrder("BUY", "100", "1"));
  assert.deepEqual(await short(), [
    ...["first TRADE FILLED", "second NEW NEW"],
    "BTC 0.00000000 USDT 90.00000000",
  ]);
  await ask(trader, "DELETE /api/v3/openOrders", {});
  await short();
});

test("self-trade prevention is told to the order that loses by it, with the account's balances", async () => {
  await place(trader, limitOrder("SELL", "100", "3", { newClientOrderId: "maker" }));
  await short();
  const mode = { selfTradePreventionMode: "DECREMENT", newClientOrderId: "taker" };
  await place(trader, limitOrder("BUY", "100", "1", mode));
  assert.deepEqual(await short(), [
    ...["taker NEW NEW", "maker TRADE_PREVENTION NEW", "taker TRADE_PREVENTION EXPIRED_IN_MATCH"],
    "BTC 2.00000000 USDT 0.00000000",
  ]);
  await ask(trader, "DELETE /api/v3/openOrders", {});
  await short();
});

test("an amended order is told as replaced, and an iceberg shows what it shows", async () => {
  const iceberg = { icebergQty: "1", newClientOrderId: "ice" };
  const { orderId } = await place(trader, limitOrder("SELL", "100", "3", iceberg));
  const [placed] = await told();
  assert.deepEqual([placed.q, placed.F, placed.w], ["3.00000000", "1.00000000", true]);
  const to = { orderId, newQty: "2", newClientOrderId: "ice-2" };
  await ask(trader, "PUT /api/v3/order/amend/keepPriority", to);
  const [amended, held] = await told();
  assert.deepEqual(
    [amended.x, amended.X, amended.q, amended.c, amended.C, amended.i],
    ["REPLACED", "NEW", "2.00000000", "ice-2", "", orderId],
  );
  assert.equal(held.B.find((b: Message) => b.a === "BTC").l, "2.00000000");
  await ask(trader, "DELETE /api/v3/openOrders", {});
  await short();
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  encodeDeposit,
  encodeRevokeKey,
  encodeTransfers,
  encodeWithdraw,
  transferKind,
} from "@halcyon/core";
import {
  createKey,
  limitOrder,
  openTrader,
  send,
  sendSigned,
  startVenue,
  type TestVenue,
  type Trader,
} from "./venue.ts";
import { call, type Message, TestSocket } from "./websocket-client.ts";

let venue: TestVenue;
let alice: Trader;
let bob: Trader;

before(async () => {
  venue = await startVenue({ webSocketLimits: { connectsMax: 10_000 } });
  alice = await openTrader(venue.node, { BTC: 10, USDT: 1_000_000 });
  bob = await openTrader(venue.node, { BTC: 10, USDT: 1_000_000 });
});
after(() => venue.close());

async function subscribed(trader: Trader): Promise<TestSocket> {
  const socket = await TestSocket.open(venue.node, "/ws-api/v3");
  const answer = await call(socket, "userDataStream.subscribe.signature", {}, trader);
  assert.deepEqual(answer.result, { subscriptionId: 0 });
  return socket;
}

async function order(trader: Trader, values: ReturnType<typeof limitOrder>): Promise<Message> {
  const sent = await sendSigned(venue.node, trader, "POST /api/v3/order", values);
  assert.equal(sent.status, 200, sent.text);
  return sent.body;
}

async function event(socket: TestSocket): Promise<Message> {
  const message = await socket.next("an event", (m) => m.event !== undefined);
  assert.equal(message.subscriptionId, 0);
  return message.event;
}

/** The balances of an account position by asset. */
function balances(position: Message): Record<string, [string, string]> {
  assert.deepEqual(Object.keys(position), ["e", "E", "u", "B"]);
  return Object.fromEntries(position.B.map((b: Message) => [b.a, [b.f, b.l]]));
}

const reportFields = "e,E,s,c,S,o,f,q,p,P,F,g,C,x,X,r,i,l,z,L,n,N,T,t,I,w,m,M,O,Z,Y,Q,W,V";

/** What a sell order of 0.003 at 50,000 looks like once it is on the book, its times left out. */
const acceptedReport = (orderId: number): object => ({
  e: "executionReport",
  E: 0,
  s: "BTCUSDT",
  c: "alice-1",
  S: "SELL",
  o: "LIMIT",
  f: "GTC",
  q: "0.00300000",
  p: "50000.00000000",
  P: "0.00000000",
  F: "0.00000000",
  g: -1,
  C: "",
  x: "NEW",
  X: "NEW",
  r: "NONE",
  i: orderId,
  l: "0.00000000",
  z: "0.00000000",
  L: "0.00000000",
  n: "0",
  N: null,
  T: 0,
  t: -1,
  I: 0,
  w: true,
  m: false,
  M: false,
  O: 0,
  Z: "0.00000000",
  Y: "0.00000000",
  Q: "0.00000000",
  W: 0,
  V: "NONE",
});

test("an order's whole life is told in order, each step with its balances", async () => {
  const socket = await subscribed(alice);
  const placed = await order(
    alice,
    limitOrder("SELL", "50000", "0.003", { newClientOrderId: "alice-1" }),
  );
  const accepted = await event(socket);
  assert.equal(Object.keys(accepted).join(), reportFields);
  assert.deepEqual({ ...accepted, E: 0, T: 0, O: 0, W: 0, I: 0 }, acceptedReport(placed.orderId));
  assert.equal(accepted.T, placed.transactTime);
  assert.deepEqual(balances(await event(socket))["BTC"], ["9.99700000", "0.00300000"]);

  await order(bob, limitOrder("BUY", "50000", "0.001"));
  const filled = await event(socket);
  assert.deepEqual(
    [filled.x, filled.X, filled.l, filled.z, filled.L, filled.Y, filled.Z, filled.m, filled.w],
    [
      "TRADE",
      "PARTIALLY_FILLED",
      "0.00100000",
      "0.00100000",
      "50000.00000000",
      "50.00000000",
      "50.00000000",
      true,
      true,
    ],
  );
  assert.deepEqual([filled.n, filled.N], ["0.05000000", "USDT"]);
  assert.ok(filled.t > 0);
  const afterFill = balances(await event(socket));
  assert.deepEqual(afterFill["BTC"], ["9.99700000", "0.00200000"]);
  assert.equal(afterFill["USDT"]?.[0], "1000049.95000000");

  const cancel = { symbol: "BTCUSDT", orderId: placed.orderId, newClientOrderId: "cancel-1" };
  await sendSigned(venue.node, alice, "DELETE /api/v3/order", cancel);
  const cancelled = await event(socket);
  assert.deepEqual(
    [cancelled.x, cancelled.X, cancelled.c, cancelled.C, cancelled.z, cancelled.w, cancelled.N],
    ["CANCELED", "CANCELED", "cancel-1", "alice-1", "0.00100000", false, null],
  );
  assert.deepEqual(balances(await event(socket))["BTC"], ["9.99900000", "0.00000000"]);
  socket.close();
});

test("a taker sees its order accepted, every fill with running sums, and the rest expired", async () => {
  const socket = await subscribed(alice);
  await order(bob, limitOrder("SELL", "50010", "0.001"));
  await order(bob, limitOrder("SELL", "50020", "0.001"));
  await order(alice, limitOrder("BUY", "50020", "0.003", { timeInForce: "IOC" }));
  const steps = [
    await event(socket),
    await event(socket),
    await event(socket),
    await event(socket),
  ];
  assert.deepEqual(
    steps.map((step) => [step.x, step.X, step.l, step.z, step.Z, step.N]),
    [
      ["NEW", "NEW", "0.00000000", "0.00000000", "0.00000000", null],
      ["TRADE", "PARTIALLY_FILLED", "0.00100000", "0.00100000", "50.01000000", "BTC"],
      ["TRADE", "PARTIALLY_FILLED", "0.00100000", "0.00200000", "100.03000000", "BTC"],
      ["EXPIRED", "EXPIRED", "0.00000000", "0.00200000", "100.03000000", null],
    ],
  );
  assert.equal(steps[1].n, "0.00000100");
  assert.equal((await event(socket)).e, "outboundAccountPosition", "once for the whole command");
  socket.close();
});

test("a market order by quote quantity tells what it was asked for and what it got", async () => {
  const socket = await subscribed(alice);
  await order(bob, limitOrder("SELL", "50000", "0.01"));
  await order(alice, { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quoteOrderQty: "100" });
  const accepted = await event(socket);
  assert.deepEqual([accepted.o, accepted.Q, accepted.p], ["MARKET", "100.00000000", "0.00000000"]);
  const filled = await event(socket);
  assert.deepEqual(
    [filled.x, filled.X, filled.l, filled.q],
    ["TRADE", "FILLED", "0.00200000", "0.00200000"],
  );
  socket.close();
  await sendSigned(venue.node, bob, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
});

test("deposits and withdrawals are told with the balance after them", async () => {
  const socket = await subscribed(alice);
  const transfer = {
    account: alice.account,
    asset: 0,
    network: "HALCYON",
    address: "x",
    reference: "",
  };
  await venue.node.apply((w) => encodeDeposit(w, {}, { ...transfer, amount: 150_000_000n }));
  const deposited = await event(socket);
  assert.deepEqual(
    { ...deposited, E: 0, T: 0 },
    { e: "balanceUpdate", E: 0, a: "BTC", d: "1.50000000", T: 0 },
  );
  const free = Number(balances(await event(socket))["BTC"]?.[0]);
  await venue.node.apply((w) => encodeWithdraw(w, {}, { ...transfer, amount: 50_000_000n }));
  assert.equal((await event(socket)).d, "-0.50000000");
  assert.equal(Number(balances(await event(socket))["BTC"]?.[0]), free - 0.5);
  socket.close();
});

test("money between accounts is told to both, money set aside to its owner", async () => {
  const socket = await subscribed(alice);
  const move = { from: alice.account, to: bob.account, asset: 0, amount: 200_000_000n };
  const transfer = { kind: transferKind.transfer, id: [1, 0, 0, 9] as const, ...move };
  const hold = { kind: transferKind.hold, id: [2, 0, 0, 9] as const, ...move, timeoutSeconds: 0 };
  await venue.node.apply((w) => encodeTransfers(w, {}, [transfer, hold]));
  const given = await event(socket);
  assert.deepEqual([given.e, given.a, given.d], ["balanceUpdate", "BTC", "-2.00000000"]);
  const locked = await event(socket);
  assert.deepEqual(
    { ...locked, E: 0, T: 0 },
    { e: "externalLockUpdate", E: 0, a: "BTC", d: "2.00000000", T: 0 },
  );
  assert.equal(balances(await event(socket))["BTC"]?.[1], "2.00000000");
  const end = { kind: transferKind.void, id: [3, 0, 0, 9] as const, hold: hold.id };
  await venue.node.apply((w) => encodeTransfers(w, {}, [end]));
  assert.equal((await event(socket)).d, "-2.00000000");
  assert.equal(balances(await event(socket))["BTC"]?.[1], "0.00000000");
  socket.close();
});

test("a listen key opens bare events, alone or among market streams", async () => {
  const headers = { "X-MBX-APIKEY": alice.apiKey };
  const { listenKey } = (await send(venue.node, "POST /api/v3/userDataStream", { headers })).body;
  const bare = await TestSocket.open(venue.node, `/ws/${listenKey}`);
  const combined = await TestSocket.open(venue.node, `/stream?streams=btcusdt@trade/${listenKey}`);
  const late = await TestSocket.open(venue.node, "/ws/0");
  await late.ask({ id: 1, method: "SUBSCRIBE", params: [listenKey] });
  const placed = await order(alice, limitOrder("BUY", "40000", "0.01"));
  const report = await bare.next();
  assert.equal(report.e, "executionReport");
  assert.equal(report.i, placed.orderId);
  assert.equal((await bare.next()).e, "outboundAccountPosition");
  assert.deepEqual(await combined.next(), { stream: listenKey, data: report });
  assert.deepEqual(await late.next(), report);
  await sendSigned(venue.node, alice, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
  for (const socket of [bare, combined, late]) socket.close();
});

test("a listen key of an API key that may not read opens nothing", async () => {
  const none = await createKey(venue.node, alice.account, { permissions: 0 });
  const headers = { "X-MBX-APIKEY": none.apiKey };
  const sent = await send(venue.node, "POST /api/v3/userDataStream", { headers });
  const socket = await TestSocket.open(venue.node, "/ws/0");
  const params = [sent.body.listenKey ?? "refused"];
  assert.equal((await socket.ask({ id: 1, method: "SUBSCRIBE", params })).code, 2);
  socket.close();
});

test("a revoked key's streams end with a word, and no event follows", async () => {
  const key = await createKey(venue.node, alice.account);
  const other = await subscribed(alice);
  const socket = await subscribed({ ...alice, ...key });
  const logged = await TestSocket.open(venue.node, "/ws-api/v3");
  await call(logged, "session.logon", {}, key);
  await venue.node.apply((w) => encodeRevokeKey(w, {}, { name: key.apiKey }));
  const ended = await event(socket);
  assert.deepEqual(Object.keys(ended), ["e", "E"]);
  assert.equal(ended.e, "eventStreamTerminated");
  const asked = await call(logged, "account.status", { timestamp: Date.now() });
  assert.equal(asked.error.code, -2015, "the session is worth no more than its key");
  await order(alice, limitOrder("BUY", "40000", "0.01"));
  assert.equal((await event(other)).x, "NEW");
  assert.deepEqual((await call(socket, "session.subscriptions")).result, []);
  assert.equal(socket.received.filter((m) => m.event !== undefined).length, 1);
  await sendSigned(venue.node, alice, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
  for (const each of [other, socket, logged]) each.close();
});

test("one socket subscribes to several accounts, and unsubscribes from one or all", async () => {
  const socket = await subscribed(alice);
  const second = await call(socket, "userDataStream.subscribe.signature", {}, bob);
  assert.deepEqual(second.result, { subscriptionId: 1 });
  const again = await call(socket, "userDataStream.subscribe.signature", {}, alice);
  assert.deepEqual(again.result, { subscriptionId: 0 }, "nobody wants events twice");
  await order(bob, limitOrder("BUY", "40000", "0.01"));
  const message = await socket.next("an event", (m) => m.event !== undefined);
  assert.equal(message.subscriptionId, 1);
  await call(socket, "userDataStream.unsubscribe", { subscriptionId: 1 });
  assert.deepEqual((await call(socket, "session.subscriptions")).result, [{ subscriptionId: 0 }]);
  const rest = await call(socket, "userDataStream.unsubscribe", {}, alice);
  assert.equal(rest.status, 200, "a signature that is not needed does no harm");
  assert.deepEqual((await call(socket, "session.subscriptions")).result, []);
  await sendSigned(venue.node, bob, "DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
  socket.close();
});

test("logging out ends the session's subscription, but not one that was signed for", async () => {
  const socket = await subscribed(bob);
  await call(socket, "session.logon", {}, alice);
  assert.deepEqual((await call(socket, "userDataStream.subscribe")).result, { subscriptionId: 1 });
  socket.send({ id: "out", method: "session.logout" });
  const ended = await socket.next();
  assert.deepEqual([ended.subscriptionId, ended.event.e], [1, "eventStreamTerminated"]);
  assert.equal((await socket.next()).id, "out");
  assert.deepEqual((await call(socket, "session.subscriptions")).result, [{ subscriptionId: 0 }]);
  socket.close();
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import WebSocket from "ws";
import {
  openTrader,
  sendSigned,
  startVenue,
  type TestNodeOptions,
  type TestVenue,
  until,
} from "./venue.ts";
import { call, TestSocket } from "./websocket-client.ts";

const venues: TestVenue[] = [];
after(async () => {
  for (const venue of venues) await venue.close();
});

async function venueWith(options: TestNodeOptions = {}): Promise<TestVenue> {
  const venue = await startVenue(options);
  venues.push(venue);
  return venue;
}

const handshake = (path: string, head = "") =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${head}\r\n`;

/** A client that speaks bytes, and never answers a ping. */
async function rawClient(venue: TestVenue, path: string): Promise<Socket> {
  const socket = connect(venue.node.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(handshake(path));
  const [head] = (await once(socket, "data")) as [Buffer];
  assert.match(String(head), /^HTTP\/1.1 101 /);
  return socket;
}

/** A frame as clients send it: masked, with an all-zero mask. */
function frame(opcode: number, payload: Buffer, declaredLength = payload.length): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(declaredLength));
  const head =
    declaredLength < 126
      ? Buffer.from([0x80 | opcode, 0x80 | declaredLength])
      : Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | 127]), length]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

async function refusal(
  venue: TestVenue,
  path: string,
): Promise<{ status: number; body: string; retryAfter: string }> {
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const sent = request({ port: venue.node.port, host: "127.0.0.1", path, headers });
  sent.end();
  const [response] = await once(sent, "response");
  let body = "";
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, body, retryAfter: response.headers["retry-after"] ?? "" };
}

test("an upgrade names the node and its position", async () => {
  const venue = await venueWith();
  const ws = new WebSocket(`ws://127.0.0.1:${venue.node.port}/ws`);
  const [response] = await once(ws, "upgrade");
  assert.equal(response.headers["halcyon-node"], "node-1");
  assert.ok(Number(response.headers["halcyon-position"]) > 0);
  ws.close();
});

test("unknown addresses and bad handshakes are refused and hold nothing", async () => {
  const venue = await venueWith({ webSocketLimits: { socketsPerAddressMax: 1 } });
  const unknown = await refusal(venue, "/nowhere");
  assert.equal(unknown.status, 404);
  assert.equal(JSON.parse(unknown.body).code, -1000);
  for (let i = 0; i < 3; i++) {
    const socket = connect(venue.node.port, "127.0.0.1");
    socket.write(handshake("/ws").replace("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 1"));
    const [head] = (await once(socket, "data")) as [Buffer];
    assert.match(String(head), /^HTTP\/1.1 400 /);
  }
  const socket = await TestSocket.open(venue.node, "/ws");
  assert.equal(venue.node.gateway.counts().marketSockets, 1);
  socket.close();
});

test("sockets beyond an address's share, and too many attempts, are turned away", async () => {
  const venue = await venueWith({ webSocketLimits: { socketsPerAddressMax: 2, connectsMax: 4 } });
  const first = await TestSocket.open(venue.node, "/ws");
  const second = await TestSocket.open(venue.node, "/ws-api/v3");
  const full = await refusal(venue, "/ws");
  assert.deepEqual([full.status, JSON.parse(full.body).code], [429, -1034]);
  first.close();
  await until("the socket to be gone", () => venue.node.gateway.counts().marketSockets === 0);
  const third = await TestSocket.open(venue.node, "/ws");
  third.close();
  await until("the socket to be gone", () => venue.node.gateway.counts().marketSockets === 0);
  const eager = await refusal(venue, "/ws");
  assert.equal(eager.status, 429);
  assert.ok(Number(eager.retryAfter) > 200, "until the window of five minutes is over");
  second.close();
});

test("too many control messages end the socket", async () => {
  const venue = await venueWith({ webSocketLimits: { controlBurst: 5, controlPerSecond: 0.001 } });
  const socket = await TestSocket.open(venue.node, "/ws");
  for (let i = 0; i < 6; i++) socket.send({ method: "LIST_SUBSCRIPTIONS", id: i });
  assert.equal((await socket.closed).code, 1008);
  assert.equal(socket.received.length, 5);
  const pinger = await TestSocket.open(venue.node, "/ws");
  for (let i = 0; i < 6; i++) pinger.ws.ping();
  assert.equal((await pinger.closed).code, 1008, "pings count too");
  const api = await TestSocket.open(venue.node, "/ws-api/v3");
  for (let i = 0; i < 6; i++) api.ws.pong();
  assert.equal((await api.closed).code, 1008);
  assert.equal(venue.node.gateway.counts().cut.abusive, 3);
});

test("a socket that answers no ping is cut, one that does lives on", async () => {
  const venue = await venueWith({ webSocketLimits: { pingIntervalMs: 100, pongTimeoutMs: 1_500 } });
  const silent = await rawClient(venue, "/ws");
  const alive = await TestSocket.open(venue.node, "/ws");
  let pings = 0;
  alive.ws.on("ping", () => pings++);
  await once(silent, "close", { signal: AbortSignal.timeout(5_000) });
  await until("another ping", () => pings > 0);
  assert.equal(alive.ws.readyState, WebSocket.OPEN);
  await until("one to be gone", () => venue.node.gateway.counts().marketSockets === 1);
  assert.equal(venue.node.gateway.counts().cut.silent, 1);
  alive.close();
});

test("a socket has an age limit", async () => {
  const venue = await venueWith({ webSocketLimits: { lifeMs: 1 } });
  const socket = await TestSocket.open(venue.node, "/ws-api/v3");
  assert.equal((await socket.closed).code, 1001);
  assert.equal(venue.node.gateway.counts().cut.old, 1);
});

test("a reader that does not keep up is cut, and the others notice nothing", async () => {
  const venue = await venueWith({
    limits: { weightPerMinute: 1_000_000, ordersPer10Seconds: 1_000_000 },
    webSocketLimits: { bufferedBytesMax: 64 << 10, inFlightMax: 10_000 },
  });
  const trader = await openTrader(venue.node, { USDT: 1_000_000 });
  const slow = await rawClient(venue, "/ws-api/v3");
  slow.pause();
  const good = await TestSocket.open(venue.node, "/ws-api/v3");
  const question = frame(1, Buffer.from('{"id":"q","method":"exchangeInfo"}'));
  const many = Buffer.concat(Array.from({ length: 500 }, () => question));
  const flood = setInterval(() => slow.write(many), 1);
  await until("the slow one to be cut", () => venue.node.gateway.counts().cut.slow > 0);
  clearInterval(flood);
  assert.equal((await call(good, "ping")).status, 200);
  await until("the slow one to be gone", () => venue.node.gateway.counts().apiSockets === 1);
  const order = {
    symbol: "BTCUSDT",
    side: "BUY",
    type: "LIMIT",
    timeInForce: "GTC",
    price: "1000",
    quantity: "1",
  };
  assert.equal((await sendSigned(venue.node, trader, "POST /api/v3/order", order)).status, 200);
  good.close();
  slow.destroy();
});

test("oversized, unmasked and undecodable messages end their socket alone", async () => {
  const venue = await venueWith();
  const good = await TestSocket.open(venue.node, "/ws");
  const closeCodeOf = async (bytes: Buffer, path: string): Promise<number> => {
    const client = await rawClient(venue, path);
    client.write(bytes);
    const [data] = (await once(client, "data")) as [Buffer];
    client.destroy();
    assert.equal(data[0], 0x88, "a close frame");
    return data.readUInt16BE(2);
  };
  for (const path of ["/ws", "/ws-api/v3"]) {
    assert.equal(await closeCodeOf(frame(1, Buffer.alloc(70_000, "x")), path), 1009);
    assert.equal(await closeCodeOf(frame(1, Buffer.alloc(0), 2 ** 40), path), 1009);
    assert.equal(await closeCodeOf(frame(1, Buffer.from([0xff, 0xfe])), path), 1007);
    assert.equal(await closeCodeOf(Buffer.from([0x81, 0x01, 0x61]), path), 1002);
  }
  good.ws.send(Buffer.from([1]), { binary: true });
  assert.equal((await good.next()).code, 3);
  await until("the others to be gone", () => venue.node.gateway.counts().marketSockets === 1);
  assert.equal(venue.node.gateway.counts().cut.broken, 8);
  good.close();
});

test("a client that leaves leaves nothing behind", async () => {
  const venue = await venueWith();
  const trader = await openTrader(venue.node, {});
  const market = await TestSocket.open(venue.node, "/stream?streams=btcusdt@trade/btcusdt@depth");
  const api = await TestSocket.open(venue.node, "/ws-api/v3");
  await call(api, "userDataStream.subscribe.signature", {}, trader);
  const { counts } = venue.node.gateway;
  assert.deepEqual([counts().streams, counts().userSubscriptions], [2, 1]);
  market.ws.terminate();
  api.ws.terminate();
  await until("everything to be gone", () => {
    const { streams, userSubscriptions, marketSockets, apiSockets } = counts();
    return streams + userSubscriptions + marketSockets + apiSockets === 0;
  });
});

test("a drain warns in each form, turns new sockets away, and closes the old ones with 1012", async () => {
  const venue = await venueWith({ webSocketLimits: { drainGraceMs: 50 } });
  const raw = await TestSocket.open(venue.node, "/ws");
  const combined = await TestSocket.open(venue.node, "/stream");
  const api = await TestSocket.open(venue.node, "/ws-api/v3");
  venue.node.gateway.drain();
  const [a, b, c] = [await raw.next(), await combined.next(), await api.next()];
  assert.deepEqual(a, { e: "serverShutdown", E: a.E });
  assert.deepEqual(b, { stream: "!serverShutdown", data: { e: "serverShutdown", E: a.E } });
  assert.deepEqual(c, { event: { e: "serverShutdown", E: a.E } });
  const refused = await refusal(venue, "/ws");
  assert.equal(refused.status, 503);
  assert.equal(refused.retryAfter, "1");
  for (const socket of [raw, combined, api]) assert.equal((await socket.closed).code, 1012);
  venue.node.gateway.undrain();
  const back = await TestSocket.open(venue.node, "/ws");
  back.close();
});

test("a drain that is taken back closes nothing", async () => {
  const venue = await venueWith({ webSocketLimits: { drainGraceMs: 30 } });
  const socket = await TestSocket.open(venue.node, "/ws-api/v3");
  venue.node.gateway.drain();
  venue.node.gateway.undrain();
  const graceOver = performance.now() + 60;
  await until("the grace time to be over", () => performance.now() > graceOver);
  assert.equal((await call(socket, "ping")).status, 200);
  socket.close();
});

import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { laneLimitsDefault } from "@halcyon/replica";
import { answerNotApplied } from "../src/dialect/outcome.ts";
import {
  limitOrder,
  openTrader,
  send,
  sendSigned,
  startVenue,
  type TestNode,
  type TestVenue,
  type Trader,
} from "./venue.ts";

let venue: TestVenue;
let node: TestNode;
let trader: Trader;

before(async () => {
  venue = await startVenue({
    limits: { weightPerMinute: 200, ordersPer10Seconds: 5, ordersPerDay: 1_000 },
    httpLimits: { headersTimeoutMs: 150, requestTimeoutMs: 300, checkIntervalMs: 30 },
  });
  node = venue.node;
  trader = await openTrader(node, { USDT: 1_000_000, BTC: 1_000 });
});
after(() => venue.close());

const from = (address: string): Readonly<Record<string, string>> => ({
  "X-Forwarded-For": address,
});

test("weight is told in two headers, counted per client address, and refused with a time to wait", async () => {
  const headers = from("192.0.2.1");
  const first = await send(node, "GET /api/v3/exchangeInfo", { headers });
  assert.equal(first.headers.get("x-mbx-used-weight"), "20");
  assert.equal(first.headers.get("x-mbx-used-weight-1m"), "20");
  let last = first;
  for (let i = 0; i < 10; i++) last = await send(node, "GET /api/v3/exchangeInfo", { headers });
  assert.equal(last.status, 429);
  assert.equal(last.body.code, -1003);
  assert.match(last.headers.get("retry-after")!, /^[0-9]+$/);
  const other = await send(node, "GET /api/v3/ping", { headers: from("192.0.2.2") });
  assert.equal(other.status, 200);
});

test("an address that is not trusted cannot speak for others", async () => {
  const untrusting = await venue.addNode({ trustedProxies: ["10.9.9.9"] });
  await send(untrusting, "GET /api/v3/exchangeInfo", { headers: from("192.0.2.1") });
  const second = await send(untrusting, "GET /api/v3/ping", { headers: from("192.0.2.2") });
  assert.equal(second.headers.get("x-mbx-used-weight-1m"), "21");
});

test("new orders are counted per account, a fill gives the count back, and the limit is told", async () => {
  const maker = await openTrader(node, { BTC: 1_000 });
  const placed = await sendSigned(
    node,
    maker,
    "POST /api/v3/order",
    limitOrder("SELL", "500", "10"),
    from("192.0.2.3"),
  );
  assert.equal(placed.headers.get("x-mbx-order-count-10s"), "1");
  assert.equal(placed.headers.get("x-mbx-order-count-1d"), "1");
  const buy = { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity: "0.1" };
  for (let i = 0; i < 8; i++) {
    const filled = await sendSigned(node, trader, "POST /api/v3/order", buy, from("192.0.2.4"));
    assert.equal(filled.body.status, "FILLED", filled.text);
    assert.equal(filled.headers.get("x-mbx-order-count-10s"), "0");
  }
  const statuses: number[] = [];
  let refused = placed;
  for (let i = 0; i < 12; i++) {
    refused = await sendSigned(
      node,
      trader,
      "POST /api/v3/order",
      limitOrder("BUY", "10", "1"),
      from("192.0.2.5"),
    );
    statuses.push(refused.status);
    if (refused.status === 429) break;
  }
  // The ten seconds may begin anew once while this runs, never twice.
  assert.ok(statuses.length >= 6 && statuses.length <= 11, String(statuses));
  assert.deepEqual(refused.body, {
    code: -1015,
    msg: "Too many new orders; current limit is 5 orders per 10 SECOND.",
  });
  assert.match(refused.headers.get("retry-after")!, /^([1-9]|10)$/);
  const usage = await sendSigned(
    node,
    trader,
    "GET /api/v3/rateLimit/order",
    {},
    from("192.0.2.6"),
  );
  assert.deepEqual(
    usage.body.map((row: { interval: string; limit: number }) => [row.interval, row.limit]),
    [
      ["SECOND", 5],
      ["DAY", 1_000],
    ],
  );
});

test("the wait for the next order is as long as the log's own ten seconds last", async () => {
  const node = await venue.addNode({
    now: () => Date.now() + 4_000,
    limits: { ordersPer10Seconds: 0 },
  });
  const logTimes = [node.replica.venue.logTimeMs];
  const refused = await sendSigned(
    node,
    trader,
    "POST /api/v3/order",
    limitOrder("BUY", "10", "1"),
  );
  logTimes.push(node.replica.venue.logTimeMs);
  assert.equal(refused.body.code, -1015, refused.text);
  const secondsLeft = logTimes.map((timeMs) => Math.ceil((10_000 - (timeMs % 10_000)) / 1_000));
  assert.ok(secondsLeft.includes(Number(refused.headers.get("retry-after"))), refused.text);
});

test("a command that is shed was surely not executed, and whoever forwards it may know", async () => {
  const full = { ...laneLimitsDefault.normal, queuedMax: 0 };
  const busy = await venue.addNode({
    replicaLimits: { lanes: { ...laneLimitsDefault, normal: full } },
  });
  const shed = await sendSigned(
    busy,
    trader,
    "POST /api/v3/order",
    limitOrder("BUY", "10", "1"),
    from("192.0.2.7"),
  );
  assert.equal(shed.status, 503);
  assert.deepEqual(shed.body, {
    code: -1008,
    msg: "Server is currently overloaded with other requests. Please try again in a few minutes.",
  });
  assert.equal(shed.headers.get("halcyon-not-executed"), "1");
  assert.equal(shed.headers.get("retry-after"), "1");
  assert.equal(shed.headers.get("halcyon-retry-after-ms"), "1000");
  const cancels = await sendSigned(
    busy,
    trader,
    "DELETE /api/v3/openOrders",
    { symbol: "BTCUSDT" },
    from("192.0.2.7"),
  );
  assert.equal(cancels.status, 200, cancels.text);
});

test("what became of a command being unknown is said as it is", () => {
  assert.deepEqual(answerNotApplied({ kind: "unknown", reason: "the log did not answer" }), {
    ok: false,
    error: {
      status: 503,
      code: -1000,
      msg: "Unknown error, please check your request or try again later.",
    },
    outcomeUnknown: true,
  });
});

/** Opens a socket, writes, and resolves with all that came until the other side closed it. */
function raw(text: string, more?: (write: (text: string) => void) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(node.port, "127.0.0.1");
    let heard = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      heard += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(heard));
    socket.write(text);
    more?.((part) => socket.writable && socket.write(part));
  });
}

test("senders of half a request are cut off and told why, and what is not HTTP as well", async () => {
  assert.match(
    await raw("GET /api/v3/ping HTTP/1.1\r\nHost: x\r\n"),
    /^HTTP\/1\.1 408 .*"code":-1000/s,
  );
  const body = "POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nsymbol=";
  assert.match(await raw(body), /^HTTP\/1\.1 408 /);
  assert.match(await raw("NOT HTTP AT ALL\r\n\r\n"), /^HTTP\/1\.1 400 .*"code":-1000/s);
  const long = `GET /api/v3/ping?x=${"y".repeat(30_000)} HTTP/1.1\r\nHost: x\r\n\r\n`;
  assert.match(await raw(long), /^HTTP\/1\.1 431 .*"code":-1000/s);
  const chunked =
    "POST /api/v3/order HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
  assert.match(await raw(chunked), /^HTTP\/1\.1 400 /);
  assert.equal((await send(node, "GET /api/v3/ping")).status, 200);
});

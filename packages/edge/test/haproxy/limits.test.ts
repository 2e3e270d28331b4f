import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { request } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { ORDERS_WAITING_MAX } from "../../src/haproxy/haproxy-config.ts";
import { HaproxySocket } from "../../src/haproxy/haproxy-socket.ts";
import { ask, askRaw, until } from "../support.ts";
import { startUpstream } from "../upstream.ts";
import { makeCertificate, temporaryFolder } from "./certificates.ts";
import { haproxyMissing, startHaproxy } from "./haproxy-process.ts";

const skip = haproxyMissing;

test("a request that comes too slowly is cut off in the dialect", { skip }, async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { port } = await startHaproxy(t, [[node]], { edge: { limits: { headersTimeoutMs: 200 } } });
  const slowHead = await askRaw(port, "GET /api/v3/ping HTTP/1.1\r\nHost: x\r\n");
  assert.match(slowHead, /^HTTP\/1\.1 408 /, "no request yet: HAProxy's own text");
  const slowBody = await askRaw(
    port,
    "POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx=1",
  );
  assert.match(slowBody, /^HTTP\/1\.1 408 .*"code":-1102/s);
  assert.equal(await askRaw(port), "", "what never began ends without a word");
  assert.equal(node.received.length, 0, "no node heard of it");
});

test("what is too large or no HTTP is refused in the dialect", { skip }, async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { port } = await startHaproxy(t, [[node]], { edge: { limits: { bodyBytesMax: 100_000 } } });
  const header = await ask(port, { headers: { "X-Long": "x".repeat(17_000) } });
  assert.equal(header.status, 431);
  assert.equal(header.json.code, -1102);
  const path = `/api/v3/ping?${"x".repeat(17_000)}`;
  assert.equal((await ask(port, { path })).status, 431);
  const body = await ask(port, {
    method: "POST",
    path: "/api/v3/order",
    body: "x".repeat(100_001),
  });
  assert.equal(body.status, 413);
  assert.equal(body.json.code, -1102);
  const bulk = { method: "POST", path: "/admin/v1/transfers", body: "x".repeat(1_000_000) };
  assert.equal((await ask(port, bulk)).json.body.length, 1_000_000);
  assert.match(await askRaw(port, "nonsense\r\n\r\n"), /^HTTP\/1\.[01] 400 /);
  assert.match(
    await askRaw(port, "CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\nConnection: close\r\n\r\n"),
    /^HTTP\/1\.1 400 /,
  );
});

test("a body of 64 KiB is sent again whole when its node dies over it", { skip }, async (t) => {
  const dies = await startUpstream("dies", (_received, response) => response.destroy());
  const good = await startUpstream("good");
  t.after(() => Promise.all([dies.close(), good.close()]));
  const { port } = await startHaproxy(t, [[dies], [good]]);
  const body = "x".repeat(64 * 1024);
  const answer = await ask(port, { method: "POST", path: "/api/v3/order", body });
  assert.equal(answer.status, 200, answer.text.slice(0, 200));
  assert.equal(answer.json.body, body);
  assert.equal(dies.received.length, 1);
});

test("an address with too many connections is refused, and served again once it closed some", {
  skip,
}, async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { port } = await startHaproxy(t, [[node]], {
    haproxy: { connectionsPerAddressMax: 5 },
  });
  const held = await Promise.all(Array.from({ length: 5 }, () => hold(t, port)));
  const refused = await ask(port);
  assert.equal(refused.status, 429);
  assert.equal(refused.json.code, -1003);
  assert.equal(refused.headers["retry-after"], "10");
  for (const socket of held) socket.destroy();
  let status = 0;
  for (let count = 0; count < 200 && status !== 200; count += 1) status = (await ask(port)).status;
  assert.equal(status, 200);
});

test("an address that connects too often is refused", { skip }, async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { port } = await startHaproxy(t, [[node]], { haproxy: { connectsPerAddressMax: 10 } });
  const statuses: number[] = [];
  for (let count = 0; count < 15; count += 1) statuses.push((await ask(port)).status);
  assert.deepEqual(new Set(statuses.slice(0, 10)), new Set([200]));
  assert.equal(statuses.at(-1), 429);
});

async function hold(t: TestContext, port: number) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  t.after(() => socket.destroy());
  socket.write("GET /api/v3/ping HTTP/1.1\r\nHost: x\r\n\r\n");
  await new Promise((resolve) => socket.once("data", resolve));
  return socket;
}

test("WebSockets go through, and are cut off when their node dies", { skip }, async (t) => {
  const n1 = await startUpstream("n1");
  const n2 = await startUpstream("n2");
  t.after(() => Promise.all([n1.close(), n2.close()]));
  const haproxy = await startHaproxy(t, [[n1], [n2]]);
  for (const path of ["/ws", "/ws/btcusdt@trade", "/stream?streams=a", "/ws-api/v3"]) {
    const { first, socket } = await open(t, haproxy.port, path);
    assert.equal(first.node, "n1");
    assert.equal(first.url, path);
    assert.equal(first.headers["halcyon-request-id"]?.length, 36);
    socket.send("ping");
    const [echoed] = await next(socket);
    assert.equal(echoed, "ping");
    socket.terminate();
  }
  const { socket } = await open(t, haproxy.port, "/ws");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  n1.readiness = "silent";
  await closed;
  assert.equal((await open(t, haproxy.port, "/ws")).first.node, "n2");
});

test("a WebSocket that one node refuses is opened by another", { skip }, async (t) => {
  const full = await startUpstream("full");
  full.refusesSockets = true;
  const good = await startUpstream("good");
  t.after(() => Promise.all([full.close(), good.close()]));
  const { port } = await startHaproxy(t, [[full], [good]]);
  assert.equal((await open(t, port, "/ws")).first.node, "good");
});

async function next(socket: WebSocket): Promise<string[]> {
  const data = await new Promise((resolve) => socket.once("message", resolve));
  return [String(data)];
}

async function open(t: TestContext, port: number, path: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  t.after(() => socket.terminate());
  socket.on("error", () => undefined);
  const data = await new Promise((resolve, reject) => {
    socket.once("message", resolve);
    socket.once("unexpected-response", (_, answer) => reject(new Error(`${answer.statusCode}`)));
  });
  return { socket, first: JSON.parse(String(data)) };
}

test("with a certificate it speaks TLS, from version 1.2 on", { skip }, async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { ca, pem } = makeCertificate(t);
  const certificateFile = join(temporaryFolder(t), "both");
  writeFileSync(certificateFile, pem);
  const { port } = await startHaproxy(t, [[node]], { haproxy: { certificateFile } });
  const get = (options: object) =>
    new Promise<number>((resolve, reject) => {
      const target = { host: "127.0.0.1", servername: "localhost", port, path: "/api/v3/ping", ca };
      request({ ...target, agent: false, ...options }, (answer) => {
        answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
      })
        .on("error", reject)
        .end();
    });
  assert.equal(await get({}), 200);
  await assert.rejects(get({ maxVersion: "TLSv1.1", minVersion: "TLSv1" }));
});

test("commands over the runtime socket: weights and drains at once, refusals as values", {
  skip,
}, async (t) => {
  const n1 = await startUpstream("n1");
  const n2 = await startUpstream("n2");
  t.after(() => Promise.all([n1.close(), n2.close()]));
  const { port, socket } = await startHaproxy(t, [[n1, n2]]);
  assert.deepEqual(await socket.setWeight("requests-r1", "n1", 0), { ok: true, value: null });
  for (let count = 0; count < 20; count += 1) assert.equal((await ask(port)).json.node, "n2");
  await socket.setWeight("requests-r1", "n1", 256);
  await socket.setState("requests-r1", "n2", "drain");
  for (let count = 0; count < 20; count += 1) assert.equal((await ask(port)).json.node, "n1");
  const unknown = await socket.setWeight("requests-r1", "n9", 1);
  assert.ok(!unknown.ok);
  assert.equal(unknown.code, "refused");
  assert.match(unknown.detail, /No such server/);
  const gone = await new HaproxySocket("/nonexistent/haproxy.sock").stats();
  assert.ok(!gone.ok);
  assert.match(gone.detail, /is HAProxy running/);
});

test("beyond what a node takes at once requests wait here: cancels overtake them, and too many are refused", {
  skip,
}, async (t) => {
  const held: ServerResponse[] = [];
  const node = await startUpstream("n1", (_received, response) => held.push(response));
  t.after(() => node.close());
  const requestsPerNodeMax = 10;
  const { port } = await startHaproxy(t, [[node]], {
    haproxy: { requestsPerNodeMax },
    edge: { limits: { attemptTimeoutMs: 60_000 } },
  });
  const place = () => ask(port, { method: "POST", path: "/api/v3/order" });
  const placed = Array.from({ length: ORDERS_WAITING_MAX }, place);
  await until(() => node.received.length >= requestsPerNodeMax, "the node is full");
  // On a busy machine the node looks dead for a moment, and what comes then waits elsewhere.
  let refused: Awaited<ReturnType<typeof place>> | null = null;
  while (refused === null) {
    const another = place();
    placed.push(another);
    refused = await Promise.race([another, delay(250, null)]);
  }
  assert.equal(refused.status, 503, "one too many");
  assert.equal(refused.json.code, -1008);
  assert.equal(refused.headers["retry-after"], "1");
  const cancel = ask(port, { method: "DELETE", path: "/api/v3/order" });
  const isSettled = async () => node.received.some(({ method }) => method === "DELETE");
  while (!(await isSettled())) {
    const before: number = node.received.length;
    held.shift()!.end("{}");
    await until(() => node.received.length > before, "another takes its place");
  }
  const overtook = ORDERS_WAITING_MAX - node.received.length + 1;
  // It may have come to HAProxy a moment after the first place was free.
  assert.ok(overtook > ORDERS_WAITING_MAX / 2, `${overtook} orders wait still`);
  const answering = setInterval(() => {
    for (const response of held.splice(0)) response.end("{}");
  }, 1);
  t.after(() => clearInterval(answering));
  assert.equal((await cancel).status, 200);
  const statuses = (await Promise.all(placed)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, placed.length - 1);
});

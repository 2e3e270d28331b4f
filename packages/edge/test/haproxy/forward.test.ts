import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, keepAliveAgent } from "../support.ts";
import { startUpstream } from "../upstream.ts";
import { haproxyMissing, startHaproxy, untilLine } from "./haproxy-process.ts";

const skip = haproxyMissing;
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("requests go to the nearest region, with an id (UUIDv7) that the client gets back", {
  skip,
}, async (t) => {
  const near = await startUpstream("near");
  const far = await startUpstream("far");
  t.after(() => Promise.all([near.close(), far.close()]));
  const { port } = await startHaproxy(t, [[near], [far]]);
  const beforeMs = Date.now();
  const answer = await ask(port, { method: "POST", path: "/api/v3/order?a=1", body: "b=2" });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.node, "near");
  assert.equal(answer.json.url, "/api/v3/order?a=1");
  assert.equal(answer.json.body, "b=2");
  const id = String(answer.headers["halcyon-request-id"]);
  assert.match(id, UUID7);
  const timeMs = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  assert.ok(timeMs >= beforeMs && timeMs <= Date.now(), "its first 48 bits are the time");
  assert.equal(answer.json.headers["halcyon-request-id"], id);
  assert.equal(answer.json.headers["halcyon-attempt"], "uncounted");
  assert.notEqual((await ask(port)).headers["halcyon-request-id"], id);
});

test("a region that the client states, or whose network it comes from, serves it", {
  skip,
}, async (t) => {
  const nodes = await Promise.all(["n1", "n2", "n3"].map((name) => startUpstream(name)));
  t.after(() => Promise.all(nodes.map((node) => node.close())));
  const networks = { r2: ["127.0.0.0/8"], r3: ["127.0.0.0/30"] };
  const { port } = await startHaproxy(
    t,
    nodes.map((node) => [node]),
    { networks },
  );
  assert.equal((await ask(port)).json.node, "n3", "the most specific network decides");
  const stated = await ask(port, { headers: { "Halcyon-Region": "r1" } });
  assert.equal(stated.json.node, "n1");
  const unknown = await ask(port, { headers: { "Halcyon-Region": "moon" } });
  assert.equal(unknown.json.node, "n3");
});

test("headers that only the edge may set are dropped when they come from outside", {
  skip,
}, async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { port } = await startHaproxy(t, [[node]]);
  const { json } = await ask(port, {
    headers: {
      "Halcyon-Request-Id": "00000000-0000-7000-8000-000000000000",
      "Halcyon-Attempt": "0",
      "Halcyon-Anything": "x",
      "X-Forwarded-For": "198.51.100.1",
      "X-Forwarded-Host": "x",
      Forwarded: "for=198.51.100.1",
      Via: "1.1 x",
      "X-Real-IP": "198.51.100.1",
      "Halcyon-Position": "42",
      "X-MBX-APIKEY": "key",
    },
  });
  assert.notEqual(json.headers["halcyon-request-id"], "00000000-0000-7000-8000-000000000000");
  assert.equal(json.headers["halcyon-attempt"], "uncounted");
  assert.equal(json.headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(json.headers["halcyon-position"], "42");
  assert.equal(json.headers["x-mbx-apikey"], "key");
  for (const name of ["halcyon-anything", "x-forwarded-host", "forwarded", "via", "x-real-ip"]) {
    assert.equal(json.headers[name], undefined, name);
  }
  const bad = await ask(port, { headers: { "Halcyon-Position": "4x" } });
  assert.equal(bad.json.headers["halcyon-position"], undefined);
});

test("what a node says to the edge alone does not reach the client", { skip }, async (t) => {
  const node = await startUpstream("n1", (_received, response) => {
    response.writeHead(503, {
      "Halcyon-Not-Executed": "1",
      "Retry-After": "7",
      "Content-Length": 2,
    });
    response.end("{}");
  });
  t.after(() => node.close());
  const { port } = await startHaproxy(t, [[node]]);
  const answer = await ask(port);
  assert.equal(answer.status, 503);
  assert.equal(answer.headers["retry-after"], "7");
  assert.equal(answer.headers["halcyon-not-executed"], undefined);
  assert.equal(node.received.length, 1, "a healthy node that is busy is not passed over");
});

test("a node that says send on is passed over, with the same id", { skip }, async (t) => {
  const behind = await startUpstream("behind", (_received, response) => {
    response.writeHead(425, { "Halcyon-Not-Executed": "1", "Content-Length": 0 }).end();
  });
  const good = await startUpstream("good");
  t.after(() => Promise.all([behind.close(), good.close()]));
  const { port } = await startHaproxy(t, [[behind], [good]]);
  const answer = await ask(port, { method: "POST", path: "/api/v3/order", body: "x=1" });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.node, "good");
  const [first] = behind.received;
  assert.equal(first?.headers["halcyon-request-id"], answer.headers["halcyon-request-id"]);
  assert.equal(answer.json.headers["halcyon-request-id"], answer.headers["halcyon-request-id"]);
  assert.equal(answer.json.body, "x=1");
});

test("a refusal after a repetition says of a change that its outcome is not known", {
  skip,
}, async (t) => {
  let status = 429;
  const dies = await startUpstream("dies", (_received, response) => response.destroy());
  const refuses = await startUpstream("refuses", (_received, response) => {
    response.writeHead(status, { "Content-Length": 2 }).end("{}");
  });
  t.after(() => Promise.all([dies.close(), refuses.close()]));
  const { port } = await startHaproxy(t, [[dies], [refuses]]);
  for (status of [429, 503, 425]) {
    const order = await ask(port, { method: "POST", path: "/api/v3/order", body: "x=1" });
    assert.equal(order.status, 503);
    assert.equal(order.json.code, -1000, `after a node that died ${status} proves nothing`);
    assert.ok(order.headers["retry-after"]);
    assert.equal(order.headers["halcyon-retry-after-ms"], "100", "asked again soon, it tells");
    const admin = await ask(port, { method: "POST", path: "/admin/v1/deposits", body: "{}" });
    assert.equal(admin.status, 503);
    assert.equal(admin.json.status, 503);
    assert.equal(admin.headers["content-type"], "application/problem+json");
  }
  status = 429;
  const read = await ask(port);
  assert.equal(read.status, 429, "what only reads was surely not done");
  status = 400;
  const judged = await ask(port, { method: "POST", path: "/api/v3/order", body: "x=1" });
  assert.equal(judged.status, 400, "every node would judge so");
});

test("the log names routes, ids and nodes, and no query, body or key", { skip }, async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const haproxy = await startHaproxy(t, [[node]]);
  const headers = { "X-MBX-APIKEY": "hidden-1" };
  const path = "/api/v3/order?signature=hidden-2";
  const answer = await ask(haproxy.port, { method: "POST", path, headers, body: "hidden-3" });
  await ask(haproxy.port, { path: "/ws/hidden-4" });
  await ask(haproxy.port, { path: "/api/v3/a\\b?x" });
  const id = String(answer.headers["halcyon-request-id"]);
  const entry = JSON.parse(await untilLine(haproxy, id));
  assert.equal(entry.route, "/api/v3/order");
  assert.equal(entry.node, "n1");
  assert.equal(entry.status, 200);
  await untilLine(haproxy, "a\\\\b");
  for (const line of haproxy.lines) assert.doesNotMatch(line, /hidden/);
  const entries = haproxy.lines.filter((line) => line.includes('"msg":"request"'));
  assert.equal(entries.map((line) => JSON.parse(line)).length, 3);
});

test("connections to nodes are kept and reused", { skip }, async (t) => {
  const ports = new Set<number | undefined>();
  const node = await startUpstream("n1", (_received, response, request) => {
    ports.add(request.socket.remotePort);
    response.writeHead(200, { "Content-Length": 0 }).end();
  });
  t.after(() => node.close());
  const { port } = await startHaproxy(t, [[node]]);
  const agent = keepAliveAgent(t, 1);
  for (let count = 0; count < 20; count += 1) await ask(port, { agent });
  assert.ok(ports.size <= 2, `${ports.size} connections for 20 requests`);
});

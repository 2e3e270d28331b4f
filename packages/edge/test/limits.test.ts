import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { ask, askRaw, testEdge, until, untilState } from "./support.ts";
import { startUpstream } from "./upstream.ts";

const POST = "POST /api/v3/order HTTP/1.1\r\nHost: x\r\n";

function codeIn(raw: string): unknown {
  return JSON.parse(raw.slice(raw.indexOf("\r\n\r\n"))).code;
}

test("a body of 10 MB is answered with 413 in the dialect, stated or chunked", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const body = Buffer.alloc(10 * 1024 * 1024, "a");
  const stated = await ask(port, { method: "POST", path: "/api/v3/order", body });
  assert.equal(stated.status, 413);
  assert.equal(stated.json.code, -1102);
  const headers = { "Transfer-Encoding": "chunked" };
  const chunked = await ask(port, { method: "POST", path: "/api/v3/order", headers, body });
  assert.equal(chunked.status, 413);
  const waiting = await ask(port, {
    method: "POST",
    headers: { Expect: "100-continue", "Content-Length": "10000000" },
  }).catch((error: NodeJS.ErrnoException) => error.code);
  assert.ok(typeof waiting === "object" && waiting.status === 413);
  assert.equal(node.received.length, 0);
});

test("a client that sends its whole body before it reads still sees the refusal", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const size = 10 * 1024 * 1024;
  const socket = connect(port, "127.0.0.1").pause();
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  socket.pause();
  const sent = new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.write(`${POST}Content-Length: ${size}\r\n\r\n`);
    socket.write(Buffer.alloc(size, "a"), () => resolve());
  });
  await sent;
  socket.resume();
  await new Promise((resolve) => socket.on("close", resolve));
  assert.match(text, /^HTTP\/1.1 413 /);
});

test("a body as large as allowed passes", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const body = Buffer.alloc(256 * 1024, "a");
  const headers = { Expect: "100-continue" };
  const answer = await ask(port, { method: "POST", path: "/api/v3/order", headers, body });
  assert.equal(answer.status, 200);
  assert.equal(node.received[0]?.body.length, body.length);
});

test("malformed, ambiguous and oversized heads are refused in the dialect", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const cases: readonly [name: string, bytes: string, status: number][] = [
    ["no HTTP", "hello\r\n\r\n", 400],
    [
      "both lengths",
      `${POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ["two lengths", `${POST}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, 400],
    ["a negative length", `${POST}Content-Length: -1\r\n\r\n`, 400],
    ["a length of letters", `${POST}Content-Length: 0x10\r\n\r\n`, 400],
    ["a bad chunk size", `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n`, 400],
    ["another encoding", `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 400],
    ["a space before the colon", `${POST}Content-Length : 3\r\n\r\nabc`, 400],
    ["a bare line feed", "GET / HTTP/1.1\nHost: x\n\n", 400],
    ["an address that is no path", "GET foo HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["no host", "GET /api/v3/time HTTP/1.1\r\n\r\n", 400],
    ["headers of 20 KB", `${POST}X-Big: ${"a".repeat(20_000)}\r\n\r\n`, 431],
    ["an address of 20 KB", `GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ];
  for (const [name, bytes, status] of cases) {
    const raw = await askRaw(port, bytes.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    assert.match(raw, new RegExp(`^HTTP/1.1 ${status} `), name);
    if (name !== "no host") assert.equal(codeIn(raw), -1102, name);
  }
  assert.equal(node.received.length, 0);
});

test("heads and bodies that trickle, and silent connections, are cut off in time", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const limits = { headersTimeoutMs: 300, bodyTimeoutMs: 300 };
  const { edge, port } = await testEdge(t, [node], limits);
  await untilState(edge, "n1", "healthy");
  const trickle = (start: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1");
      let text = "";
      const timer = setInterval(() => socket.write("a"), 20);
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        text += chunk.toString("latin1");
      });
      socket.on("close", () => {
        clearInterval(timer);
        resolve(text);
      });
      socket.write(start);
    });
  const [head, body, silent] = await Promise.all([
    trickle(`${POST}X-Slow: `),
    trickle(`${POST}Content-Length: 100000\r\n\r\n`),
    askRaw(port),
  ]);
  assert.match(head, /^HTTP\/1.1 408 /);
  assert.equal(codeIn(head), -1102);
  assert.match(body, /^HTTP\/1.1 408 /);
  assert.match(silent, /^(HTTP\/1.1 408 .*)?/);
  assert.equal(node.received.length, 0);
});

test("a raw refusal never takes the place of an answer that is owed", async (t) => {
  const waiting: (() => void)[] = [];
  const node = await startUpstream("n1", (_received, response) => {
    waiting.push(() => response.end("{}"));
  });
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const pipelined = askRaw(port, "GET /api/v3/time HTTP/1.1\r\nHost: x\r\n\r\nrubbish\r\n\r\n");
  await until(() => waiting.length === 1, "the first request is at the node");
  for (const finish of waiting) finish();
  const statuses = [...(await pipelined).matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => match[1]);
  assert.deepEqual(statuses, ["200", "400"]);
});

test("beyond the requests in flight the edge refuses at once and says when to come back", async (t) => {
  const waiting: (() => void)[] = [];
  const node = await startUpstream("n1", (_received, response) => {
    waiting.push(() => response.end("{}"));
  });
  t.after(() => node.close());
  const { edge, port, registry } = await testEdge(t, [node], { inFlightMax: 2 });
  await untilState(edge, "n1", "healthy");
  const first = [ask(port), ask(port)];
  await until(() => waiting.length === 2, "two are in flight");
  const shed = await ask(port);
  assert.equal(shed.status, 503);
  assert.equal(shed.json.code, -1008);
  assert.equal(shed.headers["retry-after"], "1");
  for (const finish of waiting) finish();
  for (const answer of await Promise.all(first)) assert.equal(answer.status, 200);
  assert.match(await registry.metrics(), /halcyon_edge_shed_total\{reason="in-flight"\} 1/);
});

test("a client that sends one request behind the other and waits for none is cut off", async (t) => {
  const node = await startUpstream("n1", () => undefined);
  t.after(() => node.close());
  const { edge, port, registry } = await testEdge(t, [node], { pipelinedMax: 3 });
  await untilState(edge, "n1", "healthy");
  const one = "GET /api/v3/depth HTTP/1.1\r\nHost: x\r\n\r\n";
  assert.equal(await askRaw(port, one.repeat(1_000)), "");
  assert.ok(node.received.length <= 3);
  assert.match(await registry.metrics(), /halcyon_edge_shed_total\{reason="pipelined"\} 1/);
});

test("bodies of all clients together are bounded, and given back", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node], { bodyBytesTotalMax: 1000 });
  await untilState(edge, "n1", "healthy");
  const post = (bytes: number) =>
    ask(port, { method: "POST", path: "/api/v3/order", body: Buffer.alloc(bytes, "a") });
  assert.equal((await post(1500)).status, 503);
  for (let round = 0; round < 5; round += 1) assert.equal((await post(900)).status, 200);
  const gone = connect(port, "127.0.0.1");
  gone.write(`${POST}Content-Length: 900\r\n\r\n${"a".repeat(800)}`);
  await until(() => gone.bytesWritten > 800, "part of a body is sent");
  await until(() => gone.writableLength === 0, "it has left");
  gone.destroy();
  let last = 0;
  for (let round = 0; round < 50 && last !== 200; round += 1) last = (await post(900)).status;
  assert.equal(last, 200, "what a client left behind is given back");
});

test("connections beyond the bound are closed, and clients that do not read are cut off", async (t) => {
  const node = await startUpstream("n1", (_received, response) => {
    response.end(Buffer.alloc(900_000, "a"));
  });
  t.after(() => node.close());
  const unread = { unreadBytesTotalMax: 10_000_000, stalledTimeoutMs: 300 };
  const limits = { connectionsMax: 3, pipelinedMax: 20, ...unread };
  const { edge, port, registry } = await testEdge(t, [node], limits);
  await untilState(edge, "n1", "healthy");
  const deaf = connect(port, "127.0.0.1");
  deaf.on("error", () => undefined);
  deaf.pause();
  deaf.write("GET /api/v3/depth HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
  const more = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  await until(() => more.every((socket) => !socket.connecting), "three are connected");
  assert.equal(await askRaw(port), "", "the fourth is closed");
  assert.match(await registry.metrics(), /halcyon_edge_shed_total\{reason="connections"\} 1/);
  await until(() => node.received.length > 0, "the deaf client is served");
  const closed = new Promise<void>((resolve) => deaf.on("close", () => resolve()));
  setTimeout(() => deaf.resume(), 1_500).unref();
  await closed;
  assert.ok(deaf.bytesRead < 20 * 900_000, "it did not get everything");
  for (const socket of more) socket.destroy();
});

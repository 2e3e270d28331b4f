import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { ask, askRaw, keepAliveAgent, testEdge, until, untilState } from "./support.ts";
import { echo, startUpstream } from "./upstream.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a request reaches the node byte for byte, with the edge's own headers", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const answer = await ask(port, {
    method: "POST",
    path: "/api/v3/order?symbol=BTC%20USDT&x=%C3%A9&signature=ab+c",
    headers: {
      "X-MBX-APIKEY": "key",
      "Idempotency-Key": "01890a5d-ac96-774b-bcce-b302099a8057",
      "Content-Type": "application/json",
      Connection: "close, X-Drop",
      "X-Drop": "1",
    },
    body: Buffer.from([0x61, 0xff, 0x00, 0x62]),
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.json.url, "/api/v3/order?symbol=BTC%20USDT&x=%C3%A9&signature=ab+c");
  assert.equal(answer.json.method, "POST");
  assert.equal(node.received[0]?.body, "a\u00ff\u0000b");
  const { headers } = answer.json;
  assert.equal(headers["x-mbx-apikey"], "key");
  assert.equal(headers["idempotency-key"], "01890a5d-ac96-774b-bcce-b302099a8057");
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers["x-drop"], undefined);
  assert.equal(headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(headers["halcyon-attempt"], "0");
  assert.match(headers["halcyon-request-id"], UUID_V7);
  assert.equal(answer.headers["halcyon-request-id"], headers["halcyon-request-id"]);
  assert.equal(answer.headers["halcyon-node"], "n1");
});

test("what a client claims about itself in the edge's headers is dropped", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const own = "01890a5d-ac96-774b-bcce-b302099a8057";
  const spoofed = {
    "Halcyon-Request-Id": own,
    "Halcyon-Attempt": "7",
    "Halcyon-Node": "x",
    "X-Forwarded-For": "9.9.9.9",
    "x-forwarded-host": "evil",
    "X-Real-IP": "9.9.9.9",
    Forwarded: "for=9.9.9.9",
  };
  const { json } = await ask(port, { headers: { ...spoofed, "Halcyon-Position": "123" } });
  assert.notEqual(json.headers["halcyon-request-id"], own);
  assert.equal(json.headers["halcyon-attempt"], "0");
  assert.equal(json.headers["halcyon-node"], undefined);
  assert.equal(json.headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(json.headers["x-forwarded-host"], undefined);
  assert.equal(json.headers["x-real-ip"], undefined);
  assert.equal(json.headers["forwarded"], undefined);
  assert.equal(json.headers["halcyon-position"], "123", "read your writes is for clients");
  const odd = await ask(port, { headers: { "Halcyon-Position": "12; drop" } });
  assert.equal(odd.json.headers["halcyon-position"], undefined);
});

test("the node's answer passes with its limits headers, whatever its framing", async (t) => {
  const node = await startUpstream("n1", (received, response) => {
    response.setHeader("X-MBX-USED-WEIGHT-1M", "17");
    response.setHeader("Retry-After", "3");
    if (received.url === "/chunked") {
      response.writeHead(429);
      response.write('{"code":');
      response.end("-1003}");
    } else if (received.url === "/empty") response.writeHead(204).end();
    else response.writeHead(418, { "Content-Length": 5 }).end("hello");
  });
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const agent = keepAliveAgent(t, 1);
  const chunked = await ask(port, { path: "/chunked", agent });
  assert.equal(chunked.status, 429);
  assert.equal(chunked.text, '{"code":-1003}');
  assert.equal(chunked.headers["x-mbx-used-weight-1m"], "17");
  assert.equal(chunked.headers["retry-after"], "3");
  assert.equal((await ask(port, { path: "/empty", agent })).status, 204);
  const head = await ask(port, { method: "HEAD", path: "/plain", agent });
  assert.equal(head.headers["content-length"], "5");
  assert.equal((await ask(port, { path: "/plain", agent })).text, "hello");
});

test("a chunked request body arrives whole and with a length", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const text = await askRaw(
    port,
    "POST /api/v3/order HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
  );
  const json = JSON.parse(text.slice(text.indexOf("\r\n\r\n")));
  assert.equal(json.body, "abcde");
  assert.equal(json.headers["content-length"], "5");
  assert.equal(json.headers["transfer-encoding"], undefined);
});

test("a node that closes a reused connection at once costs the client nothing", async (t) => {
  // Answers the first request of each connection; the second meets the closing socket.
  const heads: string[] = [];
  const server = createServer((socket: Socket) => {
    let count = 0;
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      heads.push(chunk.toString("latin1"));
      count += 1;
      if (count > 1) socket.destroy();
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const health = await startUpstream("health");
  t.after(async () => {
    server.close();
    await health.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const node = { name: "n1", port: address.port, healthPort: health.healthPort };
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  assert.equal((await ask(port)).status, 200);
  const second = await ask(port);
  assert.equal(second.status, 200);
  assert.equal(heads.length, 3);
  const id = String(second.headers["halcyon-request-id"]);
  assert.ok(heads[1]?.includes(id) && heads[1].includes("Halcyon-Attempt: 0"));
  assert.ok(heads[2]?.includes(id) && heads[2].includes("Halcyon-Attempt: 1"));
});

test("an answer that breaks off is asked for again at the next node, with the same id", async (t) => {
  const first = await startUpstream("n1", (_received, response) => {
    response.writeHead(200, { "Content-Length": 100 });
    response.write("half of", () => response.socket?.resetAndDestroy());
  });
  const second = await startUpstream("n2");
  t.after(() => Promise.all([first.close(), second.close()]));
  const { edge, port, logLines } = await testEdge(t, [first, second]);
  await untilState(edge, "n1", "healthy");
  await untilState(edge, "n2", "healthy");
  const answer = await ask(port, { method: "POST", path: "/api/v3/order?signature=s3cret" });
  assert.equal(answer.status, 200);
  assert.equal(answer.json.node, "n2");
  assert.equal(answer.json.headers["halcyon-attempt"], "1");
  const id = answer.json.headers["halcyon-request-id"];
  assert.equal(first.received[0]?.headers["halcyon-request-id"], id);
  const lines = logLines.filter((line) => line["requestId"] === id);
  assert.equal(lines.length, 2, "one line for the failed attempt, one for the answered one");
  assert.ok(!JSON.stringify(logLines).includes("s3cret"));
});

test("a node that declines without executing is passed over, another 503 is the answer", async (t) => {
  let header: string | null = "1";
  const first = await startUpstream("n1", (_received, response) => {
    if (header !== null) response.setHeader("Halcyon-Not-Executed", header);
    response.writeHead(503, { "Retry-After": "2" }).end('{"code":-1008,"msg":"busy"}');
  });
  const second = await startUpstream("n2");
  t.after(() => Promise.all([first.close(), second.close()]));
  const { edge, port } = await testEdge(t, [first, second]);
  await untilState(edge, "n1", "healthy");
  await untilState(edge, "n2", "healthy");
  assert.equal((await ask(port)).json.node, "n2");
  header = null;
  const honest = await ask(port);
  assert.equal(honest.status, 503);
  assert.equal(honest.json.code, -1008);
  assert.equal(second.received.length, 1);
});

test("when every node declines, the last refusal is passed on without its inner header", async (t) => {
  const node = await startUpstream("n1", (_received, response) => {
    response.writeHead(503, { "Halcyon-Not-Executed": "1", "Retry-After": "2" });
    response.end('{"code":-1008,"msg":"busy"}');
  });
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const answer = await ask(port);
  assert.equal(answer.status, 503);
  assert.equal(answer.headers["retry-after"], "2");
  assert.equal(answer.headers["halcyon-not-executed"], undefined);
  assert.equal(node.received.length, 1, "a node that sheds load is not asked again");
});

test("a node that lost sight of a request is not the last word: another answers by the same id", async (t) => {
  const first = await startUpstream("n1", (_received, response) => {
    response.writeHead(503, { "Halcyon-Outcome-Unknown": "1" });
    response.end('{"code":-1000,"msg":"lost"}');
  });
  const second = await startUpstream("n2");
  t.after(() => Promise.all([first.close(), second.close()]));
  const { edge, port } = await testEdge(t, [first, second], { attemptsMax: 2 });
  await untilState(edge, "n1", "healthy");
  await untilState(edge, "n2", "healthy");
  const answer = await ask(port, { method: "POST", path: "/api/v3/order" });
  assert.equal(answer.status, 200);
  assert.equal(answer.json.node, "n2");
  const asked = first.received[0]!.headers["halcyon-request-id"];
  assert.equal(answer.json.headers["halcyon-request-id"], asked);
  assert.equal(answer.json.headers["halcyon-attempt"], "1");
  second.readiness = "starting";
  await untilState(edge, "n2", "down");
  const lost = await ask(port, { method: "POST", path: "/api/v3/order" });
  assert.equal(lost.status, 503);
  assert.equal(lost.json.msg, "lost", "when nobody knows, the node's own words");
  assert.equal(lost.headers["halcyon-outcome-unknown"], undefined);
});

test("a request no node ever got is refused as overload; one that may have run, as unknown", async (t) => {
  const gone = await startUpstream("n1");
  await gone.close();
  const unsent = await testEdge(t, [gone], { totalTimeoutMs: 200 });
  const refused = await ask(unsent.port);
  assert.equal(refused.status, 503);
  assert.equal(refused.json.code, -1008);
  assert.equal(refused.headers["retry-after"], "1");

  const breaking = await startUpstream("n2", (_received, response) => {
    response.socket?.resetAndDestroy();
  });
  t.after(() => breaking.close());
  const sent = await testEdge(t, [breaking], { totalTimeoutMs: 200 });
  await untilState(sent.edge, "n2", "healthy");
  const unknown = await ask(sent.port);
  assert.equal(unknown.status, 503);
  assert.deepEqual(unknown.json, {
    code: -1000,
    msg: "Unknown error, please check your request or try again later.",
  });
  assert.equal(unknown.headers["retry-after"], undefined);
  const ids = new Set(breaking.received.map((entry) => entry.headers["halcyon-request-id"]));
  assert.equal(ids.size, 1);
  assert.ok(breaking.received.length > 1, "it is sent again until the deadline");
});

test("a restart of the only node is a slow answer, not an error", async (t) => {
  const before = await startUpstream("n1");
  const { edge, port } = await testEdge(t, [before]);
  await untilState(edge, "n1", "healthy");
  await ask(port);
  await before.close();
  const answer = ask(port, { method: "POST", path: "/api/v3/order" });
  await untilState(edge, "n1", "down");
  const after = await startUpstream("n1", echo, before);
  t.after(() => after.close());
  assert.equal((await answer).status, 200);
});

test("requests waiting on a node that falls silent move to another node at once", async (t) => {
  const silent = await startUpstream("n1", () => undefined);
  const other = await startUpstream("n2");
  t.after(() => Promise.all([silent.close(), other.close()]));
  const limits = { attemptTimeoutMs: 60_000, totalTimeoutMs: 60_000, probeTimeoutMs: 200 };
  const { edge, port } = await testEdge(t, [silent, other], limits);
  await untilState(edge, "n1", "healthy");
  await untilState(edge, "n2", "healthy");
  const answer = ask(port);
  await until(() => silent.received.length === 1, "the request waits on n1");
  silent.readiness = "silent";
  const { json } = await answer;
  assert.equal(json.node, "n2");
  assert.equal(json.headers["halcyon-attempt"], "1");
});

test("an attempt that outlives its timeout goes to the next node", async (t) => {
  const slow = await startUpstream("n1", () => undefined);
  const other = await startUpstream("n2");
  t.after(() => Promise.all([slow.close(), other.close()]));
  const { edge, port } = await testEdge(t, [slow, other], { attemptTimeoutMs: 50 });
  await untilState(edge, "n1", "healthy");
  await untilState(edge, "n2", "healthy");
  assert.equal((await ask(port)).json.node, "n2");
  assert.equal(edge.plan().nodes[0]?.state, "healthy", "a slow answer is no proof of death");
});

test("a large answer is streamed, and cut off visibly when its node dies", async (t) => {
  const half = 300_000;
  const node = await startUpstream("n1", (received, response) => {
    response.writeHead(200, { "Content-Length": 2 * half });
    response.write("a".repeat(half));
    if (received.url === "/whole") response.end("b".repeat(half));
    else setTimeout(() => response.socket?.resetAndDestroy(), 20);
  });
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node], {
    answerBufferBytes: 100_000,
    attemptTimeoutMs: 60_000,
    totalTimeoutMs: 60_000,
  });
  await untilState(edge, "n1", "healthy");
  const agent = keepAliveAgent(t, 1);
  for (let round = 0; round < 3; round += 1) {
    const whole = await ask(port, { path: "/whole", agent });
    assert.equal(whole.text.length, 2 * half);
    assert.ok(whole.text.endsWith("bbb"));
  }
  await assert.rejects(ask(port, { path: "/broken" }), { code: "ECONNRESET" });
  assert.equal((await ask(port, { path: "/whole" })).text.length, 2 * half);
});

test("a malformed answer is no answer", async (t) => {
  const node = await startUpstream("n1", (_received, response) => {
    response.socket?.end("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
  });
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node], { totalTimeoutMs: 100 });
  await untilState(edge, "n1", "healthy");
  assert.equal((await ask(port)).json.code, -1000);
});

test("the landing page says where things are, unknown paths are the node's to answer", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  assert.equal((await ask(port, { path: "/" })).json.name, "Halcyon");
  assert.equal((await ask(port, { path: "/edge/status" })).json.url, "/edge/status");
  const absolute = await askRaw(
    port,
    "GET http://any/api/v3/time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  );
  assert.match(absolute, /"url":"\/api\/v3\/time"/);
});

test("a stop finishes what is in flight, then accepts nothing", async (t) => {
  let finish: (() => void) | null = null;
  const node = await startUpstream("n1", (received, response) => {
    finish = () => echo(received, response);
  });
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node], { drainTimeoutMs: 5_000 });
  await untilState(edge, "n1", "healthy");
  const answer = ask(port);
  await until(() => finish !== null, "the request is in flight");
  const stopped = edge.stop();
  assert.equal(edge.ready().ok, false);
  await assert.rejects(ask(port), { code: "ECONNREFUSED" });
  finish!();
  const { status, headers } = await answer;
  assert.equal(status, 200);
  assert.equal(headers.connection, "close");
  await stopped;
});

test("a stop does not wait for nodes that are down", async (t) => {
  const breaking = await startUpstream("n1", (_received, response) => {
    response.socket?.resetAndDestroy();
  });
  t.after(() => breaking.close());
  const patient = { totalTimeoutMs: 60_000, drainTimeoutMs: 60_000, attemptsMax: 10_000 };
  const { edge, port } = await testEdge(t, [breaking], patient);
  const refused = ask(port);
  await until(() => breaking.received.length > 1, "the request goes round");
  await edge.stop();
  assert.equal((await refused).status, 503);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { exchangeRaw, type RawAnswer } from "./raw-http.ts";
import {
  adminAsk,
  ask,
  assertDialect,
  assertProblem,
  changesNothing,
  doors,
  portOf,
} from "./world.ts";

const host = "Host: x\r\n";
const get = (target: string, headers = host) => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
const post = (headers: string, body: string) =>
  `POST /api/v3/order HTTP/1.1\r\n${host}${headers}\r\n${body}`;
const ping = get("/api/v3/ping");
const chunked = "Transfer-Encoding: chunked\r\n";
const megabytes = (count: number) => "a".repeat(count * 1_000_000);
const upgrade = (line: string, key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n") =>
  `${line} HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n${key}Sec-WebSocket-Version: 13\r\n\r\n`;

/** What is sent, and the statuses that may come: of the edge, and of a node where it differs. */
type Row = readonly [name: string, bytes: string, edge: number, node?: number];

const rows: readonly Row[] = [
  ["HTTP/1.0", "GET /api/v3/ping HTTP/1.0\r\n\r\n", 200],
  ["no host", get("/api/v3/ping", ""), 400, 200],
  ["two hosts", get("/api/v3/ping", `${host}${host}`), 200],
  ["HTTP/0.9", "GET /api/v3/ping\r\n\r\n", 400, 200],
  ["HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["an offer of h2c", get("/api/v3/ping", `${host}Connection: Upgrade\r\nUpgrade: h2c\r\n`), 200],
  ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ["TRACE", `TRACE /api/v3/ping HTTP/1.1\r\n${host}\r\n`, 404],
  ["CONNECT to elsewhere", `CONNECT example.com:443 HTTP/1.1\r\n${host}\r\n`, 400, 404],
  ["CONNECT to a path", `CONNECT /api/v3/ping HTTP/1.1\r\n${host}\r\n`, 400, 404],
  ["OPTIONS", `OPTIONS /api/v3/ping HTTP/1.1\r\n${host}\r\n`, 404],
  ["OPTIONS *", `OPTIONS * HTTP/1.1\r\n${host}\r\n`, 400, 404],
  ["PATCH", `PATCH /api/v3/order HTTP/1.1\r\n${host}Content-Length: 2\r\n\r\n{}`, 404],
  ["a verb nobody knows", `FROB /api/v3/ping HTTP/1.1\r\n${host}\r\n`, 400],
  ["a verb in lower case", `get /api/v3/ping HTTP/1.1\r\n${host}\r\n`, 400],
  ["absolute form", get("http://evil.example/api/v3/ping"), 200],
  ["absolute form of another scheme", get("ftp://evil.example/api/v3/ping"), 400, 404],
  ["a target without slash", get("api/v3/ping"), 400],
  ["an unknown path", get("/api/v3/nothing"), 404],
  ["a path with dots", get("/api/v3/../v3/ping"), 404],
  ["a path percent-encoded", get("/api/v3/%70ing"), 404],
  ["a path with a broken escape", get("/api/v3/%zz"), 404],
  ["a path with %00", get("/api/v3/ping%00"), 404],
  ["bytes above ASCII in the path", get("/api/v3/p\xffing"), 400],
  ["bytes above ASCII in the query", get("/api/v3/depth?symbol=\xc3\x28"), 400],
  ["a NUL in the path", get("/api/v3/p\0ing"), 400],
  ["a blank in the path", get("/api/v3/p ing"), 400],
  ["a very long query", get(`/api/v3/ping?${"a".repeat(20_000)}`), 431, 400],
  ["a long query", get(`/api/v3/ping?${"a".repeat(15_000)}`), 400],
  ["a very long header", get("/api/v3/ping", `${host}X-A: ${"a".repeat(100_000)}\r\n`), 431],
  ["thousands of headers", get("/api/v3/ping", host + "a:\r\n".repeat(3_000)), 431],
  ["a NUL in a header", get("/api/v3/ping", `${host}X-A: a\0b\r\n`), 400],
  ["a folded header", get("/api/v3/ping", `${host}X-A: a\r\n b\r\n`), 400],
  ["a bare line feed", "GET /api/v3/ping HTTP/1.1\nHost: x\n\n", 400],
  ["a bare carriage return", get("/api/v3/ping", "Host: x\rX-Evil: 1\r\n"), 400],
  ["a header without name", get("/api/v3/ping", `${host}: x\r\n`), 400],
  ["a blank in a header's name", get("/api/v3/ping", `${host}X A: x\r\n`), 400],
  ["a key that is no ASCII", get("/api/v3/account", `${host}X-MBX-APIKEY: \xff\r\n`), 401],
  ["two keys", get("/api/v3/account", `${host}${"X-MBX-APIKEY: a\r\n".repeat(2)}`), 401],
  ["an expectation nobody knows", post("Expect: 200-ok\r\nContent-Length: 3\r\n", "a=b"), 401],
  ["Expect: 100-continue", post("Expect: 100-continue\r\nContent-Length: 3\r\n", "a=b"), 401],
  ["length and chunks", post(`Content-Length: 3\r\n${chunked}`, "0\r\n\r\n"), 400],
  ["chunks and length", post(`${chunked}Content-Length: 3\r\n`, "0\r\n\r\n"), 400],
  ["two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400],
  ["a length that is no number", post("Content-Length: 3x\r\n", "abc"), 400],
  ["a length with a sign", post("Content-Length: +3\r\n", "abc"), 400],
  ["a length below zero", post("Content-Length: -3\r\n", "abc"), 400],
  ["a length beyond 2^64", post("Content-Length: 99999999999999999999\r\n", "abc"), 400],
  ["a length beyond 2^53", post("Content-Length: 9007199254740993\r\n", "abc"), 413],
  ["chunks within gzip", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400],
  ["an identity encoding", post("Transfer-Encoding: identity\r\n", "abc"), 400],
  ["chunked twice", post(chunked + chunked, "0\r\n\r\n"), 400],
  ["a blank before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400],
  ["a chunk size that is no number", post(chunked, "zz\r\nabc\r\n0\r\n\r\n"), 400],
  ["a chunk size below zero", post(chunked, "-1\r\nabc\r\n0\r\n\r\n"), 400],
  ["a chunk size beyond 2^64", post(chunked, "FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n"), 400],
  ["a long chunk extension", post(chunked, `3;${"e".repeat(20_000)}\r\nabc\r\n0\r\n\r\n`), 400],
  ["trailers", post(chunked, "3\r\na=b\r\n0\r\nHalcyon-Attempt: 3\r\n\r\n"), 401],
  ["10 MB", post("Content-Length: 10000000\r\n", megabytes(10)), 413],
  ["10 MB in chunks", post(chunked, `989680\r\n${megabytes(10)}\r\n0\r\n\r\n`), 413],
  ["a handshake without key", upgrade("GET /ws", ""), 400],
  ["a handshake by POST", upgrade("POST /ws"), 400],
  ["a handshake at no stream", upgrade("GET /wsx"), 404],
  ["a stream without handshake", get("/ws"), 404],
  ["requests by POST to the WebSocket API", `POST /ws-api/v3 HTTP/1.1\r\n${host}\r\n`, 404],
];

for (const door of doors) {
  test(`${door}: whatever the form of a request, the answer is JSON with the right status`, () =>
    changesNothing(async () => {
      for (const [name, bytes, edge, node = edge] of rows) {
        const [answer, ...more] = await exchangeRaw(bytes, { port: portOf(door) });
        assert.ok(answer, `${name}: no answer`);
        assert.deepEqual(more, [], name);
        assertJson(answer, name);
        assert.equal(answer.status, door === "edge" ? edge : node, `${name}: ${answer.text}`);
      }
    }));

  test(`${door}: requests in a row are answered in a row, rubbish behind them last`, async () => {
    const port = portOf(door);
    const five = await exchangeRaw(ping.repeat(5), { port, answers: 5 });
    assert.deepEqual(statuses(five), [200, 200, 200, 200, 200]);
    const three = await exchangeRaw(`${ping}${ping}rubbish\r\n\r\n${ping}`, { port, answers: 4 });
    assert.deepEqual(statuses(three), [200, 200, 400]);
    const broken = `${ping}${post(chunked, "zz\r\n\r\n")}${ping}`;
    assert.deepEqual(statuses(await exchangeRaw(broken, { port, answers: 3 })), [200, 400]);
  });

  test(`${door}: the admin API answers a body of 10 MB with a problem`, async () => {
    const huge = adminAsk("POST /admin/v1/accounts", megabytes(10));
    assertProblem(await ask(door, huge), 413, "10 MB");
  });
}

test("a head that the edge takes does not break the edge's connection to a node", async () => {
  const port = portOf("edge");
  // Twice each: the second one comes over a connection that has served before.
  for (const bytes of [16_100, 16_200, 16_300, 16_330]) {
    for (let round = 0; round < 2; round++) {
      const big = get("/api/v3/ping", `${host}X-A: ${"a".repeat(bytes)}\r\n`);
      const [answer] = await exchangeRaw(big, { port });
      assert.ok(answer?.status === 200 || answer?.status === 431, `${bytes}: ${answer?.text}`);
      // Who refuses is the edge, by its own limit.
      if (answer.status === 431) assertDialect(answer, 431, -1102, `${bytes} bytes`);
    }
  }
  for (const count of [900, 990, 995, 998]) {
    for (let round = 0; round < 2; round++) {
      const [answer] = await exchangeRaw(get("/api/v3/ping", host + "a:\r\n".repeat(count)), {
        port,
      });
      assert.equal(answer?.status, 200, `${count} headers: ${answer?.text}`);
    }
  }
});

test("what only the edge may say is not believed when a client says it", async () => {
  const lies = {
    "Halcyon-Request-Id": "01900000-0000-7000-8000-000000000001",
    "Halcyon-Attempt": "3",
    "X-Forwarded-For": "198.51.100.7",
    Forwarded: "for=198.51.100.7",
    "X-Real-IP": "198.51.100.7",
  };
  const weightOf = async (from: string, headers = {}): Promise<number> => {
    const answer = await ask(
      "edge",
      { line: "GET /api/v3/depth?symbol=BTCUSDT&limit=5", headers },
      from,
    );
    assert.equal(answer.status, 200, answer.text);
    assert.notEqual(answer.headers.get("halcyon-request-id"), lies["Halcyon-Request-Id"]);
    return Number(answer.headers.get("x-mbx-used-weight"));
  };
  const honest = await weightOf("127.0.0.21");
  const lying = await weightOf("127.0.0.21", lies);
  // Another node may answer, but never one that has counted for the address of the lie.
  assert.ok(lying >= honest, `${lying} after ${honest}`);
  // A node believes those headers of nobody but the edge.
  for (let round = 1; round <= 2; round++) {
    const request = { line: "GET /api/v3/ping", headers: lies };
    const answer = await ask("node", request, "127.0.0.22");
    assert.equal(answer.headers.get("x-mbx-used-weight"), String(round));
  }
});

function assertJson(answer: RawAnswer, name: string): void {
  if (answer.status >= 400) {
    const { code } = JSON.parse(answer.text) as { code: number };
    assertDialect(answer, answer.status, code, name);
    assert.ok(Number.isInteger(code) && code <= -1_000, name);
  } else {
    assert.match(answer.headers.get("content-type") ?? "", /^application\/json/, name);
    JSON.parse(answer.text);
  }
}

function statuses(answers: readonly RawAnswer[]): number[] {
  return answers.map(({ status }) => status);
}

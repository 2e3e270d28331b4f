import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, opcode, RawWebSocket } from "./raw-websocket.ts";
import {
  ask,
  assertDialect,
  changesNothing,
  doors,
  portOf,
  reader,
  revoked,
  sign,
  stranger,
  symbol,
  victim,
} from "./world.ts";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const nestedObjects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const depths = [100, 1_000, 2_500, 3_500, 10_000, 30_000];

/** What is sent to the WebSocket API, and the id and code of the answer. */
const apiRows: readonly (readonly [text: string, id: string, code: number | null])[] = [
  ...["", "hello", "\0", "5", '"x"', "[]", "null", "true", "{", "{'id':1}", "NaN", "\ufeff{}"].map(
    (text) => [text, "null", -1135] as const,
  ),
  ...["{}", "[]", "1.5", "true", "1e3", "99999999999999999999", `"${"x".repeat(200)}"`].map(
    (id) => [`{"id":${id},"method":"ping"}`, "null", -1102] as const,
  ),
  ...[
    "0",
    "-1",
    "9007199254740993",
    "-9223372036854775808",
    '""',
    '"a b"',
    '"\\ud800"',
    "null",
  ].map((id) => [`{"id":${id},"method":"ping"}`, id, null] as const),
  ['{"method":"ping"}', "null", null],
  ['{"id":1}', "1", -1102],
  ...["5", "{}", "[]", "null", '""'].map(
    (method) => [`{"id":1,"method":${method}}`, "1", -1102] as const,
  ),
  ...["nope", "__proto__", "constructor", "PING", "ping\\u0000", "x".repeat(60_000)].map(
    (method) => [`{"id":1,"method":"${method}"}`, "1", -1020] as const,
  ),
  ...["[]", '"x"', "5", "true"].map(
    (params) => [`{"id":1,"method":"ping","params":${params}}`, "1", -1135] as const,
  ),
  ...['{"a":{}}', '{"a":null}', '{"a":[1]}', '{"__proto__":{"b":1}}', '{"a":[["b"]]}'].map(
    (params) => [`{"id":1,"method":"ping","params":${params}}`, "1", -1130] as const,
  ),
  ['{"id":1,"method":"ping","params":{"a":1}}', "1", -1101],
  ['{"id":1,"method":"ping","params":{"__proto__":1}}', "1", -1101],
  ['{"id":1,"method":"depth","params":{"symbol":"BTCUSDT","limit":1e400}}', "1", -1100],
  ['{"id":1,"method":"depth","params":{"symbol":"BTCUSDT","limit":-0}}', "1", -1100],
  ['{"id":1,"method":"depth","params":{"symbol":"BTCUSDT","limit":1.0}}', "1", -1100],
  ['{"id":1,"method":"depth","params":{"symbol":"\\u0000"}}', "1", -1100],
  ['{"id":1,"method":"userDataStream.subscribe"}', "1", -2014],
  ['{"id":1,"method":"userDataStream.unsubscribe","params":{"subscriptionId":-1}}', "1", -1100],
];

for (const door of doors) {
  test(`${door}: whatever is said to the WebSocket API, the answer is JSON with the right code`, () =>
    changesNothing(async () => {
      const socket = await RawWebSocket.open(portOf(door), "/ws-api/v3?returnRateLimits=false");
      socket.send(...apiRows.map(([text]) => text));
      for (const depth of depths) {
        for (const nest of [nested(depth), nestedObjects(Math.min(depth, 10_000))]) {
          socket.send(nest, `{"id":1,"method":"ping","params":{"a":${nest}}}`);
          socket.send(`{"id":${nest},"method":"ping"}`, `{"id":1,"method":${nest}}`);
        }
      }
      const count = apiRows.length + depths.length * 8;
      await socket.until(() => socket.messages.length >= count);
      assert.equal(socket.closeCode, null);
      for (const [index, text] of socket.messages.entries()) {
        const { status, error } = JSON.parse(text) as { status: number; error?: { code: number } };
        const [sent, id, code] = apiRows[index] ?? ["nested", null, error?.code ?? 0];
        const shown = `${sent.slice(0, 80)}: ${text.slice(0, 120)}`;
        assert.equal(error?.code ?? null, code, shown);
        assert.ok(status === (code === null ? 200 : code === -2014 ? 401 : 400), shown);
        if (id !== null) assert.ok(text.startsWith(`{"id":${id},`), shown);
      }
      socket.destroy();
    }));

  test(`${door}: the WebSocket API takes no order from nobody, from others, or unsigned`, () =>
    changesNothing(async () => {
      const socket = await RawWebSocket.open(portOf(door), "/ws-api/v3?returnRateLimits=false");
      for (const [what, params, code] of foreignOrders()) {
        const before = socket.messages.length;
        socket.send(JSON.stringify({ id: what, method: "order.place", params }));
        await socket.until(() => socket.messages.length > before);
        const answer = JSON.parse(socket.messages.at(-1)!);
        assert.equal(answer.id, what);
        assert.equal(answer.error?.code, code, `${what}: ${socket.messages.at(-1)}`);
      }
      socket.destroy();
    }));

  test(`${door}: what clients say to streams is answered or ends the connection, never the node`, async () => {
    const messages = [
      ...apiRows.map(([text]) => text).filter((text) => text.length < 1_000),
      ...depths.map((depth) => `{"id":1,"method":${nested(depth)}}`),
      ...depths.map((depth) => `{"id":1,"method":"SUBSCRIBE","params":${nested(depth)}}`),
      ...hostileStreams.map((name) => subscribe([name])),
      ...['{"method":"SET_PROPERTY","params":["combined",5],"id":1}', subscribe([5, {}, null])],
      '{"method":"SET_PROPERTY","params":["__proto__",true],"id":1}',
      subscribe(Array.from({ length: 5_000 }, (_, index) => `${index}`)),
      subscribe(Array.from({ length: 1_025 }, () => `${symbol.toLowerCase()}@trade`)),
    ];
    // Few enough on each socket that their number alone is no offence.
    for (let at = 0; at < messages.length; at += 40) {
      const part = messages.slice(at, at + 40);
      const socket = await RawWebSocket.open(portOf(door), "/ws", `127.0.1.${at + 1}`);
      socket.send(...part);
      await socket.until(
        () => socket.messages.filter((text) => !isEvent(text)).length >= part.length,
      );
      assert.equal(socket.closeCode, null);
      const replies = socket.messages.filter((text) => !isEvent(text));
      for (const [index, reply] of replies.entries()) {
        const { error, result } = JSON.parse(reply) as {
          error?: { code: number };
          result?: unknown;
        };
        const shown = `${part[index]?.slice(0, 100)}: ${reply.slice(0, 200)}`;
        if (part[index]?.includes(`${symbol.toLowerCase()}@trade`))
          assert.equal(result, null, shown);
        else assert.ok(Number.isInteger(error?.code), shown);
      }
      socket.destroy();
    }
  });

  test(`${door}: frames that RFC 6455 forbids end the connection with its code`, async () => {
    for (const [what, frames, code] of forbiddenFrames) {
      for (const path of ["/ws", "/ws-api/v3"]) {
        const socket = await RawWebSocket.open(portOf(door), path, "127.0.2.1");
        socket.send(...frames);
        await socket.until(() => false);
        assert.equal(socket.closeCode, code, `${what} on ${path}`);
        socket.destroy();
      }
    }
  });

  test(`${door}: ten thousand messages at once end the connection`, async () => {
    const streams = await RawWebSocket.open(portOf(door), "/ws", "127.0.2.2");
    const flood = Array.from({ length: 10_000 }, (_, index) =>
      subscribe([`${symbol.toLowerCase()}@kline_${index}`]),
    );
    streams.send(...flood);
    await streams.until(() => false);
    assert.equal(streams.closeCode, 1008);
    const pings = await RawWebSocket.open(portOf(door), "/ws-api/v3", "127.0.2.2");
    pings.send(...Array.from({ length: 10_000 }, () => ({ opcode: opcode.ping })));
    await pings.until(() => false);
    assert.equal(pings.closeCode, 1008);
  });

  test(`${door}: a message in fragments is one message`, async () => {
    const socket = await RawWebSocket.open(portOf(door), "/ws-api/v3", "127.0.2.3");
    const text = '{"id":1,"method":"ping"}';
    const parts = [...text].map((payload, index): Frame => {
      const isFirst = index === 0;
      const isLast = index === text.length - 1;
      return { opcode: isFirst ? opcode.text : opcode.continuation, payload, isLast };
    });
    for (const part of parts) socket.send(part, { opcode: opcode.pong });
    await socket.until(() => socket.messages.length === 1);
    assert.match(socket.messages[0] ?? "", /^\{"id":1,"status":200/);
    socket.destroy();
  });
}

test("streams named in an address are opened as far as there are any", async () => {
  const names = [
    "%zz",
    "%00",
    "%ff",
    "@",
    "!",
    `${symbol.toLowerCase()}@trade%00`,
    "..",
    "a".repeat(9_000),
  ];
  for (const path of [
    ...names.map((name) => `/ws/${name}`),
    `/stream?streams=${"a@b/".repeat(3_500)}`,
  ]) {
    const socket = await RawWebSocket.open(portOf("edge"), path, "127.0.2.4");
    socket.send('{"method":"LIST_SUBSCRIPTIONS","id":7}');
    await socket.until(() => socket.messages.some((text) => text.endsWith('"id":7}')));
    const reply = socket.messages.find((text) => text.endsWith('"id":7}'));
    assert.equal(reply, '{"result":[],"id":7}', path.slice(0, 50));
    socket.destroy();
  }
});

test("an address that opens too many sockets is told to wait, and only that one", async () => {
  const line = "GET /ws";
  const headers = {
    ...{ Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  for (let attempt = 0; attempt < 300; attempt += 50) {
    await Promise.all(Array.from({ length: 50 }, () => connectAndLeave("127.0.2.5")));
  }
  assertDialect(await ask("node", { line, headers }, "127.0.2.5"), 429, -1034, "connects");
  const other = await RawWebSocket.open(portOf("node"), "/ws", "127.0.2.6");
  other.destroy();
});

async function connectAndLeave(from: string): Promise<void> {
  const socket = await RawWebSocket.open(portOf("node"), "/ws", from);
  socket.destroy();
}

const hostileStreams = [
  ...["", "@", "!", "@trade", "!@", "btcusdt", "BTCUSDT@trade", "btcusdt@TRADE", "btcusdt@nope"],
  ...["btcusdt@depth@1ms", "btcusdt@depth7", "btcusdt@kline_1x", "btcusdt@kline___proto__"],
  ...["nosuch@trade", "__proto__@trade", "constructor", "../../admin", "x".repeat(5_000), "\0"],
  ...["\u0131@trade", "\u00df@trade", "\ufb00usdt@trade", "\ud800@trade", "'; DROP TABLE", "%00"],
];

const forbiddenFrames: readonly (readonly [
  what: string,
  frames: readonly Frame[],
  code: number,
])[] = [
  ["unmasked", [{ opcode: opcode.text, payload: "{}", isMasked: false }], 1002],
  ["a reserved bit", [{ opcode: opcode.text, payload: "{}", reserved: 4 }], 1002],
  ["a reserved opcode", [{ opcode: 3, payload: "{}" }], 1002],
  ["a reserved control opcode", [{ opcode: 11 }], 1002],
  ["a continuation of nothing", [{ opcode: opcode.continuation, payload: "{}" }], 1002],
  ["a text in a text", textInText(), 1002],
  ["a ping in fragments", [{ opcode: opcode.ping, isLast: false }], 1002],
  ["a long ping", [{ opcode: opcode.ping, payload: "x".repeat(126) }], 1002],
  ["a close of one byte", [{ opcode: opcode.close, payload: "x" }], 1002],
  ["a close code nobody may send", [{ opcode: opcode.close, payload: "\u0003\u0003" }], 1002],
  ["bad UTF-8", [{ opcode: opcode.text, payload: Buffer.from([0xff, 0xfe]) }], 1007],
  ["overlong UTF-8", [{ opcode: opcode.text, payload: Buffer.from([0xc0, 0xaf]) }], 1007],
  ["a lone surrogate", [{ opcode: opcode.text, payload: Buffer.from([0xed, 0xa0, 0x80]) }], 1007],
  ["100 kB", [{ opcode: opcode.text, payload: "x".repeat(100_000) }], 1009],
  ["100 kB in fragments", fragments(10_000, 11), 1009],
  ["a petabyte, as it says", [{ opcode: opcode.text, statedBytes: 2 ** 50 }], 1009],
];

function textInText(): Frame[] {
  const part = { opcode: opcode.text, payload: "{", isLast: false };
  return [part, part];
}

function fragments(bytes: number, count: number): Frame[] {
  return Array.from({ length: count }, (_, index) => ({
    opcode: index === 0 ? opcode.text : opcode.continuation,
    payload: "x".repeat(bytes),
    isLast: false,
  }));
}

type Params = Readonly<Record<string, string | number>>;

function foreignOrders(): readonly (readonly [what: string, params: Params, code: number])[] {
  const order = { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.01" };
  const now = Date.now();
  const of = (apiKey: string, secret: string, timestamp: number | string = now): Params => {
    const params: Params = { ...order, price: 20000, apiKey, timestamp };
    const names = Object.keys(params).sort();
    const payload = names.map((name) => `${name}=${params[name]}`).join("&");
    return { ...params, signature: sign(secret, payload) };
  };
  const own = of(victim.apiKey, victim.secret);
  return [
    ["nobody", { ...order, price: "20000" }, -2014],
    ["unsigned", { ...order, price: "20000", apiKey: victim.apiKey, timestamp: now }, -1102],
    ["altered", { ...own, price: 20001 }, -1022],
    ["one parameter more", { ...own, newClientOrderId: "x" }, -1022],
    ["a digit more", { ...own, quantity: "0.010" }, -1022],
    ["another's secret", of(victim.apiKey, stranger.secret), -1022],
    ["another's key", { ...own, apiKey: stranger.apiKey }, -1022],
    ["revoked", of(revoked.apiKey, revoked.secret), -2015],
    ["may only read", of(reader.apiKey, reader.secret), -2015],
    ["expired", of(victim.apiKey, victim.secret, now - 60_000), -1021],
    ["ahead", of(victim.apiKey, victim.secret, now + 60_000), -1021],
    ["no time", of(victim.apiKey, victim.secret, "now"), -1102],
  ];
}

function subscribe(params: readonly unknown[]): string {
  return JSON.stringify({ method: "SUBSCRIBE", params, id: 1 });
}

function isEvent(text: string): boolean {
  return text.startsWith('{"e":');
}

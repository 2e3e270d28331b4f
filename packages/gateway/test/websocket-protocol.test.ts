import assert from "node:assert/strict";
import { test } from "node:test";
import type { MarketGrid } from "../src/dialect/market-grid.ts";
import type { Views } from "../src/views/views.ts";
import { Admission } from "../src/websocket/admission.ts";
import { parseApiRequest, signaturePayload } from "../src/websocket/api-request.ts";
import { parseControl } from "../src/websocket/control.ts";
import { klinePublisher } from "../src/websocket/kline-streams.ts";
import { parseStreamName } from "../src/websocket/stream-name.ts";
import { parseTarget } from "../src/websocket/target.ts";
import { TokenBucket } from "../src/websocket/token-bucket.ts";
import { defaultWebSocketLimits } from "../src/websocket/websocket-limits.ts";

test("every address that clients connect to is understood", () => {
  const raw = (...names: string[]) => ({ kind: "market", combined: false, names });
  const combined = (...names: string[]) => ({ kind: "market", combined: true, names });
  assert.deepEqual(parseTarget("/ws"), raw());
  assert.deepEqual(parseTarget("/ws/0"), raw("0"));
  assert.deepEqual(parseTarget("/ws/stream"), raw("stream"));
  assert.deepEqual(parseTarget("/ws/btcusdt@trade"), raw("btcusdt@trade"));
  assert.deepEqual(parseTarget("/ws/a@trade/b@depth@100ms"), raw("a@trade", "b@depth@100ms"));
  assert.deepEqual(parseTarget("/ws/btcusdt%40kline_1m"), raw("btcusdt@kline_1m"));
  assert.deepEqual(parseTarget("/stream"), combined());
  assert.deepEqual(parseTarget("/stream?streams="), combined());
  assert.deepEqual(parseTarget("/stream?streams=a@trade/b@trade"), combined("a@trade", "b@trade"));
  assert.deepEqual(
    parseTarget("/stream?x=1&streams=a@kline_1d@+08:00"),
    combined("a@kline_1d@+08:00"),
  );
  assert.deepEqual(parseTarget("/ws/%zz"), raw("%zz"));
  assert.deepEqual(parseTarget("/stream?timeUnit=MILLISECOND"), combined());
  assert.deepEqual(parseTarget("/stream/ws/7"), raw("7"), "ccxt with one host for everything");
  assert.deepEqual(parseTarget("/ws-api/v3"), { kind: "api", returnRateLimits: true });
  assert.deepEqual(parseTarget("/ws-api/v3?returnRateLimits=false"), {
    kind: "api",
    returnRateLimits: false,
  });
  for (const url of ["/", "/ws-api/v2", "/api/v3/ping", "/stream/other", "/WS"]) {
    assert.equal(parseTarget(url), null, url);
  }
});

test("stream names say what they carry, and nonsense is no stream", () => {
  assert.deepEqual(parseStreamName("btcusdt@depth"), {
    symbol: "BTCUSDT",
    stream: { kind: "depth", beat: 1000 },
  });
  assert.deepEqual(parseStreamName("btcusdt@depth@100ms")?.stream, { kind: "depth", beat: 100 });
  assert.deepEqual(parseStreamName("btcusdt@depth20@100ms")?.stream, {
    kind: "partialDepth",
    levels: 20,
    beat: 100,
  });
  assert.deepEqual(parseStreamName("btcusdt@depth5")?.stream, {
    kind: "partialDepth",
    levels: 5,
    beat: 1000,
  });
  assert.deepEqual(parseStreamName("btcusdt@kline_1M@+08:00")?.stream, {
    kind: "kline",
    interval: "1M",
    zoneOffsetMs: 28_800_000,
  });
  assert.deepEqual(parseStreamName("!miniTicker@arr"), {
    symbol: null,
    stream: { kind: "allMiniTickers" },
  });
  assert.deepEqual(parseStreamName("btcusdt@ticker_4h")?.stream, {
    kind: "windowTicker",
    window: "4h",
  });
  const nonsense = [
    "",
    "btcusdt",
    "@trade",
    "BTCUSDT@trade",
    "btcusdt@Trade",
    "btcusdt@depth7",
    "btcusdt@depth@50ms",
    "btcusdt@depth@100ms@100ms",
    "btcusdt@kline_7m",
    "btcusdt@kline_",
    "btcusdt@kline_1m@+09:00",
    "btcusdt@toString",
    "!trade",
    "!ticker_2h@arr",
  ];
  for (const name of nonsense) assert.equal(parseStreamName(name), null, name);
});

test("control messages are read, and what is wrong with one is told with its id", () => {
  assert.deepEqual(parseControl('{"method":"SUBSCRIBE","params":["a@trade"],"id":1}'), {
    method: "SUBSCRIBE",
    names: ["a@trade"],
    id: "1",
  });
  assert.deepEqual(parseControl('{"method":"LIST_SUBSCRIPTIONS","id":"x1"}'), {
    method: "LIST_SUBSCRIPTIONS",
    id: '"x1"',
  });
  assert.deepEqual(parseControl('{"method":"SET_PROPERTY","params":["combined",true],"id":null}'), {
    method: "SET_PROPERTY",
    value: true,
    id: "null",
  });
  assert.deepEqual(parseControl('{"method":"UNSUBSCRIBE","params":[],"id":9223372036854775807}'), {
    method: "UNSUBSCRIBE",
    names: [],
    id: "9223372036854775807",
  });
  const wrong: [string, number, string, unknown][] = [
    ["{", 3, "Invalid JSON: expected value", null],
    ["[]", 2, "Invalid request: expected an object", null],
    ['{"method":"SUBSCRIBE"}', 2, "Invalid request: request ID must be an unsigned integer", null],
    ['{"id":1.5,"method":"SUBSCRIBE"}', 2, "Invalid request: request ID must be", null],
    ['{"id":{},"method":"SUBSCRIBE"}', 2, "Invalid request: request ID must be", null],
    ['{"id":7}', 2, "Invalid request: missing field `method`", 7],
    ['{"id":7,"method":"subscribe"}', 2, "Invalid request: unknown variant `subscribe`", 7],
    ['{"id":7,"method":{}}', 2, "Invalid request: unknown variant", 7],
    ['{"id":"a","method":"SUBSCRIBE","params":"x"}', 2, "Invalid request: params must be", "a"],
    ['{"id":7,"method":"SUBSCRIBE","params":[1]}', 2, "Invalid request: stream names must be", 7],
    ['{"id":7,"method":"LIST_SUBSCRIPTIONS","params":[1]}', 2, "Invalid request: too many", 7],
    ['{"id":7,"method":"GET_PROPERTY","params":[]}', 2, "Invalid request: property name must", 7],
    ['{"id":7,"method":"GET_PROPERTY","params":["x"]}', 0, "Unknown property", 7],
    ['{"id":7,"method":"SET_PROPERTY","params":["combined",1]}', 1, "Invalid value type", 7],
  ];
  for (const [text, code, msg, id] of wrong) {
    const parsed = parseControl(text);
    assert.ok("reply" in parsed, text);
    const reply = JSON.parse(parsed.reply);
    assert.equal(reply.code, code, text);
    assert.ok(reply.msg.startsWith(msg), `${text}: ${reply.msg}`);
    assert.deepEqual(reply.error, { code: reply.code, msg: reply.msg }, "as ccxt reads it");
    assert.deepEqual(reply.id, id, text);
  }
});

test("API requests keep the digits of numbers and the type of the id", () => {
  const request = parseApiRequest(
    '{"id":12345678901234567890,"method":"v3/order.place","params":{"price":1.50,"quantity":1e0,"icebergQty":"7","returnRateLimits":false,"apiKey":"k","timestamp":1,"signature":"s"}}',
  );
  assert.ok("error" in request, "an id beyond 64 bits is none");
  const good = parseApiRequest(
    '{"id":1234567890123456789,"method":"v3/order.place","params":{"price":1.50,"quantity":1e0,"returnRateLimits":false,"apiKey":"k","timestamp":1,"signature":"s"}}',
  );
  assert.ok(!("error" in good));
  assert.equal(good.id, "1234567890123456789");
  assert.equal(good.method, "order.place");
  assert.equal(good.apiKey, "k");
  assert.equal(good.returnRateLimits, false);
  assert.deepEqual(
    [...good.params],
    [
      ["price", "1.50"],
      ["quantity", "1e0"],
      ["timestamp", "1"],
      ["signature", "s"],
    ],
  );
  assert.equal(good.payload, "apiKey=k&price=1.50&quantity=1e0&returnRateLimits=false&timestamp=1");
});

test("the signature payload is the documented one", () => {
  const params = new Map([
    ["symbol", "BTCUSDT"],
    ["side", "SELL"],
    ["type", "LIMIT"],
    ["timeInForce", "GTC"],
    ["quantity", "0.01000000"],
    ["price", "52000.00"],
    ["newOrderRespType", "ACK"],
    ["recvWindow", "100"],
    ["timestamp", "1645423376532"],
    ["apiKey", "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"],
    ["signature", "unsigned"],
  ]);
  assert.equal(
    signaturePayload(params),
    "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&newOrderRespType=ACK&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT&timeInForce=GTC&timestamp=1645423376532&type=LIMIT",
  );
});

test("malformed API requests are refused with the dialect's codes", () => {
  const wrong: [string, string, number][] = [
    ["", "null", -1135],
    ["{", "null", -1135],
    ["null", "null", -1135],
    ["[1]", "null", -1135],
    [`${"[".repeat(50_000)}`, "null", -1135],
    ['{"id":[],"method":"ping"}', "null", -1102],
    [`{"id":"${"x".repeat(200)}","method":"ping"}`, "null", -1102],
    ['{"id":"a"}', '"a"', -1102],
    ['{"id":"a","method":5}', '"a"', -1102],
    ['{"id":"a","method":"ping","params":[]}', '"a"', -1135],
    ['{"id":"a","method":"ping","params":{"x":null}}', '"a"', -1130],
    ['{"id":"a","method":"ping","params":{"x":{"y":1}}}', '"a"', -1130],
    ['{"id":"a","method":"ping","params":{"x":[1]}}', '"a"', -1130],
  ];
  for (const [text, id, code] of wrong) {
    const parsed = parseApiRequest(text);
    assert.ok("error" in parsed, text.slice(0, 80));
    assert.equal(parsed.id, id, text.slice(0, 80));
    assert.equal(parsed.error.code, code, text.slice(0, 80));
  }
  const symbols = parseApiRequest('{"id":1,"method":"x","params":{"symbols":["A","B"]}}');
  assert.ok(!("error" in symbols));
  assert.equal(symbols.params.get("symbols"), '["A","B"]');
});

test("sockets are counted in total, per address, and per window of attempts", () => {
  const limits = {
    ...defaultWebSocketLimits,
    socketsMax: 4,
    socketsPerAddressMax: 2,
    connectsMax: 5,
    connectWindowMs: 1000,
    addressesMax: 3,
  };
  const admission = new Admission(limits);
  assert.equal(admission.admit("a", 0), null);
  assert.equal(admission.admit("a", 0), null);
  assert.equal(admission.admit("a", 0), "too-many-sockets");
  admission.release("a");
  assert.equal(admission.admit("a", 0), null);
  assert.equal(admission.admit("b", 0), null);
  assert.equal(admission.admit("b", 0), null);
  assert.equal(admission.admit("c", 0), "full");
  assert.equal(admission.admit("d", 0), "full", "no more addresses are remembered");
  assert.equal(admission.open, 4);
  admission.release("a");
  assert.equal(admission.admit("a", 0), null);
  admission.release("a");
  assert.equal(admission.admit("a", 999), "too-many-connects");
  assert.equal(admission.retryAfterSeconds("a", 500), 1);
  assert.equal(admission.admit("a", 1000), null, "a new window");
  admission.release("b");
  admission.release("b");
  admission.sweep(2000);
  assert.equal(admission.admit("d", 2000), null, "addresses that left are forgotten");
  assert.throws(() => admission.release("b"));
});

test("a token bucket allows a burst, then its rate", () => {
  const bucket = new TokenBucket(5, 3, 0);
  assert.deepEqual(
    [bucket.take(0), bucket.take(0), bucket.take(0), bucket.take(0)],
    [true, true, true, false],
  );
  assert.equal(bucket.take(199), false);
  assert.equal(bucket.take(200), true);
  assert.equal(bucket.take(200), false);
  assert.equal(bucket.take(100_000), true);
});

test("every candle is told when it is over, also when log time leapt over some", () => {
  const open = (timeMs: number) => Math.floor(timeMs / 1_000) * 1_000;
  const views = {
    candles: {
      at: (_market: number, _interval: string, timeMs: number) => ({
        openTimeMs: open(timeMs),
        closeTimeMs: open(timeMs) + 999,
      }),
    },
  } as unknown as Views;
  const text = () => "0";
  const grid = {
    market: 0,
    priceText: text,
    quantityText: text,
    quoteText: text,
  } as unknown as MarketGrid;
  const told: [number, boolean][] = [];
  const stream = { interval: "1s", zoneOffsetMs: 0 } as const;
  const publisher = klinePublisher(views, grid, stream, 500, (json) => {
    const { k } = JSON.parse(json.replaceAll("undefined", "null"));
    told.push([k.t, k.x]);
  });
  publisher.onBeat?.(900);
  assert.deepEqual(told, [], "nothing traded");
  publisher.onBeat?.(3_200);
  assert.deepEqual(told, [
    [0, true],
    [1_000, true],
    [2_000, true],
    [3_000, false],
  ]);
  told.length = 0;
  publisher.onTrade?.({
    tradeId: 1,
    priceTicks: 1,
    quantityLots: 1,
    timeMs: 3_300,
    buyerIsMaker: false,
  });
  publisher.onBeat?.(3_400);
  publisher.onBeat?.(3_500);
  assert.deepEqual(told, [[3_000, false]], "once for the trade");
  told.length = 0;
  publisher.onBeat?.(1_000_000);
  assert.equal(told.length, 61, "what is long past is read over REST");
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keyKind } from "@halcyon/core";
import {
  createKey,
  limitOrder,
  openTrader,
  type Sent,
  send,
  sendSigned,
  sign,
  signedQuery,
  startVenue,
  type TestNode,
  type TestVenue,
  type Trader,
} from "./venue.ts";

let venue: TestVenue;
let node: TestNode;
let trader: Trader;

before(async () => {
  venue = await startVenue();
  node = venue.node;
  trader = await openTrader(node, { USDT: 1_000_000, BTC: 100 });
});
after(() => venue.close());

const order = (change: Readonly<Record<string, string | number | undefined>>): Promise<Sent> =>
  sendSigned(node, trader, "POST /api/v3/order", { ...limitOrder("BUY", "100", "1"), ...change });

function assertError(sent: Sent, status: number, code: number, msg: string): void {
  assert.deepEqual(sent.body, { code, msg });
  assert.equal(sent.status, status);
  assert.match(sent.headers.get("content-type")!, /^application\/json/);
}

const decimalRange = "^([0-9]{1,20})(\\.[0-9]{1,20})?$";
const illegal = (name: string, range: string): string =>
  `Illegal characters found in parameter '${name}'; legal range is '${range}'.`;
const missing = (name: string): string =>
  `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`;

type Row = readonly [
  change: Readonly<Record<string, string | number | undefined>>,
  code: number,
  msg: string,
];
const orderRows: readonly Row[] = [
  ...["1e400", "-0", "-1", "0x10", "NaN", "Infinity", "+1", " 1", ".5", "5.", "1,5", "1e2"].map(
    (price): Row => [{ price }, -1100, illegal("price", decimalRange)],
  ),
  [{ quantity: "0.123456789012345678901234567890" }, -1100, illegal("quantity", decimalRange)],
  [{ quantity: "123456789012345678901" }, -1100, illegal("quantity", decimalRange)],
  [{ quantity: "1.123456789" }, -1111, "Parameter 'quantity' has too much precision."],
  [{ price: "1.000000001" }, -1111, "Parameter 'price' has too much precision."],
  [{ price: "100.001" }, -1013, "Filter failure: PRICE_FILTER"],
  [{ price: "0" }, -1013, "Filter failure: PRICE_FILTER"],
  [{ price: "1000000.01" }, -1013, "Filter failure: PRICE_FILTER"],
  [{ price: "99999999999999999999" }, -1013, "Filter failure: PRICE_FILTER"],
  [{ quantity: "0.000001" }, -1013, "Filter failure: LOT_SIZE"],
  [{ quantity: "0" }, -1013, "Filter failure: LOT_SIZE"],
  [{ quantity: "900.00001" }, -1013, "Filter failure: LOT_SIZE"],
  [{ quantity: "99999999999999999999" }, -1013, "Filter failure: LOT_SIZE"],
  [{ quantity: "0.04" }, -1013, "Filter failure: NOTIONAL"],
  [{ price: undefined }, -1102, missing("price")],
  [{ price: "" }, -1105, "Parameter 'price' was empty."],
  [{ quantity: undefined }, -1102, missing("quantity")],
  [{ timeInForce: undefined }, -1102, missing("timeInForce")],
  [{ symbol: undefined }, -1102, missing("symbol")],
  [{ symbol: "" }, -1102, missing("symbol")],
  [{ symbol: "btcusdt" }, -1100, illegal("symbol", "^[A-Z0-9-_.]{1,40}$")],
  [{ symbol: "NOSUCH" }, -1121, "Invalid symbol."],
  [{ side: "HOLD" }, -1117, "Invalid side."],
  [{ side: undefined }, -1102, missing("side")],
  [{ type: "constructor" }, -1116, "Invalid orderType."],
  [{ timeInForce: "GTX" }, -1115, "Invalid timeInForce."],
  [{ stopPrice: "1" }, -1106, "Parameter 'stopPrice' sent when not required."],
  [{ quoteOrderQty: "1" }, -1106, "Parameter 'quoteOrderQty' sent when not required."],
  [{ icebergQty: "1" }, -1013, "IcebergQty exceeds QTY."],
  [{ icebergQty: "0" }, -1013, "Filter failure: LOT_SIZE"],
  [{ icebergQty: "0.5", timeInForce: "IOC" }, -1014, "Unsupported order combination."],
  [{ timeInForce: "GTD" }, -1102, missing("goodTillDate")],
  [{ timeInForce: "GTD", goodTillDate: 0 }, -1128, "goodTillDate must be in the future."],
  [{ goodTillDate: 1 }, -1106, "Parameter 'goodTillDate' sent when not required."],
  [{ strategyType: 999_999 }, -1134, "strategyType was less than 1000000."],
  [{ strategyType: 2_147_483_648 }, -1108, "Parameter 'strategyType' overflowed."],
  [{ strategyId: "99999999999999999" }, -1108, "Parameter 'strategyId' overflowed."],
  [
    { selfTradePreventionMode: "TRANSFER" },
    -1013,
    "This symbol does not allow the specified self-trade prevention mode.",
  ],
  [{ type: "MARKET", price: undefined }, -1106, "Parameter 'timeInForce' sent when not required."],
  [{ type: "MARKET", timeInForce: undefined }, -1106, "Parameter 'price' sent when not required."],
  [
    { type: "MARKET", timeInForce: undefined, price: undefined, quantity: undefined },
    -1102,
    "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!",
  ],
  [
    { type: "MARKET", timeInForce: undefined, price: undefined, quoteOrderQty: "10" },
    -1128,
    "Combination of optional parameters invalid.",
  ],
  [{ type: "LIMIT_MAKER" }, -1106, "Parameter 'timeInForce' sent when not required."],
  [
    { newClientOrderId: "no blanks" },
    -1100,
    illegal("newClientOrderId", "^[a-zA-Z0-9-_.:/]{1,36}$"),
  ],
  [
    { newClientOrderId: "x".repeat(37) },
    -1100,
    illegal("newClientOrderId", "^[a-zA-Z0-9-_.:/]{1,36}$"),
  ],
  [
    { newOrderRespType: "EVERYTHING" },
    -1130,
    "Data sent for parameter 'newOrderRespType' is not valid.",
  ],
  [
    { leverage: "10" },
    -1104,
    "Not all sent parameters were read; read '8' parameter(s) but was sent '9'.",
  ],
];

for (const [change, code, msg] of orderRows) {
  test(`an order with ${JSON.stringify(change)} is refused with ${code}`, async () => {
    assertError(await order(change), 400, code, msg);
  });
}

test("amounts in other spellings of the same number are the same order", async () => {
  for (const price of ["0100", "100.0", "100.00000000000000000000"]) {
    const placed = await order({ price, newOrderRespType: "RESULT" });
    assert.equal(placed.body.price, "100.00000000", placed.text);
  }
});

test("times and signatures that do not fit are refused, each with its own text", async () => {
  const account = (values: Readonly<Record<string, string | number | undefined>>): Promise<Sent> =>
    sendSigned(node, trader, "GET /api/v3/account", values);
  const late = "Timestamp for this request is outside of the recvWindow.";
  const ahead = "Timestamp for this request was 1000ms ahead of the server's time.";
  assertError(await account({ timestamp: Date.now() - 6_000 }), 400, -1021, late);
  assertError(await account({ timestamp: Date.now() + 60_000 }), 400, -1021, ahead);
  assertError(await account({ timestamp: 0 }), 400, -1021, late);
  assertError(await account({ timestamp: undefined }), 400, -1102, missing("timestamp"));
  assertError(await account({ timestamp: "now" }), 400, -1102, missing("timestamp"));
  assertError(await account({ recvWindow: "-1" }), 400, -1102, missing("recvWindow"));
  assertError(
    await account({ recvWindow: 60_001 }),
    400,
    -1131,
    "recvWindow must be less than 60000.",
  );
  assert.equal((await account({ timestamp: Date.now() - 50_000, recvWindow: 60_000 })).status, 200);
  assert.equal((await account({ timestamp: Date.now() * 1_000 })).status, 200);
});

test("a wrong, foreign, altered or absent signature is refused", async () => {
  const headers = { "X-MBX-APIKEY": trader.apiKey };
  const other = await openTrader(node);
  const query = `timestamp=${Date.now()}`;
  const ask = (text: string): Promise<Sent> =>
    send(node, `GET /api/v3/account?${text}`, { headers });
  const invalid = "Signature for this request is not valid.";
  assertError(await ask(`${query}&signature=${"0".repeat(64)}`), 400, -1022, invalid);
  assertError(await ask(`${query}&signature=${sign(other, query)}`), 400, -1022, invalid);
  assertError(
    await ask(`${query}&recvWindow=9000&signature=${sign(trader, query)}`),
    400,
    -1022,
    invalid,
  );
  assertError(await ask(`${query}&signature=%00`), 400, -1022, invalid);
  assertError(await ask(query), 400, -1102, missing("signature"));
  assertError(await ask(`${query}&signature=`), 400, -1102, missing("signature"));
});

test("keys that are absent, malformed, unknown, an administrator's or short of a permission are refused", async () => {
  const ask = (apiKey: string | undefined): Promise<Sent> =>
    send(node, `GET /api/v3/account?${signedQuery(trader, {})}`, {
      headers: apiKey === undefined ? {} : { "X-MBX-APIKEY": apiKey },
    });
  const malformed = "API-key format invalid.";
  const rejected = "Invalid API-key, IP, or permissions for action.";
  assertError(await ask(undefined), 401, -2014, malformed);
  assertError(await ask("no such format!"), 401, -2014, malformed);
  assertError(await ask("k".repeat(129)), 401, -2014, malformed);
  assertError(await ask("unknown"), 401, -2015, rejected);
  assertError(await ask("constructor"), 401, -2015, rejected);
  const [admin] = node.replica.venue.keys.ofAccount(0);
  assert.equal(admin!.kind, keyKind.administrator);
  assertError(await ask(admin!.name), 401, -2015, rejected);
  const reader = await createKey(node, trader.account, { permissions: 1 });
  assert.equal((await sendSigned(node, reader, "GET /api/v3/account")).status, 200);
  const refused = await sendSigned(node, reader, "POST /api/v3/order", {
    ...limitOrder("BUY", "100", "1"),
  });
  assertError(refused, 401, -2015, rejected);
  const bound = await createKey(node, trader.account, {
    allowedAddresses: "10.0.0.0/8, 192.0.2.7",
  });
  assertError(await sendSigned(node, bound, "GET /api/v3/account"), 401, -2015, rejected);
  for (const address of ["10.1.2.3", "192.0.2.7", "::ffff:10.1.2.3"]) {
    const headers = { "X-Forwarded-For": `6.6.6.6, ${address}` };
    const allowed = await sendSigned(node, bound, "GET /api/v3/account", {}, headers);
    assert.equal(allowed.status, 200, address);
  }
});

test("forms are read whatever their content type says, in the body, the query or both", async () => {
  const headers = { "X-MBX-APIKEY": trader.apiKey };
  const query = new URLSearchParams({
    ...limitOrder("BUY", "100", "1"),
    timestamp: String(Date.now()),
  } as Record<string, string>).toString();
  const signed = `${query}&signature=${sign(trader, query)}`;
  for (const type of ["application/json", "application/x-www-form-urlencoded", "text/plain"]) {
    const sent = await send(node, "POST /api/v3/order", {
      headers: { ...headers, "Content-Type": type },
      body: signed,
    });
    assert.equal(sent.status, 200, `${type} ${sent.text}`);
  }
  const [head, tail] = [
    query.slice(0, query.indexOf("&price")),
    query.slice(query.indexOf("price")),
  ];
  const mixed = await send(node, `POST /api/v3/order?${head}`, {
    headers,
    body: `${tail}&signature=${sign(trader, head + tail)}`,
  });
  assert.equal(mixed.status, 200, mixed.text);
  const emptyJson = await send(
    node,
    `DELETE /api/v3/openOrders?${signedQuery(trader, { symbol: "BTCUSDT" })}`,
    {
      headers: { ...headers, "Content-Type": "application/json" },
    },
  );
  assert.equal(emptyJson.status, 200, emptyJson.text);
});

test("malformed JSON, wrong UTF-8, duplicates and unknown names get the dialect's errors", async () => {
  const headers = { "X-MBX-APIKEY": trader.apiKey };
  const post = (body: string | Uint8Array<ArrayBuffer>): Promise<Sent> =>
    send(node, "POST /api/v3/order", { headers, body });
  assertError(await post('{"symbol":'), 400, -1102, missing("timestamp"));
  const illegalText = "Illegal characters found in a parameter.";
  assertError(await post(new Uint8Array([0x61, 0x3d, 0xff, 0xfe])), 400, -1100, illegalText);
  assertError(await post("a=%ff"), 400, -1100, illegalText);
  assertError(await post("a=%zz"), 400, -1100, illegalText);
  const twice = "Duplicate values for a parameter detected.";
  assertError(await send(node, "GET /api/v3/depth?symbol=A&symbol=B"), 400, -1101, twice);
  assertError(
    await send(node, "GET /api/v3/time?x=1"),
    400,
    -1101,
    "Too many parameters; expected '0' and received '1'.",
  );
  const flood = Array.from({ length: 500 }, (_, i) => `p${i}=1`).join("&");
  assertError(
    await send(node, `GET /api/v3/depth?${flood}`),
    400,
    -1101,
    "Too many parameters sent for this endpoint.",
  );
});

test("unknown paths and verbs are answered in JSON", async () => {
  const msg = "Path does not exist, check the address and the method.";
  for (const line of [
    "GET /",
    "GET /api/v3/nope",
    "GET /api/v1/time",
    "PATCH /api/v3/order",
    "GET /sapi/v1/none",
    "GET /api/v3/time/",
    "GET //api/v3/time",
    "GET /admin",
    "GET /api/v3/%00",
  ]) {
    assertError(await send(node, line), 404, -1000, msg);
  }
});

test("a body beyond 64 KiB is refused and read to its end, on a connection that stays usable", async () => {
  const sent = await send(node, "POST /api/v3/order", { body: "a".repeat(10_000_000) });
  assertError(sent, 413, -1101, "Request body is too large; at most 65536 bytes are read.");
  assert.equal((await send(node, "GET /api/v3/ping")).status, 200);
});

test("no secret and no failure of the node's own stands in its log after all of this", () => {
  const log = node.logged.join("\n");
  assert.ok(!log.includes(trader.secret));
  assert.ok(!log.includes("signature"));
  assert.deepEqual(node.logged, []);
});

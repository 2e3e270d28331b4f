import assert from "node:assert/strict";
import { test } from "node:test";
import { adminBodyBytesMax } from "../src/admin/json-api.ts";
import { AdminVenue, btcUsdt, send, withMarket } from "./admin-venue.ts";

const plainRules = {
  minBidPrice: "0",
  maxBidPrice: "5",
  minAskPrice: "0.2",
  maxAskPrice: "0",
  maxNotional: "1000000",
  maxAlgoOrders: 5,
  maxOrderLists: 5,
  maxIcebergParts: 10,
  minTrailingAbove: 10,
  maxTrailingAbove: 2000,
  minTrailingBelow: 10,
  maxTrailingBelow: 2000,
  maxPosition: "0",
  selfTradeModeDefault: "expire-maker",
  selfTradeModes: ["none", "expire-maker"],
  band: "0.05",
  bandWindowMs: 60_000,
  haltMs: 30_000,
  cancelOnlyMs: 0,
  auctionMs: 30_000,
};

const bodies: Readonly<Record<string, object>> = {
  "POST /assets": { code: "ETH", decimals: 18 },
  "POST /markets": { ...btcUsdt, symbol: "OTHER" },
  "PUT /markets/BTCUSDT/state": { state: "halt" },
  "PUT /markets/BTCUSDT/fees": { makerFee: "0", takerFee: "0" },
  "POST /accounts": { label: "x" },
  "PUT /accounts/2/flags": {
    noTrading: true,
    noWithdrawals: false,
    noDeposits: false,
    frozen: false,
    mayOverdraw: false,
  },
  "PUT /accounts/2/tier": { tier: 1 },
  "PUT /markets/BTCUSDT/fee-tiers/1": { makerFee: null, takerFee: "0.01" },
  "PUT /markets/BTCUSDT/rules": plainRules,
  "POST /rules": { version: 2 },
  "POST /transfers": { transfers: [] },
  "PUT /accounts/2/fees": { makerFee: null, takerFee: "0.01" },
  "POST /accounts/2/keys": {
    kind: "hmac-sha256",
    permissions: ["read"],
    label: "",
    allowedAddresses: ["127.0.0.1"],
  },
  "POST /deposits": {
    account: 2,
    asset: "BTC",
    amount: "1",
    network: "",
    address: "",
    reference: "",
  },
  "POST /withdrawals": { account: 2, asset: "BTC", amount: "1" },
  "POST /administrators": { label: "x" },
};

/** As JSON text, so that numbers which JavaScript would already have changed can be among them. */
const hostileValues = [
  "null",
  "true",
  "[]",
  "{}",
  "[[]]",
  "-1",
  "-0.5",
  "1e400",
  "0.1",
  "99999999999999999999",
  '"0x10"',
  '"-0"',
  '"1e5"',
  '"1."',
  '".5"',
  '"+1"',
  '" 1"',
  '"1 "',
  '"00.1"',
  '"١"',
  '"NaN"',
  '"Infinity"',
  `"0.${"1".repeat(30)}"`,
  `"${"9".repeat(41)}"`,
  `"${"a".repeat(300)}"`,
  '"\\u0000"',
  '"\\ud800"',
  '"line\\nbreak"',
  '["read","read"]',
  '["127.0.0.1,10.0.0.0/8"]',
  '["999.0.0.1"]',
];

test("a field of any wrong kind is refused by name, and nothing is changed", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const { position } = admin.venue;
  for (const [line, body] of Object.entries(bodies)) {
    for (const field of Object.keys(body)) {
      for (const value of hostileValues) {
        if (isAllowed(field, value)) continue;
        const rest = Object.entries(body).filter(([name]) => name !== field);
        const members = rest.map(([name, v]) => `${JSON.stringify(name)}:${JSON.stringify(v)}`);
        const text = `{${[...members, `"${field}":${value}`].join(",")}}`;
        const refused = await send(admin.api, line, text);
        assert.ok(refused.status >= 400 && refused.status < 500, `${line} ${text}`);
        const pointers = refused.body.errors?.map((e: { pointer: string }) => e.pointer) ?? [];
        assert.ok(
          pointers.some((p: string) => p.startsWith(`#/${field}`)),
          `${line} ${text} ${refused.text}`,
        );
      }
    }
  }
  assert.equal(admin.venue.position, position);
});

/** Values of the list above that some field takes for good reasons. */
function isAllowed(field: string, value: string): boolean {
  if (field === "allowedAddresses") return value === "[]";
  if (field === "makerFee" || field === "takerFee") return value === "null";
  if (/^no|^frozen$|^mayOverdraw$/.test(field)) return value === "true";
  if (field === "label") return /^"[^\\]{0,50}"$/.test(value);
  if (["network", "address", "reference"].includes(field)) {
    const limit = { network: 20, address: 128, reference: 64 }[field] ?? 0;
    return new RegExp(`^"[!-\\[\\]-~]{0,${limit}}"$`).test(value);
  }
  return false;
}

test("missing and unknown fields are named, and __proto__ is an unknown field", async () => {
  const admin = new AdminVenue();
  const missing = await send(admin.api, "POST /assets", {});
  assert.deepEqual(
    missing.body.errors.map((e: { pointer: string }) => e.pointer),
    ["#/code", "#/decimals"],
  );
  const unknown = await send(
    admin.api,
    "POST /assets",
    '{"code":"X","decimals":1,"__proto__":{"a":1},"constructor":1,"a~b/c\\ud800":2}',
  );
  assert.deepEqual(
    unknown.body.errors.map((e: { pointer: string }) => e.pointer),
    ["#/__proto__", "#/constructor", "#/a~0b~1c%EF%BF%BD"],
  );
});

test("a body that is no JSON object is refused", async () => {
  const admin = new AdminVenue();
  for (const text of ["", "{", "{]", "nul", "{'a':1}", '{"a":01}', "{} {}"]) {
    const refused = await send(admin.api, "POST /accounts", text);
    assert.equal(refused.body.type, "urn:problem-type:halcyon:malformed-json", text);
  }
  for (const text of ["null", "1", '"x"', "[]", "true", "[".repeat(30_000)]) {
    assert.equal((await send(admin.api, "POST /accounts", text)).status, 400, text.slice(0, 9));
  }
  const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
  assert.equal((await send(admin.api, "POST /accounts", deep)).status, 400);
  const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
  const wrongUtf8 = await send(admin.api, "POST /accounts", undefined, { body });
  assert.equal(wrongUtf8.body.type, "urn:problem-type:halcyon:malformed-json");
});

test("content types other than JSON and large bodies are refused", async () => {
  const admin = new AdminVenue();
  for (const type of ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
    const refused = await send(
      admin.api,
      "POST /accounts",
      { label: "x" },
      { headers: { "content-type": type } },
    );
    assert.equal(refused.status, 415, type);
  }
  const charset = { headers: { "content-type": "Application/JSON; charset=utf-8" } };
  assert.equal((await send(admin.api, "POST /accounts", { label: "x" }, charset)).status, 201);
  const body = Buffer.alloc(adminBodyBytesMax + 1, 0x20);
  assert.equal((await send(admin.api, "POST /accounts", undefined, { body })).status, 413);
});

test("unknown paths, wrong verbs and broken escapes are told apart", async () => {
  const admin = new AdminVenue();
  for (const path of [
    "",
    "/",
    "/asset",
    "/assets/",
    "//assets",
    "/markets/%ff",
    "/markets/%",
    "/a",
  ]) {
    assert.equal((await send(admin.api, `GET ${path}`)).status, 404, path);
  }
  const wrong = await send(admin.api, "DELETE /assets");
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.Allow, "GET, POST");
  assert.equal((await send(admin.api, "POST /openapi.json")).headers.Allow, "GET");
  assert.equal((await send(admin.api, "PATCH /accounts/2/flags")).headers.Allow, "PUT");
});

test("path and query parameters are plain, known and there once", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  for (const id of ["x", "-1", "1e1", "0x2", "2.0", "02", "%202", "9999999999", "2147483648"]) {
    const refused = await send(admin.api, `GET /accounts/${id}`);
    assert.deepEqual([refused.status, refused.body.errors[0].parameter], [400, "id"], id);
  }
  for (const query of ["limit=0", "limit=1001", "limit=", "limit=1e2", "limit=1&limit=2", "q=1"]) {
    assert.equal((await send(admin.api, `GET /accounts?${query}`)).status, 400, query);
  }
  assert.equal((await send(admin.api, "GET /transfers")).body.errors[0].parameter, "account");
  assert.equal((await send(admin.api, "GET /transfers?account=2&asset=EUR")).status, 400);
  assert.equal((await send(admin.api, "GET /markets/btcusdt")).status, 400);
  for (const key of ["", "a b", "é", "x".repeat(65)]) {
    const headers = { "idempotency-key": key };
    const refused = await send(admin.api, "POST /accounts", { label: "x" }, { headers });
    assert.equal(refused.body.errors[0].parameter, "Idempotency-Key", key);
  }
});

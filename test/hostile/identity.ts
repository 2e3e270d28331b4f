import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Ask,
  adminToken,
  ask,
  assertDialect,
  changesNothing,
  doors,
  reader,
  revoked,
  secrets,
  signed,
  stranger,
  symbol,
  venue,
  victim,
} from "./world.ts";

const order = `symbol=${symbol}&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=20000`;
const place = "POST /api/v3/order";

/** Requests with a time that is out of its window, or is none. */
function ofAnotherTime(): readonly (readonly [what: string, request: Ask, code: number])[] {
  const now = Date.now();
  const at = (timestamp: string, recvWindow = "") =>
    signed(victim, place, order, { timestamp, recvWindow });
  return [
    ["expired", at(String(now - 6_000)), -1021],
    ["expired by its own window", at(String(now - 60_000), "1000"), -1021],
    ["long expired", at("1"), -1021],
    ["year 0", at("0", "60000"), -1021],
    ["ahead", at(String(now + 60_000), "60000"), -1021],
    ["far ahead", at("99999999999999"), -1021],
    ["expired in microseconds", at(`${now - 10_000}000`), -1021],
    ["ahead in microseconds", at(`${now + 60_000}000`), -1021],
    ["nanoseconds", at(`${now}000000`), -1102],
    ["no number", at("yesterday"), -1102],
    ["empty", at(""), -1102],
    ["negative", at(`-${now}`), -1102],
    ["signed", at(`%2B${now}`), -1102],
    ["hexadecimal", at(`0x${now.toString(16)}`), -1102],
    ["exponent", at("1e12"), -1102],
    ["decimals", at(`${now}.5`), -1102],
    ["infinite", at("Infinity"), -1102],
    ["a window too long", at(String(now), "60001"), -1131],
    ["a window just too long", at(String(now), "60000.001"), -1131],
    ["a window of 4 decimals", at(String(now), "5000.0001"), -1102],
    ["a window below zero", at(String(now), "-1"), -1102],
    ["a window without bounds", at(String(now), "Infinity"), -1102],
    ["a window of exponents", at(String(now), "1e5"), -1102],
    ["a window of many digits", at(String(now), "9".repeat(400)), -1102],
  ];
}

/** Requests of somebody who is not who the key says, or may not do it. */
function ofNobody(): readonly (readonly [
  what: string,
  request: Ask,
  status: number,
  code: number,
])[] {
  const good = () => signed(victim, place, order);
  const withKey = (apiKey: string): Ask => ({
    line: good().line,
    headers: { "X-MBX-APIKEY": apiKey },
  });
  const withSignature = (change: (signature: string) => string): Ask => {
    const { line, headers } = good();
    const [rest, signature = ""] = line.split("&signature=");
    const changed = change(signature);
    if (changed.length > 8) secrets.add(changed);
    return { line: `${rest}&signature=${changed}`, ...(headers === undefined ? {} : { headers }) };
  };
  const altered = ({ line, headers = {} }: Ask): Ask => ({
    line: line.replace("price=20000", "price=20001"),
    headers,
  });
  return [
    ["altered after signing", altered(good()), 400, -1022],
    ["another's secret", signed(victim, place, order, { secret: stranger.secret }), 400, -1022],
    ["another's key", withKey(stranger.apiKey), 400, -1022],
    ["no signature", withSignature(() => ""), 400, -1102],
    ["a short signature", withSignature((s) => s.slice(2)), 400, -1022],
    ["a long signature", withSignature((s) => `${s}00`), 400, -1022],
    ["a very long signature", withSignature(() => "ab".repeat(4_000)), 400, -1022],
    ["zeros", withSignature(() => "0".repeat(64)), 400, -1022],
    ["no hexadecimal", withSignature(() => "g".repeat(64)), 400, -1022],
    ["base64", withSignature((s) => Buffer.from(s, "hex").toString("base64url")), 400, -1022],
    ["two signatures", withSignature((s) => `${s}&signature=${s}`), 400, -1101],
    ["no key", { line: good().line }, 401, -2014],
    ["an empty key", withKey(""), 401, -2014],
    ["a key nobody has", withKey("A".repeat(64)), 401, -2015],
    ["a key named __proto__", withKey("__proto__"), 401, -2015],
    ["a very long key", withKey("A".repeat(5_000)), 401, -2014],
    ["a key with markup", withKey("<script>"), 401, -2014],
    ["an administrator's token", withKey(adminToken), 401, -2015],
    ["a revoked key", signed(revoked, place, order), 401, -2015],
    ["a key that may only read", signed(reader, place, order), 401, -2015],
    [
      "a key that may not withdraw",
      signed(victim, "POST /sapi/v1/capital/withdraw/apply", "coin=BTC&address=x&amount=1"),
      401,
      -2015,
    ],
    [
      "cancelling another's order",
      signed(stranger, "DELETE /api/v3/order", `symbol=${symbol}&orderId=1`),
      400,
      -2011,
    ],
  ];
}

for (const door of doors) {
  test(`${door}: what is sent at another time, by nobody or by somebody else does nothing`, () =>
    changesNothing(async () => {
      for (const [what, request, code] of ofAnotherTime()) {
        assertDialect(await ask(door, request), 400, code, what);
      }
      for (const [what, request, status, code] of ofNobody()) {
        assertDialect(await ask(door, request), status, code, what);
      }
    }));

  test(`${door}: an administrator's name is no API key, and microseconds are a time`, async () => {
    const { administrators } = (await venue.admin("GET", "/administrators")) as {
      administrators: { name: string }[];
    };
    const headers = { "X-MBX-APIKEY": administrators[0]!.name };
    const line = "POST /api/v3/userDataStream";
    assertDialect(await ask(door, { line, headers }), 401, -2015, "an administrator's name");
    const timestamp = `${Date.now()}000`;
    const account = await ask(door, signed(victim, "GET /api/v3/account", "", { timestamp }));
    assert.equal(account.status, 200, account.text);
  });
}

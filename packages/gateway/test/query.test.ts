import assert from "node:assert/strict";
import { test } from "node:test";
import { readParams, signedPayload } from "../src/rest/query.ts";

const pairs = (query: string, body = ""): unknown => {
  const params = readParams(query, body);
  return typeof params === "string" ? params : Object.fromEntries(params);
};

test("query and body are read as one set, and the query's value wins", () => {
  assert.deepEqual(pairs("a=1&b=2", "b=3&c=4"), { a: "1", b: "2", c: "4" });
  assert.deepEqual(pairs("", "a=1&b="), { a: "1", b: "" });
  assert.deepEqual(pairs("&&a=1&", ""), { a: "1" });
  assert.deepEqual(pairs("a", ""), { a: "" });
});

test("values are decoded once, and what cannot be decoded is refused", () => {
  assert.deepEqual(pairs("symbols=%5B%22BTCUSDT%22%5D&x=a+b"), {
    symbols: '["BTCUSDT"]',
    x: "a b",
  });
  assert.deepEqual(pairs("x=%2525"), { x: "%25" });
  assert.equal(pairs("x=%"), "illegal");
  assert.equal(pairs("x=%FF%FE"), "illegal");
  assert.equal(pairs("x=\u00e4"), "illegal");
  assert.equal(pairs("", "\u0000"), "illegal");
});

test("a name twice in one place is refused, and so are hundreds of names", () => {
  assert.equal(pairs("a=1&a=2"), "duplicate");
  assert.equal(pairs("", "a=1&a=1"), "duplicate");
  const many = Array.from({ length: 101 }, (_, i) => `p${i}=1`).join("&");
  assert.equal(pairs(many), "too-many");
});

test("a JSON body is one strange name, not a crash", () => {
  assert.deepEqual(pairs("", '{"symbol":"BTCUSDT"}'), { '{"symbol":"BTCUSDT"}': "" });
});

test("the signed text is query and body as they came, without the signature wherever it stands", () => {
  assert.equal(signedPayload("a=1&b=2&signature=ff", ""), "a=1&b=2");
  assert.equal(signedPayload("signature=ff&a=1", ""), "a=1");
  assert.equal(signedPayload("signature=ff", "a=1&b=%20"), "a=1&b=%20");
  assert.equal(signedPayload("a=1&signature=ff&b=2", ""), "a=1&b=2");
  assert.equal(signedPayload("a=1", "b=2&signature=ff"), "a=1b=2");
  assert.equal(signedPayload("mysignature=1&a=2", ""), "mysignature=1&a=2");
});

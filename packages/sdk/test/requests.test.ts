import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOrderIdOf, newIdempotencyKey } from "../src/idempotency-key.ts";
import { queryOf, signedQuery } from "../src/parameters.ts";
import { signerOf } from "../src/signer.ts";
import { VenueClock } from "../src/venue-clock.ts";
import { codeOf, retryAfterMsOf, verdictOf } from "../src/verdict.ts";

test("a signed query is what the dialect's own example says", () => {
  const signer = signerOf({
    apiKey: "k",
    secret: "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
  });
  const payload =
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559";
  assert.equal(signer(payload), "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71");
  const query = queryOf({ symbol: "LTCBTC", side: "BUY", none: undefined });
  assert.match(
    signedQuery(query, 5.9, 5_000, signer),
    /^symbol=LTCBTC&side=BUY&recvWindow=5000&timestamp=5&signature=[0-9a-f]{64}$/,
  );
});

test("keys are UUIDv7 of their time, and name an order in the dialect's letters", () => {
  const keys = new Set(Array.from({ length: 1_000 }, () => newIdempotencyKey(1_700_000_000_000)));
  assert.equal(keys.size, 1_000);
  for (const key of keys) {
    assert.match(key, /^018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.match(clientOrderIdOf(key), /^[\w-]{22}$/);
  }
  assert.equal(new Set([...keys].map(clientOrderIdOf)).size, 1_000);
});

test("an answer is final only where it is about the request, not about its sending", () => {
  const cases = [
    [200, null, "final", "final"],
    [400, -2010, "final", "final"],
    [409, -2021, "final", "final"],
    [503, -1008, "declined", "declined"],
    [503, -1000, "unknown", "unknown"],
    [503, null, "unknown", "unknown"],
    [500, -1000, "unknown", "unknown"],
    [504, -1007, "unknown", "unknown"],
    [429, -1015, "limited", "limited"],
    [418, -1003, "limited", "limited"],
    [400, -1021, "declined", "declined"],
    [401, -2015, "final", "declined"],
    [403, null, "final", "declined"],
  ] as const;
  for (const [status, code, first, later] of cases) {
    assert.equal(verdictOf(status, code, false), first, `${status} ${code}`);
    assert.equal(verdictOf(status, code, true), later, `${status} ${code} after a loss`);
  }
  assert.equal(codeOf('{"code":-1008,"msg":"x"}'), -1008);
  assert.equal(codeOf("<html>"), null);
  assert.equal(retryAfterMsOf({ "retry-after": "2" }), 2_000);
  assert.equal(retryAfterMsOf({ "retry-after": "Thu, 01 Jan" }), null);
  assert.equal(retryAfterMsOf({ "retry-after": "1", "halcyon-retry-after-ms": "120" }), 120);
});

test("one wrong clock of three changes nothing, nor does a slow answer", () => {
  const clock = new VenueClock();
  assert.equal(clock.isKnown, false);
  const base = 1_700_000_000_000 - performance.now();
  const tell = (name: string, offBy: number, tookMs = 2) => {
    const sent = performance.now();
    clock.learn(name, base + sent + tookMs / 2 + offBy, sent, sent + tookMs);
  };
  const errorMs = () => Math.abs(clock.nowMs() - (base + performance.now()));
  tell("a", 0);
  tell("b", 3_600_000);
  tell("c", 0);
  tell("a", 900, 2_000);
  assert.ok(errorMs() < 1, `${errorMs()}`);
  clock.forget("c");
  assert.ok(errorMs() < 1, "of two, the earlier counts");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { AddressLimits } from "../src/limits/address-limits.ts";

const minuteMs = 60_000;
const start = 1_000 * minuteMs;

test("weight adds up within a clock minute and starts again with the next", () => {
  const limits = new AddressLimits(10, 1_000);
  assert.equal(limits.charge("1.2.3.4", 6, start), null);
  assert.equal(limits.charge("1.2.3.4", 4, start + 1), null);
  assert.equal(limits.usedWeight("1.2.3.4", start + 2), 10);
  const refused = limits.charge("1.2.3.4", 1, start + 20_000);
  assert.equal(refused?.error.status, 429);
  assert.equal(refused?.error.code, -1003);
  assert.match(
    refused!.error.msg,
    /^Too much request weight used; current limit is 10 request weight per 1 MINUTE\./,
  );
  assert.equal(refused?.retryAfterMs, 40_000);
  assert.equal(limits.charge("1.2.3.4", 10, start + minuteMs), null);
});

test("addresses do not share, but all addresses of one IPv6 network do", () => {
  const limits = new AddressLimits(10, 1_000);
  assert.equal(limits.charge("1.2.3.4", 10, start), null);
  assert.equal(limits.charge("1.2.3.5", 10, start), null);
  assert.equal(limits.charge("2001:db8:1:2::1", 10, start), null);
  assert.equal(limits.charge("2001:db8:1:2:aaaa:bbbb:cccc:dddd", 1, start)?.error.status, 429);
  assert.equal(limits.charge("2001:db8:1:3::1", 10, start), null);
  assert.equal(limits.charge("::1", 10, start), null);
});

test("requests without number are refused whatever they weigh", () => {
  const limits = new AddressLimits(1_000_000, 3);
  for (let i = 0; i < 3; i++) assert.equal(limits.charge("a", 0, start), null);
  assert.match(limits.charge("a", 0, start)!.error.msg, /^Too many requests; current limit is 3/);
  assert.equal(limits.charge("a", 0, start + 5 * minuteMs), null);
});

test("going on after being told to wait earns a ban, and the next one is longer", () => {
  const limits = new AddressLimits(1, 1_000_000);
  const abuse = (nowMs: number): ReturnType<AddressLimits["charge"]> => {
    let last = null;
    for (let i = 0; i < 600; i++) last = limits.charge("a", 1, nowMs);
    return last;
  };
  const first = abuse(start);
  assert.equal(first?.error.status, 418);
  assert.equal(first?.retryAfterMs, 120_000);
  assert.match(first!.error.msg, /^Way too much request weight used; IP banned until \d+\./);
  assert.equal(limits.charge("a", 1, start + minuteMs)?.error.status, 418);
  assert.equal(limits.charge("b", 1, start + minuteMs), null);
  const later = start + 2 * minuteMs;
  assert.equal(limits.charge("a", 1, later), null);
  assert.equal(abuse(later)?.retryAfterMs, 240_000);
});

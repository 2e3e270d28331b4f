import assert from "node:assert/strict";
import test from "node:test";
import {
  decimalsOf,
  parseUnits,
  shortText,
  trimmed,
  unitsOf,
  unitsText,
} from "../src/venue/decimal.ts";

test("a decimal is read exactly, and more places than there are only if they are zeros", () => {
  assert.equal(parseUnits("0.1", 8), 10_000_000n);
  assert.equal(parseUnits(".5", 1), 5n);
  assert.equal(parseUnits("7.", 2), 700n);
  assert.equal(parseUnits("90071992547409.93", 2), 9_007_199_254_740_993n);
  assert.equal(parseUnits("1.2300", 2), 123n);
  assert.equal(parseUnits("1.234", 2), null);
});

test("what is no plain decimal is refused", () => {
  for (const text of ["", ".", "-1", "+1", "1e3", "1,5", "1 000", "NaN", "0x1", " 1"]) {
    assert.equal(parseUnits(text, 2), null, text);
  }
});

test("text and units are each other's inverse", () => {
  for (const units of [0n, 1n, -1n, 99n, 100n, -12_345n, 10n ** 20n]) {
    assert.equal(unitsOf(unitsText(units, 2), 2), units);
  }
  assert.equal(unitsText(-5n, 2), "-0.05");
  assert.equal(unitsText(12n, 0), "12");
});

test("zeros at the end go, but for those that are wanted", () => {
  assert.equal(shortText(1_000n, 2), "10");
  assert.equal(shortText(1_050n, 2), "10.5");
  assert.equal(trimmed("60000.00000000", 2), "60000.00");
  assert.equal(trimmed("0.12345000", 2), "0.12345");
  assert.equal(trimmed("100"), "100");
  assert.equal(decimalsOf("0.01000000"), 2);
  assert.equal(decimalsOf("10.00000000"), 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalPattern, formatPpm, formatUnits, parseDecimal } from "../src/decimal.ts";

test("text becomes units exactly, zeros at the end of a fraction do not count", () => {
  assert.equal(parseDecimal("1", 8), 100_000_000n);
  assert.equal(parseDecimal("0.1", 8), 10_000_000n);
  assert.equal(parseDecimal("0.10000000000000000000", 8), 10_000_000n);
  assert.equal(parseDecimal("00012.5", 1), 125n);
  assert.equal(parseDecimal("7.000", 0), 7n);
  assert.equal(parseDecimal("99999999999999999999", 18), 99999999999999999999n * 10n ** 18n);
});

test("more decimals than the asset has are refused, not rounded", () => {
  assert.equal(parseDecimal("0.000000001", 8), null);
  assert.equal(parseDecimal("1.5", 0), null);
});

test("units are printed with at least eight decimals and never in scientific notation", () => {
  assert.equal(formatUnits(0, 2), "0.00000000");
  assert.equal(formatUnits(5, 2), "0.05000000");
  assert.equal(formatUnits(-5n, 2), "-0.05000000");
  assert.equal(formatUnits(1, 18), "0.000000000000000001");
  assert.equal(formatUnits(9_007_199_254_740_991, 0), "9007199254740991.00000000");
  assert.equal(formatUnits(2n ** 63n - 1n, 8), "92233720368.54775807");
  assert.equal(formatPpm(1_000), "0.00100000");
});

test("what is printed reads back as the same units", () => {
  for (let decimals = 0; decimals <= 18; decimals++) {
    for (let bits = 0n; bits < 63n; bits++) {
      for (const units of [1n << bits, (1n << bits) - 1n, (1n << bits) + 10n ** (bits % 19n)]) {
        const text = formatUnits(units, decimals);
        assert.match(text, decimalPattern);
        assert.equal(parseDecimal(text, decimals), units);
      }
    }
  }
});

test("nothing but digits and one point has the form of an amount", () => {
  for (const text of [
    "1e5",
    "1e400",
    "-0",
    "-1",
    "0x10",
    "+1",
    ".5",
    "5.",
    "1,5",
    " 1",
    "1 ",
    "NaN",
    "Infinity",
    "",
    "١",
  ]) {
    assert.doesNotMatch(text, decimalPattern, text);
  }
  assert.doesNotMatch("0.123456789012345678901234567890", decimalPattern);
});

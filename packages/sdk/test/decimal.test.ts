import assert from "node:assert/strict";
import { test } from "node:test";
import { compareDecimals, decimalText, exact } from "../src/decimal.ts";
import { Grid } from "../src/market.ts";

test("decimals are exact, whatever floats make of them", () => {
  const { units, places } = exact("90071992547409.93");
  assert.equal(decimalText(units + 1n, places), "90071992547409.94");
  assert.equal(decimalText(5n, 8), "0.00000005");
  for (const text of ["1e5", "-1", "", ".5", "1.", "0x10", "NaN"]) {
    assert.throws(() => exact(text), /is no decimal/, text);
  }
  assert.throws(() => exact(0.1 as unknown as string), /write it as text/);
});

test("amounts are compared by worth, however many places they have", () => {
  const ascending = ["0.10", "0.2", "9.99", "10", "10.01", "100.00"];
  for (const [at, amount] of ascending.entries()) {
    assert.equal(compareDecimals(amount, amount), 0);
    for (const more of ascending.slice(at + 1)) {
      assert.ok(compareDecimals(amount, more) < 0, `${amount} < ${more}`);
      assert.ok(compareDecimals(more, amount) > 0, `${more} > ${amount}`);
    }
  }
  assert.equal(compareDecimals("1.0", "1.000"), 0);
});

test("a grid counts its steps, and rounds only when asked", () => {
  const grid = new Grid("price", "0.05", "0.10", "10");
  assert.equal(grid.count("0.15"), 3n);
  assert.equal(grid.amount(3n), "0.15");
  assert.throws(() => grid.count("0.16"), /no multiple of 0.05/);
  assert.equal(grid.down("0.19"), "0.15");
  assert.equal(grid.up("0.16"), "0.20");
  assert.equal(grid.up("0.15"), "0.15");
  assert.ok(grid.allows("10.00"));
  for (const amount of ["0.05", "10.05", "0.16"]) assert.ok(!grid.allows(amount), amount);
});

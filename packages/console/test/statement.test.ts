import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf, statementOf } from "../src/account/statement.ts";
import { worthIn } from "../src/account/use-worth.ts";

const entry = (position: number, available: string, held: string) => ({
  ...{ position, available, held },
  time: "2026-11-26T12:00:00.000Z",
});

test("a statement tells what changed, in exact decimals of up to 19 digits", () => {
  const rows = statementOf(
    [
      entry(5, "90000000000.00000001", "0.00000000"),
      entry(9, "89999999999.00000001", "1.00000000"),
      entry(12, "89999999999.00000000", "0.50000000"),
    ],
    true,
  );
  assert.deepEqual(
    rows.map(({ change }) => change),
    ["90000000000.00000001", "0.00000000", "-0.50000001"],
  );
  assert.equal(rows[2]?.total, "89999999999.50000000");
});

test("where the beginning is forgotten, the first change is not made up", () => {
  const [first] = statementOf([entry(5, "7.0", "0.0")], false);
  assert.equal(first?.change, null);
  assert.match(csvOf("BTC", [first!]), /^asset,time,.*\r\nBTC,2026-[^,]*,5,,7\.0,0\.0,7\.0\r\n$/);
});

test("balances are worth what the last prices say, and nothing where nothing was traded", () => {
  const markets = [
    { symbol: "BTCUSDT", base: "BTC", quote: "USDT" },
    { symbol: "ETHUSDT", base: "ETH", quote: "USDT" },
  ];
  const prices = [
    { symbol: "BTCUSDT", price: "60000.50" },
    { symbol: "ETHUSDT", price: "0.00" },
  ];
  const worth = worthIn("USDT", markets, prices);
  const of = (asset: string, free: string) => worth.of({ asset, free, locked: "0.5" });
  assert.equal(of("BTC", "1"), "90000.75");
  assert.equal(of("USDT", "1"), "1.50");
  assert.equal(of("ETH", "1"), null);
  assert.equal(of("XYZ", "1"), null);
});

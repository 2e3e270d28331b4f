import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readOracleFile, runOracle } from "../src/flow/oracle.ts";
import { readReplay, runReplay } from "../src/flow/replay.ts";

const shared = fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const missing = existsSync(shared) ? false : "the shared market data is not here";

/** Results that 160 engines agree on, as published with the flows. */
const published = {
  static: [50, "b91bcf3715063a88cf7422df43766feee36593a18ea50e7e47fe7733d906732b"],
  normal: [6506, "d5fa1fcda1903969ae0d40910452f33b714e7e8ca0bff938739901f4d2026f1b"],
  "swing-25": [6547, "3d20eb3d3c34aec84e80d630cd987a4e639539afc1142b11e7db5fe337b706ba"],
  "swing-40": [6586, "741bc71404d1fc4dc0d0d01e9444e4b9ebcaf27c158d0353a328537fe6b6cad0"],
  "flash-crash": [6676, "a38bf7d565e6ed5e5d252a8f2c590de2376151a79f3fe4c3a78bf133cf6abcc0"],
} as const;

for (const [name, [trades, sha256]] of Object.entries(published)) {
  test(`the core reports the flow ${name} byte for byte as published`, {
    skip: missing,
  }, async () => {
    const file = readFileSync(`${shared}/matching-oracle/${name}.bin.gz`);
    const report = await runOracle(readOracleFile(file), () => {});
    assert.deepEqual(
      [report.messages, report.trades, report.sha256, report.balanced],
      [199_833, trades, sha256, true],
    );
  });
}

test("a real day replays with the recorded top of the book after every row", {
  skip: missing,
}, async () => {
  const read = (name: string) =>
    readFileSync(`${shared}/lobster/AAPL_2012-06-21_${name}.csv`, "utf8");
  const input = readReplay(read("messages"), read("top_of_book"), read("first_book_50"));
  const { commandsPerSecond, ...report } = await runReplay(input, () => {});
  assert.ok(commandsPerSecond > 0);
  assert.deepEqual(report, {
    messages: 40_000,
    topMismatches: 0,
    headHits: 1_984,
    headExceptions: 19,
    skipped: 15,
    balanced: true,
  });
});

test("files that are none of these flows are refused with what was expected", () => {
  assert.throws(() => readOracleFile(Buffer.from("hello")), /order flow of the matching benchmark/);
  assert.throws(() => readReplay("1,2,3\n", "1,2,3,4\n", "1,2,3,4"), /messages line 1/);
  assert.throws(
    () => readReplay("1,1,1,1,1,1\n", "1,2,3,4\n1,2,3,4\n", "1,2,3,4"),
    /do not belong together/,
  );
});

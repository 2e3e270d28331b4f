import assert from "node:assert/strict";
import { test } from "node:test";
import { failureText, runDirect, shrink } from "../src/direct/direct-run.ts";

/** `SEEDS` and `FROM` in the environment widen the search. */
const seeds = Number(process.env["SEEDS"] ?? 200);
const from = Number(process.env["FROM"] ?? 1);

function hold(hasNewRules: boolean): void {
  for (let seed = from; seed < from + seeds; seed++) {
    const options = { seed, batches: 150, hasNewRules };
    const failure = runDirect(options);
    if (failure !== null) assert.fail(failureText(seed, shrink(options, failure)));
  }
}

void test("under version 1 the core gives what the reference gives, command by command", () => {
  hold(false);
});

void test("under version 2 the core gives what the reference gives, command by command", () => {
  hold(true);
});

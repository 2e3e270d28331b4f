import assert from "node:assert/strict";
import { test } from "node:test";
import { performAll } from "../src/crew/crew.ts";
import { simulate } from "../src/simulate.ts";

const seeds = Array.from({ length: 10 }, (_, index) => 101 + index);

void test("seeds run through all their faults without a violation", async () => {
  let faults = 0;
  let applied = 0;
  for (const seed of seeds) {
    const { violations, record, faults: count } = await simulate({ seed });
    assert.deepEqual(violations, [], `seed ${seed}`);
    faults += count;
    applied += record.ops.filter(({ result }) => result?.kind === "applied").length;
  }
  assert.ok(faults > 100, `${faults} faults`);
  assert.ok(applied > 1000, `${applied} requests were executed`);
});

void test("a seed is the same run each time, and another seed another one", async () => {
  const first = await simulate({ seed: 7 });
  const again = await simulate({ seed: 7 });
  const other = await simulate({ seed: 8 });
  assert.equal(again.traceHash, first.traceHash);
  assert.deepEqual(again.faultsByKind, first.faultsByKind);
  assert.deepEqual(again.record.finals, first.record.finals);
  assert.notEqual(other.traceHash, first.traceHash);
});

void test("a seed is the same run on a thread of its own", async () => {
  const here = await simulate({ seed: 7 });
  const there: string[] = [];
  const tasks = [7, 8].map((seed) => ({ kind: "run", seed, narrowing: {} }) as const);
  await performAll(tasks, 2, (result) => {
    if (result.kind === "run") there.push(result.figures.traceHash);
  });
  assert.equal(there[0], here.traceHash);
});

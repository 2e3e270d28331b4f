// Every case that once failed, and some thousand fresh ones: the same in each run, so that a red test
// is a change's own. `npm run fuzz` makes more, from other seeds.
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readCase } from "./case-file.ts";
import type { Decoder } from "./decoder.ts";
import { decoderNamed, decoderNames } from "./decoders.ts";
import { reasonOfFailure, runCases } from "./run-cases.ts";

const corpus = join(import.meta.dirname, "corpus");
const seed = 20_251;
/** As many of each as fit into a few seconds. */
const cases: Readonly<Record<string, number>> = { snapshot: 4_000, batch: 6_000, rest: 6_000 };
const casesOfOthers = 20_000;

for (const name of decoderNames) {
  let decoder: Decoder | undefined;
  const made = () => {
    decoder ??= decoderNamed(name);
    return decoder;
  };
  const files = globSync(`${name}-*.json`, { cwd: corpus }).sort();
  for (const file of files) {
    void test(`what once failed no longer does: ${file}`, async () => {
      assert.equal(await reasonOfFailure(made(), readCase(join(corpus, file)).bytes), null);
    });
  }
  void test(`${name}: changed specimens are refused, or taken and written again alike`, async () => {
    const run = await runCases(made(), seed, cases[name] ?? casesOfOthers);
    assert.equal(run.failed?.why, undefined, `case ${run.failed?.case} of seed ${seed}`);
    assert.ok(run.accepted > 0 && run.refused > 0, "nothing was taken, or nothing refused");
  });
}

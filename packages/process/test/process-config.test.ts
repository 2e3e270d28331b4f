import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readProcessConfig } from "../src/index.ts";

test("the configuration is one JSON object in the file named by the argument", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "halcyon-process-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "edge.json");
  writeFileSync(path, '{"name":"edge"}');
  assert.deepEqual(readProcessConfig(path), { name: "edge" });
  writeFileSync(path, '{"name":');
  assert.throws(() => readProcessConfig(path), /edge\.json as JSON/);
  writeFileSync(path, "[]");
  assert.throws(() => readProcessConfig(path), /one JSON object/);
  assert.throws(() => readProcessConfig(join(folder, "none.json")), /Cannot read/);
  assert.throws(() => readProcessConfig(undefined), /give the path/);
});

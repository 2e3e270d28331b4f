import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { LogFile } from "../src/supervisor/log-file.ts";

const folder = mkdtempSync(join(tmpdir(), "halcyon-log-file-"));
after(() => rmSync(folder, { recursive: true }));

test("a log is turned over at its size and takes a bounded number of files", () => {
  const path = join(folder, "a.log");
  const log = new LogFile(path, 100, 3);
  for (let line = 0; line < 50; line++) log.write(Buffer.from(`line ${line} ${"x".repeat(20)}\n`));
  log.close();
  assert.deepEqual(readdirSync(folder).sort(), ["a.log", "a.log.1", "a.log.2"]);
  for (const name of readdirSync(folder)) assert.ok(statSync(join(folder, name)).size <= 100);
  assert.match(readFileSync(path, "utf8"), /line 49 /);
  assert.match(readFileSync(`${path}.1`, "utf8"), /line 46 /);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("an existing log is continued", () => {
  const path = join(folder, "b.log");
  for (const text of ["one\n", "two\n"]) {
    const log = new LogFile(path);
    log.write(Buffer.from(text));
    log.close();
  }
  assert.equal(readFileSync(path, "utf8"), "one\ntwo\n");
});

test("what cannot be written is counted, and nothing is thrown", { skip: !hasFullDevice() }, () => {
  const log = new LogFile("/dev/full");
  log.write(Buffer.from("lost\n"));
  assert.equal(log.droppedBytes, 5);
  log.close();
});

function hasFullDevice(): boolean {
  return statSync("/dev/full", { throwIfNoEntry: false }) !== undefined;
}

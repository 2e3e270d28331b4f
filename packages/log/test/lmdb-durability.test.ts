/** What an acknowledgement means, and how readers of other processes are woken. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openLog } from "@halcyon/log";
import { taggedBatch, within } from "./batches.ts";

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "halcyon-log-durability-"));
});

after(() => rm(folder, { recursive: true }));

const APPENDS = 20;

void test("each acknowledgement follows an fdatasync and a synchronous write of the meta page", async (t) => {
  const trace = join(folder, "trace");
  const options = JSON.stringify({ kind: "lmdb", path: join(folder, "traced") });
  const child = fileURLToPath(new URL("./contract-child.ts", import.meta.url));
  try {
    execFileSync("strace", ["-V"], { stdio: "ignore" });
  } catch {
    const missing = "strace is not installed: apt-get install strace";
    assert.equal(process.env["CI"] ?? "", "", missing);
    return t.skip(missing);
  }
  const calls = "trace=fdatasync,pwrite64,write,openat";
  const command = [process.execPath, child, options, "write", "1", String(APPENDS), "1"];
  execFileSync("strace", ["-f", "-y", "-e", calls, "-o", trace, ...command], { stdio: "ignore" });
  const lines = (await readFile(trace, "utf8")).split("\n");
  assert.ok(
    lines.some((line) => line.includes("data.mdb") && line.includes("O_DSYNC")),
    "LMDB writes its meta pages through a synchronous file",
  );
  let synced = 0;
  let metaWritten = 0;
  let acknowledged = 0;
  for (const line of lines) {
    if (/fdatasync\(\d+<[^>]*data\.mdb>\)/.test(line)) synced += 1;
    if (/pwrite64\(\d+<[^>]*data\.mdb>.*, 128, (40|4136)/.test(line)) metaWritten += 1;
    // The child prints "SEQUENCE POSITION" once its append is acknowledged.
    if (!/ write\(1<[^>]*>, "\d+ \d+\\n"/.test(line)) continue;
    acknowledged += 1;
    assert.ok(synced >= acknowledged, `append ${acknowledged} came before its data was synced`);
    assert.ok(metaWritten >= acknowledged, `append ${acknowledged} came before its meta page`);
  }
  assert.equal(acknowledged, APPENDS);
});

void test("entries arrive even when file notification is lost", async () => {
  const path = join(folder, "deaf");
  const writer = await openLog({ kind: "lmdb", path });
  const reader = await openLog({ kind: "lmdb", path });
  await writer.append(taggedBatch(1, 0, 40));
  const runs = reader.read(null, new AbortController().signal)[Symbol.asyncIterator]();
  await runs.next();
  // The reader listens to a file that no writer started from now on will find.
  await rm(join(path, "doorbell"));
  const next = runs.next();
  await writer.append(taggedBatch(1, 1, 40));
  assert.equal((await within(5000, "the second entry", next)).value.length, 1);
  await writer.close();
  await reader.close();
});

void test("several processes may make the same log at once", async () => {
  const path = join(folder, "together");
  const logs = await Promise.all([1, 2, 3].map(() => openLog({ kind: "lmdb", path })));
  const positions = await Promise.all(
    logs.map((log, index) => log.append(taggedBatch(index, 0, 40))),
  );
  assert.deepEqual(
    positions.sort((a, b) => a - b),
    [1, 2, 3],
  );
  for (const log of logs) await log.close();
});

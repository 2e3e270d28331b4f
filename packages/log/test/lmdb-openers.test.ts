import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openLog } from "@halcyon/log";
import { readSome, taggedBatch, tagOf } from "./batches.ts";

const APPENDS = 20_000;
const IN_FLIGHT = 8;

void test("what is acknowledged stays while others open the log again and again", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "halcyon-log-openers-"));
  const path = join(folder, "log");
  const log = await openLog({ kind: "lmdb", path });
  const script = fileURLToPath(new URL("./lmdb-open-child.ts", import.meta.url));
  const openers = [1, 2].map(() => spawn(process.execPath, [script, path], { stdio: "inherit" }));
  t.after(async () => {
    for (const opener of openers) opener.kill("SIGKILL");
    await Promise.all(openers.map((opener) => opener.exitCode ?? once(opener, "close")));
    await log.close();
    await rm(folder, { recursive: true });
  });
  const positions: number[] = [];
  const lane = async (): Promise<void> => {
    for (let sequence = next++; sequence < APPENDS; sequence = next++) {
      positions[sequence] = await log.append(taggedBatch(1, sequence, 200));
    }
  };
  let next = 0;
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  assert.equal((await log.head())?.position, APPENDS);
  const found = (await readSome(log, null, APPENDS)).map(tagOf);
  const acknowledged = positions.map((position, sequence) => ({ position, writer: 1, sequence }));
  assert.deepEqual(
    found.toSorted((a, b) => a.sequence - b.sequence),
    acknowledged,
  );
});

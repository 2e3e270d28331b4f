import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openLog } from "@halcyon/log";
import { readSome, taggedBatch, tagOf } from "./batches.ts";

/**
 * Does to the lock file what a process does that reads the newest transaction, is held up while
 * others commit, and then opens the environment: it sets the number that all share back. In a process of its
 * own, because closing the file would give back this one's lock on it.
 */
const setBack = `
  const { openSync, readSync, writeSync } = require("node:fs");
  const [path, by] = process.argv.slice(1);
  const file = openSync(path, "r+");
  const header = Buffer.alloc(16);
  readSync(file, header, 0, 16, 0);
  if (header.readUInt32LE(0) !== 0xbeefc0de) throw new Error("not LMDB's lock file");
  header.writeBigUInt64LE(header.readBigUInt64LE(8) - BigInt(by), 8);
  writeSync(file, header, 8, 8, 8);
`;

void test("what is acknowledged stays when another process opens the log a moment too late", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "halcyon-log-openers-"));
  const path = join(folder, "log");
  const log = await openLog({ kind: "lmdb", path });
  t.after(async () => {
    await log.close();
    await rm(folder, { recursive: true });
  });
  let sequence = 0;
  const append = async (): Promise<void> => {
    const position = await log.append(taggedBatch(1, sequence, 200));
    sequence += 1;
    assert.equal(position, sequence, "the position after the last one that was acknowledged");
  };
  for (let index = 0; index < 5; index += 1) await append();
  for (const transactions of [1, 2, 3]) {
    execFileSync(process.execPath, ["-e", setBack, join(path, "lock.mdb"), String(transactions)]);
    await append();
    await append();
  }
  const found = (await readSome(log, null, sequence)).map(tagOf);
  assert.deepEqual(
    found,
    Array.from({ length: sequence }, (_, at) => ({ position: at + 1, writer: 1, sequence: at })),
  );
});

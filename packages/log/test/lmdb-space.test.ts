/** Full disks and full logs refuse appends and recover; trimmed space is used again. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type CommandLog, LogError, openLog } from "@halcyon/log";
import { readSome, taggedBatch, tagOf } from "./batches.ts";

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "halcyon-log-space-"));
});

after(() => rm(folder, { recursive: true }));

/** Appends until it is refused; the number of appends that were not. */
async function fill(log: CommandLog, from: number): Promise<number> {
  for (let sequence = from; ; sequence += 1) {
    try {
      await log.append(taggedBatch(1, sequence, 8192));
    } catch (error) {
      assert.ok(error instanceof LogError, String(error));
      assert.equal(error.code, "no-space", error.message);
      assert.match(error.message, /trim/i);
      return sequence - from;
    }
  }
}

async function assertRecovers(log: CommandLog, filled: number): Promise<void> {
  await assert.rejects(log.append(taggedBatch(1, filled, 8192)), { code: "no-space" });
  assert.equal((await log.head())?.position, filled, "what was refused is not there");
  await log.trim(filled);
  assert.equal(await log.append(taggedBatch(1, filled, 8192)), filled + 1);
  const point = { position: filled - 1, cursor: "" };
  const tags = (await readSome(log, point, 2)).map(tagOf);
  assert.deepEqual(
    tags.map((tag) => tag.sequence),
    [filled - 1, filled],
  );
}

void test("a log at its size limit refuses appends until it is trimmed", async () => {
  const path = join(folder, "limit");
  const log = await openLog({ kind: "lmdb", path, sizeMaxBytes: 4 * 1024 * 1024 });
  const filled = await fill(log, 0);
  assert.ok(filled > 300 && filled < 400, `${filled} batches of 8 KiB`);
  await assertRecovers(log, filled);
  await log.close();
});

void test("a full disk refuses appends, keeps the log whole, and trimming makes room", async (t) => {
  const disk = await mkdtemp(join(folder, "disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m", "none", disk], { stdio: "pipe" });
  } catch {
    return t.skip("a small disk can only be mounted by root");
  }
  try {
    const path = join(disk, "log");
    const log = await openLog({ kind: "lmdb", path });
    const filled = await fill(log, 0);
    assert.ok(filled > 1000, `${filled} batches of 8 KiB`);
    await assertRecovers(log, filled);
    await log.close();
    const again = await openLog({ kind: "lmdb", path });
    assert.equal((await again.head())?.position, filled + 1);
    await again.close();
  } finally {
    execFileSync("umount", [disk]);
  }
});

void test("trimmed space is used again while others read", async () => {
  const path = join(folder, "reuse");
  const log = await openLog({ kind: "lmdb", path });
  const stop = new AbortController();
  const other = await openLog({ kind: "lmdb", path });
  const reading = (async () => {
    for await (const _ of other.read(null, stop.signal));
  })();
  const sizes: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const appends: Promise<number>[] = [];
    for (let index = 0; index < 500; index += 1) appends.push(log.append(new Uint8Array(8192)));
    const newest = Math.max(...(await Promise.all(appends)));
    await log.trim(newest - 50);
    sizes.push((await stat(join(path, "data.mdb"))).size);
  }
  assert.ok(sizes.at(-1)! < 36 * 1024 * 1024, `the file grew to ${sizes.join(", ")}`);
  stop.abort();
  await reading.catch((error: unknown) => {
    assert.ok(error instanceof LogError && error.code === "trimmed", String(error));
  });
  await other.close();
  await log.close();
});

void test("a doorbell that cannot be written to refuses nothing that is durable", async (t) => {
  if (!existsSync("/dev/full")) return t.skip("there is no /dev/full here");
  const path = join(folder, "doorbell");
  const first = await openLog({ kind: "lmdb", path });
  await first.append(taggedBatch(1, 0, 8192));
  await first.close();
  await rm(join(path, "doorbell"));
  await symlink("/dev/full", join(path, "doorbell"));
  const log = await openLog({ kind: "lmdb", path });
  const positions = [];
  for (let group = 0; group < 4; group += 1) {
    const appends = [0, 1, 2].map((at) => log.append(taggedBatch(1, 1 + group * 3 + at, 400_000)));
    positions.push(...(await Promise.all(appends)));
  }
  assert.deepEqual(positions, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  const tags = (await readSome(log, null, 13)).map(tagOf);
  assert.deepEqual(
    tags.map((tag) => tag.sequence),
    [...Array(13).keys()],
  );
  await log.close();
});

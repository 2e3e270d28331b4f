/** Damaged, foreign and incomplete environments are refused with a clear error, never with a crash. */
import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { LogError, openLog } from "@halcyon/log";
import { open as openLmdb } from "lmdb";
import { readSome, taggedBatch } from "./batches.ts";

const ENTRIES = 400;
let folder = "";
let sound = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "halcyon-log-damage-"));
  sound = join(folder, "sound");
  const log = await openLog({ kind: "lmdb", path: sound });
  const sizes = [60, 9000];
  for (let sequence = 0; sequence < ENTRIES; sequence += 1) {
    await log.append(taggedBatch(1, sequence, sizes[sequence % 2]!));
  }
  await log.close();
});

after(() => rm(folder, { recursive: true }));

async function copyOf(name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const file of ["data.mdb", "doorbell"]) await copyFile(join(sound, file), join(path, file));
  return path;
}

async function overwrite(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  const file = await open(join(path, "data.mdb"), "r+");
  await file.write(bytes, 0, bytes.byteLength, offset);
  await file.close();
}

/** Changes an environment with LMDB itself, past the log. */
async function tamper(
  path: string,
  change: (database: ReturnType<typeof openLmdb<Uint8Array, Buffer>>) => unknown,
): Promise<void> {
  const database = openLmdb<Uint8Array, Buffer>({
    path,
    encoding: "binary",
    keyEncoding: "binary",
    overlappingSync: false,
    noSubdir: false,
  });
  await database.transaction(() => change(database));
  await database.close();
}

/** Where LMDB's last page ends; what the file has beyond that is kept for later. */
async function bytesUsed(): Promise<number> {
  const database = openLmdb<Uint8Array, Buffer>({ path: sound, noSubdir: false });
  const { pageSize, lastPageNumber } = database.getStats() as Record<string, number>;
  await database.close();
  return (lastPageNumber! + 1) * pageSize!;
}

function keyOf(position: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(position));
  return key;
}

async function refusal(path: string): Promise<LogError> {
  try {
    await (await openLog({ kind: "lmdb", path })).close();
  } catch (error) {
    assert.ok(error instanceof LogError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: `${path} was not refused` });
}

async function assertTorn(path: string, what: RegExp): Promise<void> {
  const error = await refusal(path);
  assert.equal(error.code, "torn", error.message);
  assert.match(error.message, what);
  assert.match(error.message, /restore|Use the program version/);
}

void test("an untouched copy opens", async () => {
  const log = await openLog({ kind: "lmdb", path: await copyOf("untouched") });
  assert.equal((await readSome(log, null, ENTRIES)).length, ENTRIES);
  await log.close();
});

void test("a data file cut short is refused, wherever it was cut", async () => {
  const size = await bytesUsed();
  for (const part of [0.99, 0.9, 0.5, 0.1]) {
    const path = await copyOf(`cut-${part}`);
    await truncate(join(path, "data.mdb"), Math.floor((size * part) / 4096) * 4096);
    await assertTorn(path, /cut short|overwritten/);
  }
  const nearly = await copyOf("cut-nearly");
  await truncate(join(nearly, "data.mdb"), 5000);
  await assertTorn(nearly, /has only 5000 bytes/);
  const empty = await copyOf("cut-empty");
  await truncate(join(empty, "data.mdb"), 0);
  await assertTorn(empty, /data.mdb is empty/);
  const gone = await copyOf("cut-gone");
  await rm(join(gone, "data.mdb"));
  await assertTorn(gone, /missing/);
});

void test("a file that is not LMDB's is refused", async () => {
  const path = join(folder, "not-lmdb");
  await mkdir(path);
  await writeFile(join(path, "data.mdb"), Buffer.alloc(40_000, "not a log "));
  await assertTorn(path, /not an LMDB file/);
  const small = join(folder, "not-lmdb-small");
  await mkdir(small);
  await writeFile(join(small, "data.mdb"), "hello");
  await assertTorn(small, /has only 5 bytes/);
});

void test("overwritten pages are refused, each page of the tree in turn", async () => {
  const size = await bytesUsed();
  const file = await open(join(sound, "data.mdb"), "r");
  const header = Buffer.alloc(24);
  const treePages: number[] = [];
  for (let offset = 8192; offset < size; offset += 4096) {
    await file.read(header, 0, 24, offset);
    const isOwn = header.readBigUInt64LE(0) === BigInt(offset / 4096);
    if (isOwn && (header.readUInt16LE(18) & 0x03) !== 0) treePages.push(offset);
  }
  await file.close();
  let refused = 0;
  // The newest tree pages are in use; older ones may be free, and damage to them harmless.
  for (const offset of treePages.slice(-6)) {
    const path = await copyOf(`overwritten-${offset}`);
    await overwrite(path, offset, Buffer.alloc(4096, 0xa5));
    try {
      await (await openLog({ kind: "lmdb", path })).close();
    } catch (error) {
      assert.ok(error instanceof LogError && error.code === "torn", String(error));
      refused += 1;
    }
  }
  assert.ok(refused > 0, "none of the newest tree pages mattered");
  const metas = await copyOf("overwritten-metas");
  await overwrite(metas, 0, Buffer.alloc(8192, 0xa5));
  await assertTorn(metas, /not an LMDB file/);
});

void test("changed bytes of an entry are refused: near the tail at opening, further back at reading", async () => {
  const path = await copyOf("changed");
  await tamper(path, (database) => {
    const value = Buffer.from(database.get(keyOf(20))!);
    value[5000] = (value[5000] ?? 0) ^ 1;
    return database.put(keyOf(20), value);
  });
  const log = await openLog({ kind: "lmdb", path });
  await assert.rejects(readSome(log, null, ENTRIES), { code: "torn", message: /entry 20 fails/ });
  await log.close();
  await tamper(path, (database) => {
    const value = Buffer.from(database.get(keyOf(ENTRIES - 1))!);
    value[20] = (value[20] ?? 0) ^ 1;
    return database.put(keyOf(ENTRIES - 1), value);
  });
  await assertTorn(path, /entry 399 fails its checksum/);
});

void test("a missing entry is refused, and so is one in another's place", async () => {
  const gap = await copyOf("gap");
  await tamper(gap, (database) => database.remove(keyOf(7)));
  await assertTorn(gap, /without a gap/);
  const front = await copyOf("gap-front");
  await tamper(front, (database) => database.remove(keyOf(1)));
  await assertTorn(front, /without a gap|starts at position 2/);
  const swapped = await copyOf("swapped");
  await tamper(swapped, (database) => database.put(keyOf(400), database.get(keyOf(399))!));
  await assertTorn(swapped, /at position 400 lies an entry written for position 399/);
});

void test("a wrong, foreign or missing format marker is refused", async () => {
  const version = await copyOf("marker-version");
  await tamper(version, (database) => {
    const marker = Buffer.from(database.get(keyOf(0))!);
    marker.writeUInt32LE(99, 8);
    return database.put(keyOf(0), marker);
  });
  await assertTorn(version, /format version 99, this program reads version 1/);
  const changed = await copyOf("marker-changed");
  await tamper(changed, (database) => {
    const marker = Buffer.from(database.get(keyOf(0))!);
    marker.writeUInt32LE(3, 16);
    return database.put(keyOf(0), marker);
  });
  await assertTorn(changed, /marker fails its checksum/);
  const foreign = await copyOf("marker-foreign");
  await tamper(foreign, (database) => database.put(keyOf(0), Buffer.alloc(24, 1)));
  await assertTorn(foreign, /not a Halcyon log's/);
  const missing = await copyOf("marker-missing");
  await tamper(missing, (database) => database.remove(keyOf(0)));
  await assertTorn(missing, /something else/);
  const other = join(folder, "other-application");
  await tamper(other, (database) => database.put(Buffer.from("users"), Buffer.from("alice")));
  await assertTorn(other, /something else/);
});

void test("a path that is not a folder is refused", async () => {
  const path = join(folder, "file");
  await writeFile(path, "");
  const error = await refusal(path);
  assert.equal(error.code, "unavailable");
  assert.match(error.message, /cannot be used/);
});

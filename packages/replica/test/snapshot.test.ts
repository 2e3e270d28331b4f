import assert from "node:assert/strict";
import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openLog } from "@halcyon/log";
import { LogReplica, RestoreError, type Snapshot, SnapshotStore } from "@halcyon/replica";
import { decodeSnapshot, encodeSnapshot } from "../src/snapshot-file.ts";
import {
  applied,
  buyer,
  Diary,
  limitOrder,
  openVenue,
  seller,
  startReplica,
  temporaryFolder,
  until,
} from "./support.ts";

function snapshotAt(position: number): Snapshot {
  return {
    position,
    cursor: `c${position}`,
    createdAtMs: 1,
    core: Uint8Array.from([1, 2, 3, position & 255]),
    projections: new Map([
      ["one", new Uint8Array(0)],
      ["two", Uint8Array.from({ length: 1001 }, (_, i) => i & 255)],
    ]),
  };
}

function fileOf(snapshot: Snapshot): Buffer {
  return Buffer.concat(encodeSnapshot(snapshot));
}

async function fileAt(folder: string, position: number): Promise<string> {
  const name = (await readdir(folder)).find((file) => file.includes(`${position}.halcyon`));
  assert.ok(name !== undefined, `a snapshot of position ${position}`);
  return join(folder, name);
}

async function trade(replica: LogReplica, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    applied(await replica.submit("normal", limitOrder(seller, "sell", 100 + (i % 7), 3)));
    applied(await replica.submit("normal", limitOrder(buyer, "buy", 103, 2)));
  }
}

test("a snapshot comes back from its file as it went in", () => {
  const snapshot = snapshotAt(77);
  assert.deepEqual(decodeSnapshot(fileOf(snapshot)), snapshot);
});

test("a snapshot with any byte damaged, or cut off anywhere, is refused", () => {
  const file = fileOf(snapshotAt(77));
  const padding = new Set<number>();
  for (let at = 0; at < file.length; at++) {
    const damaged = Buffer.from(file);
    damaged[at]! ^= 0x10;
    try {
      decodeSnapshot(damaged);
      padding.add(at);
    } catch (error) {
      assert.equal((error as Error).name, "SnapshotFileError", `byte ${at}: ${String(error)}`);
    }
  }
  assert.ok(
    padding.size < 40 && [...padding].every((at) => file[at] === 0),
    "only padding may differ",
  );
  for (let length = 0; length < file.length - 7; length += 13) {
    assert.throws(() => decodeSnapshot(file.subarray(0, length)), { name: "SnapshotFileError" });
  }
});

test("the store keeps the newest good snapshots and clears away what an interrupted write left", async (t) => {
  const folder = await temporaryFolder(t);
  const writer = new SnapshotStore(folder);
  for (const position of [10, 20, 30, 40, 50]) await writer.write(snapshotAt(position));
  await truncate(await fileAt(folder, 40), 60);
  await writeFile(join(folder, "snapshot-0000000000000060.halcyon.123.tmp"), "half");
  const store = new SnapshotStore(folder);
  assert.deepEqual(await store.prune(3), [50, 30, 20]);
  // The damaged one stays until it is older than what is kept: somebody may want to look at it.
  assert.deepEqual(await store.positions(), [50, 40, 30, 20]);
  assert.equal((await readdir(folder)).length, 4);
  await store.write(snapshotAt(60));
  await store.write(snapshotAt(70));
  assert.deepEqual(await store.prune(3), [70, 60, 50]);
  assert.deepEqual(await store.positions(), [70, 60, 50]);
});

test("an empty or missing folder is a store without snapshots", async (t) => {
  const folder = await temporaryFolder(t);
  assert.deepEqual(await new SnapshotStore(join(folder, "missing")).positions(), []);
});

test("restored from a snapshot and the tail, a node equals one that never stopped", async (t) => {
  const log = await openLog({ kind: "memory" });
  const snapshots = new SnapshotStore(await temporaryFolder(t));
  const diary = new Diary();
  const steady = await startReplica(t, { log, snapshots }, [diary]);
  await openVenue(steady);
  await trade(steady, 20);
  const captured = steady.capture();
  assert.ok(captured !== null);
  await snapshots.write(captured);
  await trade(steady, 20);
  await log.trim(captured.position + 1);

  const restoredDiary = new Diary();
  const restored = await startReplica(t, { log, snapshots, nodeId: null }, [restoredDiary]);
  await steady.stop();
  await until(() => restored.position === steady.position, "the same position");
  assert.equal(restored.stats().stateHash, steady.stats().stateHash);
  assert.deepEqual(restored.venue.save(), steady.venue.save());
  assert.deepEqual(restoredDiary.lines, diary.lines);
  assert.equal(restored.stats().batchesApplied, steady.position - captured.position);
});

test("a damaged newest snapshot is passed over, and said so", async (t) => {
  const log = await openLog({ kind: "memory" });
  const folder = await temporaryFolder(t);
  const snapshots = new SnapshotStore(folder);
  const steady = await startReplica(t, { log }, [new Diary()]);
  await openVenue(steady);
  const older = steady.capture()!;
  await snapshots.write(older);
  await trade(steady, 5);
  const newer = steady.capture()!;
  await snapshots.write(newer);
  await trade(steady, 5);
  const path = await fileAt(folder, newer.position);
  const bytes = await readFile(path);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(path, bytes);

  const notices: string[] = [];
  const diary = new Diary();
  const listener = { onNotice: (message: string) => notices.push(message) };
  const restored = await startReplica(t, { log, snapshots, nodeId: null, listener }, [diary]);
  await steady.stop();
  await until(() => restored.position === steady.position, "the same position");
  assert.equal(notices.length, 1);
  assert.match(notices[0]!, new RegExp(`snapshot ${newer.position} is passed over`));
  assert.equal(restored.stats().stateHash, steady.stats().stateHash);
});

test("a projection that cannot be restored leaves nothing of itself behind", async (t) => {
  class HalfRestored extends Diary {
    override restore(bytes: Uint8Array): void {
      this.lines = ["half"];
      super.restore(bytes);
    }
  }
  const log = await openLog({ kind: "memory" });
  const snapshots = new SnapshotStore(await temporaryFolder(t));
  const steady = await startReplica(t, { log }, [new Diary()]);
  await openVenue(steady);
  const captured = steady.capture()!;
  const projections = new Map([["diary", Buffer.from("not JSON")]]);
  await snapshots.write({ ...captured, projections });

  const diary = new HalfRestored();
  const restored = await startReplica(t, { log, snapshots, nodeId: null }, [diary]);
  await until(() => restored.health().ok, "a follower that caught up");
  assert.ok(diary.lines[0]?.startsWith("1 "), "replayed from the first entry");
});

test("a log trimmed beyond what the snapshots cover is refused, with what to do", async (t) => {
  const log = await openLog({ kind: "memory" });
  const folder = await temporaryFolder(t);
  const snapshots = new SnapshotStore(folder);
  const steady = await startReplica(t, { log });
  await openVenue(steady);
  const captured = steady.capture()!;
  await snapshots.write(captured);
  await trade(steady, 5);
  await log.trim(captured.position + 3);

  const start = (store: SnapshotStore | null) =>
    new LogReplica({ nodeName: "n1", nodeId: 1, log, snapshots: store }).start();
  const message = new RegExp(
    `oldest entry is ${captured.position + 3}.*covers ${captured.position}`,
  );
  await assert.rejects(start(snapshots), (error) => {
    assert.ok(error instanceof RestoreError);
    assert.match(error.message, message);
    assert.match(error.message, /Bring back a snapshot/);
    return true;
  });
  await assert.rejects(start(null), RestoreError);
});

test("snapshots of another log are refused", async (t) => {
  const snapshots = new SnapshotStore(await temporaryFolder(t));
  const steady = await startReplica(t, { log: await openLog({ kind: "memory" }) });
  await openVenue(steady);
  await snapshots.write(steady.capture()!);
  const other = new LogReplica({
    nodeName: "n1",
    nodeId: 1,
    log: await openLog({ kind: "memory" }),
    snapshots,
  });
  await assert.rejects(other.start(), /do not belong together/);
});

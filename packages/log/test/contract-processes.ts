import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { LogEntry, LogOptions } from "@halcyon/log";
import { readSome, sizeOf, type Tag, taggedBatch, tagOf, until, within } from "./batches.ts";
import { type Ack, Child, writeUntilKilled } from "./child.ts";
import type { LogFactory, LogFixture } from "./contract.ts";

const DEADLINE_MS = 60_000;
const WRITERS = 3;
const BATCHES_PER_WRITER = 150;
const KILL_ROUNDS = 8;

async function sharedFixture(
  factory: LogFactory,
): Promise<{ fixture: LogFixture; shared: LogOptions } | null> {
  const fixture = await factory();
  if (fixture.shared !== null) return { fixture, shared: fixture.shared };
  await fixture.remove();
  return null;
}

export function processContract(factory: LogFactory): void {
  void test("writers in several processes share one order, followed alike everywhere", async (t) => {
    const parts = await sharedFixture(factory);
    if (parts === null) return t.skip("this log lives in one process");
    const { fixture, shared } = parts;
    const total = WRITERS * BATCHES_PER_WRITER;
    const log = await fixture.open();
    const following = readSome(log, null, total);
    const follower = new Child(shared, ["follow", total]);
    const writers = Array.from({ length: WRITERS }, (_, index) => {
      return new Child(shared, ["write", index + 1, BATCHES_PER_WRITER, 1]);
    });
    await within(DEADLINE_MS, "all writers done", Promise.all(writers.map((child) => child.ended)));
    const entries = await within(DEADLINE_MS, "the own follower at the end", following);
    const tags = entries.map(tagOf);
    writers.forEach((child, index) => {
      const acks = child.acks();
      assert.equal(acks.length, BATCHES_PER_WRITER);
      const own = tags.filter((tag) => tag.writer === index + 1);
      // A writer that awaits each append finds its batches in its own order, each exactly once.
      assert.deepEqual(
        own.map(({ sequence, position }) => ({ sequence, position })),
        acks,
      );
    });
    assert.equal((await log.head())?.position, total);
    await within(DEADLINE_MS, "the follower of the other process at the end", follower.ended);
    assert.equal(follower.lines.at(-1), hashOf(entries));
    await log.close();
    await fixture.remove();
  });

  killContract(factory);
  sharedTrimContract(factory);
}

function killContract(factory: LogFactory): void {
  void test("what a process acknowledged before kill -9 is there, whenever it was killed", async (t) => {
    const parts = await sharedFixture(factory);
    if (parts === null) return t.skip("this log lives in one process");
    const { fixture, shared } = parts;
    const survivor = await fixture.open();
    const stop = new AbortController();
    const followed: Tag[] = [];
    const following = followInto(followed, survivor.read(null, stop.signal));
    const acked = new Map<number, readonly Ack[]>();
    let ownSequence = 0;
    for (let round = 0; round < KILL_ROUNDS; round += 1) {
      await Promise.all(
        [1, 2].map(async (lane) => {
          const writer = round * 2 + lane;
          const ackCount = 1 + Math.floor(Math.random() * 400);
          const acks = within(DEADLINE_MS, "a kill", writeUntilKilled(shared, writer, ackCount));
          acked.set(writer, await acks);
        }),
      );
      // A process that died in the middle of a transaction must not leave the others stuck.
      const batch = taggedBatch(0, ownSequence, sizeOf(ownSequence));
      const append = within(DEADLINE_MS, "an append after a kill", survivor.append(batch));
      acked.set(1_000_000 + ownSequence, [{ sequence: ownSequence, position: await append }]);
      ownSequence += 1;
    }
    const head = (await survivor.head())!;
    const entries = await readSome(survivor, null, head.position);
    const tags = entries.map(tagOf);
    assert.equal(tags.length, head.position);
    for (const [writer, acks] of acked) assertAcked(tags, writer >= 1_000_000 ? 0 : writer, acks);
    assertEachOnce(tags);
    await until("the follower at the head", () => followed.length >= head.position);
    stop.abort();
    await following;
    assert.deepEqual(followed, tags);
    await survivor.close();
    const again = await fixture.open();
    assert.deepEqual((await readSome(again, null, head.position)).map(tagOf), tags);
    await again.close();
    await fixture.remove();
  });
}

function sharedTrimContract(factory: LogFactory): void {
  void test("a trim by one process holds for the others and for later ones", async (t) => {
    const parts = await sharedFixture(factory);
    if (parts === null) return t.skip("this log lives in one process");
    const { fixture, shared } = parts;
    const other = await fixture.open();
    await within(DEADLINE_MS, "a writer done", new Child(shared, ["write", 1, 50, 8]).ended);
    const log = await fixture.open();
    await log.trim(31);
    assert.equal(await other.first(), 31);
    await log.close();
    await other.close();
    const later = await fixture.open();
    assert.equal(await later.first(), 31);
    assert.equal((await later.head())?.position, 50);
    await later.close();
    await fixture.remove();
  });
}

async function followInto(tags: Tag[], runs: AsyncIterable<readonly LogEntry[]>): Promise<void> {
  for await (const run of runs) tags.push(...run.map(tagOf));
}

function assertAcked(tags: readonly Tag[], writer: number, acks: readonly Ack[]): void {
  for (const { sequence, position } of acks) {
    assert.deepEqual(tags[position - 1], { position, writer, sequence });
  }
}

function assertEachOnce(tags: readonly Tag[]): void {
  const once = new Set(tags.map((tag) => `${tag.writer}:${tag.sequence}`));
  assert.equal(once.size, tags.length, "a batch is in the log twice");
}

function hashOf(entries: readonly LogEntry[]): string {
  const hash = createHash("sha256");
  for (const entry of entries) {
    hash.update(`${entry.position}:${entry.batch.byteLength}:`).update(entry.batch);
  }
  return hash.digest("hex");
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { RUN_BYTES_MAX, RUN_ENTRIES_MAX } from "@halcyon/log";
import { readSome, taggedBatch, tagOf, within } from "./batches.ts";
import type { LogFactory } from "./contract.ts";
import { isRefusal } from "./contract-basic.ts";

const DEADLINE_MS = 10_000;

export function followContract(factory: LogFactory): void {
  void test("a reader starts behind any entry and follows the tail", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    for (let sequence = 0; sequence < 10; sequence += 1) {
      await log.append(taggedBatch(1, sequence, 40));
    }
    const fifth = (await readSome(log, null, 5)).at(-1)!;
    const head = await log.head();
    const middle = readSome(log, fifth, 8);
    const tail = readSome(log, head, 3);
    for (let sequence = 10; sequence < 13; sequence += 1) {
      await log.append(taggedBatch(1, sequence, 40));
    }
    const seen = (await within(DEADLINE_MS, "five old and three new", middle)).map(tagOf);
    assert.deepEqual(
      seen.map((tag) => tag.sequence),
      [5, 6, 7, 8, 9, 10, 11, 12],
    );
    const newest = (await within(DEADLINE_MS, "three new", tail)).map(tagOf);
    assert.deepEqual(
      newest.map((tag) => tag.sequence),
      [10, 11, 12],
    );
    await log.close();
    await fixture.remove();
  });

  void test("followers on handles of their own see one sequence", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    const followers = await Promise.all([fixture.open(), fixture.open(), fixture.open()]);
    const following = followers.map((follower) => readSome(follower, null, 200));
    const write = async (writer: number): Promise<void> => {
      for (let sequence = 0; sequence < 100; sequence += 1) {
        await log.append(taggedBatch(writer, sequence, 100));
      }
    };
    await Promise.all([write(1), write(2)]);
    const seen = await within(DEADLINE_MS, "all followers at the end", Promise.all(following));
    const [first, ...others] = seen.map((entries) => entries.map(tagOf));
    for (const other of others) assert.deepEqual(other, first);
    for (const handle of [log, ...followers]) await handle.close();
    await fixture.remove();
  });

  readContract(factory);
}

function readContract(factory: LogFactory): void {
  void test("runs are bounded in entries and bytes", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    const appends: Promise<number>[] = [];
    for (let index = 0; index < 600; index += 1) appends.push(log.append(new Uint8Array(8)));
    await Promise.all(appends);
    for (let index = 0; index < 8; index += 1) await log.append(new Uint8Array(900_000));
    let entries = 0;
    for await (const run of log.read(null, new AbortController().signal)) {
      const bytes = run.slice(0, -1).reduce((sum, entry) => sum + entry.batch.byteLength, 0);
      assert.ok(run.length > 0 && run.length <= RUN_ENTRIES_MAX);
      assert.ok(bytes < RUN_BYTES_MAX);
      entries += run.length;
      if (entries === 608) break;
    }
    await log.close();
    await fixture.remove();
  });

  void test("abort stops a reader at once, whether it waits or has more to read", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    for (let index = 0; index < 600; index += 1) await log.append(new Uint8Array(8));
    const stop = new AbortController();
    let runs = 0;
    for await (const _ of log.read(null, stop.signal)) {
      runs += 1;
      stop.abort();
    }
    assert.equal(runs, 1, "nothing is yielded after the abort");
    const waiting = new AbortController();
    const waited = log
      .read(await log.head(), waiting.signal)
      [Symbol.asyncIterator]()
      .next();
    waiting.abort();
    assert.equal((await within(1000, "the end of the waiting reader", waited)).done, true);
    const late = log.read(null, AbortSignal.abort())[Symbol.asyncIterator]().next();
    assert.equal((await within(1000, "the end of a reader begun too late", late)).done, true);
    await log.close();
    await fixture.remove();
  });

  void test("a reader that is ahead of the log is refused", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    await log.append(taggedBatch(1, 0, 40));
    const head = (await log.head())!;
    const ahead = { ...head, position: head.position + 5 };
    await assert.rejects(
      within(DEADLINE_MS, "a refusal", readSome(log, ahead, 1)),
      isRefusal("diverged"),
    );
    await log.close();
    await fixture.remove();
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { BATCH_BYTES_MAX, LogError } from "@halcyon/log";
import { readSome, sizeOf, taggedBatch, tagOf, within } from "./batches.ts";
import type { LogFactory } from "./contract.ts";

export function basicContract(factory: LogFactory): void {
  void test("an empty log has no head and starts at 1", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    assert.equal(await log.head(), null);
    assert.equal(await log.first(), 1);
    await log.close();
    await fixture.remove();
  });

  void test("positions count from 1 without gaps and each holds what was acknowledged there", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    const acks = new Map<number, number>();
    const lane = async (writer: number): Promise<void> => {
      for (let sequence = 0; sequence < 60; sequence += 1) {
        const batch = taggedBatch(writer, sequence, sizeOf(sequence));
        acks.set(await log.append(batch), writer * 1000 + sequence);
      }
    };
    await Promise.all([1, 2, 3, 4, 5].map(lane));
    assert.deepEqual(
      [...acks.keys()].sort((a, b) => a - b),
      Array.from({ length: 300 }, (_, index) => index + 1),
    );
    for (const tag of (await readSome(log, null, 300)).map(tagOf)) {
      assert.equal(acks.get(tag.position), tag.writer * 1000 + tag.sequence);
    }
    assert.equal((await log.head())?.position, 300);
    await log.close();
    await fixture.remove();
  });

  void test("batches from empty to the largest come back unchanged and 8-byte aligned", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    const sizes = [0, 1, 7, 8, 4095, 4096, 32_767, 32_768, 65_536, 300_001, BATCH_BYTES_MAX];
    for (const size of sizes) await log.append(new Uint8Array(size).fill(size & 0xff));
    const entries = await readSome(log, null, sizes.length);
    assert.deepEqual(
      entries.map((entry) => entry.batch.byteLength),
      sizes,
    );
    for (const { batch } of entries) {
      assert.ok(batch.every((byte) => byte === (batch.byteLength & 0xff)));
    }
    for await (const run of log.read(null, new AbortController().signal)) {
      for (const entry of run) assert.equal(entry.batch.byteOffset % 8, 0);
      break;
    }
    await log.close();
    await fixture.remove();
  });

  batchContract(factory);
  trimContract(factory);
  closeContract(factory);
}

function batchContract(factory: LogFactory): void {
  void test("a batch over the limit is refused and changes nothing", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    await log.append(taggedBatch(1, 0, 40));
    await assert.rejects(log.append(new Uint8Array(BATCH_BYTES_MAX + 1)), isRefusal("too-large"));
    assert.equal((await log.head())?.position, 1);
    assert.equal(await log.append(taggedBatch(1, 1, 40)), 2);
    await log.close();
    await fixture.remove();
  });

  void test("a buffer may be reused as soon as append was called", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    const buffer = new Uint8Array(100);
    const appends = Array.from({ length: 200 }, (_, index) => log.append(buffer.fill(index)));
    const positions = await Promise.all(appends);
    const entries = await readSome(log, null, 200);
    positions.forEach((position, index) => {
      assert.ok(entries[position - 1]?.batch.every((byte) => byte === index));
    });
    await log.close();
    await fixture.remove();
  });

  void test("more appends at once than may wait are refused as busy and leave nothing behind", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    const results = await Promise.allSettled(
      Array.from({ length: 3000 }, (_, index) => log.append(taggedBatch(1, index, 40))),
    );
    const acks = new Map<number, number>();
    results.forEach((result, index) => {
      if (result.status === "fulfilled") acks.set(result.value, index);
      else assert.ok(isRefusal("busy")(result.reason));
    });
    assert.equal((await log.head())?.position, acks.size);
    for (const tag of (await readSome(log, null, acks.size)).map(tagOf)) {
      assert.equal(acks.get(tag.position), tag.sequence);
    }
    await log.close();
    await fixture.remove();
  });
}

function trimContract(factory: LogFactory): void {
  void test("trim removes what lies before and never the newest entry", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    for (let sequence = 0; sequence < 300; sequence += 1) {
      await log.append(taggedBatch(1, sequence, 100));
    }
    const middle = (await readSome(log, null, 150)).at(-1)!;
    for (const before of [-100, 0, 1]) await log.trim(before);
    assert.equal(await log.first(), 1, "nothing lies before the first entry");
    await log.trim(151);
    assert.equal(await log.first(), 151);
    await log.trim(20);
    assert.equal(await log.first(), 151, "a trim further back changes nothing");
    await assert.rejects(readSome(log, null, 1), isRefusal("trimmed"));
    assert.equal((await readSome(log, middle, 150)).length, 150);
    await Promise.all([log.trim(200), log.trim(1000), log.trim(250)]);
    assert.equal(await log.first(), 300);
    assert.equal((await log.head())?.position, 300);
    assert.equal(await log.append(taggedBatch(1, 300, 100)), 301);
    await log.close();
    await fixture.remove();
  });

  void test("a follower that falls behind a trim is told so", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    for (let sequence = 0; sequence < 1000; sequence += 1) {
      await log.append(taggedBatch(1, sequence, 40));
    }
    const runs = log.read(null, new AbortController().signal)[Symbol.asyncIterator]();
    const { value } = await runs.next();
    assert.ok(value.length < 1000);
    await log.trim(999);
    await assert.rejects(async () => {
      for (;;) await runs.next();
    }, isRefusal("trimmed"));
    await log.close();
    await fixture.remove();
  });
}

function closeContract(factory: LogFactory): void {
  void test("close waits for the appends in flight, and a closed log refuses everything", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    const settled: number[] = [];
    const appends = Array.from({ length: 50 }, async (_, index) => {
      settled.push(await log.append(taggedBatch(1, index, 1000)));
    });
    await within(5000, "closing", log.close());
    await Promise.all(appends);
    assert.equal(settled.length, 50);
    await assert.rejects(log.append(taggedBatch(1, 99, 40)), isRefusal("closed"));
    await assert.rejects(readSome(log, null, 1), isRefusal("closed"));
    await assert.rejects(log.head(), isRefusal("closed"));
    await assert.rejects(log.first(), isRefusal("closed"));
    await assert.rejects(log.trim(2), isRefusal("closed"));
    await log.close();
    await fixture.remove();
  });

  void test("closing ends a waiting follower with an error", async () => {
    const fixture = await factory();
    const log = await fixture.open();
    const waiting = readSome(log, null, 1);
    const ended = assert.rejects(waiting, isRefusal("closed"));
    await log.close();
    await within(5000, "the end of the follower", ended);
    await fixture.remove();
  });
}

export function isRefusal(code: LogError["code"]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof LogError, String(error));
    assert.equal(error.code, code, error.message);
    assert.ok(error.message.length > 20);
    return true;
  };
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordKind, RingConsumer, RingProducer } from "../src/lmdb/ring.ts";

/** A small generator with a seed, so that a failure can be repeated. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

void test("records of any sizes come out as they went in, however many are in at once", async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = generator(seed);
    const producer = new RingProducer(4096);
    const consumer = new RingConsumer(producer.memory);
    const inside: { value: number; length: number }[] = [];
    for (let step = 0; step < 500; step += 1) {
      for (let count = random(6); count > 0; count -= 1) {
        const length = random(random(10) === 0 ? 1500 : 200);
        const offset = producer.reserve(RecordKind.Append, length);
        if (offset < 0) break;
        const value = random(256);
        producer.bytes.fill(value, offset, offset + length);
        producer.submit();
        inside.push({ value, length });
      }
      await Promise.resolve();
      assert.equal(consumer.available, inside.length, `seed ${seed}, step ${step}`);
      const taken = random(10) === 0 ? inside.length : random(inside.length + 1);
      for (const { value, length } of inside.splice(0, taken)) {
        const record = consumer.peek();
        assert.deepEqual([record?.kind, record?.length], [RecordKind.Append, length]);
        const bytes = consumer.bytes.subarray(record!.offset, record!.offset + length);
        assert.ok(
          bytes.every((byte) => byte === value),
          `seed ${seed}, step ${step}`,
        );
        consumer.take();
      }
      producer.release(taken);
    }
  }
});

void test("a ring is full by bytes and by records, and takes more once some are released", () => {
  const producer = new RingProducer(64 * 1024);
  const consumer = new RingConsumer(producer.memory);
  let records = 0;
  while (producer.reserve(RecordKind.Append, 8) >= 0) records += 1;
  assert.equal(records, 256);
  assert.equal(consumer.available, 0, "nothing is seen before it is submitted");
  producer.release(256);
  assert.ok(producer.reserve(RecordKind.Append, 40_000) >= 0);
  assert.equal(producer.reserve(RecordKind.Append, 40_000), -1);
});

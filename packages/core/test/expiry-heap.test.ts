import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ExpiryHeap } from "../src/money/expiry-heap.ts";

test("an ExpiryHeap gives what ends first, the lower number first, after any additions and removals", () => {
  const change = fc.record({
    op: fc.constantFrom("add", "add", "add", "remove", "take"),
    slot: fc.integer({ min: 1, max: 60 }),
    timeMs: fc.integer({ min: 0, max: 6 }).map((step) => 1_700_000_000_000 + step),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const heap = new ExpiryHeap();
      const model: { slot: number; timeMs: number; number: number }[] = [];
      // Numbers fall, so that the order of equal times is not the order of their coming.
      let number = 2 ** 53 - 1;
      const sort = () => model.sort((a, b) => a.timeMs - b.timeMs || a.number - b.number);
      for (const { op, slot, timeMs } of changes) {
        const at = model.findIndex((entry) => entry.slot === slot);
        if (op === "add" && at < 0) {
          model.push({ slot, timeMs, number });
          heap.add(slot, timeMs, number--);
        } else if (op === "remove") {
          heap.remove(slot);
          if (at >= 0) model.splice(at, 1);
        } else if (op === "take" && heap.first !== 0) {
          heap.remove(heap.first);
          sort().shift();
        }
        const first = sort()[0];
        assert.equal(heap.size, model.length);
        assert.equal(heap.first, first?.slot ?? 0);
        assert.equal(heap.firstMs, first?.timeMs ?? Number.POSITIVE_INFINITY);
        assert.equal(
          heap.due(timeMs),
          first !== undefined && first.timeMs <= timeMs ? first.slot : 0,
        );
      }
      for (const { slot } of sort()) {
        assert.equal(heap.first, slot);
        heap.remove(slot);
      }
      assert.equal(heap.size, 0);
    }),
  );
});

test("an ExpiryHeap throws when a slot is added twice, and lets one that is not in be removed", () => {
  const heap = new ExpiryHeap();
  heap.add(3, 10, 1);
  assert.throws(() => heap.add(3, 11, 2), /slot 3/);
  heap.remove(4);
  heap.remove(4_000);
  assert.equal(heap.due(9), 0);
  assert.equal(heap.due(10), 3);
});

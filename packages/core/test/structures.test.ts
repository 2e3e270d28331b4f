import assert from "node:assert/strict";
import { test } from "node:test";
import { feeOf } from "@halcyon/core";
import fc from "fast-check";
import { IdIndex } from "../src/books/id-index.ts";
import { OrderSlab, orderField, orderWords } from "../src/books/order-slab.ts";
import { PriceTree } from "../src/books/price-tree.ts";
import { IntMap } from "../src/bytes/int-map.ts";
import { TextTable } from "../src/bytes/text-table.ts";
import { readI64, WordReader } from "../src/bytes/word-reader.ts";
import { WordWriter } from "../src/bytes/word-writer.ts";
import { productToWide, wide } from "../src/money/amount.ts";
import { Ledger } from "../src/money/ledger.ts";
import { LedgerSlots } from "../src/money/ledger-slots.ts";

test("an IntMap answers like a Map after any sequence of changes", () => {
  const change = fc.record({
    key: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer()),
    op: fc.constantFrom("set", "delete", "add", "setBits", "clearBits"),
    value: fc.integer({ min: 1, max: 7 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const map = new IntMap(2);
      const model = new Map<number, number>();
      const put = (key: number, value: number) =>
        value === 0 ? model.delete(key) : model.set(key, value);
      for (const { key, op, value } of changes) {
        const before = model.get(key) ?? 0;
        if (op === "set") map.set(key, value);
        else if (op === "delete") map.delete(key);
        else if (op === "add") assert.equal(map.add(key, value), before + value);
        else if (op === "setBits") assert.equal(map.setBits(key, value), before);
        else assert.equal(map.clearBits(key, value), before & ~value);
        if (op === "set") put(key, value);
        else if (op === "delete") put(key, 0);
        else if (op === "add") put(key, before + value);
        else if (op === "setBits") put(key, before | value);
        else put(key, before & ~value);
        assert.equal(map.size, model.size);
      }
      for (const { key } of changes) assert.equal(map.get(key), model.get(key) ?? 0);
      assert.deepEqual(
        map.values().sort((a, b) => a - b),
        [...model.values()].sort((a, b) => a - b),
      );
    }),
  );
});

test("a PriceTree finds the next level up and down over the whole price range", () => {
  const price = fc.oneof(
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 65_000, max: 66_000 }),
    fc.integer({ min: 1, max: 0x7fffffff }),
  );
  fc.assert(
    fc.property(fc.array(price, { minLength: 1, maxLength: 120 }), (prices) => {
      const tree = new PriceTree();
      const model = new Map<number, number>();
      for (const [index, p] of prices.entries()) {
        if (model.has(p)) {
          tree.remove(p);
          model.delete(p);
        } else {
          tree.add(p, index + 1);
          model.set(p, index + 1);
        }
        const sorted = [...model.keys()].sort((a, b) => a - b);
        for (const probe of [p, prices[0]!]) {
          assert.equal(tree.above(probe), sorted.find((x) => x > probe) ?? 0);
          assert.equal(tree.below(probe), sorted.findLast((x) => x < probe) ?? 0);
        }
        for (const [price, level] of model) assert.equal(tree.level(price), level);
        assert.equal(tree.level(p ^ 1), model.get(p ^ 1) ?? 0);
      }
    }),
  );
});

test("a fee is the floor of amount times rate, over the whole exact range", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.maxSafeNat(), fc.nat(2_000_000)),
      fc.integer({ min: 0, max: 100_000 }),
      (amount, ppm) => {
        assert.equal(BigInt(feeOf(amount, ppm)), (BigInt(amount) * BigInt(ppm)) / 1_000_000n);
      },
    ),
    { numRuns: 2000 },
  );
});

test("a product is exact up to 64 bits and refused beyond", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 0x7fffffff }),
      fc.oneof(fc.nat(1000), fc.maxSafeNat()),
      fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 100_000 })),
      (price, lots, unit) => {
        const product = BigInt(price) * BigInt(lots) * BigInt(unit);
        const fits = product < 1n << 63n;
        assert.equal(productToWide(price, lots, unit), fits);
        if (fits) assert.equal((BigInt(wide[1]!) << 32n) | BigInt(wide[0]! >>> 0), product);
      },
    ),
    { numRuns: 2000 },
  );
});

function wordsOf(amount: bigint): [number, number] {
  return [Number(BigInt.asIntN(32, amount)), Number(amount >> 32n)];
}

test("ledger balances are exact over signed 64 bits", () => {
  const amount = fc.bigInt({ min: 0n, max: (1n << 62n) - 1n });
  fc.assert(
    fc.property(fc.array(amount, { minLength: 1, maxLength: 20 }), (amounts) => {
      const ledger = new Ledger();
      const world = ledger.slot(0, 0);
      const own = ledger.slot(2, 0);
      let balance = 0n;
      for (const value of amounts) {
        if (balance + value >= 1n << 63n) continue;
        ledger.post(world, -value, 0n);
        ledger.post(own, value, 0n);
        balance += value;
        assert.equal(ledger.available(own), balance);
        assert.equal(ledger.available(world), -balance);
        const [low, high] = wordsOf(balance);
        assert.equal(ledger.coversWide(own, low, high), true);
        if (balance + 1n < 1n << 63n)
          assert.equal(ledger.coversWide(own, ...wordsOf(balance + 1n)), false);
        ledger.holdWide(own, low, high);
        assert.deepEqual([ledger.available(own), ledger.held(own)], [0n, balance]);
        ledger.releaseWide(own, low, high);
        ledger.post(own, -balance, balance);
        assert.deepEqual([ledger.available(own), ledger.held(own)], [0n, balance]);
        ledger.post(own, balance, -balance);
        assert.deepEqual([ledger.available(own), ledger.held(own)], [balance, 0n]);
      }
    }),
  );
});

test("postings as numbers are exact wherever the balance stands, also below zero and across 2^52", () => {
  const limit = 2n ** 52n;
  const amount = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 52 - 1 }));
  const start = fc.oneof(
    fc.bigInt({ min: -(1n << 60n), max: 1n << 60n }),
    fc.constantFrom(-2n * limit, -limit - 1n, -limit, -limit + 1n, -1n, 0n, limit - 1n, limit),
  );
  fc.assert(
    fc.property(
      start,
      fc.array(fc.tuple(fc.boolean(), amount), { maxLength: 40 }),
      (first, steps) => {
        let ledger = new Ledger();
        const own = ledger.slot(2, 0);
        ledger.post(own, first, 0n);
        const model = { available: first, held: 0n };
        for (const [isHold, units] of steps) {
          if (isHold && units > 0) {
            assert.equal(ledger.covers(own, units), model.available >= BigInt(units));
          }
          if (isHold) ledger.hold(own, units);
          else ledger.release(own, units);
          model.available += isHold ? -BigInt(units) : BigInt(units);
          model.held += isHold ? BigInt(units) : -BigInt(units);
          assert.deepEqual(
            [ledger.available(own), ledger.held(own)],
            [model.available, model.held],
          );
          const raw = ledger.raw();
          ledger = Ledger.fromRaw(raw.words, raw.owners, ledger.digest);
          assert.deepEqual(
            [ledger.available(own), ledger.held(own)],
            [model.available, model.held],
          );
          assert.equal(readI64(raw.words, own * 4), model.available);
        }
      },
    ),
  );
});

test("ledgers that differ in one posting have different digests", () => {
  const digestAfter = (slot: number, units: number) => {
    const ledger = new Ledger();
    for (const account of [2, 3]) ledger.post(ledger.slot(account, 0), 1n << 60n, 0n);
    ledger.hold(ledger.slot(slot, 0), units);
    return ledger.digest;
  };
  const digests = [
    digestAfter(2, 5),
    digestAfter(3, 5),
    digestAfter(2, 6),
    digestAfter(2, 5 + 2 ** 32),
    digestAfter(2, 5 + 2 ** 51),
  ];
  assert.equal(new Set(digests).size, digests.length);
});

test("an IdIndex finds just the open orders, also those whose place another one has", () => {
  // Ids that agree in many low bits crowd each other out; ids beyond 32 bits share low words with dead ones.
  const id = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }).map((n) => n * 1024),
    fc.integer({ min: 1, max: 40 }).map((n) => n * 4096 + 2 ** 33),
  );
  fc.assert(
    fc.property(fc.array(id, { maxLength: 900 }), (ids) => {
      const slab = new OrderSlab();
      const index = new IdIndex(slab);
      const model = new Map<number, number>();
      for (const orderId of ids) {
        const low = orderId | 0;
        const slot = model.get(low);
        if (slot === undefined) {
          const taken = slab.take();
          slab.words[taken * orderWords + orderField.idLow] = low;
          slab.words[taken * orderWords + orderField.idHigh] = (orderId / 4294967296) | 0;
          index.add(taken);
          model.set(low, taken);
        } else {
          index.remove(slot);
          slab.give(slot);
          model.delete(low);
        }
      }
      for (const orderId of ids) {
        const low = orderId | 0;
        const slot = model.get(low) ?? 0;
        assert.equal(index.hasLow(low), slot !== 0);
        if (slot === 0) assert.equal(index.find(low, (orderId / 4294967296) | 0), 0);
        else {
          const high = slab.words[slot * orderWords + orderField.idHigh]!;
          assert.equal(index.find(low, high), slot);
          assert.equal(index.find(low, high + 1), 0);
        }
      }
    }),
  );
});

test("LedgerSlots know each account's slot in each asset, also when the newest were taken back", () => {
  const step = fc.record({
    account: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 3_999_999 })),
    asset: fc.integer({ min: 0, max: 40 }),
    takeBack: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 30 })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2_500, size: "max" }), (steps) => {
      const slots = new LedgerSlots();
      const model: string[] = [""];
      for (const { account, asset, takeBack } of steps) {
        const name = `${account} ${asset}`;
        const known = Math.max(model.indexOf(name), 0);
        assert.equal(slots.find(account, asset), known);
        if (known === 0) assert.equal(slots.open(account, asset), model.push(name) - 1);
        if (takeBack === 0) continue;
        model.length = Math.max(1, model.length - takeBack);
        slots.close(model.length);
      }
      const restored = LedgerSlots.fromRaw(slots.raw().slice());
      for (const { account, asset } of steps) {
        const known = Math.max(model.indexOf(`${account} ${asset}`), 0);
        assert.equal(slots.find(account, asset), known);
        assert.equal(restored.find(account, asset), known);
      }
    }),
    { numRuns: 30 },
  );
});

test("a TextTable gives back every text, and takes no bytes that are none", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 30 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 100 }), (texts) => {
      const table = new TextTable();
      for (const one of texts) table.add(one);
      const writer = new WordWriter();
      table.save(writer);
      const reader = new WordReader(writer.toWords());
      const read = TextTable.read(reader, 1_000);
      assert.ok(reader.done);
      for (const [index, one] of texts.entries()) {
        assert.equal(table.get(index), one);
        assert.equal(read.get(index), one);
      }
      assert.equal(read.get(texts.length), undefined);
      read.add("one more");
      assert.equal(read.get(texts.length), "one more");
    }),
  );
  const refused = (...words: number[]) =>
    assert.throws(() => TextTable.read(new WordReader(Int32Array.from(words)), 8), /text/);
  refused(-1);
  refused(2, 1, 65); // The second is not there.
  refused(1, 12, 65, 65, 65); // Longer than it may be.
  refused(1, 1, 65 | (66 << 8)); // Something behind its end.
  refused(1, 1, 0xff); // No UTF-8.
  refused(1_000_000_000, 0);
});

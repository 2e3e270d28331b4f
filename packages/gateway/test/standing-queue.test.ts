import assert from "node:assert/strict";
import test from "node:test";
import { StandingQueue } from "../src/limits/standing-queue.ts";

const edge = "10.0.0.1";
const busy = true;

/** An edge's requests, ten milliseconds apart; `clockMs`: how far its clock is ahead of the node's. */
function traffic(clockMs: number) {
  const queue = new StandingQueue();
  let nowMs = 1_000_000;
  return {
    /** The share of them that are refused, over so long a time. */
    pass(durationMs: number, waitMs: () => number, isBusy: boolean): number {
      let refused = 0;
      let count = 0;
      for (const endMs = nowMs + durationMs; nowMs < endMs; nowMs += 10) {
        count += 1;
        const arrivedMs = nowMs - waitMs() + clockMs;
        if (queue.isTooLate(edge, arrivedMs, nowMs, isBusy)) refused += 1;
      }
      return refused / count;
    },
  };
}

for (const clockMs of [0, 3_600_000, -3_600_000]) {
  test(`what waited in a queue that stands is refused, by a clock that is ${clockMs} ms ahead`, () => {
    const { pass } = traffic(clockMs);
    assert.equal(
      pass(20_000, () => 1, false),
      0,
    );
    pass(3_000, () => 400, busy);
    assert.ok(pass(5_000, () => 400, busy) > 0.99, "it stands");
    assert.ok(pass(60_000, () => 400, busy) > 0.99, "and is not taken for the rule, however long");
    pass(3_000, () => 20, busy);
    assert.equal(
      pass(5_000, () => 20, busy),
      0,
      "it is gone",
    );
  });
}

test("a burst that passes is served, late as it is", () => {
  const { pass } = traffic(0);
  pass(5_000, () => 1, false);
  let turn = 0;
  const waitMs = () => (turn++ % 40 < 39 ? 400 : 5);
  assert.equal(pass(10_000, waitMs, busy), 0);
});

test("what a cold node is late with as it takes over from another is served", () => {
  const { pass } = traffic(0);
  pass(5_000, () => 1, false);
  assert.equal(
    pass(1_400, () => 600, busy),
    0,
  );
  assert.equal(
    pass(5_000, () => 20, busy),
    0,
  );
});

test("one request that was sent again after its node died is served by a node that is well", () => {
  const { pass } = traffic(0);
  pass(5_000, () => 1, busy);
  assert.equal(
    pass(10, () => 3_000, busy),
    0,
  );
  assert.equal(
    pass(1_000, () => 1, busy),
    0,
  );
});

test("a clock that is set back makes nobody late while the node is not busy, and is got used to", () => {
  const { pass } = traffic(0);
  pass(5_000, () => 1, false);
  assert.equal(
    pass(30_000, () => 700, false),
    0,
  );
  assert.equal(
    pass(5_000, () => 700, busy),
    0,
  );
});

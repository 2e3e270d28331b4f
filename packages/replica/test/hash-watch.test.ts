import assert from "node:assert/strict";
import { test } from "node:test";
import { HashWatch, type StateHash } from "../src/hash-watch.ts";

const right: StateHash = [1, -2];
const wrong: StateHash = [1, -3];

function watchAt(position: number, options: { nodeId?: number; rememberPositions?: number } = {}) {
  const watch = new HashWatch({ nodeId: 0, ...options });
  for (let at = 1; at <= position; at++) watch.remember(at, right);
  return watch;
}

function peer(nodeId: number, incarnation = 7) {
  return { nodeId, incarnation };
}

test("peers with the same hash agree", () => {
  const watch = watchAt(10);
  assert.equal(watch.hear(peer(1), { position: 10, hash: right }, 0), "agrees");
  assert.equal(watch.hear(peer(2), { position: 4, hash: right }, 0), "agrees");
  const tally = watch.tally(0);
  assert.deepEqual(tally, {
    verdict: "agreed",
    agree: 2,
    disagree: 0,
    disagreeing: [],
    confirmedPosition: 10,
  });
});

test("a difference in either word of the hash counts", () => {
  const watch = watchAt(3);
  assert.equal(watch.hear(peer(1), { position: 3, hash: [2, -2] }, 0), "disagrees");
  assert.equal(watch.hear(peer(1), { position: 3, hash: [1, 2] }, 0), "disagrees");
});

test("two of three against me: I am outvoted; one against me: only a dispute", () => {
  const watch = watchAt(3);
  watch.hear(peer(1), { position: 3, hash: wrong }, 0);
  assert.equal(watch.tally(0).verdict, "disputed");
  watch.hear(peer(2), { position: 3, hash: wrong }, 0);
  assert.equal(watch.tally(0).verdict, "outvoted");
  assert.deepEqual(watch.tally(0).disagreeing, [1, 2]);
});

test("as many against me as with me, me included, is a dispute: nobody can tell who is wrong", () => {
  const watch = watchAt(3);
  for (const nodeId of [1, 2]) watch.hear(peer(nodeId), { position: 3, hash: wrong }, 0);
  watch.hear(peer(3), { position: 3, hash: right }, 0);
  assert.equal(watch.tally(0).verdict, "disputed");
  watch.hear(peer(4), { position: 3, hash: wrong }, 0);
  assert.equal(watch.tally(0).verdict, "outvoted");
});

test("a peer's latest claim takes the place of its earlier ones", () => {
  const watch = watchAt(5);
  watch.hear(peer(1), { position: 3, hash: wrong }, 0);
  watch.hear(peer(1), { position: 5, hash: right }, 0);
  assert.equal(watch.tally(0).verdict, "agreed");
});

test("a restarted peer begins without a vote", () => {
  const watch = watchAt(5);
  watch.hear(peer(1, 7), { position: 3, hash: wrong }, 0);
  watch.hear(peer(1, 8), null, 0);
  assert.equal(watch.tally(0).disagree, 0);
});

test("a peer not heard from lately has no vote", () => {
  const watch = watchAt(5);
  watch.hear(peer(1), { position: 3, hash: wrong }, 1_000);
  assert.equal(watch.tally(6_000).disagree, 1);
  assert.equal(watch.tally(6_001).disagree, 0);
});

test("what this node claimed itself, also in an earlier life, is no vote", () => {
  const watch = watchAt(5);
  assert.equal(watch.hear(peer(0, 1), { position: 3, hash: wrong }, 0), "unknown");
  assert.equal(watch.tally(0).disagree, 0);
});

test("a claim about a position that is no longer remembered says nothing", () => {
  const watch = watchAt(20, { rememberPositions: 8 });
  assert.equal(watch.hear(peer(1), { position: 12, hash: wrong }, 0), "unknown");
  assert.equal(watch.hear(peer(1), { position: 13, hash: wrong }, 0), "disagrees");
  assert.equal(watch.hear(peer(1), { position: 21, hash: wrong }, 0), "unknown");
});

test("a replica without a vote hears every node, node 0 too", () => {
  const watch = watchAt(5, { nodeId: -1 });
  assert.equal(watch.hear(peer(0), { position: 3, hash: right }, 0), "agrees");
});

test("a position is confirmed when more peers agree up to it than disagree", () => {
  const watch = watchAt(9);
  assert.equal(watch.tally(0).confirmedPosition, 0);
  watch.hear(peer(1), { position: 9, hash: right }, 0);
  assert.equal(watch.tally(0).confirmedPosition, 9);
  watch.hear(peer(2), { position: 9, hash: wrong }, 0);
  assert.equal(watch.tally(0).confirmedPosition, 0);
  watch.hear(peer(3), { position: 5, hash: right }, 0);
  assert.equal(watch.tally(0).confirmedPosition, 5);
});

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  BatchBuilder,
  batchBytesMax,
  commandLengthWords,
  openBatch,
  WordReader,
} from "@halcyon/core";
import { LogError, openLog } from "@halcyon/log";
import {
  type Lane,
  type LogReplica,
  laneLimitsDefault,
  type ReplicaLimits,
} from "@halcyon/replica";
import { GatedLog } from "./gated-log.ts";
import { ManualClock } from "./manual-clock.ts";
import { createAccount, settle, startReplica, until } from "./support.ts";

type Gated = {
  readonly log: GatedLog;
  readonly clock: ManualClock;
  readonly replica: LogReplica;
  readonly failures: number[];
};

/** A ready replica over a log that from now on holds every append until the test lets it go. */
async function gatedReplica(t: TestContext, limits: Partial<ReplicaLimits> = {}): Promise<Gated> {
  const log = new GatedLog(await openLog({ kind: "memory" }));
  const clock = new ManualClock();
  const failures: number[] = [];
  log.gated = false;
  // Time goes on by itself once the test is over, so that the replica can stop.
  let pulse: NodeJS.Timeout | undefined;
  t.after(() => {
    log.open();
    pulse = setInterval(() => clock.advance(100), 1);
  });
  const replica = await startReplica(t, {
    log,
    clock,
    // Ticks and batches that pass a stuck one would get between those that the tests count.
    limits: {
      appendsInFlightMax: 1,
      appendStuckAfterMs: 1_000_000,
      tickIntervalMs: 1_000_000,
      ...limits,
    },
    listener: { onLogFailure: (_operation, _error, retryInMs) => failures.push(retryInMs) },
  });
  clock.advance(limits.housekeepingIntervalMs ?? 25);
  t.after(() => clearInterval(pulse));
  await until(() => replica.health().ok, "a ready replica");
  log.gated = true;
  return { log, clock, replica, failures };
}

/** The labels of a batch of createAccount commands, in their order. */
function labelsIn(bytes: Uint8Array): string[] {
  const batch = openBatch(bytes);
  const labels: string[] = [];
  for (let at = batch.firstCommandAt; at < batch.end; ) {
    const end = at + commandLengthWords(batch.words, at);
    labels.push(new WordReader(batch.words, at + 5, end).text(1024));
    at = end;
  }
  return labels;
}

function submit(replica: LogReplica, lane: Lane, label: string) {
  return replica.submit(lane, createAccount(label));
}

test("what arrives in one turn shares a batch, and what arrives during an append the next one", async (t) => {
  const { log, replica } = await gatedReplica(t);
  const first = [submit(replica, "normal", "a"), submit(replica, "normal", "b")];
  await until(() => log.held.length === 1, "an append");
  const later = ["c", "d", "e"].map((label) => submit(replica, "normal", label));
  await settle();
  assert.equal(log.held.length, 1, "one append in flight is all the test allows");
  assert.deepEqual(labelsIn(log.held[0]!.batch), ["a", "b"]);
  log.release();
  await until(() => log.held.length === 1, "the next append");
  assert.deepEqual(labelsIn(log.held[0]!.batch), ["c", "d", "e"]);
  log.release();
  for (const outcome of await Promise.all([...first, ...later])) {
    assert.equal(outcome.kind, "applied");
  }
});

test("an append that is stuck holds back no other, up to a bound", async (t) => {
  const limits = { appendStuckAfterMs: 200, unappliedBatchesMax: 3 };
  const { log, clock, replica } = await gatedReplica(t, limits);
  void submit(replica, "normal", "a");
  await until(() => log.held.length === 1, "the append that gets stuck");
  void submit(replica, "normal", "b");
  clock.advance(199);
  await settle();
  assert.equal(log.held.length, 1, "it is merely slow yet");
  clock.advance(25);
  await until(() => log.held.length === 2, "the next append");
  assert.deepEqual(labelsIn(log.held[1]!.batch), ["b"]);
  for (const label of ["c", "d"]) {
    void submit(replica, "normal", label);
    clock.advance(225);
    await settle();
  }
  assert.equal(log.held.length, 3);
});

test("appends that nobody waits for any more count while the log has not answered them", async (t) => {
  const limits = { appendStuckAfterMs: 50, unappliedBatchesMax: 3, outcomeTimeoutMs: 200 };
  const { log, clock, replica } = await gatedReplica(t, limits);
  for (let i = 0; i < 10; i++) {
    void submit(replica, "normal", String(i));
    clock.advance(100);
    await settle();
  }
  assert.equal(log.held.length, 3);
});

test("nobody waits for a stuck append once a much later one succeeded, and its failure says nothing of the log", async (t) => {
  const { log, clock, replica, failures } = await gatedReplica(t, { appendStuckAfterMs: 200 });
  const stuck = submit(replica, "normal", "a");
  await until(() => log.held.length === 1, "the append that gets stuck");
  const later = submit(replica, "normal", "b");
  clock.advance(225);
  await until(() => log.held.length === 2, "the later one");
  log.release(1);
  assert.equal((await later).kind, "applied");
  assert.equal((await stuck).kind, "unknown");
  log.fail(new LogError("unavailable", "no answer"), false);
  await until(() => failures.length === 1, "its failure");
  void submit(replica, "normal", "c");
  await until(() => log.held.length === 1, "an append without a pause");
});

test("an append that is merely slower than the next one is waited for", async (t) => {
  const limits = { appendStuckAfterMs: 200, appendsInFlightMax: 2 };
  const { log, clock, replica } = await gatedReplica(t, limits);
  const slow = submit(replica, "normal", "a");
  await until(() => log.held.length === 1, "the slower append");
  clock.advance(175);
  const later = submit(replica, "normal", "b");
  await until(() => log.held.length === 2, "the next one");
  log.release(1);
  assert.equal((await later).kind, "applied");
  log.release();
  assert.equal((await slow).kind, "applied");
});

test("who appended lately appends next on the beat of the clock, and who rests appends at once", async (t) => {
  const beat = { appendBeatMs: 20, appendsInFlightMax: 8, housekeepingIntervalMs: 1_000 };
  const { log, clock, replica } = await gatedReplica(t, beat);
  const outcomes: Promise<unknown>[] = [];
  const ask = (label: string) => outcomes.push(submit(replica, "normal", label));
  // Off the beat, so that a wait counted from the last append would end elsewhere.
  clock.advance(7 - (clock.wallMs() % 20) + 20 + 60);
  ask("at once");
  await until(() => log.held.length === 1, "an append without a wait");
  for (const [waitMs, labels] of [
    [13, ["next beat", "with it"]],
    [20, ["the beat after"]],
  ] as const) {
    for (const label of labels) ask(label);
    const before = log.appendCount;
    // An answer from the log is no reason to go before the beat.
    log.release();
    await settle();
    clock.advance(waitMs - 1);
    await settle();
    assert.equal(log.appendCount, before, "nothing before the beat");
    clock.advance(1);
    await until(() => log.appendCount === before + 1, "an append on the beat");
    assert.deepEqual(labelsIn(log.held.at(-1)!.batch), labels);
  }
  clock.advance(45);
  ask("after a rest");
  await until(() => log.held.length === 2, "an append without a wait");
  log.open();
  await Promise.all(outcomes);
});

test("the next batch is filled from the highest lane down, each lane in order of arrival", async (t) => {
  const { log, replica } = await gatedReplica(t);
  const all = [submit(replica, "normal", "first")];
  await until(() => log.held.length === 1, "an append");
  const arrivals: [Lane, string][] = [
    ["bulk", "b1"],
    ["normal", "n1"],
    ["high", "h1"],
    ["cancel", "c1"],
    ["normal", "n2"],
    ["bulk", "b2"],
    ["cancel", "c2"],
    ["high", "h2"],
  ];
  for (const [lane, label] of arrivals) all.push(submit(replica, lane, label));
  log.release();
  await until(() => log.held.length === 1, "the next append");
  const expected = ["c1", "c2", "h1", "h2", "n1", "n2", "b1", "b2"];
  assert.deepEqual(labelsIn(log.held[0]!.batch), expected);
  log.open();
  await Promise.all(all);
});

test("a batch has at most so many commands, and bulk never more than its part", async (t) => {
  const bulk = { ...laneLimitsDefault.bulk, perBatchMax: 2 };
  const limits = { batchCommandsMax: 5, lanes: { ...laneLimitsDefault, bulk } };
  const { log, replica } = await gatedReplica(t, limits);
  const all = [submit(replica, "normal", "first")];
  await until(() => log.held.length === 1, "an append");
  for (let i = 0; i < 6; i++) all.push(submit(replica, "bulk", `b${i}`));
  for (let i = 0; i < 8; i++) all.push(submit(replica, "normal", `n${i}`));
  const batches: string[][] = [];
  for (let i = 0; i < 4; i++) {
    log.release();
    await until(() => log.held.length === 1, "the next append");
    batches.push(labelsIn(log.held[0]!.batch));
  }
  assert.deepEqual(batches, [
    ["n0", "n1", "n2", "n3", "n4"],
    ["n5", "n6", "n7", "b0", "b1"],
    ["b2", "b3"],
    ["b4", "b5"],
  ]);
  log.open();
  await Promise.all(all);
});

test("a batch stays within a mebibyte", async (t) => {
  const { log, replica } = await gatedReplica(t);
  const all = [submit(replica, "normal", "first")];
  await until(() => log.held.length === 1, "an append");
  const label = "x".repeat(200_000);
  for (let i = 0; i < 7; i++) all.push(submit(replica, "normal", label));
  const lengths: number[] = [];
  for (let i = 0; i < 2; i++) {
    log.release();
    await until(() => log.held.length === 1, "the next append");
    assert.ok(log.held[0]!.batch.length <= batchBytesMax);
    lengths.push(openBatch(log.held[0]!.batch).commandCount);
  }
  assert.deepEqual(lengths, [5, 2]);
  log.open();
  await Promise.all(all);
});

test("a command that waits longer than its lane allows is refused and never reaches the log", async (t) => {
  const { log, clock, replica } = await gatedReplica(t);
  const first = submit(replica, "normal", "first");
  await until(() => log.held.length === 1, "an append");
  const normal = submit(replica, "normal", "too late");
  const cancel = submit(replica, "cancel", "in time");
  clock.advance(laneLimitsDefault.normal.ageMsMax + 50);
  const { retryAfterMs } = laneLimitsDefault.normal;
  assert.deepEqual(await normal, { kind: "shed", retryAfterMs });
  assert.equal(replica.stats().shed.normal, 1);
  log.release();
  await until(() => log.held.length === 1, "the next append");
  assert.deepEqual(labelsIn(log.held[0]!.batch), ["in time"]);
  log.open();
  assert.equal((await first).kind, "applied");
  assert.equal((await cancel).kind, "applied");
});

test("age is also checked at the moment when the batch is filled", async (t) => {
  const { log, clock, replica } = await gatedReplica(t, { housekeepingIntervalMs: 10_000 });
  const first = submit(replica, "normal", "first");
  await until(() => log.held.length === 1, "an append");
  const late = submit(replica, "normal", "too late");
  clock.advance(laneLimitsDefault.normal.ageMsMax + 1);
  log.open();
  assert.equal((await late).kind, "shed");
  assert.equal((await first).kind, "applied");
  assert.equal(replica.venue.accounts.count, 3);
});

test("a full lane refuses at once, and cancels are served while orders are refused", async (t) => {
  const normal = { ...laneLimitsDefault.normal, queuedMax: 3 };
  const { log, replica } = await gatedReplica(t, { lanes: { ...laneLimitsDefault, normal } });
  const first = submit(replica, "normal", "first");
  await until(() => log.held.length === 1, "an append");
  const waiting = [1, 2, 3].map((n) => submit(replica, "normal", `n${n}`));
  assert.equal((await submit(replica, "normal", "one too many")).kind, "shed");
  const cancel = submit(replica, "cancel", "cancel");
  log.release();
  await until(() => log.held.length === 1, "the next append");
  assert.deepEqual(labelsIn(log.held[0]!.batch), ["cancel", "n1", "n2", "n3"]);
  log.open();
  for (const outcome of await Promise.all([first, cancel, ...waiting])) {
    assert.equal(outcome.kind, "applied");
  }
});

test("an outcome waits for the log's confirmation, although the entry can be read before", async (t) => {
  const { log, replica } = await gatedReplica(t);
  let settled = false;
  const outcome = submit(replica, "normal", "a");
  void outcome.then(() => {
    settled = true;
  });
  await until(() => log.held.length === 1, "an append");
  // Somebody else's hand puts the very batch into the log: read and applied, but not confirmed.
  await log.inner.append(log.held[0]!.batch);
  await until(() => replica.venue.accounts.count === 3, "the batch applied");
  await settle();
  assert.equal(settled, false);
  log.fail(new LogError("unavailable", "no answer"), false);
  assert.equal((await outcome).kind, "unknown");
});

test("a batch of another incarnation with the same sequence answers nobody here", async (t) => {
  const { log, replica } = await gatedReplica(t);
  const outcome = submit(replica, "normal", "mine");
  await until(() => log.held.length === 1, "an append");
  const { header } = openBatch(log.held[0]!.batch);
  const builder = new BatchBuilder();
  builder.add(createAccount("of a former life"));
  const position = await log.inner.append(
    builder.finish({ ...header, incarnation: header.incarnation ^ 1 }),
  );
  assert.equal(await replica.waitFor(position, 5_000), true);
  log.open();
  const mine = await outcome;
  assert.ok(mine.kind === "applied" && mine.position > position);
});

test("a rejected append is unknown, unless the log says that nothing was written", async (t) => {
  const { log, clock, replica, failures } = await gatedReplica(t);
  const lost = submit(replica, "normal", "lost answer");
  await until(() => log.held.length === 1, "an append");
  log.fail(new LogError("unavailable", "no answer"), true);
  assert.equal((await lost).kind, "unknown");
  await until(() => replica.venue.accounts.count === 3, "the batch applied all the same");

  const full = submit(replica, "normal", "no space");
  clock.advance(50);
  await until(() => log.held.length === 1, "an append after the pause");
  log.fail(new LogError("no-space", "the disk is full"), false);
  assert.equal((await full).kind, "shed");
  assert.equal(replica.venue.accounts.count, 3);
  assert.deepEqual(failures, [50, 100]);
});

test("after a failure appends pause, longer each time up to a bound, and what waits grows too old", async (t) => {
  const { log, clock, replica, failures } = await gatedReplica(t, { tickIntervalMs: 50 });
  clock.advance(50);
  for (let i = 0; i < 7; i++) {
    await until(() => log.held.length === 1, "an append");
    log.fail(new LogError("unavailable", "no answer"), false);
    await until(() => failures.length === i + 1, "a failure");
    const before = log.appendCount;
    const waiting = submit(replica, "normal", "waits");
    await settle();
    assert.equal(log.appendCount, before, "no append during the pause");
    if (failures.at(-1)! > laneLimitsDefault.normal.ageMsMax) {
      clock.advance(failures.at(-1)! - 100);
      assert.equal((await waiting).kind, "shed");
      clock.advance(125);
    } else {
      clock.advance(failures.at(-1)! + 25);
    }
  }
  assert.deepEqual(failures, [50, 100, 200, 400, 800, 1_000, 1_000]);
});

test("an append that is never answered leaves its callers with an unknown outcome in time", async (t) => {
  const { log, clock, replica } = await gatedReplica(t, { outcomeTimeoutMs: 3_000 });
  const stuck = submit(replica, "normal", "stuck");
  await until(() => log.held.length === 1, "an append");
  clock.advance(2_900);
  await settle();
  assert.equal(replica.stats().unknownOutcomes, 0);
  clock.advance(200);
  assert.equal((await stuck).kind, "unknown");
  assert.equal(replica.health().ok, false);
});

test("an encoder that throws fails its own caller and nobody else", async (t) => {
  const { log, replica } = await gatedReplica(t);
  log.gated = false;
  const before = submit(replica, "normal", "before");
  const broken = replica.submit("normal", () => {
    throw new RangeError("a bug");
  });
  const after = submit(replica, "normal", "after");
  await assert.rejects(broken, /a bug/);
  assert.equal((await before).kind, "applied");
  assert.equal((await after).kind, "applied");
});

test("a batch that no node could read never reaches the log", async (t) => {
  const { log, replica } = await gatedReplica(t);
  log.gated = false;
  const twoCommands = replica.submit("normal", (w) => {
    createAccount("one")(w);
    createAccount("two")(w);
  });
  await assert.rejects(twoCommands, /command count/);
  assert.equal((await submit(replica, "normal", "fine")).kind, "applied");
});

test("an idle node says the time, and one that appends does not need to", async (t) => {
  const { log, clock, replica } = await gatedReplica(t, { tickIntervalMs: 250 });
  log.gated = false;
  const before = log.appendCount;
  clock.advance(200);
  await settle();
  assert.equal(log.appendCount, before);
  clock.advance(100);
  assert.equal(log.appendCount, before + 1);
  clock.advance(200);
  await submit(replica, "normal", "a");
  clock.advance(200);
  await settle();
  assert.equal(log.appendCount, before + 2);
});

test("a stop refuses what is new and waits for what is under way", async (t) => {
  const { log, clock, replica } = await gatedReplica(t);
  const first = submit(replica, "normal", "in flight");
  await until(() => log.held.length === 1, "an append");
  const waiting = submit(replica, "normal", "waiting");
  const stopped = replica.stop();
  assert.equal((await submit(replica, "normal", "too late")).kind, "shed");
  log.open();
  const pulse = setInterval(() => clock.advance(2), 1);
  await stopped;
  clearInterval(pulse);
  assert.equal((await first).kind, "applied");
  assert.equal((await waiting).kind, "applied");
  assert.equal(replica.health().status, "stopped");
});

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { WordWriter } from "@halcyon/core";
import { type CommandLog, openLog } from "@halcyon/log";
import type { LogReplica } from "@halcyon/replica";
import {
  applied,
  buyer,
  createAccount,
  deposit,
  openVenue,
  startReplica,
  until,
} from "./support.ts";

type Watched = {
  readonly replica: LogReplica;
  readonly quarantined: string[];
  readonly alarms: string[];
};

async function startWatched(t: TestContext, log: CommandLog, nodeId: number): Promise<Watched> {
  const quarantined: string[] = [];
  const alarms: string[] = [];
  const replica = await startReplica(t, {
    log,
    nodeName: `n${nodeId}`,
    nodeId,
    limits: { tickIntervalMs: 20, housekeepingIntervalMs: 5 },
    listener: {
      onQuarantine: (reason) => quarantined.push(reason),
      onAlarm: (message) => alarms.push(message),
    },
  });
  await until(() => replica.health().ok, "a ready replica");
  return { replica, quarantined, alarms };
}

/** Money from nowhere, on this node only: what a fault in memory or in the code might do. */
function diverge(replica: LogReplica): void {
  const writer = new WordWriter();
  deposit(buyer, 1, 1n)(writer);
  replica.venue.applyCommand(writer.words, 0);
}

test("of three nodes the one whose state differs takes itself out, and the others go on", async (t) => {
  const log = await openLog({ kind: "memory" });
  const nodes = [];
  for (const nodeId of [0, 1, 2]) nodes.push(await startWatched(t, log, nodeId));
  const [a, b, c] = nodes as [Watched, Watched, Watched];
  await openVenue(a.replica);

  const divergedAt = b.replica.position;
  diverge(b.replica);
  await until(() => b.quarantined.length === 1, "a quarantine");
  const health = b.replica.health();
  assert.equal(health.status, "quarantined");
  assert.match(health.reasons.join(), /differs from that of 2 peers \(node ids 0, 2\)/);
  assert.equal((await b.replica.submit("cancel", createAccount("x"))).kind, "shed");
  assert.equal(await b.replica.waitFor(b.replica.position + 1, 60_000), false);
  assert.equal(b.replica.capture(), null, "a wrong state is not worth keeping");
  // One round of claims: each of the three said something about twice, not more.
  assert.ok(b.replica.position - divergedAt <= 12, `${b.replica.position - divergedAt} batches`);

  for (const { replica, quarantined } of [a, c]) {
    applied(await replica.submit("normal", createAccount("still here")));
    assert.equal(replica.health().ok, true);
    assert.deepEqual(quarantined, []);
  }
});

test("of two nodes that differ neither can tell who is wrong: both raise the alarm and go on", async (t) => {
  const log = await openLog({ kind: "memory" });
  const a = await startWatched(t, log, 0);
  const b = await startWatched(t, log, 1);
  await openVenue(a.replica);
  diverge(b.replica);
  await until(() => a.alarms.length > 0 && b.alarms.length > 0, "an alarm on both");
  applied(await a.replica.submit("normal", createAccount("still here")));
  applied(await b.replica.submit("normal", createAccount("me too")));
  assert.deepEqual([a.alarms.length, b.alarms.length], [1, 1], "said once, not at every claim");
  assert.deepEqual([...a.quarantined, ...b.quarantined], []);
});

test("what a node that turns out to be wrong still had under way is unknown, not answered", async (t) => {
  const log = await openLog({ kind: "memory" });
  const a = await startWatched(t, log, 0);
  const b = await startWatched(t, log, 1);
  const c = await startWatched(t, log, 2);
  await openVenue(a.replica);
  diverge(b.replica);
  const outcomes = [];
  while (b.quarantined.length === 0) {
    outcomes.push(b.replica.submit("normal", createAccount("b")));
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const outcome of await Promise.all(outcomes)) assert.ok(outcome.kind !== undefined);
  assert.equal(b.replica.stats().unappliedBatches, 0);
  assert.equal(c.replica.health().ok, true);
});

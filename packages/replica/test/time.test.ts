import assert from "node:assert/strict";
import { test } from "node:test";
import { openLog } from "@halcyon/log";
import { LogReplica, systemClock } from "@halcyon/replica";
import { startReplica, until } from "./support.ts";

const hourMs = 3_600_000;
/** Log time lags by a tick and an append. */
const nearMs = 2_000;

test("a node whose clock is an hour wrong tells the time of the others, and they their own", async (t) => {
  const log = await openLog({ kind: "memory" });
  t.after(() => log.close());
  const wrong = { ...systemClock, wallMs: () => Date.now() + hourMs };
  const nodes = [
    await startReplica(t, { log, nodeId: 0 }),
    await startReplica(t, { log, nodeId: 1 }),
    await startReplica(t, { log, nodeId: 2, clock: wrong }),
  ];
  const isNear = (ms: number) => Math.abs(ms - Date.now()) < nearMs;
  await until(() => nodes.every((node) => isNear(node.timeMs())), "the right time on all nodes");
  assert.ok(isNear(nodes[0]!.venue.logTimeMs));
});

test("a node that lags behind the log does not take its own clock for wrong", async (t) => {
  const log = await openLog({ kind: "memory" });
  t.after(() => log.close());
  let [lateMs, elapsedMs] = [0, 0];
  const clock = {
    ...systemClock,
    wallMs: () => Date.now() + lateMs,
    nowMs: () => performance.now() + elapsedMs,
  };
  const node = await startReplica(t, { log, nodeId: 0, clock });
  await startReplica(t, { log, nodeId: 1 });
  await until(() => node.venue.position > 3, "both are heard of");
  // Ten seconds pass for it in which it hears nothing; then comes what was written long ago.
  lateMs = 10_000;
  elapsedMs = 10_000;
  const heard = node.venue.position;
  await until(() => node.venue.position > heard + 2, "it hears of the other again");
  assert.ok(Math.abs(node.timeMs() - clock.wallMs()) < nearMs);
});

test("while the log's time is stale, as after all nodes were down, a node tells its own", async (t) => {
  const log = await openLog({ kind: "memory" });
  t.after(() => log.close());
  const early = { ...systemClock, wallMs: () => Date.now() - hourMs };
  for (const nodeId of [0, 1, 2]) {
    const before = new LogReplica({ nodeName: "n", nodeId, log, snapshots: null, clock: early });
    await before.start();
    await until(() => before.venue.position > nodeId, "a tick");
    await before.stop();
  }
  const first = await startReplica(t, { log, nodeId: 0 });
  assert.ok(Date.now() - first.venue.logTimeMs > hourMs / 2);
  assert.ok(Math.abs(first.timeMs() - Date.now()) < nearMs);
  const second = await startReplica(t, { log, nodeId: 1 });
  await until(() => second.venue.position > 5, "both are heard of");
  for (const node of [first, second]) assert.ok(Math.abs(node.timeMs() - Date.now()) < nearMs);
});

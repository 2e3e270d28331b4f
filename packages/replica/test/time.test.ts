import assert from "node:assert/strict";
import { test } from "node:test";
import { openLog } from "@halcyon/log";
import { systemClock } from "@halcyon/replica";
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

test("a node whose log is silent goes on counting from what it heard last", async (t) => {
  const log = await openLog({ kind: "memory" });
  t.after(() => log.close());
  let [wallMs, nowMs] = [1_700_000_000_000, 0];
  const clock = { ...systemClock, wallMs: () => wallMs, nowMs: () => nowMs + performance.now() };
  const node = await startReplica(t, { log, nodeId: 0, clock });
  await until(() => node.venue.logTimeMs > 0, "a tick");
  const before = node.timeMs();
  // The time of day jumps, as a wrong time server makes it; what passed did not.
  wallMs += hourMs;
  nowMs += 100;
  assert.ok(node.timeMs() - before < hourMs / 2);
  assert.ok(node.timeMs() >= before);
});

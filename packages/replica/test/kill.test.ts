import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openLog } from "@halcyon/log";
import { seller, startReplica, temporaryFolder, until } from "./support.ts";

const program = join(import.meta.dirname, "submitting-process.ts");

/** Runs a submitting process until it has acknowledged this many orders, then kills it on the spot. */
async function acknowledgedBeforeKill(
  t: TestContext,
  path: string,
  nodeId: number,
  ordersMin: number,
): Promise<string[]> {
  const child: ChildProcess = spawn(process.execPath, [program, path, String(nodeId)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const ended = once(child, "close");
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const count = () => text.split("\n").length - 1;
  await until(() => count() >= ordersMin || child.exitCode !== null, "acknowledged orders", 20_000);
  assert.equal(child.exitCode, null, "it must not end by itself");
  child.kill("SIGKILL");
  await ended;
  return text.split("\n").slice(0, count());
}

test("kill -9 at any moment: every acknowledged order is there after the next start, once", async (t) => {
  const path = join(await temporaryFolder(t), "log");
  const acknowledged: string[] = [];
  for (const ordersMin of [1, 40, 150]) {
    acknowledged.push(...(await acknowledgedBeforeKill(t, path, 0, ordersMin)));
  }
  // Two nodes at once, each killed while the other writes on.
  const both = await Promise.all([
    acknowledgedBeforeKill(t, path, 0, 100),
    acknowledgedBeforeKill(t, path, 1, 200),
  ]);
  acknowledged.push(...both.flat());

  const log = await openLog({ kind: "lmdb", path });
  const replica = await startReplica(t, { log, nodeId: null });
  t.after(() => log.close());
  await until(() => replica.health().ok, "a replica that caught up");
  const open = replica.venue.openOrders(seller).map((order) => order.clientOrderId);
  assert.ok(acknowledged.length >= 491);
  assert.equal(new Set(open).size, open.length, "none twice");
  const there = new Set(open);
  assert.deepEqual(
    acknowledged.filter((id) => !there.has(id)),
    [],
  );
  assert.equal(replica.venue.audit().balanced, true);
});

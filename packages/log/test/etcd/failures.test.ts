/** Members that die, freeze or cannot be reached, and answers that are lost. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LogError, openLog } from "@halcyon/log";
import { EtcdLog } from "../../src/etcd/etcd-log.ts";
import { readSome, taggedBatch, tagOf, until, within } from "../batches.ts";
import { EtcdCluster, etcdMissing } from "./cluster.ts";
import { LossyProxy } from "./lossy-proxy.ts";
import { Traffic } from "./traffic.ts";

const skip = etcdMissing() ?? false;
let cluster: EtcdCluster;
before(async () => {
  if (skip !== false) return;
  cluster = await EtcdCluster.start();
});
after(() => cluster?.stop());

async function leader(): Promise<number> {
  const log = await EtcdLog.open(cluster.newLog());
  let found = -1;
  await until("a leader", async () => {
    const { members } = await log.health();
    found = members.findIndex((member) => member.status?.isLeader);
    return found >= 0;
  });
  await log.close();
  return found;
}

void test("a leader killed under appends loses nothing, and the reader goes on", {
  skip,
}, async () => {
  const log = await openLog({ ...cluster.newLog(), requestTimeoutMs: 1000 });
  const traffic = new Traffic(log, 8);
  await traffic.acknowledge(100);
  const killed = await leader();
  await cluster.kill(killed);
  await traffic.acknowledge(100);
  await traffic.check();
  await traffic.close();
  cluster.startMember(killed);
});

void test("the zone's own member frozen: another carries on, and the own one is used again", {
  skip,
}, async () => {
  const log = await EtcdLog.open({ ...cluster.newLog(), requestTimeoutMs: 500 });
  const traffic = new Traffic(log, 4);
  await traffic.acknowledge(100);
  cluster.freeze(0);
  const frozen = traffic.followed.length;
  await traffic.acknowledge(100);
  await until("entries from another member", () => traffic.followed.length > frozen + 50);
  assert.equal((await log.health()).state, "degraded");
  cluster.thaw(0);
  await until("a cluster that is well", async () => (await log.health()).state !== "degraded");
  await traffic.check();
  await traffic.close();
});

void test("an append whose answer is lost is unknown to its writer and in the log once", {
  skip,
}, async () => {
  const proxy = await LossyProxy.before(cluster.addresses[0]!);
  const options = cluster.newLog([proxy.address]);
  const log = await openLog(options);
  const prefix = options.url.slice(options.url.indexOf("/halcyon/"));
  const direct = await openLog(cluster.at(prefix));
  await log.append(taggedBatch(1, 0, 40));
  proxy.passesAnswers = false;
  const lost = log.append(taggedBatch(1, 1, 40));
  const refusal = assert.rejects(lost, { code: "unavailable", message: /not known/ });
  const [, written] = await readSome(direct, null, 2);
  assert.deepEqual(tagOf(written!), { position: 2, writer: 1, sequence: 1 });
  proxy.cut();
  await within(5000, "the refusal", refusal);
  proxy.passesAnswers = true;
  await until("the connection again", async () => {
    return (await log.append(taggedBatch(2, 0, 40)).catch(() => 0)) === 3;
  });
  await log.close();
  await direct.close();
  proxy.close();
});

void test("an append that reached nobody is refused in time and not in the log", {
  skip,
}, async () => {
  const proxy = await LossyProxy.before(cluster.addresses[0]!);
  const options = { ...cluster.newLog([proxy.address]), requestTimeoutMs: 300, patienceMs: 300 };
  const log = await openLog(options);
  proxy.passesRequests = false;
  const lost = log.append(taggedBatch(1, 0, 40));
  await assert.rejects(within(5000, "the refusal", lost), { code: "unavailable" });
  proxy.takesConnections = false;
  proxy.cut();
  await assert.rejects(log.append(taggedBatch(1, 1, 40)), { code: "unavailable" });
  proxy.takesConnections = true;
  proxy.passesRequests = true;
  await until("an empty log", async () => {
    return (await log.head().catch(() => ({ position: 1 }))) === null;
  });
  await log.close();
  proxy.close();
});

void test("without a quorum nothing is acknowledged, and with it again all goes on by itself", {
  skip,
}, async () => {
  const log = await EtcdLog.open({ ...cluster.newLog(), requestTimeoutMs: 1000 });
  await log.append(taggedBatch(1, 0, 40));
  await cluster.kill(1);
  await cluster.kill(2);
  await until("its loss", async () => (await log.health()).state === "no-quorum");
  const began = performance.now();
  await assert.rejects(log.append(taggedBatch(1, 1, 40)), (error: unknown) => {
    return error instanceof LogError && error.code === "unavailable";
  });
  assert.ok(performance.now() - began < 10_000, "it is not waited for without an end");
  await assert.rejects(readSome(log, null, 1), { code: "unavailable" });
  cluster.startMember(1);
  cluster.startMember(2);
  await until("an acknowledgement", async () => {
    return (await log.append(taggedBatch(2, 0, 40)).catch(() => 0)) > 0;
  });
  assert.equal((await readSome(log, null, 2)).length, 2);
  await log.close();
});

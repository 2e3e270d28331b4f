import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { Registry } from "prom-client";
import { type Balancer, startBalancer } from "../../src/haproxy/balancer.ts";
import { ask, until } from "../support.ts";
import { startUpstream } from "../upstream.ts";
import { makeCertificate, temporaryFolder } from "./certificates.ts";
import { haproxyMissing, type RunningHaproxy, startHaproxy } from "./haproxy-process.ts";

const skip = haproxyMissing;

function balance(t: TestContext, { config }: RunningHaproxy) {
  const registry = new Registry();
  const lines: string[] = [];
  const write = (_fields: object, message: string) => void lines.push(message);
  const log = { info: write, warn: write, error: write };
  const balancer = startBalancer({ config, log, metrics: registry });
  t.after(() => balancer.stop());
  return { balancer, registry };
}

async function untilReady(balancer: Balancer): Promise<void> {
  await until(() => balancer.ready().ok, "HAProxy has the weights of the plan");
}

async function untilWeight(haproxy: RunningHaproxy, node: string, weight: number): Promise<void> {
  let seen: number | undefined;
  let asked = Promise.resolve();
  await until(() => {
    asked = asked.then(async () => {
      const weights = await haproxy.socket.weights();
      if (weights.ok) seen = weights.value.get("requests-r1")?.get(node);
    });
    return seen === weight;
  }, `the weight of ${node} is ${weight}`);
  await asked;
}

test("HAProxy gets the plan's weights: home first, a busy node less, the next region when home is gone", {
  skip,
}, async (t) => {
  const nodes = await Promise.all(["a1", "a2", "b1", "c1"].map((name) => startUpstream(name)));
  t.after(() => Promise.all(nodes.map((node) => node.close())));
  const [a1, a2, b1, c1] = nodes as [
    (typeof nodes)[0],
    (typeof nodes)[0],
    (typeof nodes)[0],
    (typeof nodes)[0],
  ];
  const haproxy = await startHaproxy(t, [[a1, a2], [b1], [c1]]);
  const { balancer, registry } = balance(t, haproxy);
  await untilReady(balancer);
  await untilWeight(haproxy, "a1", 256);
  a2.load = 0.99;
  await untilWeight(haproxy, "a2", 64);
  await untilWeight(haproxy, "b1", 1);
  a1.readiness = "silent";
  a2.readiness = "draining";
  await untilWeight(haproxy, "b1", 256);
  await untilWeight(haproxy, "a2", 1);
  await haproxy.untilStatus("a2", "NOLB");
  assert.equal((await ask(haproxy.port)).json.node, "b1");
  a1.readiness = "ready";
  await untilWeight(haproxy, "a1", 256);
  assert.match(await registry.metrics(), /halcyon_balancer_in_step 1/);
});

test("weights that somebody else changed are put right, and only those", { skip }, async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const haproxy = await startHaproxy(t, [[node]]);
  const { balancer, registry } = balance(t, haproxy);
  await untilReady(balancer);
  await haproxy.socket.setWeight("requests-r1", "n1", 7);
  await untilWeight(haproxy, "n1", 256);
  assert.match(await registry.metrics(), /halcyon_balancer_changes_total 1\b/);
});

test("a renewed certificate is in force within seconds, connections go on, and a broken file changes nothing", {
  skip,
}, async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const [first, second] = [makeCertificate(t), makeCertificate(t)];
  const certificateFile = join(temporaryFolder(t), "both");
  const put = (pem: string): void => {
    writeFileSync(`${certificateFile}.new`, pem);
    renameSync(`${certificateFile}.new`, certificateFile);
  };
  put(first.pem);
  const haproxy = await startHaproxy(t, [[node]], { haproxy: { certificateFile } });
  const { balancer } = balance(t, haproxy);
  await untilReady(balancer);
  const open = async (): Promise<TLSSocket> => {
    const options = { port: haproxy.port, host: "127.0.0.1", servername: "localhost" };
    const socket = connect({ ...options, ca: [first.ca, second.ca] });
    t.after(() => socket.destroy());
    await once(socket, "secureConnect");
    return socket;
  };
  const isOf = (socket: TLSSocket, { ca }: typeof first): boolean =>
    socket.getPeerX509Certificate()!.fingerprint === new X509Certificate(ca).fingerprint;
  const old = await open();
  assert.ok(isOf(old, first));

  put(second.pem);
  for (let renewed = false; !renewed; renewed = isOf(await open(), second)) await delay(50);
  old.write("GET /api/v3/ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
  assert.match(String((await once(old, "data"))[0]), /^HTTP\/1\.1 200/);
  assert.ok(balancer.ready().ok);

  const key = first.pem.slice(first.pem.indexOf("-----BEGIN PRIVATE KEY"));
  for (const broken of ["no certificate", second.ca, second.ca + key]) {
    put(broken);
    await until(() => balancer.ready().status === "old certificate", "the balancer says so");
    assert.match(balancer.ready().reasons.join(), /in PEM/);
    assert.ok(isOf(await open(), second));
    put(second.pem);
    await until(() => balancer.ready().ok, "the file is in order again");
  }
});

test("an operator's weight of 0 leaves a node nothing new", { skip }, async (t) => {
  const n1 = await startUpstream("n1");
  const n2 = await startUpstream("n2");
  t.after(() => Promise.all([n1.close(), n2.close()]));
  const haproxy = await startHaproxy(t, [[n1], [n2]], { weights: { n1: 0 } });
  const { balancer } = balance(t, haproxy);
  await untilReady(balancer);
  await untilWeight(haproxy, "n1", 0);
  for (let count = 0; count < 10; count += 1) {
    assert.equal((await ask(haproxy.port)).json.node, "n2");
  }
});

test("without HAProxy the balancer says so; without the balancer HAProxy goes on", {
  skip,
}, async (t) => {
  const n1 = await startUpstream("n1");
  const n2 = await startUpstream("n2");
  t.after(() => Promise.all([n1.close(), n2.close()]));
  const haproxy = await startHaproxy(t, [[n1], [n2]]);
  const { balancer } = balance(t, haproxy);
  await untilReady(balancer);
  await balancer.stop();
  n1.readiness = "silent";
  await haproxy.untilStatus("n1", "DOWN");
  assert.equal((await ask(haproxy.port)).json.node, "n2");
  haproxy.process.kill("SIGKILL");
  const { balancer: alone } = balance(t, haproxy);
  await until(() => /is HAProxy running/.test(alone.ready().reasons.join()), "it says so");
  assert.equal(alone.ready().ok, false);
});

test("the plan says for a client's address where it goes and why", { skip }, async (t) => {
  const n1 = await startUpstream("n1");
  const n2 = await startUpstream("n2");
  t.after(() => Promise.all([n1.close(), n2.close()]));
  const networks = { r2: ["198.51.100.0/24"] };
  const haproxy = await startHaproxy(t, [[n1], [n2]], { networks });
  const { balancer } = balance(t, haproxy);
  await untilReady(balancer);
  const { plan } = balancer.plan({ address: "198.51.100.7" });
  assert.equal(plan.client.region, "r2");
  assert.match(plan.client.why, /198\.51\.100\.0\/24/);
  assert.equal(plan.tiers[0]![0]!.name, "n2");
  assert.equal(balancer.plan({ address: "203.0.113.1" }).plan.client.region, "r1");
});

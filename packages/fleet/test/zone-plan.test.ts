import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { clusterNetwork } from "../src/cluster/network.ts";
import { loadConfig } from "../src/config/load-config.ts";
import type { VenueConfig } from "../src/config/schema.ts";
import { dataFolderOf } from "../src/data-folder.ts";
import type {
  BalancerProcessConfig,
  FollowerProcessConfig,
  NodeProcessConfig,
} from "../src/plan/process-configs.ts";
import type { VenuePlan } from "../src/plan/venue-plan.ts";
import { planZone } from "../src/plan/zone-plan.ts";

const folder = mkdtempSync(join(tmpdir(), "halcyon-zone-plan-"));
after(() => rmSync(folder, { recursive: true }));

const zones = `zones:
  - { name: a, region: eu, address: 10.9.0.11, nodes: 2 }
  - { name: b, region: eu, address: 10.9.0.12, nodes: 1 }
  - { name: c, region: us, address: 10.9.0.13, nodes: 2 }
`;

function configOf(text: string): VenueConfig {
  const file = join(folder, "cluster.yaml");
  writeFileSync(file, text);
  const loaded = loadConfig(file);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.config;
}

function planOf(config: VenueConfig, name: string): VenuePlan {
  const zone = config.zones!.find((one) => one.name === name)!;
  const at = dataFolderOf(join(folder, name));
  return planZone({
    config,
    zone,
    folder: at,
    appsFolder: "/apps",
    runsDemo: false,
    joins: false,
    pageFolder: null,
  });
}

function told<Config>(plan: VenuePlan, name: string): Config {
  return plan.processes.find(({ spec }) => spec.name === name)!.config as Config;
}

test("a zone has its member of etcd, a follower, its nodes and its edge", () => {
  const plan = planOf(configOf(zones), "a");
  assert.deepEqual(
    plan.processes.map(({ spec }) => [spec.name, spec.runtime]),
    [
      ["a-etcd", "native"],
      ["a-follower", "node"],
      ["a-1", "node"],
      ["a-2", "node"],
      ["a-haproxy", "native"],
      ["a-balancer", "node"],
    ],
  );
});

test("the log's engine stops last, what brings traffic first", () => {
  const { processes } = planOf(configOf(zones), "b");
  const stages = new Map(processes.map(({ spec }) => [spec.role, spec.stopStage]));
  assert.ok(stages.get("haproxy")! < stages.get("node")!);
  assert.ok(stages.get("node")! < stages.get("follower")!);
  assert.ok(stages.get("follower")! < stages.get("etcd")!);
});

test("no two nodes of a cluster have one id, and each asks its own zone's etcd first", () => {
  const config = configOf(zones);
  const nodes = [
    ["a", "a-1"],
    ["a", "a-2"],
    ["b", "b-1"],
    ["c", "c-1"],
    ["c", "c-2"],
  ].map(([zone = "", name = ""]) => told<NodeProcessConfig>(planOf(config, zone), name));
  assert.equal(new Set(nodes.map(({ nodeId }) => nodeId)).size, 5);
  const { log } = nodes[2]!;
  const url = "etcd://10.9.0.12:2379,10.9.0.11:2379,10.9.0.13:2379/halcyon";
  assert.deepEqual(log, { kind: "etcd", url });
});

test("every edge knows all zones' nodes, by region, and nodes believe every edge", () => {
  const config = configOf(zones);
  const balancer = told<BalancerProcessConfig>(planOf(config, "c"), "c-balancer");
  assert.equal(balancer.region, "us");
  assert.deepEqual(
    balancer.regions.map(({ name, nodes }) => [name, nodes.map((node) => node.name)]),
    [
      ["eu", ["a-1", "a-2", "b-1"]],
      ["us", ["c-1", "c-2"]],
    ],
  );
  const node = told<NodeProcessConfig>(planOf(config, "a"), "a-1");
  assert.deepEqual(node.trustedProxies, ["10.9.0.11", "10.9.0.12", "10.9.0.13"]);
  const listed = balancer.regions[0]!.nodes[0]!;
  assert.deepEqual([listed.host, listed.port], [node.listen.host, node.listen.port]);
  assert.equal(listed.healthPort, node.health.port);
});

test("the first zone writes the first batch, the others wait for it", () => {
  const config = configOf(zones);
  const writes = ["a", "b", "c"].map((name) => planOf(config, name).genesis.config.writes);
  assert.deepEqual(writes, [true, false, false]);
});

test("followers know where to get a snapshot from, and not from themselves", () => {
  const plan = planOf(configOf(zones), "b");
  const { exchange } = told<FollowerProcessConfig>(plan, "b-follower");
  assert.deepEqual(exchange?.peers, ["http://10.9.0.11:7001", "http://10.9.0.13:7001"]);
});

test("nodes keep the beat that is configured, and etcd the processors", () => {
  const usual = planOf(configOf(zones), "a");
  assert.equal(told<NodeProcessConfig>(usual, "a-1").appendBeatMs, 5);
  assert.equal(usual.processes[0]!.spec.environment, undefined);
  const text = `${zones}cluster: { appendBeatMs: 20, etcd: { processors: 1 } }\n`;
  const shared = planOf(configOf(text), "a");
  assert.equal(told<NodeProcessConfig>(shared, "a-2").appendBeatMs, 20);
  assert.deepEqual(shared.processes[0]!.spec.environment, { GOMAXPROCS: "1" });
});

test("zones write their snapshots in turn", () => {
  const config = configOf(`${zones}snapshots: { everySeconds: 30 }\n`);
  const turns = ["a", "b", "c"].map(
    (name) => told<FollowerProcessConfig>(planOf(config, name), `${name}-follower`).snapshots,
  );
  assert.deepEqual(
    turns.map(({ offsetSeconds }) => offsetSeconds),
    [0, 10, 20],
  );
});

test("a zone's nodes share its traffic, or those after its first are spares", () => {
  const weights = (text: string) => {
    const balancer = told<BalancerProcessConfig>(planOf(configOf(text), "b"), "b-balancer");
    return balancer.regions.map(({ nodes }) => nodes.map(({ weight }) => weight));
  };
  // Two zones of one region, the second with a single node.
  assert.deepEqual(weights(zones), [
    [100, 100, 100],
    [100, 100],
  ]);
  assert.deepEqual(weights(`${zones}cluster: { spareNodeWeight: 1 }\n`), [
    [100, 1, 100],
    [100, 1],
  ]);
});

test("with certificates etcd speaks TLS to members and clients, and lets nobody else in", () => {
  const tls = "cluster: { etcd: { tls: { caFile: /ca, certificateFile: /crt, keyFile: /key } } }\n";
  const plan = planOf(configOf(zones + tls), "a");
  const { args } = plan.processes[0]!.spec;
  assert.ok(args.includes("--client-cert-auth=true"));
  assert.ok(args.includes("--peer-client-cert-auth=true"));
  assert.ok(args.includes("--listen-client-urls=https://10.9.0.11:2379"));
  const { log } = told<NodeProcessConfig>(plan, "a-1");
  assert.ok(log.kind === "etcd" && log.url.startsWith("etcds://") && log.tls?.caFile === "/ca");
});

test("on one machine zones share a /24; others are for real hosts", () => {
  const network = clusterNetwork(configOf(zones))!;
  assert.equal(network.hostAddress, "10.9.0.1");
  assert.deepEqual(
    network.places.map(({ namespace, address }) => [namespace, address]),
    [
      ["halcyon-a", "10.9.0.11"],
      ["halcyon-b", "10.9.0.12"],
      ["halcyon-c", "10.9.0.13"],
      ["halcyon-clients", "10.9.0.100"],
    ],
  );
  for (const { link } of network.places) assert.ok(link.length <= 15, link);
  assert.equal(clusterNetwork(configOf(zones.replace("10.9.0.13", "10.8.0.13"))), null);
});

test("zones need names and addresses of their own, and there are at least three", () => {
  const file = join(folder, "wrong.yaml");
  writeFileSync(file, zones.replace("name: b", "name: a").replace("10.9.0.13", "10.9.0.12"));
  const twice = loadConfig(file);
  assert.ok(!twice.ok);
  assert.deepEqual(
    twice.problems.map(({ key }) => key),
    ["zones[1].name", "zones[2].address"],
  );
  writeFileSync(file, zones.split("\n").slice(0, 3).join("\n"));
  const few = loadConfig(file);
  assert.ok(!few.ok && few.problems[0]!.message.includes("at least three zones"));
});

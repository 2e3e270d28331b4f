import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import {
  dataFolderOf,
  type EdgeProcessConfig,
  loadConfig,
  type NodeProcessConfig,
  planVenue,
  type VenuePlan,
} from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "halcyon-plan-"));
after(() => rmSync(folder, { recursive: true }));

async function plan(yaml: string, runsDemo = false): Promise<VenuePlan> {
  const file = join(folder, "venue.yaml");
  writeFileSync(file, yaml);
  const loaded = loadConfig(file);
  assert.ok(loaded.ok);
  const { config } = loaded;
  return planVenue({
    config,
    folder: dataFolderOf("/venue"),
    appsFolder: "/apps",
    runsDemo,
    pageFolder: null,
  });
}

const names = ({ processes }: VenuePlan) => processes.map(({ spec }) => spec.name);
const configOf = <Config>({ processes }: VenuePlan, name: string) =>
  processes.find(({ spec }) => spec.name === name)!.config as Config;

test("every region has its nodes, and each process its own ports and configuration", async () => {
  const planned = await plan("regions: [{ name: eu, nodes: 2 }, { name: us }]", true);
  assert.deepEqual(names(planned), ["follower", "eu-1", "eu-2", "us-1", "edge", "demo"]);
  const ports = planned.processes.flatMap(({ spec, config }) => [
    spec.health?.port,
    (config as Partial<NodeProcessConfig>).listen?.port ?? [],
  ]);
  assert.equal(new Set(ports.flat()).size, 6 + 4);
  const nodes = ["eu-1", "eu-2", "us-1"].map((name) => configOf<NodeProcessConfig>(planned, name));
  assert.deepEqual(
    nodes.map(({ nodeId, region }) => `${nodeId} ${region}`),
    ["0 eu", "1 eu", "2 us"],
  );
  for (const { spec } of planned.processes) {
    assert.deepEqual(spec.args, [`/venue/run/${spec.name}.json`]);
    assert.equal(spec.entry, `/apps/${spec.role}/src/main.ts`);
  }
});

test("the edge knows the nodes of each region by their addresses", async () => {
  const planned = await plan("regions: [{ name: eu }, { name: us }]");
  const { regions, listen } = configOf<EdgeProcessConfig>(planned, "edge");
  assert.deepEqual(
    regions.map(({ name, nodes }) => [name, nodes[0]!.port, nodes[0]!.healthPort]),
    ["eu-1", "us-1"].map((name) => {
      const node = configOf<NodeProcessConfig>(planned, name);
      return [node.region, node.listen.port, node.health.port];
    }),
  );
  assert.deepEqual(listen, { host: "127.0.0.1", port: 8080 });
  assert.equal(planned.url, "http://127.0.0.1:8080");
});

test("traffic stops first, and the follower last", async () => {
  const { processes } = await plan("", true);
  const stages = processes.map(({ spec }) => [spec.role, spec.stopStage] as const);
  const order = [...stages].sort((a, b) => a[1] - b[1]).map(([role]) => role);
  assert.deepEqual([...new Set(order)], ["demo", "edge", "node", "follower"]);
});

test("internal ports follow a base where one is given", async () => {
  const planned = await plan("internalPorts: { base: 5000 }");
  const ports = planned.processes.map(({ spec }) => spec.health!.port);
  assert.ok(ports.every((port) => port >= 5000 && port < 5020));
});

test("port 0 takes a free one, and an address for all is reached over loopback", async () => {
  const free = await plan("edge: { host: 0.0.0.0, port: 0 }");
  assert.match(free.url, /^http:\/\/127\.0\.0\.1:[23]\d{4}$/);
  assert.equal((await plan('edge: { host: "::1", port: 81 }')).url, "http://[::1]:81");
});

test("no configuration of a process holds a secret", async () => {
  const planned = await plan("", true);
  const text = JSON.stringify([planned.genesis.config, planned.processes]);
  assert.doesNotMatch(text, /hal_admin_|"secret"|"token"/);
});

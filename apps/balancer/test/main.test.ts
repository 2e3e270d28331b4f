import assert from "node:assert/strict";
import { type ChildProcess, execFile, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";

const skip =
  spawnSync("which", ["haproxy"]).status === 0 || (process.env["CI"] ?? "") !== ""
    ? false
    : "haproxy is not installed: apt-get install haproxy";
const sources = join(import.meta.dirname, "..", "src");
const halcyon = join(import.meta.dirname, "..", "..", "..", "packages", "cli", "src", "main.ts");
const run = promisify(execFile);

async function startNode(t: TestContext): Promise<number> {
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ status: "ready", load: 0.5, url: request.url }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Configuration, HAProxy and balancer, each started as a supervisor starts it. */
async function startZone(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "halcyon-balancer-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [nodePort, port] = [await startNode(t), await freePort()];
  const host = "127.0.0.1";
  const node = { name: "eu-1", host, port: nodePort, healthHost: host, healthPort: nodePort };
  const config = {
    name: "eu-edge",
    region: "eu",
    listen: { host, port },
    health: { host, port: 0 },
    regions: [{ name: "eu", nodes: [node], networks: ["203.0.113.0/24"] }],
    haproxy: { folder, logTarget: "stdout" },
  };
  const file = join(folder, "balancer.json");
  writeFileSync(file, JSON.stringify(config));
  const { stdout } = await run(process.execPath, [join(sources, "write-config.ts"), file]);
  const haproxy = spawn("haproxy", ["-db", "-f", stdout.trim()], { stdio: "ignore" });
  t.after(() => haproxy.kill("SIGKILL"));
  const balancer = fork(join(sources, "main.ts"), [file], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  t.after(() => balancer.kill("SIGKILL"));
  const health = `http://${host}:${await healthPortOf(balancer)}`;
  while ((await fetch(`${health}/readyz`)).status !== 200);
  return { url: `http://${host}:${port}`, health, balancer };
}

async function healthPortOf(child: ChildProcess): Promise<number> {
  let text = "";
  const output = child.stdout!.setEncoding("utf8").iterator({ destroyOnReturn: false });
  for await (const chunk of output) {
    text += String(chunk);
    for (const line of text.split("\n").slice(0, -1)) {
      const entry = JSON.parse(line);
      if (entry.msg !== "balancer is up") continue;
      child.stdout!.resume();
      return entry.healthPort;
    }
  }
  throw new Error(`The balancer ended before it was up: ${text}`);
}

test("a zone's HAProxy serves by the written configuration, the balancer tells the plan and stops in order", {
  skip,
}, async (t) => {
  const { url, health, balancer } = await startZone(t);
  const answer = await fetch(`${url}/api/v3/time?x=1`);
  assert.equal(JSON.parse(await answer.text()).url, "/api/v3/time?x=1");
  assert.equal((await fetch(`${health}/livez`)).status, 200);
  const metrics = await (await fetch(`${health}/metrics`)).text();
  assert.match(metrics, /halcyon_balancer_in_step\{.*\} 1/);
  assert.match(metrics, /halcyon_balancer_nodes\{state="healthy".*\} 1/);
  const exit = once(balancer, "exit");
  balancer.kill("SIGTERM");
  assert.deepEqual(await exit, [0, null]);
  assert.equal((await fetch(`${url}/api/v3/time`)).status, 200, "HAProxy goes on without it");
});

test("halcyon route says which region and node a client gets, and why", { skip }, async (t) => {
  const { health } = await startZone(t);
  const route = (...args: string[]) =>
    run(process.execPath, [halcyon, "route", "--url", health, ...args]);
  const { stdout } = await route("--client", "203.0.113.9");
  assert.match(stdout, /from eu: the region of the client's network 203\.0\.113\.0\/24/);
  assert.match(stdout, /1 \(100\) +eu-1 +eu +healthy .* 0\.50 /);
  const report = JSON.parse((await route("--region", "eu", "--json")).stdout);
  assert.equal(report.plan.client.why, "the client's region");
  assert.equal(report.plan.tiers[0][0].name, "eu-1");
  await assert.rejects(route("--client", "nobody"), /must be an IP address/);
  const silent = run(process.execPath, [halcyon, "route", "--url", "http://127.0.0.1:9"]);
  await assert.rejects(silent, /does not answer with a plan/);
});

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import type { NodeConfig } from "../src/config.ts";

const folder = mkdtempSync(join(tmpdir(), "halcyon-node-"));
const main = new URL("../src/main.ts", import.meta.url).pathname;
let child: ChildProcess;
let url = "";
let healthUrl = "";

before(async () => {
  const any = { host: "127.0.0.1", port: 0 };
  const masterKeyFile = join(folder, "master.key");
  writeFileSync(masterKeyFile, new Uint8Array(32).fill(7), { mode: 0o600 });
  const config: NodeConfig = {
    name: "eu-1",
    region: "eu",
    nodeId: 0,
    listen: any,
    health: any,
    trustedProxies: ["127.0.0.1"],
    log: { kind: "lmdb", path: join(folder, "log"), sizeMaxBytes: 2 ** 30 },
    snapshotFolder: join(folder, "snapshots"),
    masterKeyFile,
    limits: {
      requestWeightPerMinute: 6_000,
      requestsPer5Minutes: 61_000,
      ordersPer10Seconds: 100,
      ordersPerDay: 200_000,
      connections: 100,
    },
    highValueNotional: 0,
  };
  const configFile = join(folder, "node.json");
  writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 });
  child = spawn(process.execPath, [main, configFile], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout! });
  for await (const line of lines) {
    const { msg, port, healthPort } = JSON.parse(line);
    if (msg !== "node is up") continue;
    url = `http://127.0.0.1:${port}`;
    healthUrl = `http://127.0.0.1:${healthPort}`;
    break;
  }
  child.stdout!.resume();
});
after(() => {
  child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function untilReady(status: number): Promise<string> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const response = await fetch(`${healthUrl}/readyz`);
    const body = await response.text();
    if (response.status === status) return body;
    assert.ok(performance.now() < deadline, `still ${response.status}: ${body}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("a node becomes ready, answers, drains, comes back, and stops in order", async () => {
  await untilReady(200);
  const time = await fetch(`${url}/api/v3/time`);
  assert.equal(time.status, 200);
  assert.equal(time.headers.get("halcyon-node"), "eu-1");
  assert.match(time.headers.get("halcyon-position")!, /^[0-9]+$/);

  const metrics = await (await fetch(`${healthUrl}/metrics`)).text();
  assert.match(metrics, /halcyon_request_duration_seconds_count\{.*method="time".*\} 1/);
  assert.match(metrics, /halcyon_ready\{.*\} 1/);

  await fetch(`${healthUrl}/drain`, { method: "POST" });
  assert.match(await untilReady(503), /"status":"draining"/);
  assert.equal((await fetch(`${url}/api/v3/ping`)).status, 200);
  await fetch(`${healthUrl}/undrain`, { method: "POST" });
  await untilReady(200);

  const exited = once(child, "exit");
  child.kill("SIGTERM");
  assert.deepEqual(await exited, [0, null]);
});

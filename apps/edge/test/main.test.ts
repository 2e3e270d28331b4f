import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";

async function startNode(t: TestContext): Promise<number> {
  const server: Server = createServer((request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ status: "ready", url: request.url }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

interface EdgeProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly healthUrl: string;
  readonly exit: Promise<unknown>;
}

/** Starts the edge as the supervisor does: a configuration file, an IPC channel. */
async function startEdgeProcess(t: TestContext, nodePort: number): Promise<EdgeProcess> {
  const folder = mkdtempSync(join(tmpdir(), "halcyon-edge-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "edge.json");
  const anyPort = { host: "127.0.0.1", port: 0 };
  const node = {
    name: "n1",
    host: "127.0.0.1",
    port: nodePort,
    healthHost: "127.0.0.1",
    healthPort: nodePort,
  };
  const regions = [{ name: "eu", nodes: [node] }];
  writeFileSync(
    path,
    JSON.stringify({ name: "edge-1", region: "eu", listen: anyPort, health: anyPort, regions }),
  );
  const child = fork(join(import.meta.dirname, "..", "src", "main.ts"), [path], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  t.after(() => child.kill("SIGKILL"));
  const exit = once(child, "exit").then(([code]) => code as unknown);
  const ports = await portsInLog(child);
  const [url, healthUrl] = ports.map((port) => `http://127.0.0.1:${port}`);
  return { child, url: url!, healthUrl: healthUrl!, exit };
}

async function portsInLog(child: ChildProcess): Promise<number[]> {
  let text = "";
  for await (const chunk of child
    .stdout!.setEncoding("utf8")
    .iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    for (const line of text.split("\n").slice(0, -1)) {
      const entry = JSON.parse(line);
      if (entry.msg !== "edge is up") continue;
      child.stdout!.resume();
      return [entry.port, entry.healthPort];
    }
  }
  throw new Error(`The edge ended before it was up: ${text}`);
}

test("the edge process serves, shows its plan and health, and stops in order", async (t) => {
  const { child, url, healthUrl, exit } = await startEdgeProcess(t, await startNode(t));
  const answer = await fetch(`${url}/api/v3/time?x=1`);
  assert.deepEqual(await answer.json(), { status: "ready", url: "/api/v3/time?x=1" });
  assert.equal((await fetch(`${healthUrl}/livez`)).status, 200);
  assert.equal((await fetch(`${healthUrl}/readyz`)).status, 200);
  const plan = await (await fetch(`${healthUrl}/plan?region=eu`)).text();
  assert.equal(JSON.parse(plan).plan.tiers[0][0].name, "n1");
  const metrics = await (await fetch(`${healthUrl}/metrics`)).text();
  assert.match(metrics, /halcyon_edge_requests_total\{route="market",status="200".*\} 1/);
  assert.match(metrics, /halcyon_edge_nodes\{state="healthy".*\} 1/);
  child.kill("SIGTERM");
  assert.equal(await exit, 0);
});

test("the edge process ends when the process that started it is gone", async (t) => {
  const { child, exit } = await startEdgeProcess(t, await startNode(t));
  child.disconnect();
  assert.equal(await exit, 0);
});

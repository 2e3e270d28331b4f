import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { EdgeRegionConfig } from "../../src/config.ts";
import { haproxyConfig } from "../../src/haproxy/haproxy-config.ts";
import {
  type HaproxyEdgeConfig,
  type HaproxyPage,
  type HaproxySettings,
  runtimeSocketOf,
} from "../../src/haproxy/haproxy-settings.ts";
import { HaproxySocket } from "../../src/haproxy/haproxy-socket.ts";
import type { EdgeConfig } from "../../src/index.ts";
import { until } from "../support.ts";
import type { Upstream } from "../upstream.ts";

/** False where HAProxy can be started; else why the test is skipped. In CI it has to be there. */
export const haproxyMissing: string | false =
  spawnSync("which", ["haproxy"]).status === 0 || (process.env["CI"] ?? "") !== ""
    ? false
    : "haproxy is not installed: apt-get install haproxy";

type NodePorts = Pick<Upstream, "name" | "port" | "healthPort">;

export interface RunningHaproxy {
  readonly port: number;
  readonly socket: HaproxySocket;
  readonly config: HaproxyEdgeConfig;
  readonly process: ChildProcess;
  /** What it wrote: its access log as JSON, and whatever else. */
  readonly lines: string[];
  /** Until HAProxy itself says this of the node. */
  untilStatus(node: string, status: string): Promise<void>;
}

/** Regions r1, r2, ... in the order given; the edge stands in r1. */
export async function startHaproxy(
  t: TestContext,
  regions: readonly (readonly NodePorts[])[],
  more: {
    readonly haproxy?: Partial<HaproxySettings>;
    readonly edge?: Partial<EdgeConfig>;
    readonly page?: HaproxyPage;
    readonly networks?: Readonly<Record<string, readonly string[]>>;
    readonly weights?: Readonly<Record<string, number>>;
  } = {},
): Promise<RunningHaproxy> {
  const folder = mkdtempSync(join(tmpdir(), "halcyon-haproxy-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const port = await freePort();
  const config: HaproxyEdgeConfig = {
    name: "edge-test",
    region: "r1",
    listen: { host: "127.0.0.1", port },
    health: { host: "127.0.0.1", port: 0 },
    regions: regions.map((nodes, index) => regionOf(nodes, index, more)),
    ...more.edge,
    ...(more.page === undefined ? {} : { page: more.page }),
    haproxy: {
      folder,
      logTarget: "stdout",
      accessLog: "all",
      ...more.haproxy,
    },
  };
  const file = join(folder, "haproxy.cfg");
  writeFileSync(file, haproxyConfig(config));
  const checked = spawnSync("haproxy", ["-c", "-f", file], { encoding: "utf8" });
  assert.equal(checked.status, 0, checked.stderr);
  assert.doesNotMatch(checked.stderr, /WARNING|ALERT/);
  const child = spawn("haproxy", ["-db", "-f", file], { stdio: ["ignore", "pipe", "pipe"] });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const lines: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) collectLines(stream, lines);
  const socket = new HaproxySocket(runtimeSocketOf(config.haproxy));
  const untilStatus = (node: string, status: string) => untilServer(socket, node, status);
  const nodes = regions.flat();
  for (const { name } of nodes) await untilStatus(name, "UP");
  return { port, socket, config, process: child, lines, untilStatus };
}

function regionOf(
  nodes: readonly NodePorts[],
  index: number,
  more: {
    readonly networks?: Readonly<Record<string, readonly string[]>>;
    readonly weights?: Readonly<Record<string, number>>;
  },
): EdgeRegionConfig {
  const name = `r${index + 1}`;
  return {
    name,
    networks: more.networks?.[name] ?? [],
    nodes: nodes.map((node) => ({
      name: node.name,
      host: "127.0.0.1",
      port: node.port,
      healthHost: "127.0.0.1",
      healthPort: node.healthPort,
      weight: more.weights?.[node.name] ?? 100,
    })),
  };
}

async function untilServer(socket: HaproxySocket, node: string, status: string): Promise<void> {
  let seen = "";
  const deadlineMs = performance.now() + 30_000;
  while (performance.now() < deadlineMs) {
    await delay(5);
    const stats = await socket.stats();
    seen = stats.ok
      ? (stats.value.find((one) => one.backend === "requests-r1" && one.server === node)?.status ??
        "")
      : stats.detail;
    // "UP 1/2" is on its way to something else.
    if (seen === status) return;
  }
  assert.fail(`waited 30 s for ${node} to be ${status}: it is ${seen}`);
}

function collectLines(stream: NodeJS.ReadableStream, lines: string[]): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop()!;
    lines.push(...parts);
  });
}

export async function untilLine(haproxy: RunningHaproxy, part: string): Promise<string> {
  await until(() => haproxy.lines.some((line) => line.includes(part)), `a log line with ${part}`);
  return haproxy.lines.find((line) => line.includes(part))!;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

import assert from "node:assert/strict";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Registry } from "prom-client";
import type { EdgeConfig, EdgeLimits } from "../src/config.ts";
import { type Edge, startEdge } from "../src/edge.ts";
import type { Upstream } from "./upstream.ts";

export interface TestEdge {
  readonly edge: Edge;
  readonly port: number;
  readonly logLines: readonly Record<string, unknown>[];
  readonly registry: Registry;
}

type NodePorts = Pick<Upstream, "name" | "port" | "healthPort">;

/** An edge in region r1; `nodes` are one region each, r1, r2, r3 ..., in this order of distance. */
export async function testEdge(
  t: TestContext,
  nodes: readonly NodePorts[],
  limits: Partial<EdgeLimits> = {},
  more: Partial<EdgeConfig> = {},
): Promise<TestEdge> {
  const logLines: Record<string, unknown>[] = [];
  const write = (fields: Readonly<Record<string, unknown>>, message: string) =>
    void logLines.push({ ...fields, message });
  const registry = new Registry();
  const config: EdgeConfig = {
    name: "edge-test",
    region: "r1",
    listen: { host: "127.0.0.1", port: 0 },
    health: { host: "127.0.0.1", port: 0 },
    regions: nodes.map(({ name, port, healthPort }, index) => ({
      name: `r${index + 1}`,
      distances: Object.fromEntries(nodes.map((_, other) => [`r${other + 1}`, other])),
      nodes: [{ name, host: "127.0.0.1", port, healthHost: "127.0.0.1", healthPort }],
    })),
    limits: { probeIntervalMs: 20, drainTimeoutMs: 500, ...limits },
    ...more,
  };
  const log = { info: write, warn: write, error: write };
  const edge = await startEdge({ config, log, metrics: registry });
  t.after(() => edge.stop());
  return { edge, port: edge.port, logLines, registry };
}

export async function untilState(edge: Edge, node: string, state: string): Promise<void> {
  await until(
    () => edge.plan().nodes.some((entry) => entry.name === node && entry.state === state),
    `${node} is ${state}`,
  );
}

export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + 30_000;
  while (!condition()) {
    assert.ok(performance.now() < deadlineMs, `waited 30 s for: ${what}`);
    await delay(5);
  }
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into echoed JSON of many shapes.
  readonly json: any;
}

export interface TestRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

export function ask(port: number, options: TestRequest = {}): Promise<TestAnswer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", path = "/api/v3/ping", headers = {}, body, agent } = options;
    const outgoing = request(
      { host: "127.0.0.1", port, method, path, headers, agent: agent ?? false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("latin1");
          const json: unknown = text.startsWith("{") ? JSON.parse(text) : null;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Sends bytes as they are; resolves with all that came back when the edge closes. */
export function askRaw(port: number, ...parts: (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET" || error.code === "EPIPE") resolve(text);
      else reject(error);
    });
    socket.on("close", () => resolve(text));
    for (const part of parts) socket.write(part, "latin1");
  });
}

export function keepAliveAgent(t: TestContext, sockets: number): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  t.after(() => agent.destroy());
  return agent;
}

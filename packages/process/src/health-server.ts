import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { MetricsRegistry } from "./metrics.ts";

// An import of node:http would load the fetch of undici as well: 75 ms of each process's start.
const { createServer } = process.getBuiltinModule("node:http");

/** `status` is one word for machines (`ready`, `draining`, `starting`), `reasons` are sentences. */
export interface Check {
  readonly ok: boolean;
  readonly status: string;
  readonly reasons?: readonly string[];
  /** How busy this process is: the share of time in which it was not idle, 0 to 1. */
  readonly load?: number;
}

export interface HealthAnswer {
  readonly status: number;
  /** Sent as JSON, or a stream of bytes as it is. */
  readonly body: unknown;
}

/** A route reads nothing but the address: bodies sent to the health port are ignored. */
export type HealthRoute = (url: URL) => HealthAnswer | Promise<HealthAnswer>;

export interface HealthServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly live: () => Check;
  readonly ready: () => Check;
  readonly metrics: MetricsRegistry;
  /**
   * Further routes by method and path, such as `"POST /drain"`. What is no GET is done for callers
   * of this machine only: the port may be open to the probes of other machines.
   */
  readonly routes?: Readonly<Record<string, HealthRoute>>;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 128;
const REQUEST_TIMEOUT_MS = 5_000;
/** Longer than any prober's interval, so that probes reuse their connection. */
const KEEP_ALIVE_TIMEOUT_MS = 30_000;

export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      noDelay: true,
    },
    (request, response) => {
      answer(options, request, response).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        sendJson(response, 500, { status: "failed", reasons: [reason] });
      });
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, options.host, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  options: HealthServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  const url = URL.parse(request.url ?? "/", "http://health.invalid");
  if (url === null) return sendJson(response, 400, { status: "bad address" });
  const route = `${request.method} ${url.pathname}`;
  if (route === "GET /livez") return sendCheck(response, options.live());
  if (route === "GET /readyz") {
    // HAProxy knows one that drains from one that is down by this status and by nothing else.
    const drainingStatus = url.searchParams.get("draining") === "404" ? 404 : 503;
    return sendCheck(response, options.ready(), drainingStatus);
  }
  if (route === "GET /metrics") {
    const text = await options.metrics.metrics();
    response.writeHead(200, { "content-type": options.metrics.contentType }).end(text);
    return;
  }
  const extra = options.routes?.[route];
  if (extra === undefined) return sendJson(response, 404, { status: "unknown path" });
  if (request.method !== "GET" && !isFromHere(request)) {
    return sendJson(response, 403, { status: "ask on the machine that the process runs on" });
  }
  const { status, body } = await extra(url);
  if (!(body instanceof Readable)) return sendJson(response, status, body);
  response.writeHead(status, { "content-type": "application/octet-stream" });
  await pipeline(body, response).catch(() => response.destroy());
}

function isFromHere({ socket }: IncomingMessage): boolean {
  const { remoteAddress = "", localAddress } = socket;
  return remoteAddress === localAddress || /^(::ffff:)?127\./.test(remoteAddress);
}

function sendCheck(response: ServerResponse, check: Check, drainingStatus = 503): void {
  const { ok, ...body } = check;
  const failedStatus = check.status === "draining" ? drainingStatus : 503;
  sendJson(response, ok ? 200 : failedStatus, body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      "cache-control": "no-store",
    })
    .end(text);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Health port ${host}:${port} is in use: choose another in the configuration.`)
          : error,
      );
    });
    server.listen(port, host, () => resolve());
  });
}

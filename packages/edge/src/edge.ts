import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Registry } from "prom-client";
import { type EdgeConfig, type EdgeLimits, resolveLimits } from "./config.ts";
import type { EdgeLog } from "./edge-log.ts";
import { createEdgeMetrics, isTunnelPath } from "./edge-metrics.ts";
import { Forwarder } from "./forwarder.ts";
import { targetOf } from "./headers.ts";
import { HttpFront, pathOf } from "./http-front.ts";
import { NodeBoard, type PlanReport } from "./node-board.ts";
import { createServer } from "./node-http.ts";
import { type PageFiles, readPageFiles } from "./page-files.ts";
import { newRequestId } from "./request-id.ts";
import type { PlanClient } from "./traffic-plan.ts";
import { Tunnels } from "./tunnels.ts";

export interface EdgeOptions {
  readonly config: EdgeConfig;
  readonly log: EdgeLog;
  readonly metrics: Pick<Registry, "registerMetric">;
}

export interface Edge {
  readonly port: number;
  /** Ready while some node looks alive and the edge is not stopping. */
  ready(): { ok: boolean; status: string; reasons: readonly string[] };
  /** Where the requests of a client would go now, and why. */
  plan(client?: Partial<PlanClient>): PlanReport;
  /** Stops accepting, finishes what is in flight, closes the tunnels. */
  stop(): Promise<void>;
}

/** How often Node looks for connections that are too slow. */
const SLOW_CHECK_INTERVAL_MS = 500;
const STOP_POLL_MS = 10;
const BACKLOG = 1024;

export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { config, log } = options;
  const limits = resolveLimits(config);
  const board = new NodeBoard(config, limits, log);
  let connections = 0;
  let isStopping = false;
  const metrics = createEdgeMetrics(options.metrics, {
    nodesByState: () => board.countByState(),
    inFlight: () => front.inFlight,
    unreadBytes: () => front.unreadBytes,
    tunnels: () => tunnels.count,
    connections: () => connections,
  });
  const forwarder = new Forwarder(board, limits, log, metrics);
  const front = new HttpFront(limits, log, metrics, forwarder, pageOf(config, log));
  const tunnels = new Tunnels(board, limits, log, metrics);
  const server = createHttpServer(limits);

  server.on("connection", (socket) => {
    connections += 1;
    socket.once("close", () => {
      connections -= 1;
    });
  });
  server.on("drop", () => metrics.shed.inc({ reason: "connections" }));
  server.on("request", (request, response) => front.handle(request, response, false));
  server.on("checkContinue", (request, response) => front.handle(request, response, true));
  // RFC 9110, 10.1.1: expectations that nobody knows need not be refused.
  server.on("checkExpectation", (request, response) => front.handle(request, response, false));
  server.on("connect", (_request, socket) => front.handleConnect(socket as Socket));
  server.on("clientError", (error, socket) => front.handleBroken(error, socket as Socket));
  server.on("upgrade", (request, socket, early) => {
    const target = { path: targetOf(request) ?? "/", requestId: newRequestId() };
    tunnels.open(request, socket as Socket, early, target).catch((error: unknown) => {
      log.error({ requestId: target.requestId, err: error }, "upgrade failed");
      socket.destroy();
    });
  });

  board.start();
  const port = await listen(server, config.listen).catch((error: unknown) => {
    board.stop();
    tunnels.closeAll();
    throw error;
  });
  log.info({ host: config.listen.host, port }, "listening");

  const stop = async (): Promise<void> => {
    isStopping = true;
    forwarder.stop();
    server.close();
    const deadlineMs = performance.now() + limits.drainTimeoutMs;
    while (front.inFlight > 0 && performance.now() < deadlineMs) await delay(STOP_POLL_MS);
    tunnels.closeAll();
    server.closeIdleConnections();
    while (connections > 0 && performance.now() < deadlineMs) await delay(STOP_POLL_MS);
    server.closeAllConnections();
    board.stop();
  };

  return {
    port,
    ready: () => readiness(board, isStopping),
    plan: (client) => board.report({ statedRegion: null, address: null, ...client }),
    stop,
  };
}

/** Traffic matters more than a page: an edge that cannot read its page says so and goes on. */
function pageOf({ pageFolder }: EdgeConfig, log: EdgeLog): PageFiles | null {
  if (pageFolder === undefined) return null;
  try {
    return readPageFiles(pageFolder);
  } catch (error) {
    log.error(
      { err: error, pageFolder },
      "no page for browsers: start the venue again to build it",
    );
    return null;
  }
}

function createHttpServer(limits: EdgeLimits): Server {
  const server = createServer({
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    // Bodies have their own, shorter timeout that can still answer; this one is the backstop.
    requestTimeout: limits.headersTimeoutMs + limits.bodyTimeoutMs,
    connectionsCheckingInterval: SLOW_CHECK_INTERVAL_MS,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    noDelay: true,
    keepAlive: true,
    // Refused by the front instead, with an answer that clients can read.
    requireHostHeader: false,
    // Anything else that asks for an upgrade (h2c, say) is served as the plain request it also is.
    shouldUpgradeCallback: (request) =>
      request.headers.upgrade?.toLowerCase() === "websocket" &&
      isTunnelPath(pathOf(targetOf(request) ?? "")),
  });
  server.timeout = limits.stalledTimeoutMs;
  server.maxConnections = limits.connectionsMax;
  return server;
}

function readiness(board: NodeBoard, isStopping: boolean): ReturnType<Edge["ready"]> {
  if (isStopping) return { ok: false, status: "stopping", reasons: ["The edge is stopping."] };
  const counts = board.countByState();
  if ((counts.get("healthy") ?? 0) + (counts.get("draining") ?? 0) > 0) {
    return { ok: true, status: "ready", reasons: [] };
  }
  return { ok: false, status: "no healthy node", reasons: board.reasons() };
}

function listen(server: Server, { host, port }: EdgeConfig["listen"]): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      const remedy = `${host}:${port} is in use: stop what listens there or choose another port.`;
      reject(isTaken ? new Error(remedy) : error);
    });
    server.listen({ host, port, backlog: BACKLOG }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}

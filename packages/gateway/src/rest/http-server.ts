import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { errorJson } from "../dialect/error-json.ts";
import { type DialectError, dialectError } from "../dialect/errors.ts";

// An import of node:http would load the fetch of undici as well: 75 ms of a node's start.
const { createServer, STATUS_CODES } = process.getBuiltinModule("node:http");

/** What the listener grants to connections. Settable so that tests need not wait. */
export type HttpLimits = {
  readonly connectionsMax: number;
  /** Headers must be here in this time, and the whole request in that: slow senders are cut off. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Longer than the edge keeps its idle connections, so that it is never this side that closes first. */
  readonly keepAliveTimeoutMs: number;
  /** A connection on which nothing moves for this long while an answer is owed is cut off. */
  readonly stalledTimeoutMs: number;
  /** How often the timeouts are looked at. */
  readonly checkIntervalMs: number;
};

export const defaultHttpLimits: Omit<HttpLimits, "connectionsMax"> = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  keepAliveTimeoutMs: 75_000,
  stalledTimeoutMs: 30_000,
  checkIntervalMs: 1_000,
};

/**
 * More than the edge reads, for it adds lines of its own: a request that it took must not be one that
 * breaks its connection to a node.
 */
const headerBytesMax = 24 * 1024;
const headersMax = 2_000;
/** Requests of one connection that wait for the answers to those before them. */
const pipelinedMax = 16;
/** How long what still comes is read and thrown away, so that the refusal is seen. */
const lingerMs = 1_000;

type OnRequest = (request: IncomingMessage, response: ServerResponse) => void;

const parserErrors: Readonly<Record<string, DialectError>> = {
  HPE_HEADER_OVERFLOW: dialectError.headersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: dialectError.requestTimeout,
};

/** The gateway's listener: only what belongs to HTTP itself. */
export function createHttpServer(
  limits: HttpLimits,
  onRequest: OnRequest,
  onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Server {
  const connections = new Connections();
  const handle: OnRequest = (request, response) => {
    if (!connections.admit(request.socket, response)) {
      request.socket.destroy();
      return;
    }
    const encoding = request.headers["transfer-encoding"];
    if (encoding !== undefined && encoding.toLowerCase() !== "chunked") {
      // What a compressed body says cannot be read here, and must not be taken for a form.
      answerBroken(response, request.socket, dialectError.malformedRequest);
      return;
    }
    const target = originForm(request.url ?? "/");
    if (target !== request.url) request.url = target;
    onRequest(request, response);
  };
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      maxHeaderSize: headerBytesMax,
      noDelay: true,
      // The edge passes on what HTTP/1.0 asks, which names no host; nothing here depends on it.
      requireHostHeader: false,
      // Whoever offers another protocol, such as h2c, is served in this one.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === "websocket",
    },
    handle,
  );
  server.maxRequestsPerSocket = 0;
  server.maxConnections = limits.connectionsMax;
  server.maxHeadersCount = headersMax;
  server.timeout = limits.stalledTimeoutMs;
  server.on("upgrade", onUpgrade);
  // RFC 9110, 10.1.1: expectations that nobody knows need not be refused.
  server.on("checkExpectation", handle);
  server.on("connect", (_request, socket) => endWith(socket, dialectError.unknownPath));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) =>
    connections.refuse(error, socket),
  );
  return server;
}

/** The path and query of a target that proxies send in absolute form (RFC 9112, 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const rest = /^https?:\/\/[^/?#]*(.*)$/i.exec(target)?.[1];
  if (rest === undefined) return target;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** What clients do to their connections beside sending one request after the other's answer. */
class Connections {
  /** Answers leave in the order of their requests: once the last has left, all have. */
  readonly #last = new WeakMap<Duplex, ServerResponse>();
  /** Requests that came before the answer to an earlier one had left. */
  readonly #pipelined = new WeakMap<Duplex, number>();
  readonly #refused = new WeakSet<Duplex>();

  /**
   * False for one too many. Each request costs a hundred times the memory of its bytes, which nobody
   * may use up who sends one behind the other and reads no answer.
   */
  admit(socket: Duplex, response: ServerResponse): boolean {
    const last = this.#last.get(socket);
    this.#last.set(socket, response);
    if (last === undefined || last.writableFinished) return true;
    const before = this.#pipelined.get(socket) ?? 0;
    if (before >= pipelinedMax) return false;
    this.#pipelined.set(socket, before + 1);
    response.once("close", () => this.#pipelined.set(socket, this.#pipelined.get(socket)! - 1));
    return true;
  }

  /** What is not HTTP, or too slow or too long to be read, hears why before it is cut off. */
  refuse(cause: NodeJS.ErrnoException, socket: Duplex): void {
    // The parser says it again for everything that still comes.
    if (this.#refused.has(socket)) return;
    this.#refused.add(socket);
    if (!socket.writable || cause.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const error = parserErrors[cause.code ?? ""] ?? dialectError.malformedRequest;
    const last = this.#last.get(socket);
    if (last === undefined || last.writableFinished) endWith(socket, error);
    else if (last.req.complete) last.once("close", () => endWith(socket, error));
    else answerBroken(last, socket, error);
  }
}

/** Answers a request whose rest cannot be read, behind the answers of those before it. */
function answerBroken(response: ServerResponse, socket: Duplex, error: DialectError): void {
  if (!response.headersSent) {
    const body = errorJson(error);
    response.writeHead(error.status, {
      Connection: "close",
      "Content-Type": "application/json;charset=UTF-8",
      "Content-Length": Buffer.byteLength(body),
    });
    response.end(body);
  }
  destroyLater(socket);
}

/** Answers on a socket that has no response object, and ends it. */
export function endWith(socket: Duplex, error: DialectError, headers = ""): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = errorJson(error);
  // The other side may be gone already: then there is nobody to tell.
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\nConnection: close\r\n` +
      `Content-Type: application/json;charset=UTF-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `${headers}\r\n${body}`,
  );
  destroyLater(socket);
}

function destroyLater(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
}

export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** How often connections that have become idle are looked for while the server closes. */
const idleCheckMs = 20;

/** Takes no new connections, lets requests under way finish until the deadline, then cuts the rest. */
export function closeServer(server: Server, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(idle);
      resolve();
    });
  });
}

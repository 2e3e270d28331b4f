import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type DialectError, dialectError } from "../dialect/errors.ts";

/** What the listener grants to connections. Settable so that tests need not wait. */
export type HttpLimits = {
  readonly connectionsMax: number;
  /** Headers must be here in this time, and the whole request in that: slow senders are cut off. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Longer than the edge keeps its idle connections, so that it is never this side that closes first. */
  readonly keepAliveTimeoutMs: number;
  /** How often the timeouts are looked at. */
  readonly checkIntervalMs: number;
};

export const defaultHttpLimits: Omit<HttpLimits, "connectionsMax"> = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  keepAliveTimeoutMs: 75_000,
  checkIntervalMs: 1_000,
};

const headerBytesMax = 16 * 1024;

const parserErrors: Readonly<Record<string, DialectError>> = {
  HPE_HEADER_OVERFLOW: dialectError.headersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: dialectError.requestTimeout,
};

/** The gateway's listener: only what belongs to HTTP itself. */
export function createHttpServer(
  limits: HttpLimits,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
  onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      maxHeaderSize: headerBytesMax,
      noDelay: true,
    },
    onRequest,
  );
  server.maxRequestsPerSocket = 0;
  server.maxConnections = limits.connectionsMax;
  server.on("upgrade", onUpgrade);
  server.on("clientError", answerClientError);
  return server;
}

/** What is not HTTP, or too slow or too long to be read, hears why before it is cut off. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const known = parserErrors[error.code ?? ""] ?? dialectError.malformedRequest;
  // Nothing can be said to whom has left, nor between the parts of an answer that was begun.
  if (!socket.writable || (socket as Socket).bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const body = `{"code":${known.code},"msg":${JSON.stringify(known.msg)}}`;
  socket.end(
    `HTTP/1.1 ${known.status} ${reasons[known.status] ?? "Bad Request"}\r\n` +
      "Connection: close\r\nContent-Type: application/json;charset=UTF-8\r\n" +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

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

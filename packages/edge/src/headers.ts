import type { IncomingMessage } from "node:http";
import type { AnswerHead } from "./answer-parser.ts";
import type { PlanClient } from "./traffic-plan.ts";

/** They speak about one connection, not about the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What only the edge may say to a node; the same from outside is dropped. */
const EDGE_ONLY = /^(halcyon-|x-forwarded-|forwarded$|x-real-ip$|via$)/;
/** Read-your-writes: a client may ask for a state at least as new as one it has seen. */
const POSITION_HEADER = "halcyon-position";
/** What a node says to the edge alone. */
const NODE_TO_EDGE: ReadonlySet<string> = new Set([
  "halcyon-not-executed",
  "halcyon-outcome-unknown",
  "halcyon-request-id",
]);
const POSITION = /^\d{1,15}$/;

const WEBSOCKET_LINES = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

export interface RequestFacts {
  readonly requestId: string;
  readonly clientAddress: string;
  /** null for an upgrade, which has no body. */
  readonly bodyBytes: number | null;
}

/**
 * The request head as a node gets it, but for `Halcyon-Attempt` and the empty line that ends it:
 * the same bytes serve every attempt. Values go through as received; signatures cover none of them.
 */
export function requestHead(request: IncomingMessage, path: string, facts: RequestFacts): string {
  const named = connectionNames(request.headers.connection);
  let head = `${request.method} ${path} HTTP/1.1\r\n`;
  const raw = request.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const value = raw[index + 1]!;
    const lower = name.toLowerCase();
    if (lower === "content-length" || HOP_BY_HOP.has(lower) || named?.has(lower)) continue;
    if (EDGE_ONLY.test(lower) && !(lower === POSITION_HEADER && POSITION.test(value))) continue;
    head += `${name}: ${value}\r\n`;
  }
  if (facts.bodyBytes === null) head += WEBSOCKET_LINES;
  else if (facts.bodyBytes > 0 || !isBodiless(request.method)) {
    head += `Content-Length: ${facts.bodyBytes}\r\n`;
  }
  return `${head}X-Forwarded-For: ${facts.clientAddress}\r\nHalcyon-Request-Id: ${facts.requestId}\r\n`;
}

export function attemptLines(attempt: number): string {
  return `Halcyon-Attempt: ${attempt}\r\n\r\n`;
}

/** Header pairs of a node's answer as the client gets them. `bodyBytes` null keeps the node's. */
export function answerHeaders(
  head: AnswerHead,
  requestId: string,
  bodyBytes: number | null,
): string[] {
  const headers: string[] = [];
  const named = connectionNames(headerOf(head, "connection"));
  for (let index = 0; index < head.headers.length; index += 2) {
    const name = head.headers[index]!;
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || named?.has(lower)) continue;
    if (NODE_TO_EDGE.has(lower)) continue;
    if (lower === "content-length" && bodyBytes !== null) continue;
    headers.push(name, head.headers[index + 1]!);
  }
  if (bodyBytes !== null) headers.push("Content-Length", String(bodyBytes));
  headers.push("Halcyon-Request-Id", requestId);
  return headers;
}

/** The first value of a header; `lowerName` in lower case. */
export function headerOf(head: AnswerHead, lowerName: string): string | undefined {
  for (let index = 0; index < head.headers.length; index += 2) {
    if (head.headers[index]!.toLowerCase() === lowerName) return head.headers[index + 1];
  }
  return undefined;
}

/** The address a client connected from, IPv4 in its plain form. */
export function clientAddressOf(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? "unknown";
  return address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
}

/** What the plan is to know of the client. */
export function planClientOf(request: IncomingMessage): PlanClient {
  const stated = request.headers["halcyon-region"];
  return {
    statedRegion: typeof stated === "string" ? stated : null,
    address: clientAddressOf(request),
  };
}

/** The path and query to forward, byte for byte; null when the target is not one of ours. */
export function targetOf(request: IncomingMessage): string | null {
  const target = request.url ?? "";
  if (target.startsWith("/")) return target;
  // Absolute form, as proxies send it (RFC 9112, 3.2.2): the authority is dropped.
  const absolute = /^https?:\/\/[^/?#]*([/?].*)?$/i.exec(target);
  if (absolute === null) return null;
  const rest = absolute[1] ?? "/";
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function connectionNames(value: string | undefined): Set<string> | null {
  if (value === undefined || value === "keep-alive" || value === "close") return null;
  return new Set(value.split(",").map((name) => name.trim().toLowerCase()));
}

function isBodiless(method: string | undefined): boolean {
  return method === "GET" || method === "HEAD";
}

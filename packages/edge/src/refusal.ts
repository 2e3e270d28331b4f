import type { ServerResponse } from "node:http";

/**
 * What the edge answers itself, in the trading dialect. -1008 says that nothing was done; -1000
 * with 503 says that the outcome is not known, which clients must then ask for.
 */
export const REFUSALS = {
  malformed: { status: 400, code: -1102, msg: "The request is not well-formed HTTP." },
  tooSlow: { status: 408, code: -1102, msg: "The request took too long to arrive; send it again." },
  bodyTooLarge: { status: 413, code: -1102, msg: "The request body is too large; send less." },
  headersTooLarge: {
    status: 431,
    code: -1102,
    msg: "The request headers are too large; send less.",
  },
  overloaded: {
    status: 503,
    code: -1008,
    msg: "Server is currently overloaded with other requests. Please try again in a few minutes.",
    retryAfterSeconds: 1,
  },
  outcomeUnknown: {
    status: 503,
    code: -1000,
    msg: "Unknown error, please check your request or try again later.",
  },
} as const satisfies Record<string, Refusal>;

export interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly msg: string;
  readonly retryAfterSeconds?: number;
}

export type RefusalName = keyof typeof REFUSALS;

export function refusalBody({ code, msg }: Refusal): string {
  return JSON.stringify({ code, msg });
}

/** The admin API speaks RFC 9457 instead. */
function problemBody({ status, msg }: Refusal, requestId: string): string {
  const instance = `urn:uuid:${requestId}`;
  return JSON.stringify({ type: "about:blank", title: msg, status, instance });
}

/** Header pairs and body of a refusal, for a response that has not begun. */
export function writeRefusal(
  response: ServerResponse,
  refusal: Refusal,
  {
    requestId,
    close,
    isAdmin,
  }: { readonly requestId: string; readonly close: boolean; readonly isAdmin: boolean },
): void {
  const body = isAdmin ? problemBody(refusal, requestId) : refusalBody(refusal);
  const headers = [
    "Content-Type",
    isAdmin ? "application/problem+json" : "application/json;charset=UTF-8",
    "Content-Length",
    String(Buffer.byteLength(body)),
    "Halcyon-Request-Id",
    requestId,
  ];
  if (refusal.retryAfterSeconds !== undefined) {
    headers.push("Retry-After", String(refusal.retryAfterSeconds));
  }
  if (close) headers.push("Connection", "close");
  response.writeHead(refusal.status, headers);
  response.write(body);
}

/** A whole HTTP answer as text, for a socket on which no response object exists. */
export function rawRefusal(refusal: Refusal): string {
  const body = refusalBody(refusal);
  const retryAfter =
    refusal.retryAfterSeconds === undefined ? "" : `Retry-After: ${refusal.retryAfterSeconds}\r\n`;
  return (
    `HTTP/1.1 ${refusal.status} Refused\r\nContent-Type: application/json;charset=UTF-8\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n${retryAfter}Connection: close\r\n\r\n${body}`
  );
}

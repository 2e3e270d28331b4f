import type { Duplex } from "node:stream";
import { type DialectError, dialectError } from "../dialect/errors.ts";
import { endWith } from "../rest/http-server.ts";
import type { AdmissionRefusal } from "./admission.ts";

export type UpgradeRefusal = AdmissionRefusal | "draining" | "unknown-path" | "bad-handshake";

/** Why no WebSocket is opened, in the dialect. */
const errors: Readonly<Record<UpgradeRefusal, DialectError>> = {
  draining: {
    status: 503,
    code: -1008,
    msg: "This node is about to restart; connect again to reach another one.",
  },
  "unknown-path": dialectError.unknownPath,
  "bad-handshake": {
    status: 400,
    code: -1000,
    msg: "The request is no WebSocket handshake of version 13 (RFC 6455).",
  },
  full: dialectError.overloaded,
  "too-many-sockets": {
    status: 429,
    code: -1034,
    msg: "Too many concurrent connections from this IP; close some first.",
  },
  "too-many-connects": {
    status: 429,
    code: -1034,
    msg: "Too many connection attempts from IP; wait before the next one.",
  },
};

/** Answers an upgrade with an error, as HTTP, and ends the socket. */
export function refuseUpgrade(
  socket: Duplex,
  refusal: UpgradeRefusal,
  retryAfterSeconds = 1,
): void {
  const error = errors[refusal];
  const canRetry = error.status === 429 || error.status === 503;
  endWith(socket, error, canRetry ? `Retry-After: ${retryAfterSeconds}\r\n` : "");
}

import type { Duplex } from "node:stream";
import { type DialectError, dialectError } from "../dialect/errors.ts";
import { endWith } from "../rest/http-server.ts";
import type { RequestOrigin } from "../rest/origin.ts";
import { refusalStatus } from "../rest/send-on.ts";
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

/**
 * Answers an upgrade with an error, as HTTP, and ends the socket. An edge hears by the status where
 * another node may have room.
 */
export function refuseUpgrade(
  socket: Duplex,
  refusal: UpgradeRefusal,
  origin: RequestOrigin | null = null,
  retryAfterSeconds = 1,
): void {
  const error = errors[refusal];
  const canRetry = error.status === 429 || error.status === 503;
  const isUnfit = origin !== null && error.status === 503;
  const status = isUnfit
    ? refusalStatus(origin, error.status, { notExecuted: "unfit" }, () => true)
    : error.status;
  const retryAfter = canRetry ? `Retry-After: ${retryAfterSeconds}\r\n` : "";
  endWith(socket, { ...error, status }, retryAfter);
}

import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type DialectError, dialectError } from "../dialect/errors.ts";
import type { AdmissionRefusal } from "./admission.ts";

export type UpgradeRefusal = AdmissionRefusal | "draining" | "unknown-path";

/** Why no WebSocket is opened, in the dialect. */
const errors: Readonly<Record<UpgradeRefusal, DialectError>> = {
  draining: {
    status: 503,
    code: -1008,
    msg: "This node is about to restart; connect again to reach another one.",
  },
  "unknown-path": dialectError.unknownPath,
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
  const { status, code, msg } = errors[refusal];
  const body = JSON.stringify({ code, msg });
  const retryAfter = status === 404 ? "" : `Retry-After: ${retryAfterSeconds}\r\n`;
  // The other side may be gone already: then there is nobody to tell.
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: application/json;charset=UTF-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `${retryAfter}\r\n${body}`,
    () => socket.destroy(),
  );
}

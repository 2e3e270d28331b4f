import { createHash } from "node:crypto";
import type { RequestId } from "@halcyon/core";

const idempotencyKeyPattern = /^[\x21-\x7e]{1,64}$/;

/**
 * The request id that a client's Idempotency-Key stands for: the same on every node, different for
 * different administrators. Null when the key is not 1 to 64 visible ASCII characters.
 *
 * The first 48 bits of a request id are a time, by which the core tells how far back its memory of
 * outcomes reaches. This id has none, so they are zero, and a command that carries it must not be
 * marked as sent again: the core would take it for older than all it remembers.
 */
export function requestIdOfIdempotencyKey(administrator: string, key: string): RequestId | null {
  if (!idempotencyKeyPattern.test(key)) return null;
  const hash = createHash("sha256")
    .update(JSON.stringify([administrator, key]))
    .digest();
  return [0, hash.readUInt16BE(0), hash.readInt32BE(4), hash.readInt32BE(8)];
}

import { createHash, randomFillSync } from "node:crypto";
import type { RequestId } from "@halcyon/core";

const uuid7Pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** How far the edge's clock may be ahead of this node's. */
const aheadMaxMs = 60_000;
/**
 * How far a client's clock may be: as far as its timestamps. The core's memory of outcomes ends at the
 * latest time that it has forgotten, which no client may push far into the future.
 */
const keyAheadMaxMs = 1_000;

/**
 * The id that the edge gave a request: a UUIDv7, whose first 48 bits are its time. Null when the text
 * is none, or lies in the future: the core orders its memory of outcomes by that time.
 */
export function readRequestId(uuid: string, nowMs: number): RequestId | null {
  if (!uuid7Pattern.test(uuid)) return null;
  const timeMs = Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
  if (timeMs > nowMs + aheadMaxMs) return null;
  return [
    Number.parseInt(uuid.slice(0, 8), 16) | 0,
    Number.parseInt(uuid.slice(9, 13) + uuid.slice(14, 18), 16) | 0,
    Number.parseInt(uuid.slice(19, 23) + uuid.slice(24, 28), 16) | 0,
    Number.parseInt(uuid.slice(28), 16) | 0,
  ];
}

/**
 * The request id that a client's Idempotency-Key stands for: the key's own time, then a hash of account
 * and key. The same on every node, so the request is executed once whichever nodes it is sent to; and
 * never another account's, whose outcomes it would be answered with. Null when the key is no UUIDv7, or
 * its time is further ahead than a timestamp may be.
 */
export function requestIdOfKey(account: number, key: string, nowMs: number): RequestId | null {
  const own = readRequestId(key, nowMs);
  if (own === null || requestTimeMs(own) >= nowMs + keyAheadMaxMs) return null;
  const hash = createHash("sha256")
    .update(JSON.stringify([account, key.toLowerCase()]))
    .digest();
  return [
    own[0],
    (own[1] & ~0xffff) | 0x7000 | (hash.readUInt16BE(0) & 0xfff),
    (hash.readInt32BE(2) & 0x3fff_ffff) | 0x8000_0000,
    hash.readInt32BE(6),
  ];
}

export function requestIdText(id: RequestId): string {
  const hex = id.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  const parts = [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ] as const;
  return parts.map(([from, to]) => hex.slice(from, to)).join("-");
}

/** When the request came to the venue: the first 48 bits of its id. */
export function requestTimeMs(id: RequestId): number {
  return (id[0] >>> 0) * 65_536 + (id[1] >>> 16);
}

/** Random words are drawn for many requests at a time: the call costs more than the bytes. */
const pool = new Int32Array(3 * 512);
let used = pool.length;

/** An id (UUIDv7) for a request that came without one, such as over a WebSocket. */
export function freshRequestId(nowMs: number): RequestId {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const high = Math.floor(nowMs / 65_536) | 0;
  const low = (nowMs % 65_536) << 16;
  const id: RequestId = [
    high,
    low | 0x7000 | (pool[used]! & 0xfff),
    (pool[used + 1]! & 0x3fff_ffff) | 0x8000_0000,
    pool[used + 2]!,
  ];
  used += 3;
  return id;
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

/**
 * 22 characters for an order whose client named none. Made of the request's id, so that a request
 * sent again to another node asks for the very same order.
 */
export function clientOrderIdOf(id: RequestId): string {
  let text = "";
  let bits = 0;
  let bitCount = 0;
  for (const word of id) {
    for (let shift = 16; shift >= 0; shift -= 16) {
      bits = (bits << 16) | ((word >>> shift) & 0xffff);
      bitCount += 16;
      while (bitCount >= 6) {
        bitCount -= 6;
        text += alphabet[(bits >>> bitCount) & 63]!;
      }
      bits &= (1 << bitCount) - 1;
    }
  }
  return text + alphabet[bits & 63]!;
}

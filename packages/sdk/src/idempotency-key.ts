import { randomFillSync } from "node:crypto";

const bytesPerKey = 10;
/** Random bytes are drawn for many keys at a time: the call costs more than the bytes. */
const pool = Buffer.alloc(bytesPerKey * 256);
let used = pool.length;

/** A UUIDv7 (RFC 9562) of that time. */
export function newIdempotencyKey(timeMs: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const time = Math.floor(timeMs).toString(16).padStart(12, "0");
  const random = pool.toString("hex", used, used + bytesPerKey);
  const variant = ((pool[used + 2]! & 0x3f) | 0x80).toString(16);
  used += bytesPerKey;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(1, 4)}-${variant}${random.slice(6, 8)}-${random.slice(8)}`;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** 22 characters made of a key: the same order has the same name, however often it is sent. */
export function clientOrderIdOf(idempotencyKey: string): string {
  let bits = BigInt(`0x${idempotencyKey.replaceAll("-", "")}`);
  let text = "";
  for (let at = 0; at < 22; at++) {
    text += alphabet[Number(bits & 63n)]!;
    bits >>= 6n;
  }
  return text;
}

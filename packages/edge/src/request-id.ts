import { randomFillSync } from "node:crypto";

const BYTES_PER_ID = 16;
const IDS_PER_FILL = 256;

const random = Buffer.alloc(BYTES_PER_ID * IDS_PER_FILL);
const bytes = Buffer.alloc(BYTES_PER_ID);
let used = random.length;

/** A UUIDv7 (RFC 9562): 48 bits of the time in milliseconds, then 74 random bits. */
export function newRequestId(nowMs: number = Date.now()): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  random.copy(bytes, 0, used, used + BYTES_PER_ID);
  used += BYTES_PER_ID;
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

import { venueNowMs } from "./clock.ts";

/** So much behind the venue's clock, so that a clock that is a little off does no harm. */
const SAFETY_MS = 500;

/** A UUIDv7 (RFC 9562) of now: names a request, however often it is sent. */
export function newRequestKey(nowMs: number = venueNowMs() - SAFETY_MS): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = nowMs;
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

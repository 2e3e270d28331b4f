import { crc32 } from "node:zlib";
import { LogError } from "../port.ts";

/**
 * The log's own format inside the LMDB environment. Keys are positions, 8 bytes, big-endian, so
 * that LMDB's byte order is the log's order. Key 0 holds the marker. Integers in values are
 * little-endian.
 *
 *   marker: "HALCYLOG" | format version u32 | crc32 u32 of the rest | first position kept u64
 *   entry:  "HLE1" | crc32 u32 of the batch | position u64 | batch
 */
export const FORMAT_VERSION = 1;
export const ENTRY_HEADER_BYTES = 16;
export const MARKER_POSITION = 0;

const ENTRY_MAGIC = 0x31454c48;
const MARKER_MAGIC = "HALCYLOG";
const MARKER_BYTES = 24;

export function encodeKey(position: number, target: Buffer = Buffer.allocUnsafe(8)): Buffer {
  target.writeBigUInt64BE(BigInt(position), 0);
  return target;
}

export function decodeKey(key: Uint8Array): number {
  if (key.byteLength !== 8) {
    throw tornError(`it holds a key of ${key.byteLength} bytes where positions have 8`);
  }
  return Number(Buffer.from(key.buffer, key.byteOffset, 8).readBigUInt64BE(0));
}

export function encodeMarker(first: number): Buffer {
  const marker = Buffer.alloc(MARKER_BYTES);
  marker.write(MARKER_MAGIC, 0, "latin1");
  marker.writeUInt32LE(FORMAT_VERSION, 8);
  marker.writeBigUInt64LE(BigInt(first), 16);
  marker.writeUInt32LE(markerChecksum(marker), 12);
  return marker;
}

/** The first position kept, from the marker. */
export function decodeMarker(value: Uint8Array): number {
  const marker = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (marker.byteLength < 12 || marker.toString("latin1", 0, 8) !== MARKER_MAGIC) {
    throw tornError("its format marker is not a Halcyon log's");
  }
  const version = marker.readUInt32LE(8);
  if (version !== FORMAT_VERSION) {
    throw new LogError(
      "torn",
      `The log has format version ${version}, this program reads version ${FORMAT_VERSION}. Use the program version that wrote it, or another data folder.`,
    );
  }
  if (marker.byteLength !== MARKER_BYTES || marker.readUInt32LE(12) !== markerChecksum(marker)) {
    throw tornError("its format marker fails its checksum");
  }
  return Number(marker.readBigUInt64LE(16));
}

function markerChecksum(marker: Buffer): number {
  return crc32(marker.subarray(16), crc32(marker.subarray(0, 12)));
}

/** Writes the part of an entry's header that is known before its position is. */
export function startEntry(target: DataView, offset: number, batch: Uint8Array): void {
  target.setUint32(offset, ENTRY_MAGIC, true);
  target.setUint32(offset + 4, crc32(batch), true);
}

export function finishEntry(target: DataView, offset: number, position: number): void {
  target.setBigUint64(offset + 8, BigInt(position), true);
}

/** The batch inside a stored value, or a LogError that says what is wrong with it. */
export function decodeEntry(value: Uint8Array, position: number): Uint8Array {
  if (value.byteLength < ENTRY_HEADER_BYTES) {
    throw tornError(`entry ${position} has only ${value.byteLength} bytes`);
  }
  const header = new DataView(value.buffer, value.byteOffset, ENTRY_HEADER_BYTES);
  if (header.getUint32(0, true) !== ENTRY_MAGIC) {
    throw tornError(`entry ${position} does not start like a log entry`);
  }
  const written = header.getBigUint64(8, true);
  if (written !== BigInt(position)) {
    throw tornError(`at position ${position} lies an entry written for position ${written}`);
  }
  const batch = value.subarray(ENTRY_HEADER_BYTES);
  if (header.getUint32(4, true) !== crc32(batch)) {
    throw tornError(`entry ${position} fails its checksum`);
  }
  return batch;
}

export function tornError(what: string, options?: ErrorOptions): LogError {
  return new LogError(
    "torn",
    `The log is damaged: ${what}. Stop every process that uses it, keep a copy of the folder, and restore the log from a backup; without one, start from the newest snapshot with an empty log folder.`,
    options,
  );
}

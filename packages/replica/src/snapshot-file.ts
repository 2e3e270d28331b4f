import { createHash } from "node:crypto";

/**
 * A snapshot file:
 *
 *   bytes 0-7    magic "HALCSNAP"
 *   8-11         format version, little-endian
 *   12-15        length of the manifest
 *   16-47        SHA-256 of the manifest
 *   48...        the manifest, JSON: position, cursor, sections with length and SHA-256
 *   then         the sections, each from the next multiple of 8
 */
const magic = "HALCSNAP";
const formatVersion = 1;
const manifestAt = 48;
const manifestBytesMax = 1 << 20;

/** State at a position of the log: the core's, and that of each projection beside it. */
export type Snapshot = {
  readonly position: number;
  /** The log engine's own name of that place, so that reading can go on from there. */
  readonly cursor: string;
  readonly createdAtMs: number;
  readonly core: Uint8Array;
  readonly projections: ReadonlyMap<string, Uint8Array>;
};

/** This file, or what it holds, cannot be used; another snapshot may be. */
export class SnapshotFileError extends Error {
  readonly code: "damaged" | "unknown-version";
  constructor(code: SnapshotFileError["code"], message: string) {
    super(message);
    this.name = "SnapshotFileError";
    this.code = code;
  }
}

type Section = { readonly name: string; readonly lengthBytes: number; readonly sha256: string };
type Manifest = {
  readonly position: number;
  readonly cursor: string;
  readonly createdAtMs: number;
  readonly sections: readonly Section[];
};

const coreSection = "core";
const projectionPrefix = "projection:";

/** The file's bytes as chunks, in order, so that large sections are not copied once more. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array[] {
  const parts: [string, Uint8Array][] = [[coreSection, snapshot.core]];
  for (const [name, bytes] of snapshot.projections) parts.push([projectionPrefix + name, bytes]);
  const manifest: Manifest = {
    position: snapshot.position,
    cursor: snapshot.cursor,
    createdAtMs: snapshot.createdAtMs,
    sections: parts.map(([name, bytes]) => ({
      name,
      lengthBytes: bytes.length,
      sha256: sha256(bytes).toString("hex"),
    })),
  };
  const manifestBytes = Buffer.from(JSON.stringify(manifest), "utf8");
  const head = Buffer.alloc(manifestAt);
  head.write(magic, "latin1");
  head.writeUInt32LE(formatVersion, 8);
  head.writeUInt32LE(manifestBytes.length, 12);
  sha256(manifestBytes).copy(head, 16);
  const chunks: Uint8Array[] = [head];
  for (const bytes of [manifestBytes, ...parts.map(([, bytes]) => bytes)]) {
    chunks.push(bytes, new Uint8Array(padding(bytes.length)));
  }
  return chunks;
}

/** The snapshot in these bytes, every checksum verified. Throws SnapshotFileError. */
export function decodeSnapshot(file: Uint8Array): Snapshot {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const { manifest, sectionsAt } = readManifest(bytes);
  let core: Uint8Array | null = null;
  const projections = new Map<string, Uint8Array>();
  let at = sectionsAt;
  for (const { name, lengthBytes, sha256: expected } of manifest.sections) {
    const section = bytes.subarray(at, at + lengthBytes);
    if (section.length !== lengthBytes || sha256(section).toString("hex") !== expected) {
      throw new SnapshotFileError("damaged", `its section ${name} is damaged or cut off`);
    }
    // A copy of its own, aligned: whoever restores from it may look at it as words, and keep it.
    const own = new Uint8Array(section);
    if (name === coreSection) core = own;
    else if (name.startsWith(projectionPrefix)) {
      projections.set(name.slice(projectionPrefix.length), own);
    }
    at += lengthBytes + padding(lengthBytes);
  }
  if (core === null) throw new SnapshotFileError("damaged", "it holds no core state");
  const { position, cursor, createdAtMs } = manifest;
  return { position, cursor, createdAtMs, core, projections };
}

function readManifest(bytes: Buffer): { manifest: Manifest; sectionsAt: number } {
  if (bytes.length < manifestAt || bytes.toString("latin1", 0, 8) !== magic) {
    throw new SnapshotFileError("damaged", "it does not begin like a snapshot");
  }
  const version = bytes.readUInt32LE(8);
  if (version !== formatVersion) {
    throw new SnapshotFileError(
      "unknown-version",
      `its format is ${version}, this version reads ${formatVersion}`,
    );
  }
  const length = bytes.readUInt32LE(12);
  const manifestBytes = bytes.subarray(manifestAt, manifestAt + length);
  if (
    length > manifestBytesMax ||
    manifestBytes.length !== length ||
    !sha256(manifestBytes).equals(bytes.subarray(16, manifestAt))
  ) {
    throw new SnapshotFileError("damaged", "its manifest is damaged or cut off");
  }
  // The checksum held, so these are the bytes that encodeSnapshot wrote.
  const manifest = JSON.parse(manifestBytes.toString("utf8")) as Manifest;
  return { manifest, sectionsAt: manifestAt + length + padding(length) };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function padding(length: number): number {
  return (8 - (length % 8)) % 8;
}

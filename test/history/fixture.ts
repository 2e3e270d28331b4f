import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

/** A log as one version of the code wrote and applied it, with what it came to. */
export type HistoryLog = {
  readonly name: string;
  readonly batches: readonly Uint8Array[];
  /** The core's snapshots by the position after which they were taken. */
  readonly snapshots: ReadonlyMap<number, Uint8Array>;
  /** State hashes by position: of every snapshot, and of the last batch. */
  readonly hashes: ReadonlyMap<number, string>;
};

const root = import.meta.dirname;

/** Versions of the code that left their logs here, oldest first. */
export function versions(): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

export function readHistory(version: string): HistoryLog[] {
  const folder = join(root, version);
  const files = readdirSync(folder);
  return files
    .filter((file) => file.endsWith(".hashes.json"))
    .map((file) => readLog(folder, file.replace(".hashes.json", ""), files));
}

function readLog(folder: string, name: string, files: readonly string[]): HistoryLog {
  const unpack = (file: string) => new Uint8Array(gunzipSync(readFileSync(join(folder, file))));
  const hashes = JSON.parse(readFileSync(join(folder, `${name}.hashes.json`), "utf8")) as Record<
    string,
    string
  >;
  const snapshots = new Map<number, Uint8Array>();
  for (const file of files) {
    const position = new RegExp(`^${name}\\.snapshot-(\\d+)\\.gz$`).exec(file)?.[1];
    if (position !== undefined) snapshots.set(Number(position), unpack(file));
  }
  return {
    name,
    batches: splitBatches(unpack(`${name}.log.gz`)),
    snapshots,
    hashes: new Map(Object.entries(hashes).map(([position, hash]) => [Number(position), hash])),
  };
}

/** Each batch behind its length in bytes, as 32 bits. */
function splitBatches(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const batches: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true);
    batches.push(bytes.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return batches;
}

/** Writes a version's logs; refuses to touch a version that is there: histories are kept as they are. */
export function writeHistory(version: string, logs: readonly HistoryLog[]): string {
  const folder = join(root, version);
  if (existsSync(folder)) {
    throw new Error(`${folder} exists: a version's history is never written again.`);
  }
  mkdirSync(folder);
  for (const { name, batches, snapshots, hashes } of logs) {
    const parts = batches.flatMap((batch) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(batch.length);
      return [length, batch];
    });
    writeFileSync(join(folder, `${name}.log.gz`), gzipSync(Buffer.concat(parts), { level: 9 }));
    for (const [position, snapshot] of snapshots) {
      const file = join(folder, `${name}.snapshot-${position}.gz`);
      writeFileSync(file, gzipSync(snapshot, { level: 9 }));
    }
    const text = JSON.stringify(Object.fromEntries(hashes), null, 2);
    writeFileSync(join(folder, `${name}.hashes.json`), `${text}\n`);
  }
  return folder;
}

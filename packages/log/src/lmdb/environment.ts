import { join } from "node:path";
import { open, type RootDatabase, type RootDatabaseOptionsWithPath } from "lmdb";
import { LogError } from "../port.ts";
import { decodeKey, decodeMarker, encodeKey, MARKER_POSITION, tornError } from "./entry-format.ts";

export type Environment = RootDatabase<Uint8Array, Buffer>;

/**
 * Address space, not disk space: the file grows with its pages. It is far above the size limit and
 * the same in every process, because remapping while other threads read is what we want to avoid.
 */
const MAP_BYTES = 2 ** 38;

/**
 * How much of the list of free pages a writer keeps in memory. Each commit inserts into that list
 * in linear time: with lmdb-js's own 50,000, a trimmed log of 8 KiB batches fell from 20,000 to
 * 2,000 commits a second; with this many it does not, and space is used again just as well.
 */
const FREE_LIST_LOADED_MAX = 200;

/** Options that lmdb-js has and its types do not tell. */
interface Untyped {
  readonly permissionsMode: number;
  readonly maxFreeSpaceToLoad: number;
  readonly maxFreeSpaceToRetain: number;
}

export function dataFile(path: string): string {
  return join(path, "data.mdb");
}

export function openEnvironment(path: string): Environment {
  const options: RootDatabaseOptionsWithPath & Untyped = {
    path,
    noSubdir: false,
    encoding: "binary",
    keyEncoding: "binary",
    // Off: a commit returns when data and meta page are on disk, and only then do readers see it.
    // lmdb-js turns it on by default; entries are then visible, here and elsewhere, before that.
    overlappingSync: false,
    mapSize: MAP_BYTES,
    pageSize: PAGE_BYTES,
    maxDbs: 1,
    permissionsMode: 0o600,
    maxFreeSpaceToLoad: FREE_LIST_LOADED_MAX,
    maxFreeSpaceToRetain: 2 * FREE_LIST_LOADED_MAX,
  };
  try {
    return open<Uint8Array, Buffer>(options);
  } catch (error) {
    throw asLogError(error, `open ${path}`);
  }
}

/** The first position kept, or null when the environment has no marker yet. */
export function readMarker(environment: Environment): number | null {
  const marker = environment.getBinary(encodeKey(MARKER_POSITION));
  return marker === undefined ? null : decodeMarker(marker);
}

/** The newest position, 0 when there is none. */
export function readHead(environment: Environment): number {
  for (const key of environment.getKeys({ reverse: true, limit: 1 })) return decodeKey(key);
  return 0;
}

/** lmdb-js has these; its types do not tell. */
interface Internals {
  readonly env: { info(): { readonly lastPageNumber: number; readonly lastTxnId: number } };
}

/** The number of the newest transaction, as the meta pages have it. */
export function readNewestTransaction(environment: Environment): number {
  return (environment as Environment & Internals).env.info().lastTxnId;
}

interface Stats {
  readonly pageSize: number;
  readonly entryCount: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

export const PAGE_BYTES = 4096;

/** Where LMDB's last page ends in the file. */
export function readFileBytes(environment: Environment): number {
  const { env } = environment as Environment & Internals;
  return (env.info().lastPageNumber + 1) * PAGE_BYTES;
}

export interface Usage {
  /** Entries and the marker. */
  readonly records: number;
  /** What they take in the file: free pages, which later writes reuse, are not counted. */
  readonly bytes: number;
}

export function readUsage(environment: Environment): Usage {
  const stats = environment.getStats() as Stats;
  const pages = stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages;
  return { records: stats.entryCount, bytes: pages * PAGE_BYTES };
}

const NO_SPACE: ReadonlySet<unknown> = new Set(["ENOSPC", "EFBIG", "EDQUOT"]);

const MDB_PAGE_NOTFOUND = -30797;
const MDB_CORRUPTED = -30796;
const MDB_VERSION_MISMATCH = -30794;
const MDB_INVALID = -30793;
const DAMAGED: ReadonlySet<unknown> = new Set([
  MDB_PAGE_NOTFOUND,
  MDB_CORRUPTED,
  MDB_VERSION_MISMATCH,
  MDB_INVALID,
]);

/** Every failure of the engine becomes one of the log's own errors, here and nowhere else. */
export function asLogError(error: unknown, doing: string): LogError {
  if (error instanceof LogError) return error;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (NO_SPACE.has(code)) {
    return new LogError(
      "no-space",
      `There is no space left to ${doing} (${message}). Free disk space or trim the log; appends then work again by themselves.`,
      { cause: error },
    );
  }
  if (DAMAGED.has(code)) return tornError(`LMDB could not ${doing} (${message})`, { cause: error });
  return new LogError(
    "unavailable",
    `LMDB could not ${doing} (${message}). Check the disk and the folder's permissions, then restart this process.`,
    { cause: error },
  );
}

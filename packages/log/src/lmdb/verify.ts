import { execFile } from "node:child_process";
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LogError, type LogErrorCode } from "../port.ts";
import { doorbellFile } from "./doorbell.ts";
import { tornError } from "./entry-format.ts";
import { dataFile } from "./environment.ts";

const CHECK_TIMEOUT_MS = 60_000;
const META_PAGES = 2;

/**
 * LMDB maps its file and trusts it: a file cut short kills the process that reads past its end
 * (SIGBUS), overwritten tree pages can kill it too, and lmdb-js dies of every open that fails
 * (SIGSEGV). So an environment is first looked at from outside, without mapping it, and then
 * opened and read by a child process, which may die of it safely. Files are looked at at once, so
 * that the child has been started when this returns.
 */
export async function verifyEnvironment(path: string): Promise<void> {
  let size = fileSize(dataFile(path));
  // Another process may be in the middle of making the file: give it a moment.
  for (let tries = 1; isUnfinished(size) && tries < CREATION_TRIES; tries += 1) {
    await delay(CREATION_PAUSE_MS);
    size = fileSize(dataFile(path));
  }
  // The doorbell is made last: with it there was a finished data file.
  if (size <= 0 && existsSync(doorbellFile(path))) {
    throw tornError(size < 0 ? "data.mdb is missing" : "data.mdb is empty");
  }
  if (isUnfinished(size)) throw tornError(`data.mdb has only ${size} bytes`);
  const bytesExpected = size > 0 ? readBytesExpected(dataFile(path)) : 0;
  // LMDB does not write free pages at the end, so a short file can be whole. Reading all of it
  // in the child tells. The size is taken anew: others may be writing.
  const sizeNow = fileSize(dataFile(path));
  await readInChild(path, sizeNow, bytesExpected);
}

/** Bytes of the smallest finished data file: its two meta pages. */
const MIN_DATA_FILE_BYTES = META_PAGES * 4096;

const CREATION_TRIES = 50;
const CREATION_PAUSE_MS = 10;

function isUnfinished(sizeBytes: number): boolean {
  return sizeBytes > 0 && sizeBytes < MIN_DATA_FILE_BYTES;
}

/** -1 when there is no such file. */
function fileSize(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return -1;
    throw new LogError("unavailable", `${path} cannot be read. Check the folder's permissions.`, {
      cause: error,
    });
  }
}

/** Field offsets in a page that holds an MDB_meta (mdb.c of lmdb-js 3.5). */
const PAGE_FLAGS = 18;
const META_MAGIC = 24;
const META_VERSION = 28;
const META_PAGE_SIZE = 48;
const META_LAST_PAGE = 144;
const META_TRANSACTION = 152;
const META_END = 160;
const P_META = 0x08;
const MAGIC = 0xbeefc0de;
const VERSION = 2;

/** The file's size according to the newest meta page. */
function readBytesExpected(path: string): number {
  const file = openSync(path, "r");
  try {
    const page = Buffer.alloc(META_END);
    let bytesExpected = 0;
    let newest = -1n;
    let pageSize = 0;
    for (let index = 0; index < META_PAGES; index += 1) {
      readSync(file, page, 0, META_END, index * pageSize);
      assertMetaPage(page);
      pageSize = page.readUInt32LE(META_PAGE_SIZE);
      const transaction = page.readBigUInt64LE(META_TRANSACTION);
      if (transaction <= newest) continue;
      newest = transaction;
      bytesExpected = (Number(page.readBigUInt64LE(META_LAST_PAGE)) + 1) * pageSize;
    }
    return bytesExpected;
  } finally {
    closeSync(file);
  }
}

function assertMetaPage(page: Buffer): void {
  const isMeta = (page.readUInt16LE(PAGE_FLAGS) & P_META) !== 0;
  if (!isMeta || page.readUInt32LE(META_MAGIC) !== MAGIC) {
    throw tornError("data.mdb is not an LMDB file, or its first pages were overwritten");
  }
  const version = page.readUInt32LE(META_VERSION) & 0xffff;
  const pageSize = page.readUInt32LE(META_PAGE_SIZE);
  const isPageSize = pageSize >= 256 && pageSize <= 65_536 && (pageSize & (pageSize - 1)) === 0;
  if (version !== VERSION || !isPageSize) {
    throw tornError(
      `data.mdb has LMDB format ${version} with pages of ${pageSize} bytes, which this program does not read`,
    );
  }
}

export type CheckExtent = "tail" | "everything";

/** The child prints OPENED once LMDB accepted the files, then a report. */
export const OPENED = "opened\n";

export interface CheckReport {
  readonly code: LogErrorCode | null;
  readonly message: string;
}

function readInChild(path: string, size: number, bytesExpected: number): Promise<void> {
  const script = fileURLToPath(new URL("./verify-child.ts", import.meta.url));
  const extent: CheckExtent = size < bytesExpected ? "everything" : "tail";
  const { NODE_COMPILE_CACHE } = process.env;
  const env = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [script, path, extent],
      { env, timeout: CHECK_TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 1024 * 1024 },
      (error, stdout, stderr) => {
        const opened = stdout.startsWith(OPENED);
        const report = parseReport(opened ? stdout.slice(OPENED.length) : stdout);
        const how = error?.signal ?? (stderr.slice(0, 500) || "no report");
        if (report?.code === null) resolve();
        else if (report !== null) reject(new LogError(report.code, report.message));
        else if (error?.killed === true) reject(timeoutError(path));
        else if (!opened) reject(openError(path, how));
        else reject(crashError(size, bytesExpected, how));
      },
    );
  });
}

function parseReport(text: string): CheckReport | null {
  try {
    return JSON.parse(text) as CheckReport;
  } catch {
    // The child died before it could report: the caller says how.
    return null;
  }
}

function timeoutError(path: string): LogError {
  return new LogError(
    "unavailable",
    `Checking the log in ${path} took more than ${CHECK_TIMEOUT_MS} ms. Check whether the disk answers and whether a stopped process holds the log, then start again.`,
  );
}

function openError(path: string, how: string): LogError {
  return new LogError(
    "unavailable",
    `LMDB could not open ${path} (${how}). Check the folder's permissions, free disk space, the limits on open files and address space, and that lock.mdb is LMDB's (it may be removed while no process uses the log).`,
  );
}

function crashError(size: number, bytesExpected: number, how: string): LogError {
  if (size < bytesExpected) {
    return tornError(`data.mdb was cut short: ${size} bytes are there, ${bytesExpected} were`);
  }
  return tornError(`pages of data.mdb were overwritten (reading them ended with ${how})`);
}

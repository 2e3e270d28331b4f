import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { LogError, type LogErrorCode } from "../port.ts";
import { doorbellFile } from "./doorbell.ts";
import { tornError } from "./entry-format.ts";
import { dataFile } from "./environment.ts";

const CHECK_TIMEOUT_MS = 60_000;
const META_PAGES = 2;

/**
 * LMDB maps its file and trusts it: a file cut short kills the process that reads past its end
 * (SIGBUS), and overwritten tree pages can kill it too. So an environment is first looked at from
 * outside, without mapping it, and then read by a child process, which may die of it safely.
 */
export async function verifyEnvironment(path: string): Promise<void> {
  const size = await fileSize(dataFile(path));
  // The doorbell is made last: without it the environment was never finished, and LMDB itself
  // refuses a file of this size that is not one.
  if (size < MIN_DATA_FILE_BYTES) {
    if (!existsSync(doorbellFile(path))) return;
    throw tornError(size < 0 ? "data.mdb is missing" : `data.mdb has only ${size} bytes`);
  }
  const bytesExpected = await readBytesExpected(dataFile(path));
  // LMDB does not write free pages at the end, so a short file can be whole. Reading all of it
  // in the child tells.
  const sizeNow = await fileSize(dataFile(path));
  const extent: CheckExtent = sizeNow < bytesExpected ? "everything" : "tail";
  await readInChild(path, extent, sizeNow, bytesExpected);
}

/** Bytes of the smallest finished data file: its two meta pages. */
const MIN_DATA_FILE_BYTES = META_PAGES * 4096;

async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
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
async function readBytesExpected(path: string): Promise<number> {
  const file = await open(path, "r");
  try {
    const page = Buffer.alloc(META_END);
    let bytesExpected = 0;
    let newest = -1n;
    let pageSize = 0;
    for (let index = 0; index < META_PAGES; index += 1) {
      await file.read(page, 0, META_END, index * pageSize);
      assertMetaPage(page);
      pageSize = page.readUInt32LE(META_PAGE_SIZE);
      const transaction = page.readBigUInt64LE(META_TRANSACTION);
      if (transaction <= newest) continue;
      newest = transaction;
      bytesExpected = (Number(page.readBigUInt64LE(META_LAST_PAGE)) + 1) * pageSize;
    }
    return bytesExpected;
  } finally {
    await file.close();
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

/** What the child prints. */
export interface CheckReport {
  readonly code: LogErrorCode | null;
  readonly message: string;
}

function readInChild(
  path: string,
  extent: CheckExtent,
  size: number,
  bytesExpected: number,
): Promise<void> {
  const script = fileURLToPath(new URL("./verify-child.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [script, path, extent],
      { env: {}, timeout: CHECK_TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 1024 * 1024 },
      (error, stdout, stderr) => {
        const report = parseReport(stdout);
        if (report?.code === null) resolve();
        else if (report !== null) reject(new LogError(report.code, report.message));
        else if (error?.killed === true) reject(timeoutError(path));
        else reject(crashError(size, bytesExpected, error?.signal ?? `${stderr}`.slice(0, 500)));
      },
    );
  });
}

function parseReport(stdout: string): { code: LogErrorCode | null; message: string } | null {
  try {
    return JSON.parse(stdout) as CheckReport;
  } catch {
    // The child died before it could report: the caller says how.
    return null;
  }
}

function timeoutError(path: string): LogError {
  return new LogError(
    "unavailable",
    `Checking the log in ${path} took more than ${CHECK_TIMEOUT_MS} ms. Check whether the disk answers, then start again.`,
  );
}

function crashError(size: number, bytesExpected: number, how: string): LogError {
  if (size < bytesExpected) {
    return tornError(`data.mdb was cut short: ${size} bytes are there, ${bytesExpected} were`);
  }
  return tornError(`pages of data.mdb were overwritten (reading them ended with ${how})`);
}

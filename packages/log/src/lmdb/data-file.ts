import { closeSync, fstatSync, openSync, writeSync } from "node:fs";
import {
  asLogError,
  dataFile,
  type Environment,
  PAGE_BYTES,
  readFileBytes,
  readUsage,
} from "./environment.ts";

/** What a transaction needs at most besides its values: tree pages, the list of free pages. */
const OVERHEAD_BYTES = 512 * 1024;

/** Appends leave this on a full disk, so that the log can still be trimmed there. */
const RESERVE_FOR_TRIMS_BYTES = 1024 * 1024;

/** With this many free pages inside the file, hardly any are taken from its end. */
const FREE_PLENTY_BYTES = 16 * 1024 * 1024;

/** The file is made longer by this more than is needed now. */
const STEP_BYTES = 1024 * 1024;

const ZEROS = Buffer.alloc(STEP_BYTES);

/** A large value takes whole pages, with a header on the first. */
export function pagedBytes(valueBytes: number): number {
  return Math.ceil((valueBytes + 32) / PAGE_BYTES) * PAGE_BYTES;
}

/**
 * Lengthens LMDB's data file ahead of LMDB, so that a full disk is met here, where it is an
 * ordinary error. Inside a commit it is not: lmdb-js 3.5 writes past its error text when a page
 * write fails, and the process dies of it some time later. Zeros are written, because a file that
 * is only made longer has no blocks yet.
 */
export class DataFile {
  readonly #file: number;
  #sizeSeen = 0;

  constructor(path: string) {
    this.#file = openSync(dataFile(path), "r+");
  }

  /**
   * Call it inside the write transaction that needs the room: nobody else writes to the file then,
   * and what lies beyond LMDB's last page, at `fileBytes`, is nobody's.
   */
  ensureRoomForAppend(environment: Environment, fileBytes: number, bytes: number): void {
    const needed = fileBytes + OVERHEAD_BYTES + bytes;
    if (this.#reaches(needed + RESERVE_FOR_TRIMS_BYTES)) return;
    const freeBytes = fileBytes - readUsage(environment).bytes;
    const reserve = freeBytes >= FREE_PLENTY_BYTES ? 0 : RESERVE_FOR_TRIMS_BYTES;
    this.#lengthen(needed + RESERVE_FOR_TRIMS_BYTES + STEP_BYTES, needed + reserve);
  }

  ensureRoomForTrim(environment: Environment): void {
    const needed = readFileBytes(environment) + OVERHEAD_BYTES;
    if (!this.#reaches(needed)) this.#lengthen(needed + STEP_BYTES, needed);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The file never gets shorter, so what was seen of it stays true. */
  #reaches(bytes: number): boolean {
    if (this.#sizeSeen < bytes) this.#sizeSeen = fstatSync(this.#file).size;
    return this.#sizeSeen >= bytes;
  }

  #lengthen(wanted: number, needed: number): void {
    let end = fstatSync(this.#file).size;
    try {
      while (end < wanted) {
        end += writeSync(this.#file, ZEROS, 0, Math.min(ZEROS.length, wanted - end), end);
      }
    } catch (error) {
      if (end < needed) throw asLogError(error, "write to the log");
    }
  }
}

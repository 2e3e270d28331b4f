import { closeSync, fstatSync, openSync, writeSync } from "node:fs";
import { asLogError, dataFile, type Usage } from "./environment.ts";

/** What a transaction needs at most besides its values: tree pages, the list of free pages. */
const OVERHEAD_BYTES = 512 * 1024;

/** Appends leave this on a full disk, so that the log can still be trimmed there. */
const RESERVE_FOR_TRIMS_BYTES = 1024 * 1024;

/** With this many free pages inside the file, hardly any are taken from its end. */
const FREE_PLENTY_BYTES = 16 * 1024 * 1024;

/** The file is made longer by this more than is needed now. */
const STEP_BYTES = 1024 * 1024;

const PAGE_BYTES = 4096;
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

  constructor(path: string) {
    this.#file = openSync(dataFile(path), "r+");
  }

  /**
   * Call it inside the write transaction that needs the room: nobody else writes to the file then,
   * and what lies beyond its end is nobody's. `usage` is this transaction's.
   */
  ensureRoomForAppend(usage: Usage, bytes: number): void {
    const isTrimmed = usage.fileBytes - usage.bytes >= FREE_PLENTY_BYTES;
    const reserve = isTrimmed ? 0 : RESERVE_FOR_TRIMS_BYTES;
    this.#ensureRoom(usage, OVERHEAD_BYTES + bytes + reserve);
  }

  ensureRoomForTrim(usage: Usage): void {
    this.#ensureRoom(usage, OVERHEAD_BYTES);
  }

  close(): void {
    closeSync(this.#file);
  }

  #ensureRoom(usage: Usage, bytes: number): void {
    const { size } = fstatSync(this.#file);
    const needed = usage.fileBytes + bytes;
    if (size >= needed) return;
    try {
      this.#lengthen(size, needed + STEP_BYTES);
    } catch (error) {
      if (fstatSync(this.#file).size < needed) throw asLogError(error, "write to the log");
    }
  }

  #lengthen(from: number, to: number): void {
    let end = from;
    while (end < to) end += writeSync(this.#file, ZEROS, 0, Math.min(ZEROS.length, to - end), end);
  }
}

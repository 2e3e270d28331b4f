import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";

const bytesMaxDefault = 16 * 1024 * 1024;
const filesKeptDefault = 4;

/**
 * What a process prints, in a file that is turned over at a size: NAME.log, NAME.log.1, ... The disk
 * it takes is bounded. A full disk must not end the supervisor, so what cannot be written is counted.
 */
export class LogFile {
  readonly path: string;
  readonly #bytesMax: number;
  readonly #filesKept: number;
  #fd: number;
  #bytes: number;
  #droppedBytes = 0;

  constructor(path: string, bytesMax = bytesMaxDefault, filesKept = filesKeptDefault) {
    this.path = path;
    this.#bytesMax = bytesMax;
    this.#filesKept = filesKept;
    this.#fd = openSync(path, "a", 0o600);
    this.#bytes = fstatSync(this.#fd).size;
  }

  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  write(chunk: Uint8Array): void {
    try {
      if (this.#bytes > 0 && this.#bytes + chunk.byteLength > this.#bytesMax) this.#turnOver();
      writeSync(this.#fd, chunk);
      this.#bytes += chunk.byteLength;
    } catch {
      this.#droppedBytes += chunk.byteLength;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #turnOver(): void {
    for (let age = this.#filesKept - 1; age >= 1; age--) {
      renameIfThere(age === 1 ? this.path : `${this.path}.${age - 1}`, `${this.path}.${age}`);
    }
    const fd = openSync(this.path, "a", 0o600);
    closeSync(this.#fd);
    this.#fd = fd;
    this.#bytes = fstatSync(fd).size;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

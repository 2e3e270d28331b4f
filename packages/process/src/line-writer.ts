import { write, writeSync } from "node:fs";

/** Lines waiting for a slow reader; beyond this new ones are dropped and counted. */
const PENDING_CHARS_MAX = 8 * 1024 * 1024;
const RETRY_DELAY_MS = 10;
const EXIT_ATTEMPTS_MAX = 100;

/**
 * Writes log lines to a file descriptor in order, one write in flight, without ever blocking the
 * event loop: a stuck reader costs lines, not orders. A reader that is gone costs nothing.
 */
export class LineWriter {
  readonly #fd: number;
  #pending: string[] = [];
  #pendingChars = 0;
  #dropped = 0;
  #writing = false;
  #idle: (() => void)[] = [];

  constructor(fd: number) {
    this.#fd = fd;
    process.on("exit", () => this.#flushAtExit());
  }

  write(line: string): void {
    if (this.#pendingChars + line.length > PENDING_CHARS_MAX) {
      this.#dropped += 1;
      return;
    }
    this.#pending.push(line);
    this.#pendingChars += line.length;
    if (!this.#writing) this.#writeNext();
  }

  /** Calls back once nothing waits to be written. */
  flush(callback: () => void): void {
    if (this.#writing) this.#idle.push(callback);
    else callback();
  }

  #take(): string {
    const lines = this.#pending;
    if (this.#dropped > 0) lines.push(`{"level":"warn","msg":"${this.#dropped} lines dropped"}\n`);
    this.#pending = [];
    this.#pendingChars = 0;
    this.#dropped = 0;
    return lines.join("");
  }

  #writeNext(): void {
    this.#writing = true;
    this.#writeFrom(Buffer.from(this.#take()), 0);
  }

  #writeFrom(bytes: Buffer, offset: number): void {
    write(this.#fd, bytes, offset, bytes.length - offset, null, (error, written) => {
      if (error?.code === "EAGAIN") {
        setTimeout(() => this.#writeFrom(bytes, offset), RETRY_DELAY_MS);
        return;
      }
      // Any other error (reader gone, disk full) loses these lines: there is nowhere to report it.
      if (error === null && offset + written < bytes.length) {
        this.#writeFrom(bytes, offset + written);
        return;
      }
      if (this.#pending.length > 0) {
        this.#writeNext();
        return;
      }
      this.#writing = false;
      const idle = this.#idle;
      this.#idle = [];
      for (const callback of idle) callback();
    });
  }

  #flushAtExit(): void {
    if (this.#pending.length === 0) return;
    let bytes = Buffer.from(this.#take());
    for (let attempt = 0; attempt < EXIT_ATTEMPTS_MAX && bytes.length > 0; attempt += 1) {
      try {
        bytes = bytes.subarray(writeSync(this.#fd, bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      }
    }
  }
}

/** Where an entry lies: positions count from 1 without gaps; the cursor is the engine's own and opaque. */
export interface LogPoint {
  readonly position: number;
  readonly cursor: string;
}

/**
 * One batch in its place. The bytes start 8-byte aligned in their ArrayBuffer. They belong to the
 * reader only until it asks for the next run: copy what must live longer, and never write to them.
 */
export interface LogEntry extends LogPoint {
  readonly batch: Uint8Array;
}

/** One totally ordered, durable sequence of batches, written and followed by many processes at once. */
export interface CommandLog {
  /**
   * Resolves with the position once the batch is durable; rejects with a LogError. A rejection
   * other than "too-large", "busy", "closed" and "no-space" leaves open whether the batch is there.
   */
  append(batch: Uint8Array): Promise<number>;
  /**
   * Yields runs of entries, in order and contiguous, from the entry after `after` (null: from
   * position 1), and follows the tail until the signal aborts. Only durable entries are yielded.
   */
  read(after: LogPoint | null, signal: AbortSignal): AsyncIterable<readonly LogEntry[]>;
  /** The newest entry's place, or null when nothing was ever appended. */
  head(): Promise<LogPoint | null>;
  /** The oldest position kept: 1 until something was trimmed. */
  first(): Promise<number>;
  /** Removes the positions below `before` (which may be none), but never the newest entry. */
  trim(before: number): Promise<void>;
  /** Waits for the appends in flight, then releases everything. Later calls reject with "closed". */
  close(): Promise<void>;
}

/**
 * - `trimmed`: the next entry to read was removed; start from a newer snapshot.
 * - `diverged`: the reader is ahead of the log; the log lost entries or is another log.
 * - `too-large`: the batch exceeds BATCH_BYTES_MAX; nothing was written.
 * - `busy`: too many appends are waiting already; nothing was written.
 * - `closed`: this log was closed; nothing was written.
 * - `torn`: what is stored is damaged, foreign or has a gap.
 * - `no-space`: the disk or the log's size limit is full; nothing was written.
 * - `unavailable`: the engine failed; whether the append happened is unknown.
 */
export type LogErrorCode =
  | "trimmed"
  | "diverged"
  | "too-large"
  | "busy"
  | "closed"
  | "torn"
  | "no-space"
  | "unavailable";

export class LogError extends Error {
  override readonly name = "LogError";
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The largest batch: it fits etcd's 1.5 MiB request limit with room to spare. */
export const BATCH_BYTES_MAX: number = 1024 * 1024;

/** A run handed to a reader has at most this many entries and, beyond its first entry, bytes. */
export const RUN_ENTRIES_MAX = 256;
export const RUN_BYTES_MAX: number = 4 * 1024 * 1024;

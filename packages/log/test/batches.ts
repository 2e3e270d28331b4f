import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { CommandLog, LogEntry, LogPoint } from "@halcyon/log";

const TAG_BYTES = 12;

/** A batch that tells who wrote it, as which of its batches, and whose every byte can be checked. */
export function taggedBatch(writer: number, sequence: number, size: number): Uint8Array {
  const batch = new Uint8Array(Math.max(size, TAG_BYTES)).fill((writer * 31 + sequence) & 0xff);
  const view = new DataView(batch.buffer);
  view.setUint32(0, writer, true);
  view.setUint32(4, sequence, true);
  view.setUint32(8, batch.byteLength, true);
  return batch;
}

export interface Tag {
  readonly position: number;
  readonly writer: number;
  readonly sequence: number;
}

/** Reads the tag of an entry after checking that the entry holds exactly what was written. */
export function tagOf(entry: LogEntry): Tag {
  const { batch, position } = entry;
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  const writer = view.getUint32(0, true);
  const sequence = view.getUint32(4, true);
  const written = taggedBatch(writer, sequence, view.getUint32(8, true));
  assert.ok(Buffer.compare(written, batch) === 0, `the bytes at position ${position} changed`);
  return { position, writer, sequence };
}

/** Sizes as they come in practice, the same for the same sequence in every process. */
export function sizeOf(sequence: number): number {
  return [40, 200, 8192, 1000, 20_000][sequence % 5]!;
}

/** Reads `count` entries after a point, checking that they are contiguous. */
export async function readSome(
  log: CommandLog,
  after: LogPoint | null,
  count: number,
): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  if (count === 0) return entries;
  const stop = new AbortController();
  for await (const run of log.read(after, stop.signal)) {
    for (const entry of run) {
      assert.equal(entry.position, (after?.position ?? 0) + entries.length + 1);
      entries.push({ ...entry, batch: Uint8Array.from(entry.batch) });
    }
    if (entries.length >= count) break;
  }
  return entries.slice(0, count);
}

/** The promise, or a failure that says what did not happen in time. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks again and again until it is so. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within 10 s: ${what}`);
    await delay(2);
  }
}

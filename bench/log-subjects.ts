import { closeSync, ftruncateSync, openSync } from "node:fs";
import { mkdir, open as openFile } from "node:fs/promises";
import { join } from "node:path";
import { openLog } from "@halcyon/log";
import { open as openLmdb } from "lmdb";

/** Something that a batch can be appended to so that it is on disk when the promise resolves. */
export interface Subject {
  readonly name: "halcyon" | "lmdb" | "file" | "etcd puts";
  append(batch: Uint8Array): Promise<unknown>;
  /** Removes what was appended, so that each round finds the same. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function halcyonSubject(folder: string): Promise<Subject> {
  const log = await openLog({ kind: "lmdb", path: join(folder, "halcyon") });
  return {
    name: "halcyon",
    append: (batch) => log.append(batch),
    reset: async () => log.trim((await log.head())?.position ?? 1),
    close: () => log.close(),
  };
}

/**
 * Plain asynchronous puts of lmdb-js under rising keys. Its default, overlappingSync, resolves
 * before the data is on disk; without it a put means what an append of ours means.
 */
export async function lmdbSubject(folder: string): Promise<Subject> {
  const database = openLmdb<Uint8Array, Buffer>({
    path: join(folder, "lmdb"),
    noSubdir: false,
    encoding: "binary",
    keyEncoding: "binary",
    overlappingSync: false,
    mapSize: 2 ** 38,
  });
  let position = 0;
  let removed = 0;
  const keyOf = (value: number): Buffer => {
    const key = Buffer.allocUnsafe(8);
    key.writeBigUInt64BE(BigInt(value));
    return key;
  };
  return {
    name: "lmdb",
    append: (batch) => {
      position += 1;
      return database.put(keyOf(position), batch);
    },
    reset: async () => {
      while (removed < position - 1) {
        removed += 1;
        void database.remove(keyOf(removed));
      }
      await database.committed;
    },
    close: () => database.close(),
  };
}

/** Appends to a file; what waits while an fdatasync runs shares the next one. */
export async function fileSubject(folder: string): Promise<Subject> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, "appended");
  const file = await openFile(path, "a");
  let waiting: { batch: Uint8Array; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let busy = false;
  const flush = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await file.writev(group.map(({ batch }) => batch));
        await file.datasync();
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    busy = false;
  };
  return {
    name: "file",
    append: (batch) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ batch, resolve, reject });
        if (!busy) void flush();
      }),
    reset: async () => {
      const descriptor = openSync(path, "r+");
      ftruncateSync(descriptor, 0);
      closeSync(descriptor);
    },
    close: () => file.close(),
  };
}

export interface Round {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
}

/** Appends with so many in flight until the count or the time is reached, whichever is first. */
export async function runRound(
  subject: Subject,
  batch: Uint8Array,
  inFlight: number,
  limit: { readonly count: number; readonly timeMs: number },
): Promise<Round> {
  const latenciesMs: number[] = [];
  const start = performance.now();
  const end = start + limit.timeMs;
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < limit.count && performance.now() < end) {
      begun += 1;
      const before = performance.now();
      await subject.append(batch);
      latenciesMs.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const seconds = (performance.now() - start) / 1000;
  return { perSecond: latenciesMs.length / seconds, latenciesMs };
}

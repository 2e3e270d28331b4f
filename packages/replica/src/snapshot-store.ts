import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { decodeSnapshot, encodeSnapshot, type Snapshot } from "./snapshot-file.ts";

const namePattern = /^snapshot-(\d{16})\.halcyon$/;
const temporaryPattern = /^snapshot-\d{16}\.halcyon\.\d+\.tmp$/;

/** Where snapshots are restored from: what a starting replica needs of a store. */
export type SnapshotReader = Pick<SnapshotStore, "folder" | "positions" | "read">;
/** Where they are kept: what their keeper needs of a store. */
/** Who syncs on the same disk waits for all that is unwritten there: the log, which nobody should hold up. */
const syncBytes = 4 << 20;

export type SnapshotWriter = Pick<SnapshotStore, "positions" | "write" | "prune">;

/** A folder of snapshots, a file each, named by position. One process writes, any number read. */
export class SnapshotStore {
  readonly folder: string;
  /** Read in full by this process and found good. */
  readonly #verified = new Set<number>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Positions of the files that are there, newest first. Says nothing about whether they are good. */
  async positions(): Promise<number[]> {
    const positions: number[] = [];
    for (const name of await this.#names()) {
      const match = namePattern.exec(name);
      if (match !== null) positions.push(Number(match[1]));
    }
    return positions.sort((a, b) => b - a);
  }

  /** Where the snapshot of a position is, or would be. */
  path(position: number): string {
    return join(this.folder, `snapshot-${String(position).padStart(16, "0")}.halcyon`);
  }

  /** Throws SnapshotFileError when the file is not whole. */
  async read(position: number): Promise<Snapshot> {
    return decodeSnapshot(await readFile(this.path(position)));
  }

  /** Durable under its name, or not there at all. Resolves with its size. */
  write(snapshot: Snapshot): Promise<number> {
    return this.#writeFile(snapshot.position, encodeSnapshot(snapshot));
  }

  /** Keeps a file that another store wrote. Throws SnapshotFileError when it is not whole. */
  async adopt(bytes: Uint8Array): Promise<number> {
    const { position } = decodeSnapshot(bytes);
    await this.#writeFile(position, [bytes]);
    return position;
  }

  async #writeFile(position: number, chunks: Iterable<Uint8Array>): Promise<number> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = this.path(position);
    const temporary = `${path}.${process.pid}.tmp`;
    let lengthBytes = 0;
    let unsyncedBytes = 0;
    try {
      const file = await open(temporary, "w", 0o600);
      try {
        for (const chunk of chunks) {
          await file.writeFile(chunk);
          lengthBytes += chunk.length;
          unsyncedBytes += chunk.length;
          if (unsyncedBytes < syncBytes) continue;
          await file.datasync();
          unsyncedBytes = 0;
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await this.#syncFolder();
    // Read back what the disk has: a snapshot that cannot be read must not let the log be trimmed.
    await this.read(position);
    this.#verified.add(position);
    return lengthBytes;
  }

  /**
   * Keeps the newest `keep` good snapshots and answers their positions, newest first. What is older
   * than all of them goes, and so does what an interrupted write left behind.
   */
  async prune(keep: number): Promise<number[]> {
    const good: number[] = [];
    for (const position of await this.positions()) {
      if (good.length >= keep) {
        await rm(this.path(position), { force: true });
        this.#verified.delete(position);
      } else if (await this.#isGood(position)) good.push(position);
    }
    for (const name of await this.#names()) {
      if (temporaryPattern.test(name)) await rm(join(this.folder, name), { force: true });
    }
    return good;
  }

  async #isGood(position: number): Promise<boolean> {
    if (this.#verified.has(position)) return true;
    try {
      await this.read(position);
      this.#verified.add(position);
      return true;
    } catch {
      // Damaged or unreadable: either way nothing to rely on. Restoring says so when it meets it.
      return false;
    }
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.folder, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";

/**
 * A small file in the environment's folder. A writer touches it once a commit is durable; readers
 * in other processes are woken through the kernel's file notification instead of polling LMDB.
 */
export function doorbellFile(path: string): string {
  return join(path, "doorbell");
}

/** Listens while at least one reader follows the log. */
export class Doorbell {
  readonly #file: string;
  readonly #onRing: () => void;
  #watcher: FSWatcher | null = null;
  #listeners = 0;

  constructor(path: string, onRing: () => void) {
    this.#file = doorbellFile(path);
    this.#onRing = onRing;
  }

  listen(): void {
    this.#listeners += 1;
    if (this.#watcher === null) this.#start();
  }

  unlisten(): void {
    this.#listeners -= 1;
    if (this.#listeners === 0) this.close();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  #start(): void {
    try {
      this.#watcher = watch(this.#file, this.#onRing);
      this.#watcher.on("error", (error) => this.#degrade(error));
    } catch (error) {
      this.#degrade(error);
    }
  }

  #degrade(error: unknown): void {
    this.close();
    process.emitWarning(
      `File notification on ${this.#file} does not work (${String(error)}): entries of other processes arrive up to 50 ms late. Raise fs.inotify.max_user_instances and max_user_watches.`,
      { code: "HALCYON_LOG_DOORBELL" },
    );
  }
}

import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { identityOf, isRunning, type ProcessIdentity } from "./process-identity.ts";

export type RunLock =
  | { readonly held: true; release(): void }
  | { readonly held: false; readonly holder: ProcessIdentity };

const attemptsMax = 5;

/**
 * One supervisor per data folder. The lock names its holder, so that a lock left by a process that
 * was killed is taken over, also when its id now belongs to another process.
 */
export function takeRunLock(path: string): RunLock {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const own = `${path}.${process.pid}`;
  const content = JSON.stringify(identityOf(process.pid));
  writeFileSync(own, content, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (linkIfFree(own, path)) {
        return { held: true, release: () => releaseIfOwn(path, content) };
      }
      const holder = readHolder(path);
      if (holder !== null && isRunning(holder)) return { held: false, holder };
      removeStale(path, holder);
    }
  } finally {
    rmSync(own, { force: true });
  }
  throw new Error(`Several starts fight over ${path}: try again.`);
}

/** Creates the lock with its content in one step; false when it exists. */
function linkIfFree(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The holder, or null when the lock is gone or torn. */
function readHolder(path: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessIdentity;
  } catch {
    return null;
  }
}

/** Moves a stale lock away; when another start has just replaced it, puts that one back. */
function removeStale(path: string, stale: ProcessIdentity | null): void {
  const moved = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const found = readHolder(moved);
  if (found !== null && JSON.stringify(found) !== JSON.stringify(stale)) linkIfFree(moved, path);
  rmSync(moved, { force: true });
}

function releaseIfOwn(path: string, content: string): void {
  try {
    if (readFileSync(path, "utf8") === content) rmSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

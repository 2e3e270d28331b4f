import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isRunning, type ProcessIdentity } from "./process-identity.ts";

const goneWithinMs = 5_000;
const lookEveryMs = 20;

/** Notes who runs now, for the next start to clear away should this supervisor be killed. */
export function noteRunning(path: string, running: readonly ProcessIdentity[]): void {
  const draft = `${path}.new`;
  writeFileSync(draft, JSON.stringify(running), { mode: 0o600 });
  renameSync(draft, path);
}

/** Ends what a supervisor that was killed left running. Nothing else: ids are checked by start time. */
export async function endLeftovers(path: string): Promise<number> {
  const leftovers = readNote(path).filter(
    (identity) => identity.startTicks !== null && isRunning(identity),
  );
  for (const { pid } of leftovers) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  const deadline = Date.now() + goneWithinMs;
  for (const identity of leftovers) {
    while (isRunning(identity)) {
      if (Date.now() > deadline) {
        throw new Error(
          `Process ${identity.pid} of an earlier start does not end: end it by hand.`,
        );
      }
      await delay(lookEveryMs);
    }
  }
  return leftovers.length;
}

function readNote(path: string): ProcessIdentity[] {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessIdentity[];
  } catch {
    // There is none at the first start; a torn one names nobody.
    return [];
  }
}

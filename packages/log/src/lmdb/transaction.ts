import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ABORT } from "lmdb";
import { LogError } from "../port.ts";
import { type Environment, readNewestTransaction } from "./environment.ts";

/** An opener must have been caught between two instructions each time. */
const ATTEMPTS_MAX = 20;
const REOPEN_TIMEOUT_MS = 10_000;

/**
 * One write transaction, on top of the newest one.
 *
 * Whoever opens an LMDB environment sets the number of the newest transaction, which all processes
 * share, to the one that it read from the file a moment before (`mdb_env_open2` in mdb.c). What
 * another process committed in that moment is then passed over: the next transaction would build
 * on the one before it, and overwrite what was acknowledged. The meta pages know better, and under
 * the write lock nobody changes them. Where the shared number is behind them nothing is written;
 * another process opens the environment once more, which sets the number right.
 */
export function transact<T>(path: string, environment: Environment, work: () => T): T {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    let isOnNewest = true;
    const result = environment.transactionSync(() => {
      isOnNewest = environment.getWriteTxnId() === readNewestTransaction(environment) + 1;
      return isOnNewest ? work() : (ABORT as T);
    });
    if (isOnNewest) return result;
    openElsewhere(path);
  }
  throw new LogError(
    "unavailable",
    `The log in ${path} is opened by other processes without a pause. Stop what opens it again and again.`,
  );
}

/** In this process LMDB would find the environment open, and leave the number as it is. */
function openElsewhere(path: string): void {
  const script = fileURLToPath(new URL("./verify-child.ts", import.meta.url));
  execFileSync(process.execPath, [script, path, "tail"], {
    env: {},
    stdio: "ignore",
    timeout: REOPEN_TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
}

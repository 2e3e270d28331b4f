import { readFileSync } from "node:fs";

/** A process that stays the same one: ids are used again, an id with its start time is not. */
export type ProcessIdentity = { readonly pid: number; readonly startTicks: string | null };

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTicks: startTicksOf(pid) };
}

export function isRunning({ pid, startTicks }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return startTicks === null || startTicks === startTicksOf(pid);
}

/** Field 22 of /proc/PID/stat; null where there is no such file, or the process is but a zombie. */
function startTicksOf(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  // The name in field 2 may hold spaces and parentheses; what follows the last one is regular.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? null : (fields[19] ?? null);
}

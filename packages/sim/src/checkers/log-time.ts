import type { Evidence } from "./violation.ts";

/** Log time never goes back, and answers tell the log time of their position. */
export function checkLogTime({ run }: Evidence): string[] {
  const faults: string[] = [];
  let newestMs = 0;
  for (let position = 1; position <= run.log.length; position++) {
    const published = run.published.get(position);
    if (published === undefined) continue;
    if (published.logTimeMs < newestMs) {
      faults.push(`log time goes back at ${position}: ${published.logTimeMs} after ${newestMs}`);
    }
    newestMs = published.logTimeMs;
  }
  for (const { id, result } of run.ops) {
    if (result?.kind !== "applied") continue;
    const logTimeMs = run.published.get(result.position)?.logTimeMs;
    if (logTimeMs !== result.logTimeMs) {
      faults.push(`op ${id} was told log time ${result.logTimeMs}, its position has ${logTimeMs}`);
    }
  }
  return faults;
}

import type { Evidence } from "./violation.ts";

/** Nodes that failed, took themselves out or raised an alarm; clients that were never answered; a venue that did not recover. */
export function checkIncidents({ run }: Evidence): string[] {
  const faults = run.incidents.map(
    ({ atUs, who, what }) => `${(atUs / 1e6).toFixed(3)} s: ${who}: ${what}`,
  );
  for (const op of run.ops) {
    if (op.result === null) faults.push(`op ${op.id} (${op.what}) was never answered`);
  }
  return faults;
}

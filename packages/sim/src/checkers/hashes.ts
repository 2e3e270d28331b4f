import type { Evidence } from "./violation.ts";

/** Every node had the same state after every position, also one that was restored from a snapshot. */
export function checkHashes({ run }: Evidence): string[] {
  const faults = run.hashMismatches.map(
    ({ position, node, hash, others }) =>
      `after position ${position} ${node} has the state ${hash}, another node had ${others}`,
  );
  const [first, ...others] = run.finals;
  for (const other of others) {
    if (first!.position === other.position && first!.hash !== other.hash) {
      faults.push(`at the end ${other.node} has another state hash than ${first!.node}`);
    }
  }
  return faults;
}

import { readFileSync } from "node:fs";
import { Venue } from "@halcyon/core";
import type { Part, PartResult } from "./core-parts.ts";
import { startWatch } from "./stopwatch.ts";

export type RestoreTask = {
  readonly snapshotFile: string;
  /** Batches that come after the snapshot, and what the state is behind them. */
  readonly tailFiles: readonly string[];
  readonly hash: readonly [number, number];
  readonly openOrders: number;
};

export function restorePart(task: RestoreTask): Part {
  return { run: () => restore(task) };
}

/** Reading a snapshot's file and making a venue of it, in a process that has compiled nothing yet. */
function restore(task: RestoreTask): PartResult {
  const elapsed = startWatch();
  const venue = Venue.restore(readFileSync(task.snapshotFile));
  const { seconds, cpuSeconds } = elapsed();
  const largeRestoredResidentBytes = process.memoryUsage.rss();
  const balanced = venue.audit().balanced;
  const savedAgain = Buffer.compare(venue.save(), readFileSync(task.snapshotFile)) === 0;
  for (const path of task.tailFiles) venue.applyBatch(readFileSync(path), venue.position + 1);
  const wrong = [
    balanced && venue.audit().balanced ? "" : "the restored balances do not add up",
    savedAgain ? "" : "saved again, the snapshot is another",
    venue.hash[0] === task.hash[0] && venue.hash[1] === task.hash[1]
      ? ""
      : "the restored venue went on to another state hash",
    venue.openOrderCount === task.openOrders ? "" : "the restored venue has other open orders",
  ].filter((text) => text !== "");
  return {
    figures: { largeRestoreSeconds: seconds, largeRestoredResidentBytes },
    onCpu: { largeRestoreSeconds: cpuSeconds },
    wrong: wrong.join(", "),
  };
}

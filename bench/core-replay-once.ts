import { openLog } from "@halcyon/log";
import { LogReplica } from "@halcyon/replica";
import type { Part, PartResult } from "./core-parts.ts";
import { startWatch } from "./stopwatch.ts";

export type ReplayTask = {
  readonly path: string;
  /** Where the log ends, and the state hash there. */
  readonly position: number;
  readonly hash: readonly [number, number];
  /** Whether the gateway's views (orders, fills, trades, candles) follow too, as in a node. */
  readonly withViews: boolean;
};

export function replayOncePart(task: ReplayTask): Part {
  return { run: () => replayOnce(task) };
}

/** From opening the log to a replica that has caught up, in a process that has compiled nothing yet. */
async function replayOnce(task: ReplayTask): Promise<PartResult> {
  const caughtUp = Promise.withResolvers<void>();
  const views = task.withViews ? new (await import("@halcyon/gateway")).Views() : null;
  const elapsed = startWatch();
  const log = await openLog({ kind: "lmdb", path: task.path });
  const replica = new LogReplica({
    nodeName: "bench",
    nodeId: null,
    log,
    snapshots: null,
    listener: {
      onCaughtUp: () => caughtUp.resolve(),
      onFailure: (error) => caughtUp.reject(error as Error),
      onProjectionFailure: (_, error) => caughtUp.reject(error as Error),
    },
  });
  for (const projection of views?.projections ?? []) replica.addProjection(projection);
  try {
    await replica.start();
    await caughtUp.promise;
    const { seconds, cpuSeconds } = elapsed();
    const { venue } = replica;
    const isRight =
      replica.position === task.position &&
      venue.hash[0] === task.hash[0] &&
      venue.hash[1] === task.hash[1] &&
      venue.audit().balanced &&
      replica.health().ok;
    const { commandsApplied } = replica.stats();
    return {
      figures: { commandsPerSecond: commandsApplied / seconds },
      onCpu: { commandsPerSecond: commandsApplied / cpuSeconds },
      wrong: isRight ? "" : `the replica's state at ${replica.position} is not the log's`,
    };
  } finally {
    await replica.stop();
    await log.close();
  }
}

import { openLog } from "@halcyon/log";
import { LogReplica } from "@halcyon/replica";
import type { PartResult } from "./core-parts.ts";

export type ReplayTask = {
  readonly path: string;
  /** Where the log ends, and the state hash there. */
  readonly position: number;
  readonly hash: readonly [number, number];
  /** Whether the gateway's views (orders, fills, trades, candles) follow too, as in a node. */
  readonly withViews: boolean;
};

/** From opening the log to a replica that has caught up, in a process that has compiled nothing yet. */
export async function replayOnce(task: ReplayTask): Promise<PartResult> {
  const caughtUp = Promise.withResolvers<void>();
  const views = task.withViews ? new (await import("@halcyon/gateway")).Views() : null;
  const from = performance.now();
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
    const seconds = (performance.now() - from) / 1000;
    const { venue } = replica;
    const isRight =
      replica.position === task.position &&
      venue.hash[0] === task.hash[0] &&
      venue.hash[1] === task.hash[1] &&
      venue.audit().balanced &&
      replica.health().ok;
    return {
      figures: { commandsPerSecond: replica.stats().commandsApplied / seconds },
      wrong: isRight ? "" : `the replica's state at ${replica.position} is not the log's`,
    };
  } finally {
    await replica.stop();
    await log.close();
  }
}

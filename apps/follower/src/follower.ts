import { Views } from "@halcyon/gateway";
import type { CommandLog } from "@halcyon/log";
import type { Check, Logger } from "@halcyon/process";
import {
  LogReplica,
  SnapshotKeeper,
  type SnapshotStore,
  type SnapshotWritten,
  snapshotScheduleDefault,
  systemClock,
} from "@halcyon/replica";
import type { FollowerConfig } from "./config.ts";

export type FollowerOptions = {
  readonly config: FollowerConfig;
  readonly log: CommandLog;
  readonly store: SnapshotStore;
  readonly logger: Logger;
  /** It cannot go on. Its process should end, to be started again from the last good snapshot. */
  readonly onFatal: (reason: string) => void;
};

/** Snapshots are minutes apart: a follower that is half a second behind serves as well. */
const restMs = 500;

/** Keeps the same state as the nodes, serves nobody, and writes it down for them. */
export class Follower {
  readonly replica: LogReplica;
  readonly #keeper: SnapshotKeeper;
  #last: (SnapshotWritten & { readonly atMs: number }) | null = null;
  readonly snapshots = { written: 0, refused: 0, failed: 0 };

  constructor({ config, log, store, logger, onFatal }: FollowerOptions) {
    const { everySeconds, offsetSeconds, everyPositions, keep, marginPositions } = config.snapshots;
    this.replica = new LogReplica({
      nodeName: config.name,
      nodeId: null,
      log,
      snapshots: store,
      limits: { restMs },
      listener: {
        onProgress: (position, head) => logger.info({ position, head }, "catching up"),
        onCaughtUp: (position) => logger.info({ position }, "caught up"),
        onQuarantine: (reason) => onFatal(`quarantined: ${reason}`),
        onFailure: (error) => {
          logger.fatal({ err: error }, "the replica failed");
          onFatal("the replica failed");
        },
        onAlarm: (message) => logger.error(message),
        onProjectionFailure: (projection, error) =>
          logger.error({ err: error, projection }, "a projection failed"),
        onNotice: (message) => logger.warn(message),
        onLogFailure: (operation, error, retryInMs) =>
          logger.error({ err: error, operation, retryInMs }, "the log failed"),
      },
    });
    // The same projections as a node has: a snapshot holds what each of them needs at its start.
    for (const projection of new Views().projections) this.replica.addProjection(projection);
    this.#keeper = new SnapshotKeeper({
      source: this.replica,
      store,
      log,
      clock: systemClock,
      schedule: {
        ...snapshotScheduleDefault,
        everyMs: everySeconds * 1_000,
        ...(offsetSeconds === undefined ? {} : { offsetMs: offsetSeconds * 1_000 }),
        everyPositions,
        keep,
        ...(marginPositions === undefined ? {} : { marginPositions }),
      },
      onWritten: (written) => {
        this.snapshots.written++;
        this.#last = { ...written, atMs: Date.now() };
        logger.info(written, "snapshot written");
      },
      onRefused: (reason) => {
        this.snapshots.refused++;
        logger.error({ reason }, "snapshot refused");
      },
      onFailed: (error) => {
        this.snapshots.failed++;
        logger.error({ err: error }, "snapshot failed");
      },
    });
  }

  /** The last snapshot that this process wrote. */
  get lastSnapshot(): (SnapshotWritten & { readonly atMs: number }) | null {
    return this.#last;
  }

  async start(): Promise<void> {
    await this.replica.start();
    await this.#keeper.start();
  }

  ready(): Check {
    const health = this.replica.health();
    if (!health.ok || this.#keeper.failure === null) return health;
    return { ok: false, status: "snapshots-failing", reasons: [this.#keeper.failure] };
  }

  async stop(): Promise<void> {
    await this.#keeper.stop();
    await this.replica.stop();
  }
}

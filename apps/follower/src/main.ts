import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { openLog } from "@halcyon/log";
import {
  createLogger,
  createMetrics,
  onStop,
  raiseInliningLimits,
  readProcessConfig,
  startHealthServer,
} from "@halcyon/process";
import { SnapshotStore } from "@halcyon/replica";
import type { FollowerConfig } from "./config.ts";
import { Follower } from "./follower.ts";
import { registerFollowerMetrics } from "./follower-metrics.ts";
import { fetchSnapshotIfBehind, newestSnapshotPath, SnapshotOffer } from "./snapshot-exchange.ts";

raiseInliningLimits();
// Nobody waits for it: nodes and the log come first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const config = readProcessConfig<FollowerConfig>(process.argv[2]);
const logger = createLogger({ process: config.name });

function exit(reason: string): void {
  logger.fatal({ reason }, "exiting, to be started again");
  logger.flush(() => process.exit(1));
}

const metrics = createMetrics({ process: config.name });
const log = await openLog(config.log);
const store = new SnapshotStore(config.snapshots.folder);
const follower = new Follower({ config, log, store, logger, onFatal: exit });
const { exchange } = config;
const masterKey = exchange === undefined ? null : readFileSync(exchange.masterKeyFile);
const offer = masterKey === null ? null : new SnapshotOffer(store, masterKey);
registerFollowerMetrics(metrics, follower);
const health = await startHealthServer({
  ...config.health,
  live: () => ({ ok: true, status: "live" }),
  ready: () => follower.ready(),
  metrics,
  routes: offer === null ? {} : { [`GET ${newestSnapshotPath}`]: () => offer.answer() },
});

onStop(
  async () => {
    await follower.stop();
    await log.close();
    await health.close();
  },
  { logger, stopWithParent: true },
);

try {
  if (exchange !== undefined && masterKey !== null) {
    await fetchSnapshotIfBehind({ log, store, peers: exchange.peers, masterKey, logger });
  }
  await follower.start();
  logger.info({ healthPort: health.port, position: follower.replica.position }, "follower is up");
} catch (error) {
  logger.fatal({ err: error }, "the follower cannot start");
  exit(error instanceof Error ? error.message : String(error));
}

import { readFileSync } from "node:fs";
import type { CommandLog } from "@halcyon/log";
import { createLogger, createMetrics, onStop, startHealthServer } from "@halcyon/process";
import packageJson from "../package.json" with { type: "json" };
import type { NodeConfig } from "./config.ts";
import { VenueNode } from "./node.ts";
import { registerNodeMetrics, requestMetrics } from "./node-metrics.ts";

/** From an open log to a node that serves, and to the process's end. */
export async function runNode(config: NodeConfig, log: CommandLog): Promise<void> {
  const identity = { process: "node", node: config.name, region: config.region };
  const logger = createLogger(identity);

  function exit(reason: string): void {
    logger.fatal({ reason }, "exiting, to be started again");
    logger.flush(() => process.exit(1));
  }

  const metrics = createMetrics(identity);
  const node = new VenueNode({
    config,
    version: packageJson.version,
    masterKey: readFileSync(config.masterKeyFile),
    log,
    logger,
    observe: requestMetrics(metrics),
    onFatal: exit,
  });
  registerNodeMetrics(metrics, node);
  const health = await startHealthServer({
    ...config.health,
    live: () => ({ ok: true, status: "live" }),
    ready: () => node.ready(),
    metrics,
    routes: {
      "POST /drain": () => {
        node.drain();
        return { status: 200, body: { status: "draining" } };
      },
      "POST /undrain": () => {
        node.undrain();
        return { status: 200, body: { status: "ready" } };
      },
    },
  });

  onStop(
    async () => {
      await node.stop();
      await log.close();
      await health.close();
    },
    { logger, stopWithParent: true },
  );

  try {
    const port = await node.start();
    logger.info({ port, healthPort: health.port, position: node.replica.position }, "node is up");
  } catch (error) {
    logger.fatal({ err: error }, "the node cannot start");
    exit(error instanceof Error ? error.message : String(error));
  }
}

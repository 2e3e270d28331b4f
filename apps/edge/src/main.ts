import { type EdgeConfig, startEdge } from "@halcyon/edge";
import {
  createLogger,
  createMetrics,
  onStop,
  readProcessConfig,
  startHealthServer,
} from "@halcyon/process";

const config = readProcessConfig<EdgeConfig>(process.argv[2]);
const logger = createLogger({ process: config.name, region: config.region });
const metrics = createMetrics({ process: config.name, region: config.region });
const edge = await startEdge({ config, log: logger, metrics });
const health = await startHealthServer({
  ...config.health,
  live: () => ({ ok: true, status: "live" }),
  ready: () => edge.ready(),
  metrics,
  routes: {
    "GET /plan": (url) => ({
      status: 200,
      body: edge.plan({
        statedRegion: url.searchParams.get("region"),
        address: url.searchParams.get("client"),
      }),
    }),
  },
});

onStop(
  async () => {
    await edge.stop();
    await health.close();
  },
  { logger, stopWithParent: true },
);
logger.info({ port: edge.port, healthPort: health.port }, "edge is up");

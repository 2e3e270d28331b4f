import { type HaproxyEdgeConfig, startBalancer, startPageServer } from "@halcyon/edge";
import {
  createLogger,
  createMetrics,
  onStop,
  readProcessConfig,
  startHealthServer,
} from "@halcyon/process";

const config = readProcessConfig<HaproxyEdgeConfig>(process.argv[2]);
const identity = { process: config.name, region: config.region };
const logger = createLogger(identity);
const metrics = createMetrics(identity);
const balancer = startBalancer({ config, log: logger, metrics });
// Weights matter more than the page: a balancer that cannot serve it says so and goes on.
const page =
  config.page === undefined
    ? null
    : await startPageServer(config.page, logger).catch((error: unknown) => {
        logger.error({ err: error }, "no page for browsers: start the zone again to build it");
        return null;
      });
const health = await startHealthServer({
  ...config.health,
  live: () => ({ ok: true, status: "live" }),
  ready: () => balancer.ready(),
  metrics,
  routes: {
    "GET /plan": (url) => ({
      status: 200,
      body: balancer.plan({
        statedRegion: url.searchParams.get("region"),
        address: url.searchParams.get("client"),
      }),
    }),
  },
});

onStop(
  async () => {
    await balancer.stop();
    await page?.stop();
    await health.close();
  },
  { logger, stopWithParent: true },
);
logger.info({ healthPort: health.port }, "balancer is up");

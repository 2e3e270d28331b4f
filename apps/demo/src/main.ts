import { readFileSync } from "node:fs";
import {
  Counter,
  createLogger,
  createMetrics,
  onStop,
  readProcessConfig,
  startHealthServer,
} from "@halcyon/process";
import { startDemoTraders } from "./demo-traders.ts";
import type { DemoMarket } from "./market-terms.ts";

type DemoConfig = {
  readonly name: string;
  readonly url: string;
  readonly health: { readonly host: string; readonly port: number };
  /** Holds the administrator's token, with which the traders get accounts and money. */
  readonly credentialsFile: string;
  readonly markets: readonly DemoMarket[];
  readonly seed?: number;
  readonly requestsPerSecond?: number;
};
type Credentials = { readonly administrator: { readonly token: string } };

const config = readProcessConfig<DemoConfig>(process.argv[2]);
const credentials = JSON.parse(readFileSync(config.credentialsFile, "utf8")) as Credentials;
const logger = createLogger({ process: config.name });
const metrics = createMetrics({ process: config.name });
const requests = new Counter({
  name: "halcyon_demo_requests",
  help: "What the demo traders did.",
  labelNames: ["market", "what"],
  registers: [metrics],
});

const traders = startDemoTraders({
  url: config.url,
  administratorToken: credentials.administrator.token,
  markets: config.markets,
  seed: config.seed ?? 1,
  requestsPerSecond: config.requestsPerSecond ?? 15,
  logger,
  count: (market, what) => requests.inc({ market, what }),
});
const health = await startHealthServer({
  ...config.health,
  live: () => ({ ok: true, status: "live" }),
  ready: () =>
    traders.isTrading() ? { ok: true, status: "ready" } : { ok: false, status: "starting" },
  metrics,
});

onStop(
  async () => {
    await traders.stop();
    await health.close();
  },
  { logger, stopWithParent: true },
);

export { Counter, Gauge, Histogram } from "prom-client";
export {
  type Check,
  type HealthAnswer,
  type HealthRoute,
  type HealthServer,
  type HealthServerOptions,
  startHealthServer,
} from "./health-server.ts";
export { withHugePages } from "./huge-pages.ts";
export { raiseInliningLimits } from "./inlining.ts";
export { createLogger, type Logger, type LoggerOptions, redactText } from "./logger.ts";
export { createMetrics, type MetricsRegistry } from "./metrics.ts";
export { type OrderlyStop, type OrderlyStopOptions, onStop } from "./orderly-stop.ts";
export { readProcessConfig } from "./process-config.ts";

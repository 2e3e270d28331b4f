import { collectDefaultMetrics, type OpenMetricsContentType, Registry } from "prom-client";

export type MetricsRegistry = Registry<OpenMetricsContentType>;

/**
 * A registry that speaks OpenMetrics and already holds what every process reports: CPU, memory,
 * event loop delay (mean, p50, p90, p99), garbage collection. `labels` go on every metric.
 */
export function createMetrics(labels: Readonly<Record<string, string>> = {}): MetricsRegistry {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });
  return registry;
}

import type { RequestObserver } from "@halcyon/gateway";
import { Gauge, Histogram, type MetricsRegistry } from "@halcyon/process";
import { lanes } from "@halcyon/replica";
import type { VenueNode } from "./node.ts";

/** From a tenth of a millisecond, which is a read, to seconds, which is trouble. */
const durationBuckets = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 1, 3];

/** Counts and times every answer by method and status. */
export function requestMetrics(registry: MetricsRegistry): RequestObserver {
  const durations = new Histogram({
    name: "halcyon_request_duration_seconds",
    help: "From a request's headers to its answer, by method and status.",
    labelNames: ["method", "status"],
    buckets: durationBuckets,
    registers: [registry],
  });
  // Looking labels up costs more than counting: each pair of method and status is looked up once.
  const known = new Map<string, Map<number, { observe(seconds: number): void }>>();
  return (method, status, durationMs) => {
    const ofMethod = known.get(method) ?? new Map<number, { observe(seconds: number): void }>();
    known.set(method, ofMethod);
    const ofStatus = ofMethod.get(status) ?? durations.labels(method, String(status));
    ofMethod.set(status, ofStatus);
    ofStatus.observe(durationMs / 1_000);
  };
}

/** Registers what the node knows about itself; read at each scrape. */
export function registerNodeMetrics(registry: MetricsRegistry, node: VenueNode): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  const stats = () => node.replica.stats();
  gauge("halcyon_ready", "1 while this node takes traffic.", () => (node.ready().ok ? 1 : 0));
  gauge("halcyon_position", "Position of the last batch applied.", () => node.replica.position);
  gauge(
    "halcyon_lag_seconds",
    "This process's time less that of the newest batch applied.",
    () => stats().lagMs / 1_000,
  );
  gauge("halcyon_batches_applied", "Batches since the start.", () => stats().batchesApplied);
  gauge("halcyon_commands_applied", "Commands since the start.", () => stats().commandsApplied);
  gauge("halcyon_appends", "Batches appended since the start.", () => stats().appends);
  gauge("halcyon_append_failures", "Appends that failed.", () => stats().appendFailures);
  gauge("halcyon_log_read_failures", "Reads that failed.", () => stats().readFailures);
  gauge(
    "halcyon_unknown_outcomes",
    "Commands of which this node could not tell in time what became.",
    () => stats().unknownOutcomes,
  );
  gauge(
    "halcyon_peers_disagreeing",
    "Nodes whose state hash differs from the one here.",
    () => stats().peersDisagreeing,
  );
  registerLaneMetrics(registry, node);
  registerSocketMetrics(registry, node);
}

function registerLaneMetrics(registry: MetricsRegistry, node: VenueNode): void {
  for (const [name, help, key] of [
    ["halcyon_lane_queued", "Commands that wait for the log, by lane.", "queued"],
    ["halcyon_lane_shed", "Commands refused before the log, by lane.", "shed"],
  ] as const) {
    new Gauge({
      name,
      help,
      labelNames: ["lane"],
      registers: [registry],
      collect() {
        const counts = node.replica.stats()[key];
        for (const lane of lanes) this.set({ lane }, counts[lane]);
      },
    });
  }
}

function registerSocketMetrics(registry: MetricsRegistry, node: VenueNode): void {
  new Gauge({
    name: "halcyon_websockets",
    help: "Open WebSockets, by kind.",
    labelNames: ["kind"],
    registers: [registry],
    collect() {
      const { marketSockets, apiSockets } = node.gateway.counts();
      this.set({ kind: "market" }, marketSockets);
      this.set({ kind: "api" }, apiSockets);
    },
  });
  new Gauge({
    name: "halcyon_websockets_cut",
    help: "WebSockets that this node closed since its start, by reason.",
    labelNames: ["reason"],
    registers: [registry],
    collect() {
      for (const [reason, count] of Object.entries(node.gateway.counts().cut)) {
        this.set({ reason }, count);
      }
    },
  });
}

import { Gauge, type MetricsRegistry } from "@halcyon/process";
import type { Follower } from "./follower.ts";

/** Registers what the follower knows about itself; read at each scrape. */
export function registerFollowerMetrics(registry: MetricsRegistry, follower: Follower): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  const { replica } = follower;
  gauge("halcyon_position", "Position of the last batch applied.", () => replica.position);
  gauge(
    "halcyon_lag_seconds",
    "This process's time less that of the newest batch applied.",
    () => replica.stats().lagMs / 1_000,
  );
  gauge(
    "halcyon_commands_applied",
    "Commands applied since the start.",
    () => replica.stats().commandsApplied,
  );
  gauge(
    "halcyon_log_read_failures",
    "Reads of the log that failed since the start.",
    () => replica.stats().readFailures,
  );
  gauge(
    "halcyon_projection_failures",
    "Times a projection threw since the start.",
    () => replica.stats().projectionFailures,
  );
  gauge(
    "halcyon_peers_disagreeing",
    "Nodes whose state hash differs from the one here.",
    () => replica.stats().peersDisagreeing,
  );
  gauge(
    "halcyon_snapshot_position",
    "Position of the last snapshot written by this process, 0 before the first.",
    () => follower.lastSnapshot?.position ?? 0,
  );
  gauge(
    "halcyon_snapshot_age_seconds",
    "Time since the last snapshot was written; -1 before the first.",
    () => (follower.lastSnapshot === null ? -1 : (Date.now() - follower.lastSnapshot.atMs) / 1_000),
  );
  gauge(
    "halcyon_snapshot_duration_seconds",
    "How long the last snapshot took, from the copy of the state to the trim of the log.",
    () => (follower.lastSnapshot?.durationMs ?? 0) / 1_000,
  );
  gauge(
    "halcyon_snapshot_size_bytes",
    "Size of the last snapshot.",
    () => follower.lastSnapshot?.bytes ?? 0,
  );
  gauge(
    "halcyon_log_first_position",
    "Oldest entry of the log when the last snapshot was written, 0 before the first.",
    () => follower.lastSnapshot?.logFirst ?? 0,
  );
  new Gauge({
    name: "halcyon_snapshots",
    help: "Snapshots since the start, by what became of them.",
    labelNames: ["result"],
    registers: [registry],
    collect() {
      const { written, refused, failed } = follower.snapshots;
      this.set({ result: "written" }, written);
      this.set({ result: "refused" }, refused);
      this.set({ result: "failed" }, failed);
    },
  });
}

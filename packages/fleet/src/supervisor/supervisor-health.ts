import { createMetrics, Gauge, type HealthServer, startHealthServer } from "@halcyon/process";
import type { Supervisor } from "./supervisor.ts";

/** The supervisor's own /livez, /readyz and /metrics: ready means that every process runs. */
export function startSupervisorHealth(supervisor: Supervisor, port: number): Promise<HealthServer> {
  const metrics = createMetrics({ process: "supervisor" });
  new Gauge({
    name: "halcyon_process_running",
    help: "1 while the process runs, 0 while it waits to be started again.",
    labelNames: ["name"],
    registers: [metrics],
    collect() {
      for (const { name, running } of supervisor.counts()) this.set({ name }, running ? 1 : 0);
    },
  });
  new Gauge({
    name: "halcyon_process_restarts",
    help: "How often the process was started again since the supervisor began.",
    labelNames: ["name"],
    registers: [metrics],
    collect() {
      for (const { name, restarts } of supervisor.counts()) this.set({ name }, restarts);
    },
  });
  return startHealthServer({
    host: "127.0.0.1",
    port,
    live: () => ({ ok: true, status: "live" }),
    ready: () => {
      const down = supervisor.counts().filter(({ running }) => !running);
      return down.length === 0
        ? { ok: true, status: "ready" }
        : { ok: false, status: "degraded", reasons: down.map(({ name }) => `${name} is down`) };
    },
    metrics,
  });
}

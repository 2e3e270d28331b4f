import type { EdgeConfig, EdgeLimits } from "./config.ts";
import type { EdgeLog } from "./edge-log.ts";
import { NodeHealth } from "./node-health.ts";
import { NodePool } from "./node-pool.ts";
import {
  orderOf,
  type PlannedNode,
  type PlanRegion,
  planTraffic,
  type TrafficPlan,
} from "./traffic-plan.ts";

export interface BoardNode {
  readonly name: string;
  readonly region: string;
  readonly host: string;
  readonly port: number;
  readonly health: NodeHealth;
  readonly pool: NodePool;
}

export interface PlanReport {
  readonly edge: string;
  readonly region: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly region: string;
    readonly state: string;
    readonly reason: string;
    readonly latencyMs: number | null;
  }[];
  readonly plan: TrafficPlan;
}

/** Latencies move slowly; the plans that depend on them are made anew this often. */
const REPLAN_INTERVAL_MS = 1_000;

/** Every node the edge knows: its health, its connections, and the plan that follows from both. */
export class NodeBoard {
  readonly nodes: ReadonlyMap<string, BoardNode>;
  readonly #config: EdgeConfig;
  readonly #log: EdgeLog;
  readonly #regions: readonly PlanRegion[];
  readonly #plans = new Map<string | null, TrafficPlan>();
  readonly #replan: NodeJS.Timeout;
  #turn = 0;

  constructor(config: EdgeConfig, limits: EdgeLimits, log: EdgeLog) {
    this.#config = config;
    this.#log = log;
    this.#regions = config.regions.map(({ name, distances }) => ({
      name,
      distances: distances ?? {},
    }));
    this.nodes = new Map(
      config.regions.flatMap((region) =>
        region.nodes.map((node) => {
          const health = new NodeHealth(
            { name: node.name, region: region.name },
            {
              host: node.healthHost,
              port: node.healthPort,
              intervalMs: limits.probeIntervalMs,
              timeoutMs: limits.probeTimeoutMs,
              onChange: (changed, before) => this.#onChange(changed, before),
            },
          );
          const pool = new NodePool(node, limits);
          const { name, host, port } = node;
          return [name, { name, region: region.name, host, port, health, pool }] as const;
        }),
      ),
    );
    this.#replan = setInterval(() => this.#plans.clear(), REPLAN_INTERVAL_MS).unref();
  }

  start(): void {
    for (const { health } of this.nodes.values()) health.start();
  }

  stop(): void {
    clearInterval(this.#replan);
    for (const { health, pool } of this.nodes.values()) {
      health.stop();
      pool.close();
    }
  }

  /** The nodes to try for a client, best first. */
  order(statedRegion: string | undefined): BoardNode[] {
    this.#turn = (this.#turn + 1) % 0x3fffffff;
    const planned = orderOf(this.plan(statedRegion), this.#turn);
    return planned.map((node: PlannedNode) => this.nodes.get(node.name)!);
  }

  plan(statedRegion: string | undefined): TrafficPlan {
    const isKnown = this.#regions.some((region) => region.name === statedRegion);
    const clientRegion = isKnown && statedRegion !== undefined ? statedRegion : null;
    let plan = this.#plans.get(clientRegion);
    if (plan === undefined) {
      plan = planTraffic({
        regions: this.#regions,
        nodes: [...this.nodes.values()].map(({ health }) => health),
        clientRegion,
        edgeRegion: this.#config.region,
      });
      this.#plans.set(clientRegion, plan);
    }
    return plan;
  }

  countByState(): Map<string, number> {
    const counts = new Map([
      ["healthy", 0],
      ["draining", 0],
      ["suspect", 0],
      ["down", 0],
      ["unknown", 0],
    ]);
    for (const { health } of this.nodes.values()) {
      counts.set(health.state, (counts.get(health.state) ?? 0) + 1);
    }
    return counts;
  }

  report(statedRegion: string | undefined): PlanReport {
    const nodes = [...this.nodes.values()].map(({ health }) => ({
      name: health.name,
      region: health.region,
      state: health.state,
      reason: health.reason,
      latencyMs: health.latencyMs === null ? null : Math.round(health.latencyMs * 1000) / 1000,
    }));
    return {
      edge: this.#config.name,
      region: this.#config.region,
      nodes,
      plan: this.plan(statedRegion),
    };
  }

  #onChange(health: NodeHealth, before: string): void {
    this.#plans.clear();
    const { name: node, state, reason } = health;
    const level = state === "healthy" ? "info" : "warn";
    this.#log[level]({ node, before, state, reason }, "node health changed");
    // Somebody else can answer now, so nobody waits for the full timeout of a silent node. Sending
    // again is safe: the venue executes a request id once.
    const hasOther = [...this.nodes.values()].some((other) => other.health.state === "healthy");
    if (state === "down" && hasOther) this.nodes.get(node)?.pool.abandon(`node is down: ${reason}`);
  }
}

import { ClientNetworks } from "./client-networks.ts";
import type { EdgeConfig, EdgeLimits } from "./config.ts";
import type { EdgeLog } from "./edge-log.ts";
import { NodeHealth } from "./node-health.ts";
import { NodePool } from "./node-pool.ts";
import {
  locateClient,
  orderOf,
  type PlanClient,
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
    readonly load: number | null;
    readonly weight: number;
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
  readonly #networks: ClientNetworks;
  /** By where the client is and why. */
  readonly #plans = new Map<string, TrafficPlan>();
  readonly #replan: NodeJS.Timeout;
  #turn = 0;

  constructor(config: EdgeConfig, limits: EdgeLimits, log: EdgeLog) {
    this.#config = config;
    this.#log = log;
    this.#regions = config.regions.map(({ name, distances }) => ({
      name,
      distances: distances ?? {},
    }));
    this.#networks = new ClientNetworks(config.regions);
    this.nodes = new Map(
      config.regions.flatMap((region) =>
        region.nodes.map((node) => {
          const health = new NodeHealth(
            { name: node.name, region: region.name, weight: node.weight ?? 100 },
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
  order(client: PlanClient): BoardNode[] {
    this.#turn = (this.#turn + 1) % 0x3fffffff;
    const planned = orderOf(this.plan(client), this.#turn);
    return planned.map((node: PlannedNode) => this.nodes.get(node.name)!);
  }

  plan(client: PlanClient): TrafficPlan {
    const where = {
      regions: this.#regions,
      networks: this.#networks,
      client,
      edgeRegion: this.#config.region,
    };
    const { region, why } = locateClient(where);
    const key = `${region} ${why}`;
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      const nodes = [...this.nodes.values()].map(({ health }) => health);
      plan = planTraffic({ ...where, nodes });
      this.#plans.set(key, plan);
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

  /** Of each node what is thought of it, in a sentence. */
  reasons(): string[] {
    return [...this.nodes.values()].map(
      ({ health }) => `${health.name} is ${health.state}: ${health.reason}`,
    );
  }

  report(client: PlanClient): PlanReport {
    const nodes = [...this.nodes.values()].map(({ health }) => ({
      name: health.name,
      region: health.region,
      state: health.state,
      reason: health.reason,
      latencyMs: health.latencyMs === null ? null : Math.round(health.latencyMs * 1000) / 1000,
      load: health.load,
      weight: health.weight,
    }));
    return {
      edge: this.#config.name,
      region: this.#config.region,
      nodes,
      plan: this.plan(client),
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

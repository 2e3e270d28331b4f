/**
 * Where traffic goes, as a pure function of what is known: no clock, no sockets, plain data in and
 * out. Whatever carries the traffic (the built-in edge, a generated proxy configuration) follows
 * the same plan.
 */

/** `suspect` failed a live request and has not answered a probe since; `unknown` was never probed. */
export type NodeState = "healthy" | "draining" | "suspect" | "down" | "unknown";

export interface PlanNode {
  readonly name: string;
  readonly region: string;
  readonly state: NodeState;
  /** Measured from where the traffic enters; null when never measured. */
  readonly latencyMs: number | null;
}

export interface PlanRegion {
  readonly name: string;
  readonly distances: Readonly<Record<string, number>>;
}

export interface PlanInput {
  /** In the order of the configuration, which settles ties. */
  readonly regions: readonly PlanRegion[];
  readonly nodes: readonly PlanNode[];
  /** Where the client says it is; null when it does not, or names no known region. */
  readonly clientRegion: string | null;
  /** Where the traffic enters. */
  readonly edgeRegion: string;
}

export interface PlannedNode {
  readonly name: string;
  readonly region: string;
  readonly reason: string;
}

export interface TrafficPlan {
  readonly mode: "normal" | "panic";
  /** Tiers in the order to try them; the nodes of one tier are equally good and share the load. */
  readonly tiers: readonly (readonly PlannedNode[])[];
  readonly skipped: readonly PlannedNode[];
}

const SKIPPED_BECAUSE: Readonly<Record<NodeState, string>> = {
  healthy: "not skipped",
  draining: "not skipped",
  suspect: "failed a request and has not answered a probe since",
  down: "does not answer probes as ready",
  unknown: "not probed yet",
};

/**
 * Healthy nodes, nearest region first; then draining ones, which still serve what arrives. When no
 * node looks alive the verdicts are worth less than a try: panic mode offers every node.
 */
export function planTraffic(input: PlanInput): TrafficPlan {
  const regions = regionsByNearness(input);
  const alive = input.nodes.some((node) => node.state === "healthy" || node.state === "draining");
  if (!alive) {
    const reason = "panic: no node looks healthy, so no verdict is trusted";
    const tiers = regions.flatMap(({ name }) => tiersOf(input.nodes, name, () => true, reason));
    return { mode: "panic", tiers, skipped: [] };
  }
  const healthy = regions.flatMap(({ name, why }) =>
    tiersOf(input.nodes, name, (state) => state === "healthy", why),
  );
  const draining = regions.flatMap(({ name, why }) =>
    tiersOf(input.nodes, name, (state) => state === "draining", `draining, last resort; ${why}`),
  );
  const skipped = input.nodes
    .filter(({ state }) => state !== "healthy" && state !== "draining")
    .map(({ name, region, state }) => ({ name, region, reason: SKIPPED_BECAUSE[state] }));
  return { mode: "normal", tiers: [...healthy, ...draining], skipped };
}

/** The plan as one list; `turn` moves on by one per request, so that equals take turns. */
export function orderOf(plan: TrafficPlan, turn: number): PlannedNode[] {
  const order: PlannedNode[] = [];
  for (const tier of plan.tiers) {
    for (let index = 0; index < tier.length; index += 1) {
      order.push(tier[(turn + index) % tier.length]!);
    }
  }
  return order;
}

interface RankedRegion {
  readonly name: string;
  readonly why: string;
  readonly distance: number;
  readonly latencyStep: number;
}

function regionsByNearness(input: PlanInput): RankedRegion[] {
  const known = (name: string | null) => input.regions.find((region) => region.name === name);
  const stated = known(input.clientRegion);
  const home = stated ?? known(input.edgeRegion);
  const homeWhy = stated === undefined ? "the edge's region" : "the client's region";
  const ranked = input.regions.map(({ name }): RankedRegion => {
    const latencyStep = bestLatencyStep(input.nodes, name);
    if (name === home?.name) return { name, why: homeWhy, distance: -1, latencyStep };
    const distance = home?.distances[name];
    const why =
      distance === undefined ? "by measured latency" : `distance ${distance} from ${home?.name}`;
    return { name, why, distance: distance ?? Number.POSITIVE_INFINITY, latencyStep };
  });
  // The sort is stable: what ties on both counts keeps the order of the configuration.
  return ranked.sort(
    (a, b) => compare(a.distance, b.distance) || compare(a.latencyStep, b.latencyStep),
  );
}

function tiersOf(
  nodes: readonly PlanNode[],
  region: string,
  accepts: (state: NodeState) => boolean,
  reason: string,
): PlannedNode[][] {
  const steps = new Map<number, PlannedNode[]>();
  for (const node of nodes) {
    if (node.region !== region || !accepts(node.state)) continue;
    const step = latencyStepOf(node);
    const tier = steps.get(step) ?? [];
    tier.push({ name: node.name, region, reason });
    steps.set(step, tier);
  }
  return [...steps.entries()].sort(([a], [b]) => compare(a, b)).map(([, tier]) => tier);
}

function bestLatencyStep(nodes: readonly PlanNode[], region: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    if (node.region === region) best = Math.min(best, latencyStepOf(node));
  }
  return best;
}

/** Latencies within a factor of two count as equal, or noise would move traffic back and forth. */
function latencyStepOf(node: PlanNode): number {
  if (node.latencyMs === null) return Number.POSITIVE_INFINITY;
  return Math.ceil(Math.log2(Math.max(node.latencyMs, 4)));
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

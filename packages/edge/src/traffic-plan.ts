import type { ClientNetworks } from "./client-networks.ts";

/**
 * Where traffic goes, as a pure function of what is known: no clock, no sockets, plain data in and
 * out. Whatever carries the traffic (the built-in edge, HAProxy) follows the same plan.
 */

/** `suspect` failed a live request and has not answered a probe since; `unknown` was never probed. */
export type NodeState = "healthy" | "draining" | "suspect" | "down" | "unknown";

export interface PlanNode {
  readonly name: string;
  readonly region: string;
  readonly state: NodeState;
  /** Measured from where the traffic enters; null when never measured. */
  readonly latencyMs: number | null;
  /** How busy it says it is, 0 to 1; null when it does not say. */
  readonly load: number | null;
  /** The operator's share for it, 0 to 100. */
  readonly weight: number;
}

export interface PlanRegion {
  readonly name: string;
  readonly distances: Readonly<Record<string, number>>;
}

export interface PlanClient {
  /** Where it says it is; null when it does not. One that names no known region says nothing. */
  readonly statedRegion: string | null;
  readonly address: string | null;
}

export interface PlanInput {
  /** In the order of the configuration, which settles ties. */
  readonly regions: readonly PlanRegion[];
  readonly networks: ClientNetworks;
  readonly nodes: readonly PlanNode[];
  readonly client: PlanClient;
  /** Where the traffic enters. */
  readonly edgeRegion: string;
}

export interface PlannedNode {
  readonly name: string;
  readonly region: string;
  /** Of its tier's traffic, in relation to the others in it; 0 for one that the operator gave none. */
  readonly share: number;
  readonly reason: string;
}

export interface ClientPlace {
  readonly region: string;
  readonly why: string;
}

export interface TrafficPlan {
  readonly mode: "normal" | "panic";
  /** The region whose nodes come first, and why. */
  readonly client: ClientPlace;
  /** Tiers in the order to try them; the nodes of one tier share the load. */
  readonly tiers: readonly (readonly PlannedNode[])[];
  readonly skipped: readonly Omit<PlannedNode, "share">[];
}

const SKIPPED_BECAUSE: Readonly<Record<NodeState, string>> = {
  healthy: "not skipped",
  draining: "not skipped",
  suspect: "failed a request and has not answered a probe since",
  down: "does not answer probes as ready",
  unknown: "not probed yet",
};

/** Beyond these loads a node gets a part of its share. Steps, or noise would move traffic about. */
const LOAD_STEPS = [
  { load: 0.95, part: 0.25 },
  { load: 0.85, part: 0.5 },
] as const;

/**
 * Healthy nodes, the client's region first, then by distance and latency; then those that drain or
 * have weight 0, which still serve what arrives. When more than half look dead, the verdicts are worth
 * less than a try (it is rather the view from here that is bad): panic mode offers every node, those
 * that look alive first.
 */
export function planTraffic(input: PlanInput): TrafficPlan {
  const { nodes } = input;
  const client = locateClient(input);
  const regions = regionsByNearness(input, client);
  const isServing = (node: PlanNode) => node.state === "healthy" && node.weight > 0;
  const isLastResort = (node: PlanNode) =>
    node.state === "draining" || (node.state === "healthy" && node.weight === 0);
  const isDead = (node: PlanNode) => !isServing(node) && !isLastResort(node);
  const tiers = [
    ...regions.flatMap(({ name, why }) => tiersOf(nodes, name, isServing, why)),
    ...regions.flatMap(({ name, why }) => tiersOf(nodes, name, isLastResort, why)),
  ];
  const dead = nodes.filter(isDead);
  if (dead.length * 2 > nodes.length) {
    const count = `${dead.length} of ${nodes.length} nodes`;
    const reason = `panic: ${count} look dead, so no verdict is trusted`;
    const last = regions.flatMap(({ name }) => tiersOf(nodes, name, isDead, reason));
    return { mode: "panic", client, tiers: [...tiers, ...last], skipped: [] };
  }
  const skipped = dead.map(({ name, region, state }) => {
    return { name, region, reason: SKIPPED_BECAUSE[state] };
  });
  return { mode: "normal", client, tiers, skipped };
}

/** What the client says of itself goes before what its address says. */
export function locateClient({
  regions,
  networks,
  client,
  edgeRegion,
}: Pick<PlanInput, "regions" | "networks" | "client" | "edgeRegion">): ClientPlace {
  const { statedRegion, address } = client;
  if (statedRegion !== null && regions.some(({ name }) => name === statedRegion)) {
    return { region: statedRegion, why: "the client's region" };
  }
  const found = address === null ? null : networks.find(address);
  if (found === null) return { region: edgeRegion, why: "the edge's region" };
  return { region: found.region, why: `the region of the client's network ${found.network}` };
}

/**
 * The plan as one list; `turn` moves on by one per request, so that the nodes of a tier take turns as
 * often as their shares say.
 */
export function orderOf(plan: TrafficPlan, turn: number): PlannedNode[] {
  const order: PlannedNode[] = [];
  for (const tier of plan.tiers) {
    const first = firstOf(tier, turn);
    for (let index = 0; index < tier.length; index += 1) {
      order.push(tier[(first + index) % tier.length]!);
    }
  }
  return order;
}

function firstOf(tier: readonly PlannedNode[], turn: number): number {
  const unit = tier.reduce((divisor, { share }) => commonDivisor(divisor, share), 0);
  if (unit === 0) return turn % tier.length;
  const total = tier.reduce((sum, { share }) => sum + share / unit, 0);
  let point = turn % total;
  const index = tier.findIndex(({ share }) => {
    point -= share / unit;
    return point < 0;
  });
  return Math.max(index, 0);
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

interface RankedRegion extends ClientPlace {
  readonly name: string;
  readonly distance: number;
  readonly latencyStep: number;
}

function regionsByNearness(input: PlanInput, home: ClientPlace): RankedRegion[] {
  const distances = input.regions.find(({ name }) => name === home.region)?.distances ?? {};
  const ranked = input.regions.map(({ name }): RankedRegion => {
    const latencyStep = bestLatencyStep(input.nodes, name);
    const ranking = { name, region: name, latencyStep };
    if (name === home.region) return { ...ranking, why: home.why, distance: -1 };
    const distance = distances[name];
    const why =
      distance === undefined ? "by measured latency" : `distance ${distance} from ${home.region}`;
    return { ...ranking, why, distance: distance ?? Number.POSITIVE_INFINITY };
  });
  // The sort is stable: what ties on both counts keeps the order of the configuration.
  return ranked.sort(
    (a, b) => compare(a.distance, b.distance) || compare(a.latencyStep, b.latencyStep),
  );
}

function tiersOf(
  nodes: readonly PlanNode[],
  region: string,
  accepts: (node: PlanNode) => boolean,
  why: string,
): PlannedNode[][] {
  const steps = new Map<number, PlannedNode[]>();
  for (const node of nodes) {
    if (node.region !== region || !accepts(node)) continue;
    const step = latencyStepOf(node);
    const tier = steps.get(step) ?? [];
    tier.push(plannedNode(node, why));
    steps.set(step, tier);
  }
  return [...steps.entries()].sort(([a], [b]) => compare(a, b)).map(([, tier]) => tier);
}

function plannedNode({ name, region, state, load, weight }: PlanNode, why: string): PlannedNode {
  const step = LOAD_STEPS.find((one) => load !== null && load >= one.load);
  const share = weight === 0 ? 0 : Math.max(1, Math.round(weight * (step?.part ?? 1)));
  const reasons = [
    ...(state === "draining" ? ["draining, last resort"] : []),
    ...(state === "healthy" && weight === 0 ? ["weight 0, last resort"] : []),
    why,
    ...(weight > 0 && weight < 100 ? [`weight ${weight}`] : []),
    ...(step === undefined ? [] : [`load ${load?.toFixed(2)}: ${step.part} of its share`]),
  ];
  return { name, region, share, reason: reasons.join("; ") };
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

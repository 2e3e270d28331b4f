export interface EdgeNodeConfig {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly healthHost: string;
  readonly healthPort: number;
  /** The operator's share for it, 0 to 100; 100 where nothing is said. 0: it gets nothing new. */
  readonly weight?: number;
}

export interface EdgeRegionConfig {
  readonly name: string;
  readonly nodes: readonly EdgeNodeConfig[];
  /** How far other regions are from this one, by their names; smaller is nearer, the unit is free. */
  readonly distances?: Readonly<Record<string, number>>;
  /** Networks (`203.0.113.0/24`) whose clients are nearest to it, unless they say otherwise. */
  readonly networks?: readonly string[];
}

export interface EdgeConfig {
  readonly name: string;
  /** The region this edge stands in: home of clients that state none. */
  readonly region: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly health: { readonly host: string; readonly port: number };
  readonly regions: readonly EdgeRegionConfig[];
  readonly limits?: Partial<EdgeLimits>;
  /** A folder with a built page, for browsers; without one there is only the API. */
  readonly pageFolder?: string;
}

export interface EdgeLimits {
  /** Open client connections, tunnels included; further ones are closed at accept. */
  readonly connectionsMax: number;
  /** Requests waiting for a node's answer; further ones are refused with 503. */
  readonly inFlightMax: number;
  /** Requests of one connection, sent one behind the other without waiting; beyond it is cut off. */
  readonly pipelinedMax: number;
  readonly tunnelsMax: number;
  readonly bodyBytesMax: number;
  /** Of a request that makes thousands of transfers at once. */
  readonly bulkBodyBytesMax: number;
  readonly headerBytesMax: number;
  /** Request bodies held at once by all clients together. */
  readonly bodyBytesTotalMax: number;
  /** Answers that clients have not read yet, together; beyond it slow readers are cut off. */
  readonly unreadBytesTotalMax: number;
  /** Answers up to this size are held until complete, so that they can be asked for again. */
  readonly answerBufferBytes: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** A connection on which nothing moves for this long while an answer is owed is cut off. */
  readonly stalledTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly attemptsMax: number;
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  /** A node without sign of life for this long loses its tunnels. */
  readonly tunnelNodeLostMs: number;
  /** A tunnel on which one side said nothing for this long is dead: nodes ping every 20 s. */
  readonly tunnelIdleMs: number;
  /** How long a stop waits for requests in flight. */
  readonly drainTimeoutMs: number;
}

/** Where thousands of transfers come in one body. */
export const BULK_PATH = "/admin/v1/transfers";

export const DEFAULT_LIMITS: EdgeLimits = {
  connectionsMax: 10_000,
  inFlightMax: 2_048,
  pipelinedMax: 16,
  tunnelsMax: 5_000,
  bodyBytesMax: 256 * 1024,
  bulkBodyBytesMax: 2 * 1024 * 1024,
  headerBytesMax: 16 * 1024,
  bodyBytesTotalMax: 64 * 1024 * 1024,
  unreadBytesTotalMax: 64 * 1024 * 1024,
  answerBufferBytes: 1024 * 1024,
  headersTimeoutMs: 5_000,
  bodyTimeoutMs: 10_000,
  keepAliveTimeoutMs: 65_000,
  stalledTimeoutMs: 20_000,
  connectTimeoutMs: 1_000,
  attemptTimeoutMs: 3_000,
  totalTimeoutMs: 10_000,
  attemptsMax: 24,
  probeIntervalMs: 100,
  probeTimeoutMs: 300,
  tunnelNodeLostMs: 2_000,
  tunnelIdleMs: 90_000,
  drainTimeoutMs: 8_000,
};

/** Fills in the defaults and refuses a configuration that could not route anything. */
export function resolveLimits(config: EdgeConfig): EdgeLimits {
  const limits = { ...DEFAULT_LIMITS, ...config.limits };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new Error(`Edge limit ${name} is ${value}: give a whole number above 0.`);
    }
  }
  const names = config.regions.flatMap((region) => region.nodes.map((node) => node.name));
  if (names.length === 0) throw new Error("The edge has no nodes: name at least one in `regions`.");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two nodes are named ${twice}: rename one of them.`);
  return limits;
}

import {
  createGateway,
  type Gateway,
  type NodeStatus,
  type RequestObserver,
  Views,
} from "@halcyon/gateway";
import { type CommandLog, LogError } from "@halcyon/log";
import type { Check, Logger } from "@halcyon/process";
import { LogReplica, SnapshotStore } from "@halcyon/replica";
import type { NodeConfig } from "./config.ts";
import { LoadMeter } from "./load-meter.ts";

export type NodeOptions = {
  readonly config: NodeConfig;
  readonly version: string;
  readonly masterKey: Uint8Array;
  readonly log: CommandLog;
  readonly logger: Logger;
  readonly observe: RequestObserver;
  /** It cannot go on. Its process should end, to be started again from a snapshot. */
  readonly onFatal: (reason: string) => void;
};

/** How clients see the venue's own books when they ask which networks there are. */
const network = "HALCYON";
/** How long requests under way may take once the node stops. */
const closeDeadlineMs = 3_000;
/** Between the warning that WebSockets get and their end, and a little more. */
const socketsGoneMs = 2_500;
const socketsCheckMs = 25;
/**
 * LMDB runs inside this process: where it fails for this long without a break, a new process opens
 * it anew. etcd does not, and a new process would find the same: the node waits for its quorum.
 */
const engineFailsMsMax = { memory: Infinity, lmdb: 5_000, etcd: Infinity } as const;
/** Without its own batches back from etcd for this long, a node may be cut off from the majority. */
const clusterSilenceMsMax = 1_000;

/** A node: a replica of the venue, and the gateway that speaks for it once it has caught up. */
export class VenueNode {
  readonly replica: LogReplica;
  readonly gateway: Gateway;
  readonly #logger: Logger;
  readonly #views = new Views();
  readonly #load = new LoadMeter();
  readonly #startedAtMs = Date.now();
  readonly #engineFailsMsMax: number;
  readonly #caughtUp = Promise.withResolvers<void>();
  #listening = false;
  #draining = false;
  #stopping = false;
  #appendsFailSinceMs: number | null = null;

  constructor(options: NodeOptions) {
    const { config, logger, onFatal } = options;
    this.#logger = logger;
    this.#engineFailsMsMax = engineFailsMsMax[config.log.kind];
    this.replica = new LogReplica({
      nodeName: config.name,
      nodeId: config.nodeId,
      log: options.log,
      snapshots: new SnapshotStore(config.snapshotFolder),
      limits: {
        ...(config.log.kind === "etcd" && { readySilenceMsMax: clusterSilenceMsMax }),
        ...(config.appendBeatMs !== undefined && { appendBeatMs: config.appendBeatMs }),
      },
      listener: {
        onProgress: (position, head) => logger.info({ position, head }, "catching up"),
        onCaughtUp: () => this.#caughtUp.resolve(),
        onQuarantine: (reason) => onFatal(`quarantined: ${reason}`),
        onFailure: (error) => {
          logger.fatal({ err: error }, "the replica failed");
          onFatal("the replica failed");
        },
        onAlarm: (message) => logger.error(message),
        onNotice: (message) => logger.warn(message),
        onProjectionFailure: (projection, error) =>
          logger.error({ err: error, projection }, "a projection failed"),
        onAppended: () => {
          this.#appendsFailSinceMs = null;
        },
        onLogFailure: (operation, error, retryInMs) => {
          logger.error({ err: error, operation, retryInMs }, "the log failed");
          if (operation === "append" && this.#isEngineLost(error))
            onFatal("the log's engine failed");
        },
      },
    });
    for (const projection of this.#views.projections) this.replica.addProjection(projection);
    this.gateway = createGateway({
      replica: this.replica,
      views: this.#views,
      masterKey: options.masterKey,
      region: config.region,
      version: options.version,
      config: gatewayConfig(config),
      logger,
      observe: options.observe,
      now: () => this.replica.timeMs(),
      load: () => this.#load.read(),
      control: {
        status: () => this.#status(),
        drain: () => this.drain(),
        undrain: () => this.undrain(),
      },
      peers: config.peers ?? [],
    });
  }

  /**
   * Resolves with the port once requests are taken. Before it has caught up a node listens to
   * nobody: what it would answer from is too old, and whoever asks is better served by another.
   */
  async start(): Promise<number> {
    await this.replica.start();
    await this.#caughtUp.promise;
    this.#views.live = true;
    const port = await this.gateway.listen();
    this.#listening = true;
    return port;
  }

  /** Whether this node should get traffic, and how busy it is. */
  ready(): Check {
    return { ...this.#check(), load: this.#load.read() };
  }

  #status(): NodeStatus {
    const { status: state, reasons = [] } = this.#check();
    const { lagMs, stateHash, commandsApplied, ...stats } = this.replica.stats();
    const { peersAgreeing, peersDisagreeing } = stats;
    return {
      ...{ state, reasons, lagMs, stateHash, commandsApplied, peersAgreeing, peersDisagreeing },
      load: this.#load.read(),
      startedAtMs: this.#startedAtMs,
    };
  }

  #check(): Check {
    if (this.#stopping) return { ok: false, status: "stopping" };
    const health = this.replica.health();
    if (!health.ok) return health;
    if (!this.#listening) return { ok: false, status: "starting" };
    return this.#draining ? { ok: false, status: "draining" } : health;
  }

  drain(): void {
    this.#draining = true;
    this.gateway.drain();
    this.#logger.info("draining");
  }

  undrain(): void {
    this.#draining = false;
    this.gateway.undrain();
    this.#logger.info("takes traffic again");
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.gateway.drain();
    const deadline = performance.now() + socketsGoneMs;
    while (this.#socketCount() > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, socketsCheckMs));
    }
    await this.gateway.close(closeDeadlineMs);
    await this.replica.stop();
  }

  /** A full log or disk is no such failure: there a new process would find the same. */
  #isEngineLost(error: unknown): boolean {
    const isEngine =
      error instanceof LogError && (error.code === "unavailable" || error.code === "torn");
    if (!isEngine) this.#appendsFailSinceMs = null;
    else this.#appendsFailSinceMs ??= performance.now();
    const sinceMs = this.#appendsFailSinceMs;
    return sinceMs !== null && performance.now() - sinceMs >= this.#engineFailsMsMax;
  }

  #socketCount(): number {
    const { marketSockets, apiSockets } = this.gateway.counts();
    return marketSockets + apiSockets;
  }
}

function gatewayConfig(config: NodeConfig): Parameters<typeof createGateway>[0]["config"] {
  const { limits } = config;
  return {
    ...config.listen,
    trustedProxies: config.trustedProxies,
    limits: {
      weightPerMinute: limits.requestWeightPerMinute,
      requestsPer5Minutes: limits.requestsPer5Minutes,
      ordersPer10Seconds: limits.ordersPer10Seconds,
      ordersPerDay: limits.ordersPerDay,
      connectionsMax: limits.connections,
    },
    highValueNotional: config.highValueNotional,
    network,
  };
}

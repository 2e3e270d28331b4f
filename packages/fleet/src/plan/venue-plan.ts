import { join } from "node:path";
import type { VenueConfig } from "../config/schema.ts";
import type { DataFolder } from "../data-folder.ts";
import { freePorts } from "../supervisor/free-ports.ts";
import type { ProcessSpec } from "../supervisor/managed-process.ts";
import type {
  DemoProcessConfig,
  EdgeProcessConfig,
  FollowerProcessConfig,
  GenesisProcessConfig,
  Listener,
  LogConfig,
  NodeProcessConfig,
} from "./process-configs.ts";

/** A process and the configuration it reads; null: its arguments say all. */
export type Planned = { readonly spec: ProcessSpec; readonly config: object | null };

export type VenuePlan = {
  readonly url: string;
  readonly supervisorHealthPort: number;
  /** A program that writes HAProxy's configuration; null where the built-in edge needs none. */
  readonly edgeSetup: { readonly entry: string; readonly configFile: string } | null;
  readonly genesis: {
    readonly entry: string;
    readonly configFile: string;
    readonly config: GenesisProcessConfig;
  };
  readonly processes: readonly Planned[];
};

export type PlanInput = {
  readonly config: VenueConfig;
  readonly folder: DataFolder;
  /** The folder that holds node/, edge/, follower/, genesis/ and demo/. */
  readonly appsFolder: string;
  readonly runsDemo: boolean;
  /** The built page for browsers; null: there is only the API. */
  readonly pageFolder: string | null;
};

/** Who stops when: first what brings traffic, last what everybody relies on. */
const stopStages = { demo: 0, edge: 1, balancer: 1, node: 2, follower: 3 } as const;
type Role = keyof typeof stopStages;

const loopback = "127.0.0.1";
const bytesPerMib = 1024 * 1024;

/** Which processes make up the venue, and what each is told. */
export async function planVenue(input: PlanInput): Promise<VenuePlan> {
  const { config, folder, appsFolder } = input;
  const nodeCount = config.regions.reduce((sum, { nodes }) => sum + nodes, 0);
  // Two for each node; health for edge, follower, demo and supervisor; the edge's own if it is free.
  const ports = await takePorts(config, nodeCount * 2 + 5);
  const next = () => ports.shift()!;
  const health = () => ({ host: loopback, port: next() });
  const log: LogConfig = {
    kind: config.log.kind,
    path: folder.log,
    sizeMaxBytes: config.log.sizeMaxMib * bytesPerMib,
  };

  const lone = config.regions
    .flatMap((region) => Array.from({ length: region.nodes }, (_, i) => ({ region, i })))
    .map(({ region, i }, nodeId) => ({
      name: `${region.name}-${i + 1}`,
      region: region.name,
      nodeId,
      listen: { host: loopback, port: next() },
      health: health(),
      trustedProxies: [loopback],
      log,
      snapshotFolder: folder.snapshots,
      masterKeyFile: folder.masterKeyFile,
      limits: config.limits,
      highValueNotional: config.highValueNotional,
    }));
  const peers = lone.map(({ name, region, listen }) => ({ name, region, ...listen }));
  const nodes: NodeProcessConfig[] = lone.map((node) => ({ ...node, peers }));
  const follower: FollowerProcessConfig = {
    name: "follower",
    health: health(),
    log,
    snapshots: { folder: folder.snapshots, ...config.snapshots },
  };
  const edge: EdgeProcessConfig = {
    ...edgeConfig(config, nodes, health(), next()),
    ...(input.pageFolder === null ? {} : { pageFolder: input.pageFolder }),
  };
  const url = urlOf(edge.listen);
  const demo: DemoProcessConfig = {
    name: "demo",
    url,
    health: health(),
    credentialsFile: folder.credentialsFile,
    markets: config.markets,
  };

  const plan = nodeProgram(folder, appsFolder);
  const processes = [
    plan("follower", follower),
    ...nodes.map((node) => plan("node", node)),
    plan("edge", edge),
    ...(input.runsDemo ? [plan("demo", demo)] : []),
  ];
  const genesis = {
    entry: join(appsFolder, "genesis", "src", "main.ts"),
    configFile: join(folder.run, "genesis.json"),
    config: {
      log,
      writes: true,
      masterKeyFile: folder.masterKeyFile,
      credentialsFile: folder.credentialsFile,
      assets: config.assets,
      markets: config.markets,
    },
  };
  return { url, supervisorHealthPort: next(), edgeSetup: null, genesis, processes };
}

/** Plans a process that is a program of ours, told what it needs by a file. */
export function nodeProgram(folder: DataFolder, appsFolder: string) {
  return (role: Role, of: { name: string; region?: string; health: Listener }): Planned => ({
    config: of,
    spec: {
      name: of.name,
      role,
      region: of.region ?? null,
      runtime: "node",
      entry: join(appsFolder, role, "src", "main.ts"),
      args: [join(folder.run, `${of.name}.json`)],
      health: of.health,
      stopStage: stopStages[role],
    },
  });
}

export function edgeLimits({ limits }: VenueConfig): EdgeProcessConfig["limits"] {
  return {
    connectionsMax: limits.connections,
    bodyBytesMax: limits.bodyBytes,
    bodyTimeoutMs: limits.bodyTimeoutMs,
  };
}

function takePorts(config: VenueConfig, count: number): Promise<number[]> {
  const base = config.internalPorts?.base;
  if (base === undefined) return freePorts(count);
  return Promise.resolve(Array.from({ length: count }, (_, i) => base + i));
}

function edgeConfig(
  config: VenueConfig,
  nodes: readonly NodeProcessConfig[],
  health: { readonly host: string; readonly port: number },
  freePort: number,
): EdgeProcessConfig {
  return {
    name: "edge",
    region: config.regions[0]!.name,
    listen: { host: config.edge.host, port: config.edge.port || freePort },
    health,
    regions: config.regions.map((region) => ({
      name: region.name,
      nodes: nodes
        .filter((node) => node.region === region.name)
        .map((node) => ({
          name: node.name,
          host: node.listen.host,
          port: node.listen.port,
          healthHost: node.health.host,
          healthPort: node.health.port,
        })),
    })),
    limits: edgeLimits(config),
  };
}

/** What somebody on this machine types: an address that means "all" is reached over loopback. */
function urlOf({ host, port }: { readonly host: string; readonly port: number }): string {
  if (host === "0.0.0.0" || host === "::") return `http://${loopback}:${port}`;
  return host.includes(":") ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}

import { join } from "node:path";
import type { VenueConfig, ZoneConfig } from "../config/schema.ts";
import type { DataFolder } from "../data-folder.ts";
import type { ProcessSpec } from "../supervisor/managed-process.ts";
import { clusterLog, etcdArguments, etcdEnvironment } from "./etcd-member.ts";
import type {
  BalancerProcessConfig,
  DemoProcessConfig,
  FollowerProcessConfig,
  NodeProcessConfig,
} from "./process-configs.ts";
import { edgeLimits, nodeProgram, type Planned, type VenuePlan } from "./venue-plan.ts";

export type ZonePlanInput = {
  readonly config: VenueConfig;
  readonly zone: ZoneConfig;
  readonly folder: DataFolder;
  /** The folder that holds node/, balancer/, follower/, genesis/ and demo/. */
  readonly appsFolder: string;
  readonly runsDemo: boolean;
  /** The built page for browsers; null: there is only the API. */
  readonly pageFolder: string | null;
  /** The zone's member of etcd joins a cluster that runs already, in place of one that was lost. */
  readonly joins: boolean;
};

/** Node ids of a zone begin at a multiple of this. */
const nodesPerZoneMax = 16;
const loopback = "127.0.0.1";

/** Ports of a zone, counted from the cluster's base port. */
const portOffsets = {
  supervisor: 0,
  follower: 1,
  balancer: 2,
  demo: 3,
  page: 4,
  nodes: 10,
} as const;

/** Which processes make up one zone of a cluster, and what each is told. */
export function planZone(input: ZonePlanInput): VenuePlan {
  const { config, zone, folder, appsFolder } = input;
  const { cluster } = config;
  const zones = config.zones ?? [];
  const log = clusterLog(cluster, zones, zone);
  const health = (offset: number) => ({ host: zone.address, port: cluster.basePort + offset });
  const masterKeyFile = folder.masterKeyFile;

  const nodes: NodeProcessConfig[] = nodesOf(config, zone).map(({ name, nodeId, port }) => ({
    name,
    region: zone.region,
    nodeId,
    listen: { host: zone.address, port },
    health: { host: zone.address, port: port + 1 },
    trustedProxies: zones.map(({ address }) => address),
    log,
    appendBeatMs: cluster.appendBeatMs,
    snapshotFolder: folder.snapshots,
    masterKeyFile,
    limits: config.limits,
    highValueNotional: config.highValueNotional,
    peers: zones.flatMap((one) =>
      nodesFor(config, one).map(({ name, host, port }) => ({
        ...{ name, host, port },
        region: one.region,
      })),
    ),
  }));
  const follower: FollowerProcessConfig = {
    name: `${zone.name}-follower`,
    health: health(portOffsets.follower),
    log,
    exchange: {
      peers: zones
        .filter((other) => other !== zone)
        .map(({ address }) => `http://${address}:${cluster.basePort + portOffsets.follower}`),
      masterKeyFile,
    },
    snapshots: { folder: folder.snapshots, ...snapshotsInTurn(config, zone) },
  };
  const balancer: BalancerProcessConfig = {
    ...zoneBalancer(config, zone, folder, health(portOffsets.balancer)),
    ...zonePage(config, zone, input.pageFolder),
  };
  const url = `${cluster.haproxy.certificateFile === undefined ? "http" : "https"}://${zone.address}:${balancer.listen.port}`;
  const demo: DemoProcessConfig = {
    name: `${zone.name}-demo`,
    url,
    health: { host: loopback, port: cluster.basePort + portOffsets.demo },
    credentialsFile: folder.credentialsFile,
    markets: config.markets,
  };
  const plan = nodeProgram(folder, appsFolder);
  const processes: Planned[] = [
    { spec: etcdProgram(input), config: null },
    plan("follower", follower),
    ...nodes.map((node) => plan("node", node)),
    { spec: haproxyProgram(input), config: null },
    plan("balancer", balancer),
    ...(input.runsDemo ? [plan("demo", demo)] : []),
  ];
  const genesis = {
    entry: join(appsFolder, "genesis", "src", "main.ts"),
    configFile: join(folder.run, "genesis.json"),
    config: {
      log,
      // One zone alone writes the first batch; the others wait for it.
      writes: zone === zones[0],
      masterKeyFile,
      credentialsFile: folder.credentialsFile,
      assets: config.assets,
      markets: config.markets,
    },
  };
  const supervisorHealthPort = cluster.basePort + portOffsets.supervisor;
  const edgeSetup = {
    entry: join(appsFolder, "balancer", "src", "write-config.ts"),
    configFile: join(folder.run, `${balancer.name}.json`),
  };
  return { url, supervisorHealthPort, edgeSetup, genesis, processes };
}

/** Zones write their snapshots one after the other, spread over the time between two. */
function snapshotsInTurn({ snapshots, zones = [] }: VenueConfig, zone: ZoneConfig) {
  const offsetSeconds = (snapshots.everySeconds * zones.indexOf(zone)) / zones.length;
  return { ...snapshots, offsetSeconds };
}

function etcdProgram({ config, zone, folder, joins }: ZonePlanInput): ProcessSpec {
  const { cluster, zones = [] } = config;
  return {
    name: `${zone.name}-etcd`,
    role: "etcd",
    region: zone.region,
    runtime: "native",
    entry: cluster.etcd.program,
    args: etcdArguments(cluster, zones, zone, folder.root, joins),
    ...etcdEnvironment(cluster),
    health: null,
    stopStage: 4,
  };
}

function haproxyProgram({ config, zone, folder }: ZonePlanInput): ProcessSpec {
  return {
    name: `${zone.name}-haproxy`,
    role: "haproxy",
    region: zone.region,
    runtime: "native",
    entry: config.cluster.haproxy.program,
    args: ["-db", "-f", join(folder.run, "haproxy.cfg")],
    health: null,
    // It takes no new connections then, and ends once it has answered what it has.
    stopSignal: "SIGUSR1",
    stopStage: 1,
  };
}

type ZoneNode = { readonly name: string; readonly nodeId: number; readonly port: number };

/** Names, ids and ports of a zone's nodes: all zones know them of each other. */
function nodesOf({ cluster, zones = [] }: VenueConfig, zone: ZoneConfig): ZoneNode[] {
  const zoneIndex = zones.indexOf(zone);
  return Array.from({ length: zone.nodes }, (_, index) => ({
    name: `${zone.name}-${index + 1}`,
    nodeId: zoneIndex * nodesPerZoneMax + index,
    port: cluster.basePort + portOffsets.nodes + 2 * index,
  }));
}

/** A zone's nodes, as edges know them. */
function nodesFor(config: VenueConfig, zone: ZoneConfig) {
  return nodesOf(config, zone).map(({ name, port }, index) => ({
    name,
    host: zone.address,
    port,
    healthHost: zone.address,
    healthPort: port + 1,
    weight: index === 0 ? 100 : config.cluster.spareNodeWeight,
  }));
}

/** Every zone's balancer serves the page, also to the others' HAProxies. */
function zonePage(
  { cluster, zones = [] }: VenueConfig,
  own: ZoneConfig,
  folder: string | null,
): Pick<BalancerProcessConfig, "page"> {
  if (folder === null) return {};
  const port = cluster.basePort + portOffsets.page;
  const others = zones
    .filter((zone) => zone !== own)
    .map(({ address }) => ({ host: address, port }));
  return { page: { folder, listen: { host: own.address, port }, others } };
}

function zoneBalancer(
  config: VenueConfig,
  own: ZoneConfig,
  folder: DataFolder,
  health: { readonly host: string; readonly port: number },
): BalancerProcessConfig {
  const { certificateFile, connectionsPerAddress, requestsPerNode } = config.cluster.haproxy;
  const zones = config.zones ?? [];
  return {
    name: `${own.name}-balancer`,
    region: own.region,
    listen: { host: own.address, port: config.edge.port },
    health,
    regions: [...Map.groupBy(zones, ({ region }) => region)].map(([name, inRegion]) => ({
      name,
      nodes: inRegion.flatMap((zone) => nodesFor(config, zone)),
    })),
    // A zone's edge takes over another's WebSockets when that one dies.
    limits: { ...edgeLimits(config), tunnelsMax: config.limits.connections },
    haproxy: {
      folder: folder.run,
      logTarget: "stdout",
      ...(certificateFile === undefined ? {} : { certificateFile }),
      connectionsPerAddressMax: connectionsPerAddress,
      connectsPerAddressMax: connectionsPerAddress,
      requestsPerNodeMax: requestsPerNode,
    },
  };
}

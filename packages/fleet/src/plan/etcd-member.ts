import { join } from "node:path";
import type { ClusterConfig, ZoneConfig } from "../config/schema.ts";
import type { ProcessSpec } from "../supervisor/managed-process.ts";
import type { LogConfig } from "./process-configs.ts";

/** Entries kept in memory for members that are a little behind. */
const snapshotCount = 5_000;
const bytesPerMib = 1024 * 1024;

/** The arguments of a zone's member of etcd. */
export function etcdArguments(
  cluster: ClusterConfig,
  zones: readonly ZoneConfig[],
  own: ZoneConfig,
  folder: string,
  joins: boolean,
): string[] {
  const { clientPort, peerPort, heartbeatMs, electionMs, quotaMib, tls } = cluster.etcd;
  const scheme = tls === undefined ? "http" : "https";
  const peerUrl = ({ address }: ZoneConfig) => `${scheme}://${address}:${peerPort}`;
  const clientUrl = `${scheme}://${own.address}:${clientPort}`;
  const flags: Record<string, string> = {
    name: own.name,
    "data-dir": join(folder, "etcd"),
    "listen-client-urls": clientUrl,
    "advertise-client-urls": clientUrl,
    "listen-peer-urls": peerUrl(own),
    "initial-advertise-peer-urls": peerUrl(own),
    "initial-cluster": zones.map((zone) => `${zone.name}=${peerUrl(zone)}`).join(","),
    "initial-cluster-token": cluster.name,
    "initial-cluster-state": joins ? "existing" : "new",
    "heartbeat-interval": String(heartbeatMs),
    "election-timeout": String(electionMs),
    "pre-vote": "true",
    "snapshot-count": String(snapshotCount),
    "quota-backend-bytes": String(quotaMib * bytesPerMib),
    "experimental-initial-corrupt-check": "true",
    "experimental-backend-bbolt-freelist-type": "map",
    logger: "zap",
    "log-level": "warn",
  };
  if (tls !== undefined) {
    for (const prefix of ["", "peer-"]) {
      flags[`${prefix}client-cert-auth`] = "true";
      flags[`${prefix}trusted-ca-file`] = tls.caFile;
      flags[`${prefix}cert-file`] = tls.certificateFile;
      flags[`${prefix}key-file`] = tls.keyFile;
    }
  }
  return Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
}

/** What etcd has no flag for: it takes Go's own setting. */
export function etcdEnvironment({
  etcd: { processors },
}: ClusterConfig): Pick<ProcessSpec, "environment"> {
  return processors === undefined ? {} : { environment: { GOMAXPROCS: String(processors) } };
}

/** The log as a zone's processes reach it: their own member first. */
export function clusterLog(
  { prefix, etcd }: ClusterConfig,
  zones: readonly ZoneConfig[],
  own: ZoneConfig,
): LogConfig {
  const others = zones.filter((zone) => zone !== own);
  const hosts = [own, ...others].map(({ address }) => `${address}:${etcd.clientPort}`);
  const { tls } = etcd;
  const url = `${tls === undefined ? "etcd" : "etcds"}://${hosts.join(",")}${prefix}`;
  return tls === undefined ? { kind: "etcd", url } : { kind: "etcd", url, tls };
}

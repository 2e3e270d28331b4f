import type { ZoneConfig } from "@halcyon/fleet";
import { type EtcdLog, openLog } from "@halcyon/log";
import type { Cluster } from "../cluster.ts";

/** Opens the cluster's log as a reader from outside the zones. */
export async function openClusterLog(cluster: Cluster): Promise<EtcdLog> {
  const { prefix, etcd } = cluster.config.cluster;
  const scheme = etcd.tls === undefined ? "etcd" : "etcds";
  const url = `${scheme}://${cluster.members.join(",")}${prefix}`;
  const tls = etcd.tls === undefined ? {} : { tls: etcd.tls };
  return (await openLog({ kind: "etcd", url, ...tls })) as EtcdLog;
}

/** The zone whose member of etcd leads the others; null while there is none. */
export async function leaderZone(cluster: Cluster): Promise<ZoneConfig | null> {
  const log = await openClusterLog(cluster);
  try {
    const { members } = await log.health();
    const leader = members.find(({ status }) => status?.isLeader === true);
    const index = cluster.members.indexOf(leader?.address ?? "");
    return cluster.zones[index] ?? null;
  } finally {
    await log.close();
  }
}

import { setTimeout as delay } from "node:timers/promises";
import { clientsPlace } from "@halcyon/fleet";
import type { Drill, DrillHands } from "./drill.ts";
import { clockEnvironment } from "./faults/clock.ts";
import { fillDisk, freeDisk, isolateDisk, returnDisk, slowDisk } from "./faults/disk.ts";
import { slowNetwork } from "./faults/slow-network.ts";
import { Storm } from "./load/storm.ts";

const faultMs = 10_000;
const readyWithinMs = 60_000;
const fsyncDelayMs = 100;
const networkDelayMs = 50;
const stormSockets = 20_000;
/** Opening them is not what is drilled. */
const stormOpensWithinMs = 180_000;
const stormWithinMs = 60_000;
const clockAhead = "+3600";
const surgeMs = 60_000;
const overloadMs = 10_000;

/** Disks, clocks, slow members, and more load than is good. */
export const machineDrills: readonly Drill[] = [
  {
    name: "disk-full",
    about: "the disk under a zone's etcd, snapshots and logs runs full, and is freed",
    bars: { failedRequestsMax: 0, longestGapMsMax: 2_000 },
    prepare: async (cluster, round) => {
      const zone = cluster.zone(round);
      await cluster.stopZone(zone);
      await isolateDisk(cluster.folder(zone));
      cluster.startZone(zone);
      await cluster.untilReady(readyWithinMs);
    },
    run: async ({ cluster, round, breaks, heals }) => {
      const folder = cluster.folder(cluster.zone(round));
      breaks();
      await fillDisk(folder);
      await delay(faultMs);
      freeDisk(folder);
      heals();
    },
    tidy: async (cluster, round) => {
      const zone = cluster.zone(round);
      freeDisk(cluster.folder(zone));
      await cluster.stopZone(zone);
      await returnDisk(cluster.folder(zone));
      cluster.startZone(zone);
    },
  },
  {
    name: "clock-skew",
    about: "a zone's processes believe that it is an hour later",
    bars: { failedRequestsMax: 0, longestGapMsMax: 2_000 },
    run: async ({ cluster, round, breaks, heals }) => {
      const zone = cluster.zone(round);
      breaks();
      await cluster.stopZone(zone);
      cluster.startZone(zone, clockEnvironment(clockAhead));
      await cluster.untilReady(readyWithinMs);
      await delay(faultMs);
      heals();
    },
    tidy: async (cluster, round) => {
      const zone = cluster.zone(round);
      await cluster.stopZone(zone);
      cluster.startZone(zone);
    },
  },
  {
    name: "slow-member",
    about: "a member of etcd whose disk and network are slow",
    bars: { failedRequestsMax: 0, longestGapMsMax: 2_000 },
    run: slowMember,
  },
  {
    name: "reconnect-storm",
    about: "20,000 sockets, of which those of a dead edge and node come back at once",
    bars: { failedRequestsMax: 0, longestGapMsMax: 2_000 },
    run: reconnectStorm,
  },
  {
    name: "surge",
    about: "10 times the rate for 60 s",
    bars: { failedRequestsMax: 0, p99MsMax: 100 },
    run: async ({ load, rate, breaks, heals }) => {
      breaks();
      load.setRate(10 * rate);
      await delay(surgeMs);
      load.setRate(rate);
      heals();
    },
  },
  {
    name: "overload",
    about: "100 times the rate for 10 s, by clients that heed nothing",
    bars: { failedRequestsMax: 0, cancelP99MsMax: 250 },
    run: async ({ flood, rate, breaks, heals }) => {
      breaks();
      await flood(99 * rate, overloadMs);
      heals();
    },
  },
];

async function slowMember({ cluster, round, breaks, heals, note }: DrillHands): Promise<void> {
  const zone = cluster.zone(round);
  const others = cluster.zones.filter((other) => other !== zone);
  const { pid } = await cluster.process(zone, "etcd");
  breaks();
  const quickDisk = await slowDisk(pid!, fsyncDelayMs);
  await delay(faultMs).finally(quickDisk);
  note(`each fsync took ${fsyncDelayMs} ms more for ${faultMs / 1_000} s`);
  const peers = others.map(({ name }) => cluster.place(name));
  const { peerPort } = cluster.config.cluster.etcd;
  const quickNetwork = await slowNetwork(cluster.place(zone.name), peers, peerPort, networkDelayMs);
  try {
    // Its connections are made anew, through the proxy.
    await cluster.kill(zone, "etcd");
    await delay(faultMs);
  } finally {
    await quickNetwork();
  }
  await cluster.kill(zone, "etcd");
  note(`each byte to its peers came ${networkDelayMs} ms later for ${faultMs / 1_000} s`);
  heals();
}

async function reconnectStorm({ cluster, round, breaks, heals, note }: DrillHands): Promise<void> {
  const storm = await Storm.start(cluster, cluster.place(clientsPlace), stormSockets);
  try {
    await weather(storm, { cluster, round, breaks, heals, note });
  } finally {
    await storm.stop();
  }
}

async function weather(
  storm: Storm,
  {
    cluster,
    round,
    breaks,
    heals,
    note,
  }: Omit<DrillHands, "load" | "trader" | "rate" | "flood" | "miss">,
): Promise<void> {
  const openedMs = await storm.untilOpen(stormOpensWithinMs);
  note(`${stormSockets} sockets were open after ${Math.round(openedMs)} ms`);
  breaks();
  const zone = cluster.zone(round);
  await cluster.kill(zone, "haproxy");
  await cluster.kill(zone, "node");
  heals();
  await delay(500);
  const backMs = await storm.untilOpen(stormWithinMs);
  note(`all were open again ${Math.round(backMs + 500)} ms after an edge and a node died`);
}

import { setTimeout as delay } from "node:timers/promises";
import type { Drill, DrillHands } from "./drill.ts";
import { leaderZone } from "./faults/etcd-leader.ts";
import { signalOne } from "./faults/processes.ts";

const readyWithinMs = 60_000;
const freezesMs = [1_000, 5_000, 30_000] as const;
const betweenMs = 1_500;

/** Kill, freeze and restart of single processes. */
export const processDrills: readonly Drill[] = [
  {
    name: "node-kill",
    about: "kill -9 of a node",
    bars: { failedRequestsMax: 0, longestGapMsMax: 300, reroutedMsMax: 200 },
    run: async ({ cluster, round, breaks, heals }) => {
      breaks();
      await cluster.kill(cluster.zone(round), "node", round % 2);
      heals();
      await delay(betweenMs);
    },
  },
  {
    name: "node-freeze",
    about: "SIGSTOP of a node for 1, 5 and 30 s",
    bars: { failedRequestsMax: 0, longestGapMsMax: 1_500 },
    run: async ({ cluster, round, breaks, heals }) => {
      const { pid } = await cluster.process(cluster.zone(round), "node", round % 2);
      for (const freezeMs of freezesMs) {
        breaks();
        signalOne(pid!, "SIGSTOP");
        await delay(freezeMs);
        signalOne(pid!, "SIGCONT");
        heals();
        await delay(betweenMs);
      }
    },
  },
  {
    name: "log-leader-kill",
    about: "kill -9 of the member of etcd that leads",
    bars: { failedRequestsMax: 0, longestGapMsMax: 1_500 },
    run: async ({ cluster, breaks, heals, note }) => {
      const zone = await leaderZone(cluster);
      if (zone === null) throw new Error("etcd has no leader: see halcyon cluster status.");
      note(`the leader was in zone ${zone.name}`);
      breaks();
      await cluster.kill(zone, "etcd");
      heals();
      await delay(2 * betweenMs);
    },
  },
  {
    name: "edge-kill",
    about: "kill -9 of a zone's HAProxy",
    bars: { failedRequestsMax: 0, longestGapMsMax: 300, reroutedMsMax: 200 },
    run: async ({ cluster, round, breaks, heals }) => {
      breaks();
      await cluster.kill(cluster.zone(round), "haproxy");
      heals();
      await delay(betweenMs);
    },
  },
  {
    name: "rolling-restart",
    about: "every process of every zone, one after the other; nodes are drained first",
    bars: { failedRequestsMax: 0, longestGapMsMax: 300, reroutedMsMax: 200 },
    run: rollingRestart,
  },
];

async function rollingRestart({ cluster, breaks, heals, note }: DrillHands): Promise<void> {
  breaks();
  for (const zone of cluster.zones) {
    for (const { name, role, pid } of await cluster.processes(zone)) {
      if (pid === null) continue;
      if (role === "node") await cluster.drain(zone, name, "drain");
      await delay(betweenMs);
      // HAProxy ends with what it has in hand at this signal, the others at SIGTERM.
      signalOne(pid, role === "haproxy" ? "SIGUSR1" : "SIGTERM");
      await untilRestarted(cluster, zone.name, name, pid);
    }
    note(`zone ${zone.name} was restarted`);
  }
  heals();
}

async function untilRestarted(
  cluster: DrillHands["cluster"],
  zoneName: string,
  name: string,
  pid: number,
): Promise<void> {
  const zone = cluster.zones.find((one) => one.name === zoneName)!;
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const now = (await cluster.processes(zone)).find((one) => one.name === name);
    if (now?.pid != null && now.pid !== pid) break;
    if (performance.now() > deadline) throw new Error(`${name} did not restart.`);
    await delay(50);
  }
  await cluster.untilReady(readyWithinMs, [zone]);
}

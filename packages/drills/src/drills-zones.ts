import { setTimeout as delay } from "node:timers/promises";
import type { ZoneConfig } from "@halcyon/fleet";
import type { Cluster } from "./cluster.ts";
import type { Drill, DrillHands } from "./drill.ts";
import { cut, type Direction, heal, setLink } from "./faults/network.ts";
import { signalAll } from "./faults/processes.ts";
import { probeOrder } from "./load/probe.ts";

const faultMs = 8_000;
const frozenMs = 3_000;
const flapMs = 1_000;
const flaps = 8;
const haltedMsMax = 2_000;
/** After this long a zone that is cut off knows it. */
const noticedMs = 2_000;
const refusedMsMax = 1_000;
const zoneBars = { failedRequestsMax: 0, longestGapMsMax: 2_000 };

/** Whole zones: dark, cut off, and back. */
export const zoneDrills: readonly Drill[] = [
  {
    name: "zone-dark",
    about:
      "a zone's link goes down, everything in it is frozen, then killed; later it is started again",
    bars: { ...zoneBars, reroutedMsMax: 200 },
    run: async ({ cluster, round, breaks, heals }) => {
      const zone = cluster.zone(round);
      breaks(endpointOf(cluster, round));
      await darken(cluster, zone);
      await delay(faultMs);
      await light(cluster, zone);
      heals();
    },
    tidy: lightAll,
  },
  {
    name: "zone-cut",
    about: "a zone and the other zones do not reach each other; clients reach all",
    bars: { ...zoneBars, reroutedMsMax: 1_000 },
    run: (hands) => cutDrill(hands, "both"),
    tidy: healAll,
  },
  {
    name: "zone-cut-one-way",
    about: "a zone hears nothing from the others, and is heard",
    bars: { ...zoneBars, reroutedMsMax: 1_000 },
    run: (hands) => cutDrill(hands, "inbound"),
    tidy: healAll,
  },
  {
    name: "zone-bridge",
    about: "two zones do not reach each other, the third reaches both",
    bars: zoneBars,
    run: async ({ cluster, round, breaks, heals }) => {
      const [one, other] = [cluster.zone(round), cluster.zone(round + 1)];
      breaks();
      await cut(cluster.place(one.name), [cluster.place(other.name)], "both");
      await delay(faultMs);
      await healAll(cluster);
      heals();
    },
    tidy: healAll,
  },
  {
    name: "zone-flap",
    about: "a zone is cut off and back every second, for 16 s",
    bars: zoneBars,
    run: async ({ cluster, round, breaks, heals }) => {
      const zone = cluster.zone(round);
      breaks();
      for (let flap = 0; flap < flaps; flap += 1) {
        await cut(cluster.place(zone.name), othersOf(cluster, zone), "both");
        await delay(flapMs);
        await heal(cluster.place(zone.name));
        await delay(flapMs);
      }
      heals();
    },
    tidy: healAll,
  },
  {
    name: "two-zones-dark",
    about:
      "two zones go dark: the venue halts and says so; they come back, and it goes on by itself",
    bars: { resumedMsMax: 10_000 },
    run: twoZonesDark,
    tidy: lightAll,
  },
];

async function darken(cluster: Cluster, zone: ZoneConfig): Promise<void> {
  const place = cluster.place(zone.name);
  await setLink(place, "down");
  await signalAll(place, "SIGSTOP");
  await delay(frozenMs);
  await signalAll(place, "SIGKILL");
}

async function light(cluster: Cluster, zone: ZoneConfig): Promise<void> {
  await setLink(cluster.place(zone.name), "up");
  cluster.startZone(zone);
}

/** Nothing to do where the drill came to its end. */
async function lightAll(cluster: Cluster): Promise<void> {
  for (const zone of cluster.zones) {
    await setLink(cluster.place(zone.name), "up");
    if ((await cluster.processes(zone)).length === 0) cluster.startZone(zone);
  }
}

async function cutDrill(hands: DrillHands, direction: Direction): Promise<void> {
  const { cluster, round, breaks, heals } = hands;
  const zone = cluster.zone(round);
  const endpoint = endpointOf(cluster, round);
  breaks(endpoint);
  await cut(cluster.place(zone.name), othersOf(cluster, zone), direction);
  await delay(noticedMs);
  await probeMinority(hands, endpoint);
  await heal(cluster.place(zone.name));
  heals();
}

/** Clients that know the cut-off zone only: refused, and soon. */
async function probeMinority({ trader, note, miss }: DrillHands, url: string): Promise<void> {
  let slowestMs = 0;
  const untilMs = performance.now() + faultMs - noticedMs;
  while (performance.now() < untilMs) {
    const { status, tookMs } = await probeOrder(url, trader);
    slowestMs = Math.max(slowestMs, tookMs);
    if (status !== 503) miss(`the zone that was cut off answered ${status}`);
  }
  note(`the zone that was cut off refused within ${Math.round(slowestMs)} ms`);
  if (slowestMs > refusedMsMax) miss(`the zone that was cut off took ${Math.round(slowestMs)} ms`);
}

async function twoZonesDark({
  cluster,
  round,
  breaks,
  heals,
  note,
  miss,
}: DrillHands): Promise<void> {
  const [alive, ...dark] = [0, 1, 2].map((offset) => cluster.zone(round + offset));
  breaks();
  const brokeMs = performance.now();
  const darkening = Promise.all(dark.map((zone) => darken(cluster, zone)));
  let haltedMs: number | null = null;
  while (haltedMs === null && performance.now() - brokeMs < faultMs) {
    const nodes = (await cluster.processes(alive!)).filter(({ role }) => role === "node");
    if (nodes.every(({ state }) => state !== "ready")) haltedMs = performance.now() - brokeMs;
    await delay(20);
  }
  if (haltedMs === null || haltedMs > haltedMsMax) {
    miss(`the venue did not say within ${haltedMsMax} ms that it had halted`);
  }
  note(
    `every node of zone ${alive!.name} said that it takes nothing after ${Math.round(haltedMs ?? -1)} ms`,
  );
  await darkening;
  await delay(Math.max(0, faultMs - (performance.now() - brokeMs)));
  await Promise.all(dark.map((zone) => light(cluster, zone)));
  heals();
}

function endpointOf({ endpoints }: Cluster, round: number): string {
  return endpoints[round % endpoints.length]!;
}

function othersOf(cluster: Cluster, zone: ZoneConfig) {
  return cluster.zones.filter((other) => other !== zone).map(({ name }) => cluster.place(name));
}

async function healAll(cluster: Cluster): Promise<void> {
  for (const { name } of cluster.zones) await heal(cluster.place(name));
}

import { setTimeout as delay } from "node:timers/promises";
import {
  type ClusterNetwork,
  ControlClient,
  type Place,
  type ProcessStatus,
  type VenueConfig,
  type ZoneConfig,
  zoneFolder,
} from "@halcyon/fleet";

/** Starts a zone's supervisor in its namespace, with variables added to its environment. */
export type StartZone = (place: Place, folder: string, environment: Environment) => void;
export type Environment = Readonly<Record<string, string>>;

const lookEveryMs = 100;
const stoppedWithinMs = 60_000;

/** A running cluster on this machine, as a drill sees and handles it. */
export class Cluster {
  readonly config: VenueConfig;
  readonly network: ClusterNetwork;
  readonly zones: readonly ZoneConfig[];
  readonly #startZone: StartZone;

  constructor(config: VenueConfig, network: ClusterNetwork, startZone: StartZone) {
    this.config = config;
    this.network = network;
    this.zones = config.zones ?? [];
    this.#startZone = startZone;
  }

  /** Where clients reach the zones' edges. */
  get endpoints(): readonly string[] {
    const { cluster, edge } = this.config;
    const scheme = cluster.haproxy.certificateFile === undefined ? "http" : "https";
    return this.zones.map(({ address }) => `${scheme}://${address}:${edge.port}`);
  }

  /** host:port of each zone's member of etcd. */
  get members(): readonly string[] {
    return this.zones.map(({ address }) => `${address}:${this.config.cluster.etcd.clientPort}`);
  }

  place(name: string): Place {
    return this.network.places.find((place) => place.name === name)!;
  }

  zone(index: number): ZoneConfig {
    return this.zones[index % this.zones.length]!;
  }

  folder(zone: ZoneConfig): string {
    return zoneFolder(this.config, zone.name);
  }

  /** A zone's processes; empty where its supervisor does not answer. */
  async processes(zone: ZoneConfig): Promise<readonly ProcessStatus[]> {
    const reply = await new ControlClient(this.folder(zone)).processes();
    return reply.ok ? reply.body.processes : [];
  }

  async process(zone: ZoneConfig, role: string, index = 0): Promise<ProcessStatus> {
    const ofRole = (await this.processes(zone)).filter((one) => one.role === role);
    const found = ofRole[index];
    if (found?.pid == null)
      throw new Error(`Zone ${zone.name} has no running ${role} ${index + 1}.`);
    return found;
  }

  /** SIGKILL; its supervisor starts it again. */
  async kill(zone: ZoneConfig, role: string, index = 0): Promise<void> {
    const { name } = await this.process(zone, role, index);
    const reply = await new ControlClient(this.folder(zone)).act(name, "kill");
    if (!reply.ok) throw new Error(reply.detail);
  }

  async drain(zone: ZoneConfig, name: string, action: "drain" | "undrain"): Promise<void> {
    const reply = await new ControlClient(this.folder(zone)).act(name, action);
    if (!reply.ok) throw new Error(reply.detail);
  }

  async stopZone(zone: ZoneConfig): Promise<void> {
    const control = new ControlClient(this.folder(zone));
    await control.stop();
    const deadline = performance.now() + stoppedWithinMs;
    while ((await control.processes()).ok) {
      if (performance.now() > deadline) throw new Error(`Zone ${zone.name} does not stop.`);
      await delay(lookEveryMs);
    }
  }

  startZone(zone: ZoneConfig, environment: Environment = {}): void {
    this.#startZone(this.place(zone.name), this.folder(zone), environment);
  }

  /** Names of what is not ready; empty when all is. */
  async missing(zones: readonly ZoneConfig[] = this.zones): Promise<string[]> {
    const lists = await Promise.all(
      zones.map(async (zone) => {
        const processes = await this.processes(zone);
        if (processes.length === 0) return [zone.name];
        return processes.filter(({ state }) => !isUp(state)).map(({ name }) => name);
      }),
    );
    return lists.flat();
  }

  async untilReady(timeoutMs: number, zones: readonly ZoneConfig[] = this.zones): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const missing = await this.missing(zones);
      if (missing.length === 0) return;
      if (performance.now() > deadline) {
        throw new Error(`Not ready after ${timeoutMs} ms: ${missing.join(", ")}`);
      }
      await delay(lookEveryMs);
    }
  }
}

/** Programs that are not ours say nothing of themselves: that they run is what is known. */
function isUp(state: string): boolean {
  return state === "ready" || state === "running";
}

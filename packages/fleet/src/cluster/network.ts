import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { VenueConfig, ZoneConfig } from "../config/schema.ts";

/**
 * A cluster's network on one machine: a bridge, and for each zone and for the clients a network
 * namespace with an address of its own, joined to the bridge by a pair of virtual interfaces.
 *
 *   clients (.100) ─┐
 *   zone a  (.11)  ─┼─ bridge (.1, this machine)
 *   zone b  (.12)  ─┤
 *   zone c  (.13)  ─┘
 */
export type ClusterNetwork = {
  readonly bridge: string;
  readonly hostAddress: string;
  readonly places: readonly Place[];
};

/** Zones, and last the clients. */
export type Place = {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  /** The interface on the bridge's side; inside the namespace it is eth0. */
  readonly link: string;
};

export const clientsPlace = "clients";
const clientsHostPart = 100;
const bridgeHostPart = 1;

/** Null where the zones' addresses are not of one /24, as those of real hosts may well be. */
export function clusterNetwork(config: VenueConfig): ClusterNetwork | null {
  const zones: readonly ZoneConfig[] = config.zones ?? [];
  const { name } = config.cluster;
  const subnets = new Set(zones.map(({ address }) => address.slice(0, address.lastIndexOf("."))));
  const [subnet] = subnets;
  if (subnet === undefined || subnets.size !== 1) return null;
  const place = (of: string, address: string, index: number): Place => ({
    name: of,
    namespace: `${name}-${of}`,
    address,
    link: `hc${index}-${name}`,
  });
  return {
    bridge: name,
    hostAddress: `${subnet}.${bridgeHostPart}`,
    places: [
      ...zones.map((zone, index) => place(zone.name, zone.address, index)),
      place(clientsPlace, `${subnet}.${clientsHostPart}`, zones.length),
    ],
  };
}

const run = promisify(execFile);

/** Runs a command; its error output is in what is thrown. */
export async function command(program: string, ...args: readonly string[]): Promise<string> {
  return (await run(program, args)).stdout;
}

/** The arguments that run a command inside a namespace: `ip netns exec NAMESPACE ...`. */
export function inside(namespace: string, ...args: readonly string[]): string[] {
  return ["netns", "exec", namespace, ...args];
}

/** Makes what is not there yet. */
export async function raiseNetwork(network: ClusterNetwork): Promise<void> {
  const { bridge, hostAddress, places } = network;
  if (!(await isThere("link", "show", "dev", bridge))) {
    await command("ip", "link", "add", "name", bridge, "type", "bridge");
    await command("ip", "addr", "add", `${hostAddress}/24`, "dev", bridge);
  }
  await command("ip", "link", "set", bridge, "up");
  const known = await namespaces();
  for (const { namespace, address, link } of places) {
    if (known.has(namespace)) continue;
    await command("ip", "netns", "add", namespace);
    const peer = ["peer", "name", "eth0", "netns", namespace];
    await command("ip", "link", "add", link, "type", "veth", ...peer);
    await command("ip", "link", "set", link, "master", bridge, "up");
    await command("ip", "-n", namespace, "addr", "add", `${address}/24`, "dev", "eth0");
    await command("ip", "-n", namespace, "link", "set", "lo", "up");
    await command("ip", "-n", namespace, "link", "set", "eth0", "up");
  }
}

/** Ends every process in the namespaces, and takes the network away. */
export async function dropNetwork({ bridge, places }: ClusterNetwork): Promise<void> {
  const known = await namespaces();
  for (const { namespace } of places) {
    if (!known.has(namespace)) continue;
    for (const pid of await pidsIn(namespace)) killIfThere(pid);
    await command("ip", "netns", "del", namespace);
  }
  if (await isThere("link", "show", "dev", bridge)) await command("ip", "link", "del", bridge);
}

/** Processes that run in a namespace. */
export async function pidsIn(namespace: string): Promise<number[]> {
  const text = await command("ip", "netns", "pids", namespace);
  return text.split("\n").filter(Boolean).map(Number);
}

export async function namespaces(): Promise<Set<string>> {
  const text = await command("ip", "netns", "list");
  return new Set(text.split("\n").map((line) => line.split(" ")[0] ?? ""));
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function isThere(...args: readonly string[]): Promise<boolean> {
  return command("ip", ...args).then(
    () => true,
    () => false,
  );
}

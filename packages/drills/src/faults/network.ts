import { command, inside, type Place } from "@halcyon/fleet";

/** A place's link to everybody: clients too. */
export async function setLink(place: Place, state: "up" | "down"): Promise<void> {
  await command("ip", "link", "set", place.link, state);
}

export type Direction = "both" | "inbound";

/** Drops what comes from the other places, and with `both` also what goes to them. */
export async function cut(
  place: Place,
  others: readonly Place[],
  direction: Direction,
): Promise<void> {
  await iptables(place, "-N", chain);
  await iptables(place, "-I", "INPUT", "-j", chain);
  await iptables(place, "-I", "OUTPUT", "-j", chain);
  for (const { address } of others) {
    await iptables(place, "-A", chain, "-s", address, "-j", "DROP");
    if (direction === "both") await iptables(place, "-A", chain, "-d", address, "-j", "DROP");
  }
}

/** Takes back what `cut` did; nothing where there was none. */
export async function heal(place: Place): Promise<void> {
  for (const direction of ["INPUT", "OUTPUT"]) {
    await iptables(place, "-D", direction, "-j", chain).catch(() => {});
  }
  await iptables(place, "-F", chain).catch(() => {});
  await iptables(place, "-X", chain).catch(() => {});
}

const chain = "HALCYON-CUT";

async function iptables(place: Place, ...args: readonly string[]): Promise<void> {
  await command("ip", ...inside(place.namespace, "iptables", "-w", ...args));
}

import { BlockList, isIP } from "node:net";

/** An address as rules and tables know it: IPv4 that arrived over an IPv6 socket is IPv4. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/** A set of addresses and subnets (`10.0.0.0/8`), as in an API key's list. */
export class AddressRules {
  readonly #list = new BlockList();

  /** Throws on an entry that is neither an address nor a subnet. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [network = "", prefix] = entry.trim().split("/");
      const family = familyOf(network);
      if (family === null) throw new Error(`${entry} is neither an IP address nor a subnet`);
      if (prefix === undefined) this.#list.addAddress(network, family);
      else this.#list.addSubnet(network, Number(prefix), family);
    }
  }

  has(address: string): boolean {
    const family = familyOf(address);
    return family !== null && this.#list.check(address, family);
  }
}

function familyOf(address: string): "ipv4" | "ipv6" | null {
  const version = isIP(address);
  return version === 0 ? null : version === 4 ? "ipv4" : "ipv6";
}

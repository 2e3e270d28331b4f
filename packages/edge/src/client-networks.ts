import { BlockList, isIP } from "node:net";

interface Network {
  readonly region: string;
  readonly text: string;
  readonly bits: number;
  readonly list: BlockList;
}

/** A table of networks (`203.0.113.0/24`) and the region that is nearest to their clients. */
export class ClientNetworks {
  /** The most specific first. */
  readonly #networks: readonly Network[];

  /** Throws on what is no network. */
  constructor(
    regions: readonly { readonly name: string; readonly networks?: readonly string[] }[],
  ) {
    this.#networks = regions
      .flatMap(({ name, networks }) => (networks ?? []).map((text) => networkOf(name, text)))
      .sort((a, b) => b.bits - a.bits);
  }

  /** Null where the table does not have the address. */
  find(address: string): { readonly region: string; readonly network: string } | null {
    const version = this.#networks.length === 0 ? 0 : isIP(address);
    if (version === 0) return null;
    const family = version === 4 ? "ipv4" : "ipv6";
    const network = this.#networks.find(({ list }) => list.check(address, family));
    return network === undefined ? null : { region: network.region, network: network.text };
  }
}

function networkOf(region: string, text: string): Network {
  const [address = "", prefix] = text.split("/");
  const version = isIP(address);
  const bitsMax = version === 4 ? 32 : 128;
  const bits = prefix === undefined ? bitsMax : Number(prefix);
  if (version === 0 || !Number.isInteger(bits) || bits < 0 || bits > bitsMax) {
    throw new Error(`${text} of region ${region} is no network: write it like 203.0.113.0/24.`);
  }
  const list = new BlockList();
  list.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
  return { region, text, bits, list };
}

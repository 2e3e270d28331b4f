/** Where a log in etcd is: `etcd://HOST:PORT,HOST:PORT,.../PREFIX`, or `etcds://` with TLS. */
export interface EtcdLocation {
  readonly isSecure: boolean;
  /** host:port, the zone's own member first. */
  readonly addresses: readonly string[];
  /** Starts with a slash and does not end with one. */
  readonly prefix: string;
}

const PORT_DEFAULT = 2379;

export function parseEtcdUrl(url: string): EtcdLocation {
  const [, scheme, hosts = "", prefix = ""] = /^(etcds?):\/\/([^/?#]+)(\/[^?#]*)$/.exec(url) ?? [];
  const addresses = hosts.split(",").map(toAddress);
  const isSound = scheme !== undefined && !prefix.endsWith("/") && !addresses.includes(null);
  if (!isSound) {
    throw new RangeError(
      `${url} does not say where a log in etcd is. Write etcd://HOST:PORT,HOST:PORT,HOST:PORT/PREFIX with the nearest member first, and etcds:// where it speaks TLS.`,
    );
  }
  return { isSecure: scheme === "etcds", addresses: addresses as string[], prefix };
}

function toAddress(host: string): string | null {
  const [, name, port] = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(host) ?? [];
  return name === undefined ? null : `${name}:${port ?? PORT_DEFAULT}`;
}

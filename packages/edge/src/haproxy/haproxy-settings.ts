import type { EdgeConfig } from "../config.ts";

/** What an edge carried by HAProxy is told beside what every edge is told. */
export interface HaproxySettings {
  /** A PEM file with certificate chain and key; without one the edge speaks plain HTTP. */
  readonly certificateFile?: string;
  /** Where it puts the socket on which it takes commands. */
  readonly folder: string;
  /** `stdout`, or where a syslog server listens (`127.0.0.1:514`). */
  readonly logTarget: string;
  /** `all` writes a line for each request, `failures` only where something went wrong or twice. */
  readonly accessLog?: "all" | "failures";
  /** Threads of HAProxy's own; 1 carries some 10,000 requests a second. */
  readonly threads?: number;
  /** Open connections of one client address; the requests of further ones are refused with 429. */
  readonly connectionsPerAddressMax?: number;
  /** New connections of one client address in ten seconds. */
  readonly connectsPerAddressMax?: number;
  /** Requests at one node at once. What comes beyond waits here, where a cancel can still overtake it. */
  readonly requestsPerNodeMax?: number;
}

export interface HaproxyPage {
  readonly folder: string;
  /** Where the balancer serves it. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Balancers of other zones, which serve it while this one does not. */
  readonly others: readonly { readonly host: string; readonly port: number }[];
}

export interface HaproxyEdgeConfig extends EdgeConfig {
  readonly haproxy: HaproxySettings;
  /** Without one there is no page for browsers. */
  readonly page?: HaproxyPage;
}

export const HAPROXY_DEFAULTS = {
  accessLog: "failures",
  threads: 1,
  connectionsPerAddressMax: 2_000,
  connectsPerAddressMax: 2_000,
  requestsPerNodeMax: 64,
} as const;

/** The Unix socket on which HAProxy takes commands; only its own user can open it. */
export function runtimeSocketOf({ folder }: Pick<HaproxySettings, "folder">): string {
  return `${folder}/haproxy.sock`;
}

/** Of all names that go into the configuration: HAProxy has no way to quote them everywhere. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
const FILE = /^[A-Za-z0-9_./-]{1,200}$/;
/** The kernel's own limit for the path of a Unix socket, less what HAProxy appends while it binds. */
const SOCKET_PATH_CHARS_MAX = 90;
const HOST = /^[A-Za-z0-9.:_-]{1,253}$/;
const NETWORK = /^[0-9a-fA-F.:]{2,45}(\/\d{1,3})?$/;

/** Refuses what would not mean in HAProxy's language what it says here. */
export function checkHaproxyConfig(edge: HaproxyEdgeConfig): void {
  const { haproxy } = edge;
  const nodes = edge.regions.flatMap((region) => region.nodes);
  const names = [edge.name, ...edge.regions.map(({ name }) => name), ...nodes.map((n) => n.name)];
  const pages = edge.page === undefined ? [] : [edge.page.listen, ...edge.page.others];
  const hosts = [
    ...pages.map(({ host }) => host),
    edge.listen.host,
    ...nodes.flatMap((n) => [n.host, n.healthHost]),
  ];
  const networks = edge.regions.flatMap((region) => region.networks ?? []);
  refuseUnless(NAME, names, "may hold letters, digits, - and _ only: rename it");
  refuseUnless(HOST, hosts, "is no address or host name: correct it");
  refuseUnless(NETWORK, networks, "is no network: write it like 203.0.113.0/24");
  const files = [haproxy.folder, haproxy.certificateFile ?? "x"];
  refuseUnless(FILE, files, "must be a path of letters, digits, _ . / and - only");
  if (haproxy.logTarget !== "stdout") {
    refuseUnless(HOST, [haproxy.logTarget], "is neither stdout nor the address of a syslog server");
  }
  const socket = runtimeSocketOf(haproxy);
  if (socket.length > SOCKET_PATH_CHARS_MAX) {
    throw new Error(
      `The path ${socket} is too long for a socket: take one of at most ${SOCKET_PATH_CHARS_MAX} characters.`,
    );
  }
  if (!edge.regions.some(({ name }) => name === edge.region)) {
    throw new Error(`The edge's region ${edge.region} has no entry in \`regions\`: add it.`);
  }
}

function refuseUnless(pattern: RegExp, values: readonly string[], what: string): void {
  const wrong = values.find((value) => !pattern.test(value));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong)} ${what}.`);
}

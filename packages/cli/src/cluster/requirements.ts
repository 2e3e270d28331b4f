import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type ClusterNetwork, clusterNetwork } from "@halcyon/fleet";
import { CliError } from "../cli-error.ts";
import type { ClusterSettings } from "./settings.ts";

/** What a cluster on one machine needs, with the Debian package that brings it, and why. */
const needed = [
  { program: "ip", debianPackage: "iproute2", why: "makes each zone's network" },
  { program: "iptables", debianPackage: "iptables", why: "cuts zones off in drills" },
  {
    program: "setpriv",
    debianPackage: "util-linux",
    why: "ends etcd and HAProxy with their supervisor",
  },
] as const;

/** The network to make; refuses with everything that is missing at once. */
export function requireCluster(config: ClusterSettings): ClusterNetwork {
  const { etcd, haproxy } = config.cluster;
  const programs = [
    ...needed,
    { program: etcd.program, debianPackage: "etcd-server", why: "carries the log" },
    { program: haproxy.program, debianPackage: "haproxy", why: "carries the traffic" },
  ];
  const missing = programs.filter(({ program }) => !isExecutable(program));
  const lines = missing.map(({ program, why }) => `${program} (${why})`);
  if (process.getuid?.() !== 0) lines.unshift("root (network namespaces are made by root alone)");
  if (lines.length > 0) {
    const install =
      missing.length === 0
        ? ""
        : ` Install on Debian: apt-get install ${missing.map((one) => one.debianPackage).join(" ")}`;
    throw new CliError("A cluster on this machine needs", `${lines.join(", ")}.${install}`);
  }
  const network = clusterNetwork(config);
  if (network !== null) return network;
  const detail =
    "On one machine all zones' addresses are of one /24, such as 10.73.0.11 to 10.73.0.13. On real hosts run halcyon zone run ZONE on each.";
  throw new CliError("Wrong addresses", detail);
}

function isExecutable(program: string): boolean {
  const folders = program.includes("/") ? [""] : (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { command, inside, type Place } from "@halcyon/fleet";

const script = fileURLToPath(new URL("./delaying-proxy.ts", import.meta.url));
/** The proxy runs as this user, whose own connections are not redirected to it. */
const proxyUser = 65_534;
const firstPort = 9_100;
const chain = "HALCYON-SLOW";

/**
 * New connections between a place and its peers' port go through a proxy in the place that passes
 * every byte on later. Where the kernel had netem it would do this.
 */
export async function slowNetwork(
  place: Place,
  peers: readonly Place[],
  port: number,
  delayMs: number,
): Promise<() => Promise<void>> {
  const proxies: ChildProcess[] = [];
  const iptables = (...args: readonly string[]) =>
    command("ip", ...inside(place.namespace, "iptables", "-w", "-t", "nat", ...args));
  await iptables("-N", chain);
  await iptables("-I", "OUTPUT", "-j", chain);
  for (const [index, { address }] of peers.entries()) {
    const local = firstPort + index;
    const child = spawn(
      "ip",
      inside(
        place.namespace,
        ...["setpriv", `--reuid=${proxyUser}`, `--regid=${proxyUser}`, "--clear-groups"],
        ...[process.execPath, script, String(local), address, String(port), String(delayMs)],
      ),
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    proxies.push(child);
    await once(child.stdout!, "data");
    const own = ["-m", "owner", "!", "--uid-owner", String(proxyUser)];
    const to = ["-j", "DNAT", "--to-destination", `127.0.0.1:${local}`];
    const from = ["-p", "tcp", "-d", address, "--dport", String(port)];
    await iptables("-A", chain, ...from, ...own, ...to);
  }
  return async () => {
    await iptables("-D", "OUTPUT", "-j", chain);
    await iptables("-F", chain);
    await iptables("-X", chain);
    for (const child of proxies) child.kill("SIGKILL");
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { command, inside, type Place } from "@halcyon/fleet";
import type { Cluster } from "../cluster.ts";

const script = fileURLToPath(new URL("./storm-worker.ts", import.meta.url));
const socketsPerWorker = 5_000;
const socketsPerAddress = 500;
const firstHostPart = 101;

/** Many clients that only listen, each reconnecting as soon as it is cut off. */
export class Storm {
  readonly #workers: readonly ChildProcess[];
  readonly #open: number[];
  readonly #wanted: number;

  private constructor(workers: readonly ChildProcess[], wanted: number) {
    this.#workers = workers;
    this.#wanted = wanted;
    this.#open = workers.map(() => 0);
    for (const [index, child] of workers.entries()) {
      createInterface({ input: child.stdout! }).on("line", (line) => {
        this.#open[index] = Number(line);
      });
    }
  }

  static async start(cluster: Cluster, place: Place, sockets: number): Promise<Storm> {
    const addresses = await addAddresses(place, Math.ceil(sockets / socketsPerAddress));
    const count = Math.ceil(sockets / socketsPerWorker);
    const perWorker = addresses.length / count;
    const workers = Array.from({ length: count }, (_, index) => {
      const own = addresses.slice(index * perWorker, (index + 1) * perWorker);
      const urls = cluster.endpoints.map((url) => url.replace(/^http/, "ws"));
      const args = [script, String(sockets / count), urls.join(","), own.join(",")];
      return spawn("ip", inside(place.namespace, process.execPath, ...args), {
        stdio: ["ignore", "pipe", "inherit"],
      });
    });
    return new Storm(workers, sockets);
  }

  /** Resolves with how long it took until all sockets were open. */
  async untilOpen(timeoutMs: number): Promise<number> {
    const beganMs = performance.now();
    while (this.#open.reduce((sum, open) => sum + open, 0) < this.#wanted) {
      const waitedMs = performance.now() - beganMs;
      if (waitedMs > timeoutMs) {
        throw new Error(`Only ${this.#open.join(" + ")} sockets were open after ${timeoutMs} ms.`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return performance.now() - beganMs;
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#workers.map(async (child) => {
        const ended = once(child, "close");
        child.kill("SIGTERM");
        await ended;
      }),
    );
  }
}

/** One address has so many ports only, and an edge lets it have so many connections only. */
async function addAddresses(place: Place, count: number): Promise<string[]> {
  const subnet = place.address.slice(0, place.address.lastIndexOf("."));
  const addresses = Array.from({ length: count }, (_, i) => `${subnet}.${firstHostPart + i}`);
  for (const address of addresses) {
    await command("ip", "-n", place.namespace, "addr", "replace", `${address}/24`, "dev", "eth0");
  }
  return addresses;
}

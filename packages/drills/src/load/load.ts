import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { clientsPlace, inside } from "@halcyon/fleet";
import type { Cluster } from "../cluster.ts";
import type { Operation } from "./operation.ts";
import type { Trader } from "./provision.ts";
import type { WorkerConfig } from "./worker.ts";

const script = fileURLToPath(new URL("./worker.ts", import.meta.url));
/** Clients that flood get a third of what the venue gets of a processor; theirs are other machines. */
const floodNice = 5;
const errorCharsMax = 4_000;

export type LoadOptions = {
  readonly cluster: Cluster;
  /** Begins every client order id, so that those of several loads differ. */
  readonly name: string;
  /** For each worker process its traders. */
  readonly traders: readonly (readonly Trader[])[];
  readonly symbol: string;
  /** Where workers leave their histories. */
  readonly folder: string;
  /** See WorkerConfig; `sdk` unless said otherwise. */
  readonly manners?: WorkerConfig["manners"];
};

/** Clients of the cluster, outside its zones: some processes, at a rate for all together. */
export class Load {
  readonly #workers: readonly { readonly child: ChildProcess; readonly files: readonly string[] }[];
  #errors = "";

  private constructor(options: LoadOptions) {
    const { cluster, name, traders, symbol, folder, manners = "sdk" } = options;
    const { namespace } = cluster.place(clientsPlace);
    this.#workers = traders.map((own, index) => {
      const historyFile = join(folder, `${name}-${index}.history.json`);
      const configFile = join(folder, `${name}-${index}.json`);
      const config: WorkerConfig = {
        name: `${name}-${index}`,
        // Each worker has another zone nearest.
        endpoints: rotate(cluster.endpoints, index),
        traders: own,
        symbol,
        historyFile,
        manners,
      };
      writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 });
      const args = inside(namespace, process.execPath, script, configFile);
      const child = spawn("ip", args, { stdio: ["pipe", "pipe", "pipe"] });
      // On machines of their own they would take no processor from the venue.
      if (manners === "plain") setPriority(child.pid!, floodNice);
      child.stderr.on("data", (chunk) => {
        this.#errors = `${this.#errors}${chunk}`.slice(-errorCharsMax);
      });
      return { child, files: [historyFile, configFile] };
    });
  }

  static async start(options: LoadOptions): Promise<Load> {
    const load = new Load(options);
    await Promise.all(load.#workers.map(({ child }) => load.#untilReady(child)));
    return load;
  }

  /** Orders a second of all workers together; cancels come on top. */
  setRate(ordersPerSecond: number): void {
    const each = ordersPerSecond / this.#workers.length;
    for (const { child } of this.#workers) child.stdin?.write(`rate ${each}\n`);
  }

  /** Sends nothing more, waits for every answer, and resolves with what became of all requests. */
  async stop(): Promise<Operation[]> {
    const operations = await Promise.all(
      this.#workers.map(async ({ child, files }) => {
        const ended = once(child, "close");
        child.stdin?.end("stop\n");
        const [code] = await ended;
        if (code !== 0) throw new Error(`A load worker ended with ${code}: ${this.#errors}`);
        const history = JSON.parse(readFileSync(files[0]!, "utf8")) as Operation[];
        for (const file of files) rmSync(file);
        return history;
      }),
    );
    return operations.flat();
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    for await (const line of createInterface({ input: child.stdout! })) {
      if (line === "ready") return;
    }
    throw new Error(`A load worker did not start: ${this.#errors}`);
  }
}

function rotate<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

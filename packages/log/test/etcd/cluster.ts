import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EtcdLogOptions, openLog } from "@halcyon/log";

const MEMBERS = 3;
const START_MS = 30_000;
/** The disk of a busy machine may take its time: most tests are not about how much. */
const REQUEST_TIMEOUT_MS = 10_000;

type TlsFiles = NonNullable<EtcdLogOptions["tls"]>;

export interface ClusterOptions {
  readonly quotaBytes?: number;
  /** What the members show to clients, and what clients show to them. */
  readonly tls?: { readonly members: TlsFiles; readonly client: TlsFiles };
}

/** Null where etcd can be started. In CI it has to be. */
export function etcdMissing(): string | null {
  const isThere = spawnSync("which", ["etcd", "etcdctl"]).status === 0;
  return isThere || (process.env["CI"] ?? "") !== ""
    ? null
    : "etcd is not installed: apt-get install etcd-server etcd-client";
}

interface Place {
  readonly name: string;
  readonly clientPort: number;
  readonly peerPort: number;
}

/** Three members of etcd on this machine, in a folder that ends with them. */
export class EtcdCluster {
  readonly #folder: string;
  readonly #places: readonly Place[];
  readonly #options: ClusterOptions;
  readonly #processes = new Map<number, ChildProcess>();
  #words = "";
  #logs = 0;

  private constructor(folder: string, places: readonly Place[], options: ClusterOptions) {
    this.#folder = folder;
    this.#places = places;
    this.#options = options;
  }

  static async start(options: ClusterOptions = {}): Promise<EtcdCluster> {
    const folder = await mkdtemp(join(tmpdir(), "halcyon-etcd-"));
    const ports = await freePorts(2 * MEMBERS);
    const places = Array.from({ length: MEMBERS }, (_, index) => ({
      name: `m${index}`,
      clientPort: ports[2 * index]!,
      peerPort: ports[2 * index + 1]!,
    }));
    const cluster = new EtcdCluster(folder, places, options);
    for (let member = 0; member < MEMBERS; member += 1) cluster.startMember(member);
    await cluster.ready();
    return cluster;
  }

  /** host:port of each member. */
  get addresses(): readonly string[] {
    return this.#places.map(({ clientPort }) => `127.0.0.1:${clientPort}`);
  }

  /** Where a new log is, as seen from a zone whose own member is the first one. */
  newLog(addresses: readonly string[] = this.addresses): EtcdLogOptions & { kind: "etcd" } {
    this.#logs += 1;
    return this.at(`/halcyon/${this.#logs}`, addresses);
  }

  at(prefix: string, addresses = this.addresses): EtcdLogOptions & { kind: "etcd" } {
    const { tls } = this.#options;
    const scheme = tls === undefined ? "etcd" : "etcds";
    const url = `${scheme}://${addresses.join(",")}${prefix}`;
    const identity = tls === undefined ? {} : { tls: tls.client };
    return { kind: "etcd", url, requestTimeoutMs: REQUEST_TIMEOUT_MS, ...identity };
  }

  /** Runs etcd's own command against all members, as the client that the cluster was started for. */
  control(...args: readonly string[]): void {
    const { tls } = this.#options;
    const scheme = tls === undefined ? "http" : "https";
    const flags = [`--endpoints=${this.addresses.map((it) => `${scheme}://${it}`).join(",")}`];
    if (tls !== undefined) {
      const { caFile, certificateFile, keyFile } = tls.client;
      flags.push(`--cacert=${caFile}`, `--cert=${certificateFile}`, `--key=${keyFile}`);
    }
    const env = { ...process.env, ETCDCTL_API: "3" };
    execFileSync("etcdctl", [...flags, ...args], { stdio: "pipe", env });
  }

  /** Waits until the cluster answers. */
  async ready(): Promise<void> {
    const deadlineMs = performance.now() + START_MS;
    for (;;) {
      try {
        const log = await openLog(this.at("/ready"));
        await log.close();
        return;
      } catch (error) {
        if (performance.now() < deadlineMs) continue;
        await this.stop();
        throw new Error(`etcd does not answer: ${String(error)} ${this.#words}`);
      }
    }
  }

  startMember(member: number): void {
    // It ends with this process, however that ends.
    const command = ["--pdeathsig", "KILL", "etcd", ...this.#flags(member)];
    const child = spawn("setpriv", command, { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr?.on("data", (chunk) => {
      this.#words = `${this.#words}${chunk}`.slice(-4000);
    });
    child.on("error", (error) => {
      this.#words += `etcd cannot be started (${error.message}): apt-get install etcd-server`;
    });
    this.#processes.set(member, child);
  }

  async kill(member: number): Promise<void> {
    const child = this.#processes.get(member);
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }

  freeze(member: number): void {
    this.#processes.get(member)?.kill("SIGSTOP");
  }

  thaw(member: number): void {
    this.#processes.get(member)?.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    for (let member = 0; member < MEMBERS; member += 1) await this.kill(member);
    await rm(this.#folder, { recursive: true });
  }

  #flags(member: number): readonly string[] {
    const { name, clientPort, peerPort } = this.#places[member]!;
    const { tls, quotaBytes = 2 ** 33 } = this.#options;
    const client = `${tls === undefined ? "http" : "https"}://127.0.0.1:${clientPort}`;
    const peer = `http://127.0.0.1:${peerPort}`;
    const everybody = this.#places.map((it) => `${it.name}=http://127.0.0.1:${it.peerPort}`);
    const flags = {
      name,
      "data-dir": join(this.#folder, name),
      "listen-client-urls": client,
      "advertise-client-urls": client,
      "listen-peer-urls": peer,
      "initial-advertise-peer-urls": peer,
      "initial-cluster": everybody.join(","),
      "initial-cluster-token": this.#folder,
      "initial-cluster-state": "new",
      "heartbeat-interval": "50",
      "election-timeout": "500",
      "pre-vote": "true",
      "snapshot-count": "5000",
      "quota-backend-bytes": String(quotaBytes),
      logger: "zap",
      "log-level": "error",
    };
    const secure =
      tls === undefined
        ? {}
        : {
            "client-cert-auth": "true",
            "trusted-ca-file": tls.members.caFile,
            "cert-file": tls.members.certificateFile,
            "key-file": tls.members.keyFile,
          };
    return Object.entries({ ...flags, ...secure }).map(([flag, value]) => `--${flag}=${value}`);
  }
}

/** Ports that nobody listens on: all are held at once, so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  for (let index = 0; index < count; index += 1) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  for (const server of servers) {
    server.close();
    await once(server, "close");
  }
  return ports;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ControlClient, type ProcessStatus } from "@halcyon/fleet";
import type { VenueProcess } from "../venue-process.ts";
import { eventually } from "./eventually.ts";

export const nodeNames = ["eu-1", "us-1", "ap-1"] as const;
export type NodeName = (typeof nodeNames)[number];

/** What the supervisor says of its processes. */
export async function processesOf(venue: VenueProcess): Promise<readonly ProcessStatus[]> {
  const reply = await new ControlClient(venue.data).processes();
  if (!reply.ok) throw new Error(`the supervisor does not answer: ${reply.detail}`);
  return reply.body.processes;
}

export async function pidOf(venue: VenueProcess, name: string): Promise<number> {
  const found = (await processesOf(venue)).find((one) => one.name === name);
  if (found?.pid == null) throw new Error(`${name} does not run`);
  return found.pid;
}

/** SIGKILL for the process of this name, as a crash would end it. */
export async function crash(
  venue: VenueProcess,
  name: string,
): Promise<{ readonly pid: number; readonly atMs: number }> {
  const pid = await pidOf(venue, name);
  const atMs = performance.now();
  process.kill(pid, "SIGKILL");
  return { pid, atMs };
}

/** Until the process is gone and another one serves in its place. Asks as little as can be: time counts. */
export async function untilReplaced(
  venue: VenueProcess,
  name: string,
  pid: number,
  deadlineMs: number,
): Promise<void> {
  await eventually(`${name} is gone`, deadlineMs, () => !isAlive(pid));
  await eventually(`${name} is ready again`, deadlineMs, () => isReady(venue, name));
}

/** SIGKILL for the supervisor and all its processes within one turn; resolves once they are gone. */
export async function crashAll(venue: VenueProcess): Promise<void> {
  const children = (await processesOf(venue)).flatMap(({ pid }) => pid ?? []);
  const pids = [venue.pid, ...children];
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await eventually("all processes are gone", 5_000, () => pids.every((pid) => !isAlive(pid)));
}

/** Whether the process runs; one that only waits for its parent to notice its end does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}

export async function isReady(venue: VenueProcess, name: string): Promise<boolean> {
  const { port } = configOf(venue, name).health;
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  return response?.status === 200;
}

export function configOf(
  venue: VenueProcess,
  name: string,
): { readonly health: { readonly port: number } } {
  return JSON.parse(readFileSync(join(venue.data, "run", `${name}.json`), "utf8"));
}

export function administratorToken(venue: VenueProcess): string {
  const text = readFileSync(join(venue.data, "credentials.json"), "utf8");
  return JSON.parse(text).administrator.token as string;
}

/** How long a process has waited for a processor that others had; 0 where the system does not tell. */
export function starvedMs(pid: number): number {
  try {
    const waitedNs = readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1];
    return Number(waitedNs) / 1e6;
  } catch {
    return 0;
  }
}

export type NodeState = { readonly position: number; readonly stateHash: string };

/** What a node says of its own state on its own port; null while it does not answer. */
export async function stateOf(venue: VenueProcess, name: NodeName): Promise<NodeState | null> {
  const url = `http://127.0.0.1:${venue.port(name)}/admin/v1/status`;
  const headers = { authorization: `Bearer ${administratorToken(venue)}` };
  const response = await fetch(url, { headers }).catch(() => null);
  return response?.ok ? ((await response.json()) as NodeState) : null;
}

/** What the nodes said of themselves, to be compared where two of them spoke of the same position. */
export class StateComparison {
  readonly #hashes = new Map<number, Map<NodeName, string>>();

  /** Asks all nodes at once. */
  async ask(venue: VenueProcess): Promise<void> {
    await Promise.all(
      nodeNames.map(async (name) => {
        const state = await stateOf(venue, name);
        if (state === null) return;
        const at = this.#hashes.get(state.position) ?? new Map<NodeName, string>();
        at.set(name, state.stateHash);
        this.#hashes.set(state.position, at);
      }),
    );
  }

  /** Whether this node agreed with another at some position. Throws where two differ. */
  hasAgreed(name: NodeName): boolean {
    let agreed = false;
    for (const [position, hashes] of this.#hashes) {
      if (new Set(hashes.values()).size > 1) {
        throw new Error(`states differ at ${position}: ${JSON.stringify([...hashes])}`);
      }
      if (hashes.size > 1 && hashes.has(name)) agreed = true;
    }
    return agreed;
  }
}

/** Until every node agreed with another on its state. */
export async function untilAllAgree(venue: VenueProcess, deadlineMs: number): Promise<void> {
  const comparison = new StateComparison();
  await eventually("all nodes have the same state", deadlineMs, async () => {
    await comparison.ask(venue);
    return nodeNames.every((name) => comparison.hasAgreed(name));
  });
}

/** One figure of a process's own metrics, whatever its labels; 0 while it does not answer. */
export async function metricOf(venue: VenueProcess, name: string, metric: string): Promise<number> {
  const { port } = configOf(venue, name).health;
  const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
  const text = (await response?.text()) ?? "";
  return Number(new RegExp(`^${metric}(?:\\{.*\\})? (\\S+)`, "m").exec(text)?.[1] ?? 0);
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "@halcyon/process";
import { askHealth, type HealthReply } from "./health-client.ts";
import { endLeftovers, noteRunning } from "./leftovers.ts";
import {
  type LastExit,
  ManagedProcess,
  type ProcessSpec,
  type RestartPolicy,
  restartPolicyDefault,
} from "./managed-process.ts";

/** How one process is. `state` is its readiness in one word where it runs and can be asked. */
export type ProcessStatus = {
  readonly name: string;
  readonly role: string;
  readonly region: string | null;
  readonly state: string;
  readonly reasons: readonly string[];
  readonly pid: number | null;
  readonly health: ProcessSpec["health"];
  readonly startedAt: string | null;
  readonly restarts: number;
  readonly lastExit: LastExit | null;
  readonly logFile: string;
  readonly logDroppedBytes: number;
};

export type ActionResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: "unknown-process" | "not-running" | "not-possible" | "no-answer";
      readonly detail: string;
    };

export type SupervisorOptions = {
  readonly runFolder: string;
  readonly logFolder: string;
  readonly specs: readonly ProcessSpec[];
  readonly logger: Logger;
  readonly restartPolicy?: RestartPolicy;
  readonly stopTimeoutMs?: number;
};

const stopTimeoutMsDefault = 12_000;

/** Starts processes, starts again what dies, stops all in order. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #processes: ReadonlyMap<string, ManagedProcess>;
  readonly #notePath: string;
  #stopped: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#notePath = join(options.runFolder, "processes.json");
    mkdirSync(options.logFolder, { recursive: true, mode: 0o700 });
    const { logger, logFolder, restartPolicy = restartPolicyDefault } = options;
    const events = {
      started: (name: string, pid: number) => {
        logger.info({ name, childPid: pid }, "process started");
        this.#noteRunning();
      },
      ended: (name: string, exit: LastExit, restartInMs: number | null) => {
        const level = restartInMs === null ? "info" : "warn";
        logger[level]({ name, exit, restartInMs }, "process ended");
      },
    };
    this.#processes = new Map(
      options.specs.map((spec) => {
        const logPath = join(logFolder, `${spec.name}.log`);
        return [spec.name, new ManagedProcess(spec, logPath, restartPolicy, events)];
      }),
    );
  }

  /** Starts all processes, or those that are asked for; the others by a later call. */
  async start(isWanted: (spec: ProcessSpec) => boolean = () => true): Promise<void> {
    const all = [...this.#processes.values()];
    if (all.every((one) => one.identity === null)) {
      const ended = await endLeftovers(this.#notePath);
      if (ended > 0) this.#options.logger.warn({ ended }, "ended processes of an earlier start");
    }
    for (const one of all) if (one.state === "stopped" && isWanted(one.spec)) one.start();
  }

  /** Processes and their restarts so far, without asking them anything. */
  counts(): { name: string; running: boolean; restarts: number }[] {
    return [...this.#processes.values()].map((one) => ({
      name: one.spec.name,
      running: one.state === "running",
      restarts: one.restarts,
    }));
  }

  list(): Promise<ProcessStatus[]> {
    return Promise.all([...this.#processes.values()].map(statusOf));
  }

  /** Asks a process to take no new work (or to take it again); it goes on serving what it has. */
  async drain(name: string, action: "drain" | "undrain"): Promise<ActionResult> {
    const one = this.#processes.get(name);
    if (one === undefined) return this.#unknown(name);
    if (one.state !== "running") return notRunning(one);
    const notPossible: ActionResult = {
      ok: false,
      code: "not-possible",
      detail: `${name} cannot ${action}: only nodes can.`,
    };
    if (one.spec.health === null) return notPossible;
    const reply = await askHealth(one.spec.health, "POST", `/${action}`);
    if (reply === null) {
      const detail = `${name} does not answer: see ${one.logPath}`;
      return { ok: false, code: "no-answer", detail };
    }
    if (reply.status === 404) return notPossible;
    return { ok: true };
  }

  /** SIGKILL, for trying; the process is started again. */
  kill(name: string): ActionResult {
    const one = this.#processes.get(name);
    if (one === undefined) return this.#unknown(name);
    if (!one.kill()) return notRunning(one);
    this.#options.logger.warn({ name }, "process killed on demand");
    return { ok: true };
  }

  /** Stage by stage, lowest first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopStages();
    return this.#stopped;
  }

  async #stopStages(): Promise<void> {
    const { stopTimeoutMs = stopTimeoutMsDefault } = this.#options;
    const all = [...this.#processes.values()];
    const stages = new Set(all.map((one) => one.spec.stopStage).sort((a, b) => a - b));
    for (const stage of stages) {
      const members = all.filter((one) => one.spec.stopStage === stage);
      await Promise.all(members.map((one) => one.stop(stopTimeoutMs)));
    }
    this.#noteRunning();
    for (const one of all) one.closeLog();
  }

  #noteRunning(): void {
    const running = [...this.#processes.values()].flatMap((one) => one.identity ?? []);
    try {
      noteRunning(this.#notePath, running);
    } catch (error) {
      // A full disk must not end the supervisor; the note only saves the next start some work.
      this.#options.logger.error({ err: error }, "cannot note the running processes");
    }
  }

  #unknown(name: string): ActionResult {
    const known = [...this.#processes.keys()].join(", ");
    return {
      ok: false,
      code: "unknown-process",
      detail: `There is no process ${name}; there are ${known}.`,
    };
  }
}

function notRunning(one: ManagedProcess): ActionResult {
  const detail = `${one.spec.name} is ${one.state}: wait until it runs, or see ${one.logPath}`;
  return { ok: false, code: "not-running", detail };
}

async function statusOf(one: ManagedProcess): Promise<ProcessStatus> {
  const { name, role, region, health } = one.spec;
  const running = one.state === "running";
  const reply = running && health !== null ? await askHealth(health, "GET", "/readyz") : null;
  return {
    name,
    role,
    region,
    state: running && health !== null ? readiness(reply) : one.state,
    reasons: reply?.reasons ?? [],
    pid: one.identity?.pid ?? null,
    health,
    startedAt: running ? new Date(one.startedMs).toISOString() : null,
    restarts: one.restarts,
    lastExit: one.lastExit,
    logFile: one.logPath,
    logDroppedBytes: one.logDroppedBytes,
  };
}

function readiness(reply: HealthReply | null): string {
  if (reply === null) return "starting";
  if (reply.status === 200) return "ready";
  return reply.word ?? "not ready";
}

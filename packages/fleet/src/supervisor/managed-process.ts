import { type ChildProcess, spawn } from "node:child_process";
import { withHugePages } from "@halcyon/process";
import { LogFile } from "./log-file.ts";
import { identityOf, type ProcessIdentity } from "./process-identity.ts";

/** What to run, and when it may go: lower stages stop first, the next once all of them ended. */
export type ProcessSpec = {
  readonly name: string;
  readonly role: string;
  readonly region: string | null;
  /** A program of ours runs on Node; `entry` is its main module, else the path of an executable. */
  readonly runtime: "node" | "native";
  readonly entry: string;
  /** Never a secret: arguments are readable by everybody on the machine. */
  readonly args: readonly string[];
  /** Beside what the supervisor's own holds. Never a secret, for the same reason. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it answers /livez and /readyz; null: it does not. */
  readonly health: { readonly host: string; readonly port: number } | null;
  /** What asks it to end in order; SIGTERM where it is left out. */
  readonly stopSignal?: NodeJS.Signals;
  readonly stopStage: number;
};

export type RunState = "running" | "restarting" | "stopping" | "stopped";
export type LastExit = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly at: string;
};
export type RestartPolicy = {
  /** A process that lived this long had started well: its next restart is immediate again. */
  readonly stableAfterMs: number;
  readonly delayMsFirst: number;
  readonly delayMsMax: number;
};
export const restartPolicyDefault: RestartPolicy = {
  stableAfterMs: 3_000,
  delayMsFirst: 100,
  delayMsMax: 2_000,
};

export type ProcessEvents = {
  readonly started: (name: string, pid: number) => void;
  readonly ended: (name: string, exit: LastExit, restartInMs: number | null) => void;
};

/**
 * One child process that is started again whenever it ends by itself.
 *
 *   start -> running -> (ends) -> restarting -> running ...
 *                 \-> stop -> stopping -> stopped
 */
export class ManagedProcess {
  readonly spec: ProcessSpec;
  readonly #log: LogFile;
  readonly #policy: RestartPolicy;
  readonly #events: ProcessEvents;
  #state: RunState = "stopped";
  #child: ChildProcess | null = null;
  #identity: ProcessIdentity | null = null;
  #startedMs = 0;
  #restarts = 0;
  #failuresInARow = 0;
  #lastExit: LastExit | null = null;
  #timer: NodeJS.Timeout | null = null;
  #whenStopped: (() => void)[] = [];

  constructor(spec: ProcessSpec, logPath: string, policy: RestartPolicy, events: ProcessEvents) {
    this.spec = spec;
    this.#log = new LogFile(logPath);
    this.#policy = policy;
    this.#events = events;
  }

  get state(): RunState {
    return this.#state;
  }
  get identity(): ProcessIdentity | null {
    return this.#identity;
  }
  get restarts(): number {
    return this.#restarts;
  }
  get lastExit(): LastExit | null {
    return this.#lastExit;
  }
  get startedMs(): number {
    return this.#startedMs;
  }
  get logPath(): string {
    return this.#log.path;
  }
  get logDroppedBytes(): number {
    return this.#log.droppedBytes;
  }

  start(): void {
    const { name } = this.spec;
    const child = spawnDetached(this.spec);
    this.#child = child;
    this.#state = "running";
    this.#startedMs = Date.now();
    child.stdout?.on("data", (chunk: Buffer) => this.#log.write(chunk));
    child.stderr?.on("data", (chunk: Buffer) => this.#log.write(chunk));
    child.once("error", (error) => {
      this.#log.write(Buffer.from(`${error.message}\n`));
      if (child.pid === undefined) this.#ended(null, null);
    });
    child.once("exit", (code, signal) => this.#ended(code, signal));
    if (child.pid === undefined) return;
    this.#identity = identityOf(child.pid);
    this.#events.started(name, child.pid);
  }

  /** SIGKILL; false when there is nothing to kill at this moment. */
  kill(): boolean {
    return this.#state === "running" && this.#child !== null && this.#child.kill("SIGKILL");
  }

  /** Its stop signal, and SIGKILL after `timeoutMs`. Resolves once the process is gone. */
  stop(timeoutMs: number): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#child === null) {
      this.#state = "stopped";
      return Promise.resolve();
    }
    const child = this.#child;
    this.#state = "stopping";
    child.kill(this.spec.stopSignal ?? "SIGTERM");
    const hardStop = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    return new Promise((resolve) => {
      this.#whenStopped.push(() => {
        clearTimeout(hardStop);
        resolve();
      });
    });
  }

  closeLog(): void {
    this.#log.close();
  }

  #ended(code: number | null, signal: string | null): void {
    this.#child = null;
    this.#identity = null;
    this.#lastExit = { code, signal, at: new Date().toISOString() };
    if (this.#state === "stopping") {
      this.#state = "stopped";
      this.#events.ended(this.spec.name, this.#lastExit, null);
      for (const resolve of this.#whenStopped.splice(0)) resolve();
      return;
    }
    this.#restarts++;
    const delayMs = this.#nextDelayMs();
    this.#events.ended(this.spec.name, this.#lastExit, delayMs);
    this.#state = "restarting";
    if (delayMs === 0) this.start();
    else this.#timer = setTimeout(() => this.start(), delayMs);
  }

  #nextDelayMs(): number {
    const { stableAfterMs, delayMsFirst, delayMsMax } = this.#policy;
    if (Date.now() - this.#startedMs >= stableAfterMs) this.#failuresInARow = 0;
    const failures = this.#failuresInARow++;
    return failures === 0 ? 0 : Math.min(delayMsMax, delayMsFirst * 2 ** (failures - 1));
  }
}

/**
 * In a process group of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops
 * in order. A program of ours has an IPC channel, which ends with the supervisor, however that
 * ends; to others the system gives SIGKILL then.
 */
function spawnDetached({ runtime, entry, args, environment }: ProcessSpec): ChildProcess {
  const env = { ...process.env, ...environment };
  return runtime === "node"
    ? spawn(process.execPath, [entry, ...args], {
        env: withHugePages(env),
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        detached: true,
      })
    : spawn("setpriv", ["--pdeathsig", "KILL", entry, ...args], {
        env,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
}

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { LogOptions } from "@halcyon/log";

export interface Ack {
  readonly sequence: number;
  readonly position: number;
}

/** A process of contract-child.ts. */
export class Child {
  readonly lines: string[] = [];
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;

  constructor(options: LogOptions, args: readonly (string | number)[], onLine?: () => void) {
    const script = fileURLToPath(new URL("./contract-child.ts", import.meta.url));
    this.#process = spawn(
      process.execPath,
      [script, JSON.stringify(options), ...args.map(String)],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let stderr = "";
    this.#process.stderr?.on("data", (chunk) => {
      stderr += chunk;
    });
    const lines = createInterface({ input: this.#process.stdout! });
    lines.on("line", (line) => {
      this.lines.push(line);
      onLine?.();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#process.on("error", reject);
      this.#process.on("close", (code, signal) => {
        if (code === 0 || signal === "SIGKILL") resolve();
        else reject(new Error(`the child ended with ${code ?? signal}: ${stderr}`));
      });
    });
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  acks(): readonly Ack[] {
    return this.lines.map((line) => {
      const [sequence = -1, position = -1] = line.split(" ").map(Number);
      return { sequence, position };
    });
  }
}

/** Appends in another process until it has `ackCount` acknowledgements, then kills it. */
export async function writeUntilKilled(
  options: LogOptions,
  writer: number,
  ackCount: number,
): Promise<readonly Ack[]> {
  const child: Child = new Child(options, ["write", writer, 1_000_000, 8], () => {
    if (child.lines.length === ackCount) child.kill();
  });
  await child.ended;
  return child.acks();
}

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { withHugePages } from "@halcyon/process";
import type { LargeCase } from "./large-flow.ts";

/** What is measured by itself, each in a fresh process: its own memory, its own compiled code. */
export const partNames = ["apply", "allocation", "latency", "replay", "large"] as const;
export type PartName = (typeof partNames)[number];

/** Where the flows lie, and how the measuring goes. Goes to the part's process as JSON. */
export type PartOptions = {
  readonly commonFlow: string;
  readonly shortFlow: string;
  readonly largeFlow: string;
  readonly large: LargeCase;
  /** For what a part writes: logs, snapshots. */
  readonly folder: string;
  /** How often it will be asked to run, warming up included. */
  readonly runs: number;
  /** Whether nodejs-order-book takes its turns. */
  readonly withLibrary: boolean;
};

/** Figures by name, and what was not as it must be on the run that gave them: then they count for nothing. */
export type PartResult = {
  readonly figures: Readonly<Record<string, number>>;
  /** Those of them that can be told by the processor's clock too. */
  readonly onCpu?: Readonly<Record<string, number>>;
  readonly wrong: string;
  /** What one must know to compare it. */
  readonly note?: string;
};

/** A part that is ready to measure. */
export interface Part {
  /** Once more. */
  run(): PartResult | Promise<PartResult>;
  /** What is measured only once, after all runs. */
  finish?(): PartResult | Promise<PartResult>;
}
export type Question = "run" | "finish";

/** A part of the benchmark in its own process, which rests until it is asked. */
export class PartProcess {
  private readonly child: ChildProcess;
  private readonly errors: Promise<string>;
  private readonly answers: AsyncIterator<string>;

  /** `benchFolder` need not be this one: another revision's tree has its own. */
  constructor(benchFolder: string, part: string, options: unknown) {
    const program = join(benchFolder, "core-part.ts");
    const child = spawn(process.execPath, [program, part, JSON.stringify(options)], {
      stdio: ["pipe", "pipe", "pipe"],
      // As nodes are started.
      env: withHugePages(process.env),
    });
    this.child = child;
    this.errors = text(child.stderr);
    this.answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    // Asked something after its end, it has said already what it died of.
    child.stdin.on("error", () => {});
  }

  async ask(question: Question): Promise<PartResult> {
    this.child.stdin!.write(`${question}\n`);
    const answer = await this.answers.next();
    if (!answer.done) return JSON.parse(answer.value) as PartResult;
    const errors = await this.errors;
    const reason = /^\w*Error.*$/m.exec(errors)?.[0] ?? errors.trim();
    return { figures: {}, wrong: `it could not run: ${reason}` };
  }

  stop(): void {
    this.child.kill();
  }
}

/** One measurement in a process that has compiled nothing yet. */
export async function runOnce(part: string, options: unknown): Promise<PartResult> {
  const process = new PartProcess(import.meta.dirname, part, options);
  try {
    return await process.ask("run");
  } finally {
    process.stop();
  }
}

/** What was wrong with any of them, each thing once. */
export function wrongOf(results: readonly Pick<PartResult, "wrong">[]): string {
  const texts = results.map(({ wrong }) => wrong).filter((wrong) => wrong !== "");
  return [...new Set(texts)].join("; ");
}

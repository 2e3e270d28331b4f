import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { LargeCase } from "./large-flow.ts";

/** What is measured by itself, each in a fresh process: its own memory, its own compiled code. */
export const partNames = ["apply", "allocation", "latency", "replay", "large"] as const;
export type PartName = (typeof partNames)[number];

/** Where the flows lie, and how often each thing is repeated. Goes to the part's process as JSON. */
export type PartOptions = {
  readonly commonFlow: string;
  readonly libraryFlow: string;
  readonly largeFlow: string;
  readonly large: LargeCase;
  /** For what a part writes: logs, snapshots. */
  readonly folder: string;
  readonly runs: number;
  /** Whether nodejs-order-book takes its turns. */
  readonly withLibrary: boolean;
};

/** Figures by name, and what was not as it must be on the runs that gave them: then they count for nothing. */
export type PartResult = {
  readonly figures: Readonly<Record<string, number>>;
  readonly wrong: string;
};

/** Runs a part of the benchmark that lies in `benchFolder`, which need not be this one. */
export async function runPart(
  benchFolder: string,
  part: string,
  options: unknown,
): Promise<PartResult> {
  const program = join(benchFolder, "core-part.ts");
  const child = spawn(process.execPath, [program, part, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exited) as [number | null];
  if (code === 0) return JSON.parse(output) as PartResult;
  const reason = /^\w*Error.*$/m.exec(errors)?.[0] ?? errors.trim();
  return { figures: {}, wrong: `it could not run: ${reason}` };
}

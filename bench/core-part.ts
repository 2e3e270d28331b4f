import { createInterface } from "node:readline";
import * as processes from "@halcyon/process";
import type { Part, PartOptions } from "./core-parts.ts";

/** Each part is loaded only when it is wanted: another revision may lack what one of them needs. */
async function prepare(name: string, options: unknown): Promise<Part> {
  const given = options as PartOptions;
  switch (name) {
    case "apply":
      return (await import("./core-apply.ts")).applyPart(given);
    case "allocation":
      return (await import("./core-allocation.ts")).allocationPart(given);
    case "latency":
      return (await import("./core-latency.ts")).latencyPart(given);
    case "replay":
      return (await import("./core-replay.ts")).replayPart(given);
    case "replay-once":
      return (await import("./core-replay-once.ts")).replayOncePart(options as never);
    case "large":
      return (await import("./core-large.ts")).largePart(given);
    case "restore":
      return (await import("./core-restore.ts")).restorePart(options as never);
    default:
      throw new Error(`the core's benchmark has no part ${name}`);
  }
}

// Takes effect for what is compiled after it, so it comes first. Nodes do the same, or did not yet.
if ("raiseInliningLimits" in processes) processes.raiseInliningLimits();
const [name = "", options = "{}"] = process.argv.slice(2);
const part = await prepare(name, JSON.parse(options));
for await (const question of createInterface({ input: process.stdin })) {
  const answer = question === "run" ? await part.run() : await part.finish?.();
  process.stdout.write(`${JSON.stringify(answer ?? { figures: {}, wrong: "" })}\n`);
}

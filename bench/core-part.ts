import { raiseInliningLimits } from "@halcyon/process";
import type { PartOptions, PartResult } from "./core-parts.ts";

/** Each part is loaded only when it is wanted: another revision may lack what one of them needs. */
async function measure(part: string, options: string): Promise<PartResult> {
  const given = JSON.parse(options) as PartOptions;
  switch (part) {
    case "apply":
      return (await import("./core-apply.ts")).measureApply(given);
    case "allocation":
      return (await import("./core-allocation.ts")).measureAllocation(given);
    case "latency":
      return (await import("./core-latency.ts")).measureLatency(given);
    case "replay":
      return (await import("./core-replay.ts")).measureReplay(given);
    case "replay-once":
      return (await import("./core-replay-once.ts")).replayOnce(JSON.parse(options));
    case "large":
      return (await import("./core-large.ts")).measureLarge(given);
    case "restore":
      return (await import("./core-restore.ts")).measureRestore(JSON.parse(options));
    default:
      throw new Error(`the core's benchmark has no part ${part}`);
  }
}

// Takes effect for what is compiled after it, so it comes first; nodes do the same.
raiseInliningLimits();
const [part = "", options = "{}"] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measure(part, options)));

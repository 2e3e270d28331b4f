import { commandLengthWords, openBatch } from "@halcyon/core";
import { commonShape } from "./common-flow.ts";
import { FlowEncoder } from "./core-encode.ts";
import type { Part, PartOptions } from "./core-parts.ts";
import { encodeWhole, runFlow, type Timing } from "./core-run.ts";
import { readFlow } from "./flow.ts";
import { noTime, startWatch } from "./stopwatch.ts";

const usPerMs = 1000;

/**
 * How long one command takes, from the end of the one before it: applying it, and one reading of the
 * clock. What a command costs that a collection, another process or the system interrupts is in it.
 */
export function latencyPart({ commonFlow }: PartOptions): Part {
  const flow = readFlow(commonFlow, commonShape);
  const encoded = encodeWhole(flow, new FlowEncoder(flow));
  const samples = new Float64Array(flow.commandCount);
  return {
    run() {
      let count = 0;
      let isTimed = false;
      const timing: Timing = (venue, bytes) => {
        isTimed ||= bytes === encoded.timed[0];
        const batch = openBatch(bytes);
        venue.beginBatch(batch, venue.position + 1);
        const { words, end } = batch;
        let before = performance.now();
        for (let at = batch.firstCommandAt; at < end; ) {
          venue.applyCommand(words, at);
          at += commandLengthWords(words, at);
          const after = performance.now();
          if (isTimed) samples[count++] = after - before;
          before = after;
        }
        venue.endBatch();
        return noTime;
      };
      const switchesBefore = switchCount();
      const elapsed = startWatch();
      const { wrong } = runFlow(encoded, timing);
      const { seconds, cpuSeconds } = elapsed();
      const latencyInterruptions = switchCount() - switchesBefore;
      const sorted = samples.slice(0, count).sort();
      const at = (share: number) =>
        sorted[Math.min(count - 1, Math.floor(share * count))]! * usPerMs;
      const figures = {
        latencyP50Us: at(0.5),
        latencyP99Us: at(0.99),
        latencyP999Us: at(0.999),
        latencyP9999Us: at(0.9999),
        latencyWorstUs: at(1),
        latencyTimerUs: timerCostMs() * usPerMs,
        latencyInterruptions,
        latencyCpuShare: cpuSeconds / seconds,
      };
      return { figures, wrong };
    },
  };
}

/** How often something else was put on this process's processor. */
function switchCount(): number {
  return process.resourceUsage().involuntaryContextSwitches;
}

/** One reading of the clock: the middle of many, each right after the other. */
function timerCostMs(): number {
  const costs = new Float64Array(200_000);
  let before = performance.now();
  for (let i = 0; i < costs.length; i++) {
    const after = performance.now();
    costs[i] = after - before;
    before = after;
  }
  return costs.sort()[costs.length >> 1]!;
}

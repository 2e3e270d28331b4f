import { commandLengthWords, openBatch } from "@halcyon/core";
import { commonShape } from "./common-flow.ts";
import { FlowEncoder } from "./core-encode.ts";
import type { PartOptions, PartResult } from "./core-parts.ts";
import { encodeWhole, runFlow, type Timing } from "./core-run.ts";
import { median } from "./figures.ts";
import { readFlow } from "./flow.ts";

const usPerMs = 1000;

/**
 * How long one command takes, from the end of the one before it: applying it, and one reading of the
 * clock. What a command costs that a collection, another process or the system interrupts is in it.
 */
export function measureLatency(options: PartOptions): PartResult {
  const flow = readFlow(options.commonFlow, commonShape);
  const encoded = encodeWhole(flow, new FlowEncoder(flow));
  const samples = new Float64Array(
    flow.prefillCount + flow.commandCount + 2 * flow.shape.users * 3,
  );
  const runs: Float64Array[] = [];
  const wrong = new Set<string>();
  let interruptions = 0;
  let cpuShare = 1;
  for (let run = -2; run < options.runs; run++) {
    let count = 0;
    let timedFrom = 0;
    const timing: Timing = (venue, bytes) => {
      if (bytes === encoded.timed[0]) timedFrom = count;
      const batch = openBatch(bytes);
      venue.beginBatch(batch, venue.position + 1);
      const { words, end } = batch;
      let before = performance.now();
      for (let at = batch.firstCommandAt; at < end; ) {
        venue.applyCommand(words, at);
        at += commandLengthWords(words, at);
        const after = performance.now();
        samples[count++] = after - before;
        before = after;
      }
      venue.endBatch();
      return 0;
    };
    const machine = beginWatch();
    const { wrong: ofRun } = runFlow(encoded, timing);
    if (ofRun !== "") wrong.add(ofRun);
    if (run < 0) continue; // The first ones warm up.
    const seen = machine.end();
    interruptions += seen.interruptions;
    cpuShare = Math.min(cpuShare, seen.cpuShare);
    runs.push(samples.slice(timedFrom, count).sort());
  }
  const at = (share: number) =>
    median(runs.map((run) => run[Math.min(run.length - 1, Math.floor(share * run.length))]!)) *
    usPerMs;
  return {
    figures: {
      latencyP50Us: at(0.5),
      latencyP99Us: at(0.99),
      latencyP999Us: at(0.999),
      latencyP9999Us: at(0.9999),
      latencyWorstUs: Math.max(...runs.map((run) => run.at(-1)!)) * usPerMs,
      latencyTimerUs: timerCostMs() * usPerMs,
      latencyInterruptions: interruptions / runs.length,
      latencyCpuShare: cpuShare,
    },
    wrong: [...wrong].join("; "),
  };
}

/** What else wanted this processor meanwhile. */
function beginWatch(): { end(): { interruptions: number; cpuShare: number } } {
  const wallFrom = performance.now();
  const cpuFrom = process.threadCpuUsage();
  const switchesFrom = process.resourceUsage().involuntaryContextSwitches;
  return {
    end() {
      const { user, system } = process.threadCpuUsage(cpuFrom);
      return {
        interruptions: process.resourceUsage().involuntaryContextSwitches - switchesFrom,
        cpuShare: (user + system) / 1000 / (performance.now() - wallFrom),
      };
    },
  };
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

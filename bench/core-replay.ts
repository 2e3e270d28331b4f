import { rmSync } from "node:fs";
import { join } from "node:path";
import { type CommandLog, openLog } from "@halcyon/log";
import { commonShape } from "./common-flow.ts";
import { type BatchSize, FlowEncoder, fullBatches, smallBatches } from "./core-encode.ts";
import { type PartOptions, type PartResult, runPart } from "./core-parts.ts";
import type { ReplayTask } from "./core-replay-once.ts";
import { encodeWhole, runFlow, timeWhole } from "./core-run.ts";
import { median } from "./figures.ts";
import { type Flow, readFlow } from "./flow.ts";

const appendsInFlight = 16;
type ReplayCase = {
  readonly figure: string;
  readonly flow: "commonFlow" | "libraryFlow";
  readonly size: BatchSize;
  readonly withViews: boolean;
};
/** With the views it takes so much longer that the shorter flow has to do. */
const cases: readonly ReplayCase[] = [
  { figure: "replayPerSecond", flow: "commonFlow", size: fullBatches, withViews: false },
  {
    figure: "replaySmallBatchesPerSecond",
    flow: "commonFlow",
    size: smallBatches,
    withViews: false,
  },
  { figure: "replayWithViewsPerSecond", flow: "libraryFlow", size: fullBatches, withViews: true },
];

/**
 * Writes the common flow's batches into a log in LMDB, durably, then times fresh processes that
 * start a replica from its beginning until it follows the tail. Each must end with the state hash,
 * which rolls over all events and postings, of a venue whose fills and books were checked.
 */
export async function measureReplay(options: PartOptions): Promise<PartResult> {
  const figures: Record<string, number> = {};
  const wrong = new Set<string>();
  for (const { figure, flow, size, withViews } of cases) {
    const path = join(options.folder, "log");
    const log = await prepareLog(readFlow(options[flow], commonShape), size, path);
    if (log.wrong !== "") wrong.add(log.wrong);
    const rates: number[] = [];
    for (let run = 0; run < options.runs; run++) {
      const task: ReplayTask = { ...log.task, withViews };
      const result = await runPart(import.meta.dirname, "replay-once", task);
      if (result.wrong !== "") wrong.add(result.wrong);
      rates.push(result.figures["commandsPerSecond"] ?? Number.NaN);
    }
    figures[figure] = median(rates);
    rmSync(path, { recursive: true });
  }
  return { figures, wrong: [...wrong].join("; ") };
}

async function prepareLog(
  flow: Flow,
  size: BatchSize,
  path: string,
): Promise<{ task: Omit<ReplayTask, "withViews">; wrong: string }> {
  const encoded = encodeWhole(flow, new FlowEncoder(flow, size));
  const { venue, wrong } = runFlow(encoded, timeWhole);
  const log = await openLog({ kind: "lmdb", path });
  try {
    await appendAll(log, [...encoded.before, ...encoded.timed]);
  } finally {
    await log.close();
  }
  return { task: { path, position: venue.position, hash: venue.hash }, wrong };
}

/** In order: the log takes appends of one process in the order in which they were asked for. */
async function appendAll(log: CommandLog, batches: readonly Uint8Array[]): Promise<void> {
  const inFlight: Promise<number>[] = [];
  for (const batch of batches) {
    if (inFlight.length >= appendsInFlight) await inFlight.shift();
    inFlight.push(log.append(batch));
  }
  await Promise.all(inFlight);
}

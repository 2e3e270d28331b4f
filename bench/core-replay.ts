import { join } from "node:path";
import { type CommandLog, openLog } from "@halcyon/log";
import { commonShape } from "./common-flow.ts";
import { type BatchSize, FlowEncoder, fullBatches, smallBatches } from "./core-encode.ts";
import { type Part, type PartOptions, runOnce, wrongOf } from "./core-parts.ts";
import type { ReplayTask } from "./core-replay-once.ts";
import { encodeWhole, runFlow, timeWhole } from "./core-run.ts";
import { type Flow, readFlow } from "./flow.ts";

const appendsInFlight = 16;

type ReplayCase = {
  readonly figure: string;
  readonly flow: "commonFlow" | "shortFlow";
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
  { figure: "replayWithViewsPerSecond", flow: "shortFlow", size: fullBatches, withViews: true },
];

/**
 * Writes flows' batches into logs in LMDB, durably; each run starts a replica at the beginning of
 * each log, in a fresh process, until it follows the tail. It must end with the state hash, which
 * rolls over all events and postings, of a venue whose fills and books were checked.
 */
export async function replayPart(options: PartOptions): Promise<Part> {
  const logs = new Map<ReplayCase, PreparedLog>();
  for (const of of cases) {
    const path = join(options.folder, `log-${process.pid}-${of.figure}`);
    logs.set(of, await prepareLog(readFlow(options[of.flow], commonShape), of.size, path));
  }
  return {
    async run() {
      const figures: Record<string, number> = {};
      const onCpu: Record<string, number> = {};
      const results = [];
      for (const [{ figure, withViews }, { wrong, ...log }] of logs) {
        const task: ReplayTask = { ...log, withViews };
        const result = await runOnce("replay-once", task);
        figures[figure] = result.figures["commandsPerSecond"] ?? Number.NaN;
        onCpu[figure] = result.onCpu?.["commandsPerSecond"] ?? Number.NaN;
        results.push(result, { wrong });
      }
      return { figures, onCpu, wrong: wrongOf(results) };
    },
  };
}

type PreparedLog = Omit<ReplayTask, "withViews"> & { readonly wrong: string };

async function prepareLog(flow: Flow, size: BatchSize, path: string): Promise<PreparedLog> {
  const encoded = encodeWhole(flow, new FlowEncoder(flow, size));
  const { venue, wrong } = runFlow(encoded, timeWhole);
  const log = await openLog({ kind: "lmdb", path });
  try {
    await appendAll(log, [...encoded.before, ...encoded.timed]);
  } finally {
    await log.close();
  }
  return { path, position: venue.position, hash: venue.hash, wrong };
}

/** In order: the log takes the appends of one process in the order in which they were asked for. */
async function appendAll(log: CommandLog, batches: readonly Uint8Array[]): Promise<void> {
  const inFlight: Promise<number>[] = [];
  for (const batch of batches) {
    if (inFlight.length >= appendsInFlight) await inFlight.shift();
    inFlight.push(log.append(batch));
  }
  await Promise.all(inFlight);
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Venue } from "@halcyon/core";
import { commonShape } from "./common-flow.ts";
import { FlowEncoder } from "./core-encode.ts";
import { type PartOptions, type PartResult, runPart } from "./core-parts.ts";
import type { RestoreTask } from "./core-restore.ts";
import { encodeWhole, FlowCheck, runFlow, timeCommands } from "./core-run.ts";
import { median } from "./figures.ts";
import { readFlow } from "./flow.ts";

/** The last batches of the flow, which the restored venue must take as the one that lived. */
const tailBatches = 4;

/**
 * The mixed flow over many markets and accounts, in pieces that take turns with runs of the common
 * flow in the same process, memory as it is before the common flow comes; then a snapshot, which a
 * fresh process restores.
 */
export async function measureLarge(options: PartOptions): Promise<PartResult> {
  const { venue, check, timed } = buildLarge(options);
  const wrong = new Set<string>();
  const tail = timed.splice(-tailBatches);
  const pieces = split(timed, options.runs + 1);
  const runPiece = (piece: readonly Uint8Array[]): number => {
    let seconds = 0;
    let commands = 0;
    for (const bytes of piece) {
      seconds += timeCommands(venue, bytes);
      commands += new Int32Array(bytes.buffer, bytes.byteOffset, 12)[11]!;
      check.see(venue);
    }
    return commands / seconds;
  };
  runPiece(pieces.shift()!); // Warms up.
  const memory = process.memoryUsage.rss();
  const memoryPeak = process.resourceUsage().maxRSS * 1024;
  const small = readFlow(options.libraryFlow, commonShape);
  const smallEncoded = encodeWhole(small, new FlowEncoder(small));
  const rates: number[] = [];
  const ratios: number[] = [];
  for (const piece of pieces) {
    const large = runPiece(piece);
    const smallRun = runFlow(smallEncoded, timeCommands);
    if (smallRun.wrong !== "") wrong.add(smallRun.wrong);
    rates.push(large);
    ratios.push((large * smallRun.seconds) / small.commandCount);
  }
  const saveFrom = performance.now();
  const snapshot = venue.save();
  const largeSaveSeconds = (performance.now() - saveFrom) / 1000;
  for (const bytes of tail) {
    venue.applyBatch(bytes, venue.position + 1);
    check.see(venue);
  }
  const ofFlow = check.wrong(venue);
  if (ofFlow !== "") wrong.add(`large case: ${ofFlow}`);
  const restored = await restoreElsewhere(options, snapshot, tail, venue);
  if (restored.wrong !== "") wrong.add(restored.wrong);
  return {
    figures: {
      largePerSecond: median(rates),
      largeToSmallRatio: median(ratios),
      largeResidentBytes: memory,
      largeResidentPeakBytes: memoryPeak,
      largeSnapshotBytes: snapshot.length,
      largeSaveSeconds,
      ...restored.figures,
    },
    wrong: [...wrong].join("; "),
  };
}

function buildLarge(options: PartOptions): {
  venue: Venue;
  check: FlowCheck;
  timed: Uint8Array[];
} {
  const flow = readFlow(options.largeFlow, options.large.shape);
  const encoder = new FlowEncoder(flow);
  const venue = Venue.create();
  const check = new FlowCheck({ ...flow, words: new Int32Array(0) }, encoder.flowIdByOrderId);
  for (const batches of [encoder.setup(), encoder.prefill()]) {
    for (const bytes of batches) {
      venue.applyBatch(bytes, venue.position + 1);
      check.see(venue);
    }
  }
  return { venue, check, timed: [...encoder.timed()] };
}

function split<T>(all: readonly T[], count: number): T[][] {
  const size = Math.ceil(all.length / count);
  return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
}

async function restoreElsewhere(
  options: PartOptions,
  snapshot: Uint8Array,
  tail: readonly Uint8Array[],
  lived: Venue,
): Promise<PartResult> {
  const snapshotFile = join(options.folder, "snapshot");
  writeFileSync(snapshotFile, snapshot);
  const tailFiles = tail.map((bytes, index) => {
    const path = join(options.folder, `tail-${index}`);
    writeFileSync(path, bytes);
    return path;
  });
  const task: RestoreTask = {
    snapshotFile,
    tailFiles,
    hash: lived.hash,
    openOrders: lived.openOrderCount,
  };
  return runPart(import.meta.dirname, "restore", task);
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBatch, Venue } from "@halcyon/core";
import { commonShape } from "./common-flow.ts";
import { FlowEncoder } from "./core-encode.ts";
import { type Part, type PartOptions, type PartResult, runOnce, wrongOf } from "./core-parts.ts";
import type { RestoreTask } from "./core-restore.ts";
import { type EncodedFlow, encodeWhole, FlowCheck, runFlow, timeCommands } from "./core-run.ts";
import { readFlow } from "./flow.ts";
import { addElapsed, type Elapsed, noTime, startWatch } from "./stopwatch.ts";

/** The last batches of the flow, which the restored venue must take as the one that lived. */
const tailBatches = 4;

/**
 * The mixed flow over many markets and accounts, a piece each run, followed by the common flow in
 * the same process; memory as it is before the common flow comes. At the end a snapshot, which a
 * fresh process restores.
 */
export function largePart(options: PartOptions): Part {
  const large = new LargeRun(options);
  let memory: Record<string, number> | null = null;
  let small: EncodedFlow | null = null;
  return {
    run() {
      const { commands, time } = large.runPiece();
      memory ??= {
        largeResidentBytes: process.memoryUsage.rss(),
        largeResidentPeakBytes: process.resourceUsage().maxRSS * 1024,
      };
      small ??= encodeSmall(options);
      const ofSmall = runFlow(small, timeCommands);
      const smallCommands = small.flow.commandCount;
      const rates = (clock: keyof Elapsed) => ({
        largePerSecond: commands / time[clock],
        largeToSmallRatio: (commands / time[clock] / smallCommands) * ofSmall.time[clock],
      });
      return {
        figures: { ...rates("seconds"), ...memory },
        onCpu: rates("cpuSeconds"),
        wrong: ofSmall.wrong,
      };
    },
    finish: () => large.finish(),
  };
}

function encodeSmall(options: PartOptions): EncodedFlow {
  const flow = readFlow(options.shortFlow, commonShape);
  return encodeWhole(flow, new FlowEncoder(flow));
}

class LargeRun {
  private readonly venue = Venue.create();
  private readonly check: FlowCheck;
  private readonly timed: Uint8Array[];
  private readonly pieceBatches: number;
  private readonly folder: string;

  constructor(options: PartOptions) {
    this.folder = options.folder;
    const flow = readFlow(options.largeFlow, options.large.shape);
    const encoder = new FlowEncoder(flow);
    // The flow's words are not needed once it is encoded, and are no part of the venue's memory.
    this.check = new FlowCheck({ ...flow, words: new Int32Array(0) }, encoder.flowIdByOrderId);
    this.applyAll(encoder.setup());
    this.applyAll(encoder.prefill());
    this.timed = [...encoder.timed()];
    this.pieceBatches = Math.floor((this.timed.length - tailBatches) / options.runs);
  }

  private applyAll(batches: Iterable<Uint8Array>): void {
    for (const bytes of batches) {
      this.venue.applyBatch(bytes, this.venue.position + 1);
      this.check.see(this.venue);
    }
  }

  /** Applies the next piece. */
  runPiece(): { commands: number; time: Elapsed } {
    let time = noTime;
    let commands = 0;
    for (const bytes of this.timed.splice(0, this.pieceBatches)) {
      time = addElapsed(time, timeCommands(this.venue, bytes));
      commands += openBatch(bytes).commandCount;
      this.check.see(this.venue);
    }
    return { commands, time };
  }

  /** Snapshot, then the rest of the flow, both on the venue that lives and on one restored. */
  async finish(): Promise<PartResult> {
    const { venue } = this;
    this.applyAll(this.timed.splice(0, this.timed.length - tailBatches));
    const elapsed = startWatch();
    const snapshot = venue.save();
    const { seconds, cpuSeconds } = elapsed();
    const tail = this.timed.splice(0);
    this.applyAll(tail);
    const restored = await runOnce("restore", this.restoreTask(snapshot, tail));
    return {
      figures: {
        largeSnapshotBytes: snapshot.length,
        largeSaveSeconds: seconds,
        ...restored.figures,
      },
      onCpu: { largeSaveSeconds: cpuSeconds, ...restored.onCpu },
      wrong: wrongOf([restored, { wrong: this.check.wrong(venue) }]),
    };
  }

  private restoreTask(snapshot: Uint8Array, tail: readonly Uint8Array[]): RestoreTask {
    const write = (name: string, bytes: Uint8Array): string => {
      const path = join(this.folder, `${process.pid}-${name}`);
      writeFileSync(path, bytes);
      return path;
    };
    return {
      snapshotFile: write("snapshot", snapshot),
      tailFiles: tail.map((bytes, index) => write(`tail-${index}`, bytes)),
      hash: this.venue.hash,
      openOrders: this.venue.openOrderCount,
    };
  }
}

import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { commonShape } from "./common-flow.ts";
import { FlowEncoder } from "./core-encode.ts";
import type { Part, PartOptions, PartResult } from "./core-parts.ts";
import { type EncodedFlow, encodeWhole, runFlow, type Timing, timeWhole } from "./core-run.ts";
import { readFlow } from "./flow.ts";

const { NODE_PERFORMANCE_GC_MINOR, NODE_PERFORMANCE_GC_MAJOR } = constants;
const perCommands = 3_000_000;

/** What Node tells of a garbage collection. */
type Collection = PerformanceEntry & { readonly detail: { readonly kind: number } };

/**
 * What the path from a batch's bytes to the hash of its output leaves to the garbage collector.
 * Collections are counted on runs that nothing disturbs; bytes on a run of their own, which asks
 * for the heap's size around each batch.
 */
export function allocationPart({ commonFlow }: PartOptions): Part {
  const flow = readFlow(commonFlow, commonShape);
  const encoded = encodeWhole(flow, new FlowEncoder(flow));
  const collections: Collection[] = [];
  const observer = new PerformanceObserver((list) => {
    collections.push(...(list.getEntries() as Collection[]));
  });
  observer.observe({ entryTypes: ["gc"] });
  return {
    async run() {
      const { from, to, wrong } = runSpan(encoded);
      // A collection takes two turns to reach the observer: told to Node, then by Node.
      for (let turn = 0; turn < 3; turn++) await nextTurn();
      const count = (kind: number) => {
        const within = (c: Collection) => c.startTime >= from && c.startTime <= to;
        const counted = collections.filter((c) => c.detail.kind === kind && within(c)).length;
        return (counted * perCommands) / flow.commandCount;
      };
      const figures = {
        scavengesPer3M: count(NODE_PERFORMANCE_GC_MINOR),
        majorCollectionsPer3M: count(NODE_PERFORMANCE_GC_MAJOR),
      };
      return { figures, wrong };
    },
    finish: () => countBytes(encoded),
  };
}

/** From the first timed batch's beginning to the last one's end, checking the output included. */
function runSpan(encoded: EncodedFlow): { from: number; to: number; wrong: string } {
  let from = 0;
  let to = 0;
  const timing: Timing = (venue, bytes) => {
    if (bytes === encoded.timed[0]) from = performance.now();
    const time = timeWhole(venue, bytes);
    to = performance.now();
    return time;
  };
  const { wrong } = runFlow(encoded, timing);
  return { from, to, wrong };
}

function usedBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** How much heap and buffers grow over the timed batches. A batch with a collection within counts as the average. */
function countBytes(encoded: EncodedFlow): PartResult {
  const timed = new Set(encoded.timed);
  let bytes = 0;
  let measured = 0;
  const timing: Timing = (venue, batch) => {
    const first = usedBytes();
    const before = usedBytes();
    const time = timeWhole(venue, batch);
    const after = usedBytes();
    // Asking takes memory itself: as much each time.
    const asking = before - first;
    const wasSwept = asking < 0 || after - before < asking;
    if (timed.has(batch) && !wasSwept) {
      bytes += after - before - asking;
      measured++;
    }
    return time;
  };
  const { wrong } = runFlow(encoded, timing);
  const perBatch = encoded.flow.commandCount / encoded.timed.length;
  return { figures: { allocatedBytesPerCommand: bytes / measured / perBatch }, wrong };
}

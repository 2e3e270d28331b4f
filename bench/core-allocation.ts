import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { commonShape } from "./common-flow.ts";
import { FlowEncoder } from "./core-encode.ts";
import type { PartOptions, PartResult } from "./core-parts.ts";
import { type EncodedFlow, encodeWhole, runFlow, type Timing, timeWhole } from "./core-run.ts";
import { median } from "./figures.ts";
import { readFlow } from "./flow.ts";

const { NODE_PERFORMANCE_GC_MINOR, NODE_PERFORMANCE_GC_MAJOR } = constants;
const perCommands = 3_000_000;

type Collection = { readonly startTime: number; readonly kind: number };
type Span = { readonly from: number; readonly to: number };

/**
 * What the path from a batch's bytes to the hash of its output leaves to the garbage collector.
 * Scavenges are counted on runs that nothing disturbs; bytes on a run of their own, which asks for
 * the heap's size around each batch.
 */
export async function measureAllocation(options: PartOptions): Promise<PartResult> {
  const flow = readFlow(options.commonFlow, commonShape);
  const encoded = encodeWhole(flow, new FlowEncoder(flow));
  const collections: Collection[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind } = (entry as PerformanceEntry & { readonly detail: { readonly kind: number } })
        .detail;
      collections.push({ startTime: entry.startTime, kind });
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  const spans: Span[] = [];
  const wrong = new Set<string>();
  for (let run = -1; run < options.runs; run++) {
    const { span, wrong: ofRun } = runSpan(encoded);
    if (run >= 0) spans.push(span);
    if (ofRun !== "") wrong.add(ofRun);
    await nextTurn(); // The observer hears of what happened once the thread is free.
  }
  const heap = countBytes(encoded);
  if (heap.wrong !== "") wrong.add(heap.wrong);
  await nextTurn();
  observer.disconnect();
  const count = (kind: number) =>
    median(
      spans.map(({ from, to }) => {
        const within = collections.filter((c) => c.startTime >= from && c.startTime <= to);
        return within.filter((c) => c.kind === kind).length;
      }),
    ) *
    (perCommands / flow.commandCount);
  return {
    figures: {
      scavengesPer3M: count(NODE_PERFORMANCE_GC_MINOR),
      majorCollectionsPer3M: count(NODE_PERFORMANCE_GC_MAJOR),
      allocatedBytesPerCommand: heap.bytes / flow.commandCount,
    },
    wrong: [...wrong].join("; "),
  };
}

/** From the first timed batch's beginning to the last one's end, checking the output included. */
function runSpan(encoded: EncodedFlow): { span: Span; wrong: string } {
  const first = encoded.timed[0];
  let from = 0;
  let to = 0;
  const timing: Timing = (venue, bytes) => {
    if (bytes === first) from = performance.now();
    const seconds = timeWhole(venue, bytes);
    to = performance.now();
    return seconds;
  };
  const { wrong } = runFlow(encoded, timing);
  return { span: { from, to }, wrong };
}

/** How much the heap and its buffers grow over the timed batches. A batch within which it was swept counts as the average. */
function countBytes(encoded: EncodedFlow): { bytes: number; wrong: string } {
  const timed = new Set(encoded.timed);
  let bytes = 0;
  let measured = 0;
  const used = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const timing: Timing = (venue, batch) => {
    const asking = -used() + used();
    const before = used();
    const seconds = timeWhole(venue, batch);
    const grown = used() - before - asking;
    if (timed.has(batch) && grown > -asking && asking > 0) {
      bytes += Math.max(0, grown);
      measured++;
    }
    return seconds;
  };
  const { wrong } = runFlow(encoded, timing);
  return { bytes: (bytes / measured) * encoded.timed.length, wrong };
}

import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Random } from "@halcyon/sim";
import type { FailedCase } from "./case-file.ts";
import type { Decoder } from "./decoder.ts";

export type Run = {
  readonly cases: number;
  readonly accepted: number;
  readonly refused: number;
  /** What the second half of the cases left behind, on the heap and beside it. */
  readonly growthBytes: number;
  readonly failed: FailedCase | null;
};

/** One case may take no more than this beside the heap: no small input is worth more. */
const caseBytesMax = 64 << 20;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

export function bytesOfCase(decoder: Decoder, seed: number, index: number): Uint8Array {
  return decoder.make(new Random(seed, `${decoder.name} ${index}`));
}

/** Runs the cases of a seed until one fails. Tells `onCase` which one is next. */
export async function runCases(
  decoder: Decoder,
  seed: number,
  cases: number,
  onCase: (index: number) => void = () => undefined,
): Promise<Run> {
  const counts = { accepted: 0, refused: 0 };
  let halfwayBytes = 0;
  for (let index = 0; index < cases; index++) {
    if (index === cases >> 1) halfwayBytes = usedBytes();
    onCase(index);
    const bytes = bytesOfCase(decoder, seed, index);
    const why = await reasonOfFailure(decoder, bytes, counts);
    if (why === null) continue;
    const failed = { decoder: decoder.name, seed, case: index, why, bytes };
    return { cases: index + 1, ...counts, growthBytes: 0, failed };
  }
  return { cases, ...counts, growthBytes: usedBytes() - halfwayBytes, failed: null };
}

/** What does not hold for these bytes, null when all does. */
export async function reasonOfFailure(
  decoder: Decoder,
  bytes: Uint8Array,
  counts = { accepted: 0, refused: 0 },
): Promise<string | null> {
  const before = getHeapStatistics().external_memory;
  try {
    const verdict = decoder.check(bytes);
    // Not awaited where there is nothing to wait for: a million cases would wait.
    counts[typeof verdict === "string" ? verdict : await verdict]++;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const taken = getHeapStatistics().external_memory - before;
  return taken > caseBytesMax ? `the case took ${taken} bytes beside the heap` : null;
}

function usedBytes(): number {
  collectGarbage();
  collectGarbage();
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

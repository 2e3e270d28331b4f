import { Worker } from "node:worker_threads";
import { decoderNamed } from "./decoders.ts";
import { bytesOfCase, type Run } from "./run-cases.ts";

export type Job = {
  readonly decoder: string;
  readonly seed: number;
  readonly cases: number;
  /** Shared with the worker: the case it is at. */
  readonly progress: Int32Array;
};

/** Processor time, not time, that one case may take: a busy machine is no hang. */
const caseCpuMsMax = 20_000;
const lookEveryMs = 250;
const heapMbMax = 1_024;

/** Runs the cases in a thread of their own, which is ended when one of them hangs or eats up the heap. */
export function watchedRun(decoder: string, seed: number, cases: number): Promise<Run> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const job: Job = { decoder, seed, cases, progress };
  const worker = new Worker(new URL("./fuzz-worker.ts", import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Run>();
  const failedAt = (why: string): void => {
    const index = progress[0]!;
    const bytes = bytesOfCase(decoderNamed(decoder), seed, index);
    const failed = { decoder, seed, case: index, why, bytes };
    resolve({ cases: index, accepted: 0, refused: 0, growthBytes: 0, failed });
  };
  let lastSeen = -1;
  let sinceMs = 0;
  const watch = setInterval(() => {
    const { user, system } = process.cpuUsage();
    const cpuMs = (user + system) / 1_000;
    if (progress[0] !== lastSeen) {
      lastSeen = progress[0]!;
      sinceMs = cpuMs;
    } else if (cpuMs - sinceMs > caseCpuMsMax) {
      failedAt(`the case hangs: ${caseCpuMsMax / 1_000} s of processor time were not enough`);
      void worker.terminate();
    }
  }, lookEveryMs);
  worker.on("message", resolve);
  worker.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ERR_WORKER_OUT_OF_MEMORY") failedAt(`the thread ended: ${error.message}`);
    else reject(error);
  });
  return promise.finally(() => clearInterval(watch));
}

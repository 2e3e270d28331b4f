import { parentPort, workerData } from "node:worker_threads";
import { decoderNamed } from "./decoders.ts";
import { runCases } from "./run-cases.ts";
import type { Job } from "./watched-run.ts";

const { decoder, seed, cases, progress } = workerData as Job;
const run = await runCases(decoderNamed(decoder), seed, cases, (index) => {
  progress[0] = index;
});
parentPort!.postMessage(run);

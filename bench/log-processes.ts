import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openLog } from "@halcyon/log";
import { percentile } from "./figures.ts";
import type { Round } from "./log-subjects.ts";

interface WriterArguments {
  readonly subject: "halcyon" | "lmdb";
  readonly folder: string;
  readonly bytes: number;
  readonly inFlight: number;
  readonly count: number;
  readonly timeMs: number;
  readonly paceMs: number;
}

/** A process of log-writer.ts that is ready to begin. */
async function startWriter(wanted: WriterArguments): Promise<() => Promise<Round>> {
  const { subject, folder, bytes, inFlight, count, timeMs, paceMs } = wanted;
  const script = fileURLToPath(new URL("./log-writer.ts", import.meta.url));
  const numbers = [bytes, inFlight, count, timeMs, paceMs].map(String);
  const child = spawn(process.execPath, [script, subject, folder, ...numbers], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("a writer process of the benchmark ended early");
    return value;
  };
  await next();
  return async () => {
    child.stdin.end("go\n");
    return JSON.parse(await next()) as Round;
  };
}

export interface WriterFigures {
  readonly subject: "halcyon" | "lmdb";
  readonly bytes: number;
  readonly inFlightEach: number;
  readonly perSecond: number;
  /** The slowest writer's rate beside the fastest's: 1 is fair. */
  readonly fairness: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** Several writer processes at once on one environment. */
export async function measureWriters(
  processes: number,
  wanted: Omit<WriterArguments, "count" | "paceMs">,
): Promise<WriterFigures> {
  const writers: (() => Promise<Round>)[] = [];
  for (let index = 0; index < processes; index += 1) {
    writers.push(await startWriter({ ...wanted, count: Number.MAX_SAFE_INTEGER, paceMs: 0 }));
  }
  const rounds = await Promise.all(writers.map((run) => run()));
  const rates = rounds.map((round) => round.perSecond);
  const latencies = rounds.flatMap((round) => round.latenciesMs);
  return {
    subject: wanted.subject,
    bytes: wanted.bytes,
    inFlightEach: wanted.inFlight,
    perSecond: rates.reduce((sum, rate) => sum + rate, 0),
    fairness: Math.min(...rates) / Math.max(...rates),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    p999Ms: percentile(latencies, 0.999),
    maxMs: percentile(latencies, 1),
  };
}

export interface FollowFigures {
  readonly entries: number;
  /** In the writing process, from append to acknowledgement. */
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  /** From append in one process to the entry in the reader's hands in another. */
  readonly yieldedP50Ms: number;
  readonly yieldedP99Ms: number;
}

/** One process appends at an even pace, this one follows. */
export async function measureFollow(folder: string, count: number): Promise<FollowFigures> {
  const run = await startWriter({
    subject: "halcyon",
    folder,
    bytes: 200,
    inFlight: 1,
    count,
    timeMs: 0,
    paceMs: 2,
  });
  const log = await openLog({ kind: "lmdb", path: join(folder, "halcyon") });
  const stop = new AbortController();
  const yieldedMs: number[] = [];
  const following = (async () => {
    for await (const entries of log.read(await log.head(), stop.signal)) {
      const now = process.hrtime.bigint();
      for (const { batch } of entries) {
        const begun = new DataView(batch.buffer, batch.byteOffset).getBigUint64(0, true);
        yieldedMs.push(Number(now - begun) / 1e6);
      }
      if (yieldedMs.length >= count) return;
    }
  })();
  const { latenciesMs } = await run();
  await following;
  await log.close();
  return {
    entries: count,
    ackP50Ms: percentile(latenciesMs, 0.5),
    ackP99Ms: percentile(latenciesMs, 0.99),
    yieldedP50Ms: percentile(yieldedMs, 0.5),
    yieldedP99Ms: percentile(yieldedMs, 0.99),
  };
}

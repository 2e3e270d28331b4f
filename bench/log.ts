import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, percentile, thousands } from "./figures.ts";
import { etcdPutsSubject, halcyonEtcdSubject, startEtcd } from "./log-etcd.ts";
import {
  type FollowFigures,
  measureFollow,
  measureWriters,
  type WriterFigures,
} from "./log-processes.ts";
import {
  fileSubject,
  halcyonSubject,
  lmdbSubject,
  type Round,
  runRound,
  type Subject,
} from "./log-subjects.ts";

const sizes = [200, 8192] as const;
const inFlights = [1, 8, 16] as const;
const etcdSizes = [200, 8192, 65_536] as const;
const writerProcesses = 3;
const tmpfsMagic = 0x01021994;

export interface LogRow {
  readonly subject: Subject["name"];
  readonly bytes: number;
  readonly inFlight: number;
  /** The median over the rounds. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Our rate beside this one's, the median of the rounds, each with its neighbour. */
  readonly halcyonRatio: number;
}

export interface LogReport {
  /** False on a file system in memory, where an fsync costs nothing and the ratios mean little. */
  readonly onDisk: boolean;
  readonly rounds: number;
  readonly oneWriter: readonly LogRow[];
  readonly writerProcesses: readonly WriterFigures[];
  readonly follow: FollowFigures;
  /** The etcd log beside plain puts, on three members on this machine; null without etcd. */
  readonly etcd: readonly LogRow[] | null;
  /** Our rate beside plain puts: the worst of all sizes and in-flight counts. */
  readonly worstRatioToEtcdPuts: number | null;
  /** Our rate with one writer beside raw LMDB's: the worst of all sizes and in-flight counts. */
  readonly worstRatioToLmdb: number;
}

/**
 * Durable appends of our log beside plain lmdb-js puts and beside append + fdatasync of a file: the
 * same sizes, the same number in flight, in turns within one run. Then three writer processes at
 * once, how soon another process has an entry, and the etcd log beside plain puts into etcd.
 */
export async function benchLog(options: {
  readonly json: boolean;
  readonly quick: boolean;
}): Promise<LogReport> {
  const rounds = options.quick ? 3 : 7;
  const timeMs = options.quick ? 500 : 1500;
  const folder = await mkdtemp(join(tmpdir(), "halcyon-bench-log-"));
  const say = (text: string) => void (options.json || console.log(text));
  try {
    say(`log: one writer, ${rounds} rounds in turns, in ${folder} ...`);
    const oneWriter = await measureOneWriter(join(folder, "one"), rounds);
    say(`log: ${writerProcesses} writer processes ...`);
    const writers: WriterFigures[] = [];
    for (const inFlight of [1, 8]) {
      for (const subject of ["halcyon", "lmdb"] as const) {
        const own = join(folder, `${subject}-${inFlight}`);
        const wanted = { subject, folder: own, bytes: 8192, inFlight, timeMs };
        writers.push(await measureWriters(writerProcesses, wanted));
      }
    }
    const follow = await measureFollow(join(folder, "follow"), options.quick ? 200 : 1000);
    say("log: etcd, three members ...");
    const etcd = await measureEtcd(rounds);
    const report: LogReport = {
      onDisk: (await statfs(folder)).type !== tmpfsMagic,
      rounds,
      oneWriter,
      writerProcesses: writers,
      follow,
      etcd,
      worstRatioToEtcdPuts: etcd === null ? null : worstRatioTo("etcd puts", etcd),
      worstRatioToLmdb: worstRatioTo("lmdb", oneWriter),
    };
    if (!options.json) print(report);
    return report;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measureOneWriter(folder: string, rounds: number): Promise<readonly LogRow[]> {
  // The file first: it makes the folder.
  const file = await fileSubject(folder);
  const subjects = [await halcyonSubject(folder), await lmdbSubject(folder), file];
  const rows: LogRow[] = [];
  try {
    // Code that runs for the first time is not what is compared.
    for (const subject of subjects) {
      await runRound(subject, new Uint8Array(200), 16, { count: 5000, timeMs: 3000 });
      await runRound(subject, new Uint8Array(200), 1, { count: 2000, timeMs: 3000 });
      await subject.reset();
    }
    for (const bytes of sizes) {
      for (const inFlight of inFlights) {
        rows.push(...(await compare(subjects, bytes, inFlight, rounds)));
      }
    }
  } finally {
    for (const subject of subjects) await subject.close();
  }
  return rows;
}

function worstRatioTo(subject: Subject["name"], rows: readonly LogRow[]): number {
  const ratios = rows.filter((row) => row.subject === subject).map((row) => row.halcyonRatio);
  return Math.min(...ratios);
}

async function measureEtcd(rounds: number): Promise<readonly LogRow[] | null> {
  const servers = await startEtcd();
  if (servers === null) return null;
  const subjects = [await halcyonEtcdSubject(servers.url), await etcdPutsSubject(servers.url)];
  const rows: LogRow[] = [];
  try {
    for (const subject of subjects) {
      await runRound(subject, new Uint8Array(200), 16, { count: 3000, timeMs: 3000 });
    }
    for (const bytes of etcdSizes) {
      for (const inFlight of inFlights) {
        rows.push(...(await compare(subjects, bytes, inFlight, rounds)));
      }
    }
  } finally {
    for (const subject of subjects) await subject.close();
    await servers.stop();
  }
  return rows;
}

async function compare(
  subjects: readonly Subject[],
  bytes: number,
  inFlight: number,
  rounds: number,
): Promise<readonly LogRow[]> {
  const batch = new Uint8Array(bytes).fill(7);
  const warmUp = { count: 100, timeMs: 100 };
  const limit = { count: bytes < 1000 ? 2000 : 800, timeMs: 250 };
  const measured = new Map<Subject, Round[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Each goes first in turn, so that none always follows the one that heated the disk's cache.
    for (let turn = 0; turn < subjects.length; turn += 1) {
      const subject = subjects[(round + turn) % subjects.length]!;
      await runRound(subject, batch, inFlight, warmUp);
      measured.get(subject)?.push(await runRound(subject, batch, inFlight, limit));
      await subject.reset();
    }
  }
  const own = measured.get(subjects[0]!) ?? [];
  return [...measured].map(([subject, its]) => {
    const latencies = its.flatMap((round) => round.latenciesMs);
    return {
      subject: subject.name,
      bytes,
      inFlight,
      perSecond: median(its.map((round) => round.perSecond)),
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      p999Ms: percentile(latencies, 0.999),
      halcyonRatio: median(its.map((round, index) => own[index]!.perSecond / round.perSecond)),
    };
  });
}

const ms = (value: number) => value.toFixed(2).padStart(8);

function printRows(title: string, rows: readonly LogRow[]): void {
  const columns = "in flight  batches/s  p50 ms   p99 ms  p99.9 ms  halcyon's rate is";
  console.log(`\n${title.padEnd(20)} ${columns}`);
  for (const row of rows) {
    const name = `${row.subject} ${row.bytes} B`.padEnd(21);
    const rate = `${String(row.inFlight).padStart(9)} ${thousands(row.perSecond).padStart(10)}`;
    const beside = row.subject === "halcyon" ? "" : `   ${(row.halcyonRatio * 100).toFixed(0)} %`;
    console.log(`${name}${rate}${ms(row.p50Ms)} ${ms(row.p99Ms)}  ${ms(row.p999Ms)}${beside}`);
  }
}

function print(report: LogReport): void {
  printRows("one writer", report.oneWriter);
  console.log(
    `\n${writerProcesses} writer processes`.padEnd(22),
    "each  batches/s  p50 ms   p99 ms  p99.9 ms   max ms  slowest/fastest",
  );
  for (const row of report.writerProcesses) {
    const name = `${row.subject} ${row.bytes} B`.padEnd(21);
    const rate = `${String(row.inFlightEach).padStart(5)} ${thousands(row.perSecond).padStart(10)}`;
    const times = `${ms(row.p50Ms)} ${ms(row.p99Ms)}  ${ms(row.p999Ms)} ${ms(row.maxMs)}`;
    console.log(`${name}${rate}${times}  ${row.fairness.toFixed(2)}`);
  }
  const { follow } = report;
  console.log(
    `\nfollowing from another process, ${follow.entries} entries of 200 B: append to acknowledgement p50${ms(follow.ackP50Ms)} p99${ms(follow.ackP99Ms)} ms, append to the reader's hands p50${ms(follow.yieldedP50Ms)} p99${ms(follow.yieldedP99Ms)} ms`,
  );
  console.log(
    `one writer beside raw LMDB, the worst case: ${(report.worstRatioToLmdb * 100).toFixed(0)} %`,
  );
  if (report.etcd === null) {
    console.log("etcd was not measured: apt-get install etcd-server");
  } else {
    printRows("etcd, three members", report.etcd);
    const worst = ((report.worstRatioToEtcdPuts ?? 0) * 100).toFixed(0);
    console.log(`the etcd log beside plain puts, the worst case: ${worst} % (bar: 80 %)`);
  }
  if (!report.onDisk) console.log("This was a file system in memory: set TMPDIR to a disk.");
}

if (import.meta.main) {
  const json = process.argv.includes("--json");
  const report = await benchLog({ json, quick: process.argv.includes("--quick") });
  if (json) console.log(JSON.stringify(report));
}

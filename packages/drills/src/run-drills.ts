import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { checkOperations } from "./check/check-operations.ts";
import { LogHistory } from "./check/log-history.ts";
import { latencyMs, longestGapMs, reroutedMs, resumedMs } from "./check/timing.ts";
import type { Cluster } from "./cluster.ts";
import type { Drill } from "./drill.ts";
import { openClusterLog } from "./faults/etcd-leader.ts";
import { Load } from "./load/load.ts";
import { nowUs, type Operation } from "./load/operation.ts";
import { makeTraders, type Trader } from "./load/provision.ts";
import { type DrillReport, judge } from "./report.ts";

export type DrillOptions = {
  readonly cluster: Cluster;
  readonly administratorToken: string;
  /** Orders a second, of all clients together. */
  readonly rate: number;
  readonly repeat: number;
  readonly onProgress: (text: string) => void;
  readonly onReport: (report: DrillReport) => void;
};

const workers = 3;
const tradersPerWorker = 6;
const warmUpMs = 3_000;
const coolDownMs = 2_000;
const readyWithinMs = 60_000;
const notesMax = 5;

/** Runs drills one after the other against a cluster; each report comes as soon as it is there. */
export async function runDrills(drills: readonly Drill[], options: DrillOptions): Promise<void> {
  const { cluster, onProgress } = options;
  const folder = mkdtempSync(join(tmpdir(), "halcyon-drill-"));
  const log = await openClusterLog(cluster);
  try {
    if ((await log.first()) > 1) {
      throw new Error(
        "The log was trimmed: a drill checks all of it. Start a cluster on a new folder, with --set snapshots.marginPositions=1000000000.",
      );
    }
    onProgress("making traders");
    const traders = await makeTraders(
      cluster.endpoints[0]!,
      options.administratorToken,
      `drill ${Date.now()}`,
      // The first is nobody's: drills ask in its name.
      1 + workers * tradersPerWorker,
    );
    const history = new LogHistory(log);
    for (const drill of drills) {
      for (let round = 0; round < options.repeat; round += 1) {
        const report = await runOne(drill, round, { ...options, history, traders, folder });
        options.onReport(report);
      }
    }
  } finally {
    await log.close();
    rmSync(folder, { recursive: true });
  }
}

type Scene = DrillOptions & {
  readonly history: LogHistory;
  readonly traders: readonly Trader[];
  readonly folder: string;
};

/** What a drill left behind to be judged. Moments in microseconds of the load's clock. */
type Course = {
  readonly operations: readonly Operation[];
  /** Of those clients that heed nothing. */
  readonly flood: readonly Operation[];
  /** Null where it did not come that far. */
  readonly brokeAtUs: number | null;
  readonly deadEndpoint: string | null;
  readonly healedAtUs: number | null;
  readonly endedAtUs: number;
  readonly recoveredMs: number | null;
  readonly notes: readonly string[];
  readonly missed: readonly string[];
};

/** Whatever goes wrong with it is in its report: the drills behind it have their turn. */
async function runOne(drill: Drill, round: number, scene: Scene): Promise<DrillReport> {
  const { cluster, onProgress, history } = scene;
  onProgress(`${drill.name}: waiting for the cluster`);
  const course = await runUnderLoad(drill, round, scene);
  onProgress(`${drill.name}: checking`);
  const missed = [...course.missed];
  await attempt("the cluster did not come back", missed, async () => {
    await drill.tidy?.(cluster, round);
    await cluster.untilReady(readyWithinMs);
  });
  await history.catchUp();
  const report = reportOf(drill, course, history);
  return { ...report, missed: [...report.missed, ...missed] };
}

async function runUnderLoad(drill: Drill, round: number, scene: Scene): Promise<Course> {
  const { cluster, rate, onProgress } = scene;
  let brokeAtUs: number | null = null;
  let deadEndpoint: string | null = null;
  let healedAtUs: number | null = null;
  let recoveredMs: number | null = null;
  let operations: readonly Operation[] = [];
  const flood: Operation[] = [];
  const notes: string[] = [];
  const missed: string[] = [];
  await attempt("it did not come to its end", missed, async () => {
    await cluster.untilReady(readyWithinMs);
    await drill.prepare?.(cluster, round);
    const load = await startLoad(drill, round, scene, "sdk");
    load.setRate(rate);
    await attempt("it did not come to its end", missed, async () => {
      onProgress(`${drill.name}: ${drill.about}`);
      await delay(warmUpMs);
      await drill.run({
        cluster,
        load,
        trader: scene.traders[0]!,
        flood: async (ordersPerSecond, durationMs) => {
          const own = await startLoad(drill, round, scene, "plain");
          own.setRate(ordersPerSecond);
          await delay(durationMs);
          flood.push(...(await own.stop()));
          notes.push(floodNote(flood, durationMs));
        },
        rate,
        round,
        breaks: (dead) => {
          brokeAtUs ??= nowUs();
          deadEndpoint = dead ?? null;
        },
        heals: () => {
          healedAtUs = nowUs();
        },
        note: (text) => notes.push(text),
        miss: (text) => missed.push(text),
      });
      await cluster.untilReady(readyWithinMs);
      if (healedAtUs !== null) recoveredMs = (nowUs() - healedAtUs) / 1_000;
      await delay(coolDownMs);
    });
    operations = await load.stop();
  });
  const endedAtUs = nowUs();
  return {
    operations,
    flood,
    brokeAtUs,
    deadEndpoint,
    healedAtUs,
    endedAtUs,
    recoveredMs,
    notes,
    missed,
  };
}

function startLoad(
  drill: Drill,
  round: number,
  scene: Scene,
  manners: "sdk" | "plain",
): Promise<Load> {
  const { cluster, folder, traders } = scene;
  return Load.start({
    cluster,
    manners,
    name: `${drill.name}-${round}-${Date.now().toString(36)}`,
    traders: Array.from({ length: workers }, (_, index) =>
      traders.slice(1).filter((_trader, at) => at % workers === index),
    ),
    symbol: "BTCUSDT",
    folder,
  });
}

function floodNote(operations: readonly Operation[], durationMs: number): string {
  const perSecond = (result?: Operation["result"]) =>
    Math.round(
      operations.filter((one) => result === undefined || one.result === result).length /
        (durationMs / 1_000),
    );
  return `the flood sent ${perSecond()} requests/s: ${perSecond("done")} acknowledged, ${perSecond("shed")} told to wait, ${perSecond("failed")} failed`;
}

async function attempt(what: string, missed: string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    missed.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function reportOf(drill: Drill, course: Course, history: LogHistory): DrillReport {
  const { operations, flood, brokeAtUs, deadEndpoint, healedAtUs, endedAtUs, recoveredMs } = course;
  const all = [...operations, ...flood];
  const faults = checkOperations(all, history);
  const failed = all.filter(({ result }) => result === "failed" || result === "refused");
  const examples = [
    ...Object.values(faults).flat().slice(0, notesMax),
    ...failed.slice(0, notesMax).map((one) => `${one.clientOrderId}: ${one.reason}`),
    ...history.disagreements.slice(0, notesMax),
  ];
  const measured = {
    drill: drill.name,
    acknowledged: all.filter(({ result }) => result === "done").length,
    lost: faults.lost.length,
    doubled: faults.doubled.length,
    reordered: faults.reordered.length,
    wrongAnswers: faults.wrongAnswers.length,
    failedRequests: failed.length,
    refusedRequests: all.filter(({ result }) => result === "shed").length,
    longestGapMs: longestGapMs(operations, brokeAtUs ?? endedAtUs, endedAtUs - coolDownMs * 1_000),
    reroutedMs: reroutedMs(operations, brokeAtUs ?? endedAtUs, endedAtUs, deadEndpoint),
    resumedMs: healedAtUs === null ? null : resumedMs(operations, healedAtUs),
    recoveredMs,
    p99Ms: latencyMs(operations, 0.99),
    cancelP99Ms: latencyMs(operations, 0.99, "cancel"),
    hashesEqual: history.disagreements.length === 0,
    notes: [...course.notes, ...examples],
  };
  return judge(measured, drill.bars);
}

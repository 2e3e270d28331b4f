import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { Cluster, Load, latencyMs, makeTraders, nowUs, type Operation } from "@halcyon/drills";
import { clusterNetwork, loadConfig } from "@halcyon/fleet";
import { thousands } from "./figures.ts";

const root = join(import.meta.dirname, "..");
const program = join(root, "packages/cli/src/main.ts");
const configFile = join(root, "config/cluster.yaml");
const settings = ["snapshots.marginPositions=1000000000", "demo=false"];
const workers = 3;
const tradersPerWorker = 6;
const rates = [250, 500, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 7_500] as const;
/** So many orders a second until the nodes' hot code is compiled, each of which gets a sixth of them. */
const warmUpRate = 1_000;
const warmUpMs = { full: 60_000, quick: 8_000 } as const;
const stepMs = { full: 10_000, quick: 3_000 } as const;
/** Beyond it a client notices; the venue's promise. */
const p99MsMax = 50;
/** Of what was asked for: with less, the load itself did not keep up. */
const keptUpShare = 0.9;

type Step = {
  readonly ordersPerSecond: number;
  /** Orders and cancels. */
  readonly acknowledgedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly notDone: number;
};
export type ClusterReport = {
  readonly steps: readonly Step[];
  /** The highest rate of acknowledgements at which p99 stayed below the bar. */
  readonly steadyPerSecond: number;
  readonly loadAverage: number;
};

/** Orders at rising rates through the SDK, against three zones on this machine. Needs root. */
export async function benchCluster(options: {
  readonly json: boolean;
  readonly quick: boolean;
}): Promise<ClusterReport> {
  const say = (text: string) => void (options.json || console.log(text));
  const loadAverage = loadavg()[0]!;
  const data = mkdtempSync(join(tmpdir(), "halcyon-bench-cluster-"));
  const halcyon = (...args: readonly string[]) => {
    const flags = ["--data", data, ...settings.flatMap((set) => ["--set", set])];
    return promisify(execFile)(process.execPath, [program, "cluster", ...args, ...flags]);
  };
  say("cluster: starting three zones ...");
  try {
    const { stdout } = await halcyon("up", "--json");
    const up = JSON.parse(stdout) as { credentials: { administrator: { token: string } } };
    const cluster = openCluster(data);
    const steps = await climb(cluster, up.credentials.administrator.token, data, options, say);
    const steady = steps.filter(({ p99Ms }) => p99Ms <= p99MsMax);
    const steadyPerSecond = Math.max(0, ...steady.map((step) => step.acknowledgedPerSecond));
    say(`  steady: ${thousands(steadyPerSecond)} acknowledged/s with p99 below ${p99MsMax} ms`);
    return { steps, steadyPerSecond, loadAverage };
  } finally {
    await halcyon("down");
    rmSync(data, { recursive: true, force: true });
  }
}

function openCluster(data: string): Cluster {
  const override = { path: ["data"], value: data, flag: "--data" };
  const loaded = loadConfig(configFile, [override]);
  const network = loaded.ok ? clusterNetwork(loaded.config) : null;
  if (!loaded.ok || network === null) throw new Error(`${configFile} cannot be used.`);
  return new Cluster(loaded.config, network, () => {
    throw new Error("The benchmark starts no zones one by one.");
  });
}

async function climb(
  cluster: Cluster,
  token: string,
  folder: string,
  { quick }: { readonly quick: boolean },
  say: (text: string) => void,
): Promise<Step[]> {
  const count = workers * tradersPerWorker;
  const traders = await makeTraders(cluster.endpoints[0]!, token, "bench", count);
  const load = await Load.start({
    cluster,
    name: "bench",
    traders: Array.from({ length: workers }, (_, index) =>
      traders.filter((_trader, at) => at % workers === index),
    ),
    symbol: "BTCUSDT",
    folder,
  });
  load.setRate(warmUpRate);
  await delay(quick ? warmUpMs.quick : warmUpMs.full);
  const spans: { readonly rate: number; readonly fromUs: number; readonly toUs: number }[] = [];
  for (const rate of rates) {
    load.setRate(rate);
    const fromUs = nowUs();
    await delay(quick ? stepMs.quick : stepMs.full);
    spans.push({ rate, fromUs, toUs: nowUs() });
  }
  const operations = await load.stop();
  return spans.map(({ rate, fromUs, toUs }) => {
    const inSpan = operations.filter(({ askedAtUs }) => askedAtUs >= fromUs && askedAtUs < toUs);
    const step = stepOf(inSpan, rate, (toUs - fromUs) / 1e6);
    const kept = inSpan.length / ((toUs - fromUs) / 1e6) >= rate * keptUpShare;
    const note = kept ? "" : ", and the load did not keep up";
    say(
      `  ${thousands(rate)} orders/s asked for: ${thousands(step.acknowledgedPerSecond)} acknowledged/s, p50 ${step.p50Ms.toFixed(1)} ms, p99 ${step.p99Ms.toFixed(1)} ms, ${step.notDone} not done${note}`,
    );
    return step;
  });
}

function stepOf(operations: readonly Operation[], rate: number, seconds: number): Step {
  const done = operations.filter(({ result }) => result === "done");
  return {
    ordersPerSecond: rate,
    acknowledgedPerSecond: done.length / seconds,
    p50Ms: latencyMs(done, 0.5),
    p99Ms: latencyMs(done, 0.99),
    notDone: operations.length - done.length,
  };
}

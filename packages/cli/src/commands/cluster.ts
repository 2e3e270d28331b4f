import { setTimeout as delay } from "node:timers/promises";
import {
  ControlClient,
  dropNetwork,
  type Place,
  type ProcessStatus,
  raiseNetwork,
  shareSecrets,
  zoneFolder,
} from "@halcyon/fleet";
import { Command } from "commander";
import { CliError, exitCode } from "../cli-error.ts";
import { requireCluster } from "../cluster/requirements.ts";
import {
  type ClusterOptions,
  type ClusterSettings,
  clusterSettings,
  keepOptionsOfStart,
  optionsOfStart,
} from "../cluster/settings.ts";
import { clusterLogs } from "../cluster/zone-logs.ts";
import { startZone, zoneLogFile } from "../cluster/zone-process.ts";
import { withExamples } from "../examples.ts";
import { collect, wholeNumber } from "../options.ts";
import { paint, printResult, table, withProgress } from "../output.ts";

const lookEveryMs = 250;
const readyWithinMs = 180_000;
const stoppedWithinMs = 30_000;

type ZoneState = {
  readonly zone: string;
  readonly address: string;
  readonly running: boolean;
  readonly processes: readonly ProcessStatus[];
};

async function zoneStates(config: ClusterSettings): Promise<ZoneState[]> {
  return Promise.all(
    config.zones.map(async ({ name, address }) => {
      const reply = await new ControlClient(zoneFolder(config, name)).processes();
      const processes = reply.ok ? reply.body.processes : [];
      return { zone: name, address, running: reply.ok, processes };
    }),
  );
}

async function startAll(options: ClusterOptions): Promise<void> {
  const config = clusterSettings(options);
  const network = requireCluster(config);
  const before = await zoneStates(config);
  if (before.every(({ running }) => running)) {
    throw new CliError("Already running", "Stop it with halcyon cluster down.");
  }
  const prepared = shareSecrets(config);
  if (!prepared.ok) throw new CliError("Wrong data folder", prepared.message);
  keepOptionsOfStart(config, options);
  await raiseNetwork(network);
  // As on one machine: a venue that is made for trying out has somebody to trade with at first.
  const wantsDemo = prepared.isFirstStart && config.topology === "demo" && config.demo !== false;
  const set = [...(options.set ?? []), ...(wantsDemo ? ["demo=true"] : [])];
  const started = before
    .filter(({ running }) => !running)
    .map(({ zone }) => {
      const place = network.places.find(({ name }) => name === zone) as Place;
      return { zone, ...startZone(place, zoneFolder(config, zone), { ...options, set }) };
    });
  const startedMs = Date.now();
  await withProgress("starting the zones", (say) => untilReady(config, started, say));
  const urls = config.zones.map(({ address }) => urlOf(config, address));
  const { credentials } = prepared;
  const tookMs = Date.now() - startedMs;
  const text = [
    `${paint("green", "ready")} after ${(tookMs / 1000).toFixed(1)} s: ${urls.join(" ")}`,
    `administrator ${credentials.administrator.token} (kept in ${prepared.folder.credentialsFile})`,
    "halcyon cluster status | logs | down; halcyon drill NAME",
  ].join("\n");
  printResult(options, { event: "ready", urls, tookMs, credentials }, text);
}

function urlOf({ cluster, edge }: ClusterSettings, address: string): string {
  const scheme = cluster.haproxy.certificateFile === undefined ? "http" : "https";
  return `${scheme}://${address}:${edge.port}`;
}

type StartedZone = { readonly zone: string; hasEnded(): boolean };

async function untilReady(
  config: ClusterSettings,
  started: readonly StartedZone[],
  say: (what: string) => void,
): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    const ended = started.find((one) => one.hasEnded());
    if (ended !== undefined) {
      const detail = `Zone ${ended.zone} ended at once: see ${zoneLogFile(zoneFolder(config, ended.zone))}.`;
      throw new CliError("Not started", detail);
    }
    const missing = (await zoneStates(config)).flatMap(({ zone, running, processes }) =>
      running ? processes.filter(({ state }) => !isUp(state)).map(({ name }) => name) : [zone],
    );
    if (missing.length === 0) return;
    if (Date.now() > deadline) {
      const detail = `Not ready after ${readyWithinMs / 1000} s: ${missing.join(", ")}. See halcyon cluster logs ZONE.`;
      throw new CliError("Not started", detail);
    }
    say(`waiting for ${missing.join(", ")}`);
    await delay(lookEveryMs);
  }
}

/** Native programs say nothing of themselves: that they run is what is known. */
function isUp(state: string): boolean {
  return state === "ready" || state === "running";
}

async function stopAll(options: ClusterOptions): Promise<void> {
  const config = clusterSettings(optionsOfStart(options));
  const network = requireCluster(config);
  const controls = config.zones.map(({ name }) => new ControlClient(zoneFolder(config, name)));
  await withProgress("stopping the zones", async () => {
    await Promise.all(controls.map((control) => control.stop()));
    const deadline = Date.now() + stoppedWithinMs;
    // What does not end in time, or has lost its supervisor, ends with its namespace.
    while (Date.now() < deadline) {
      const replies = await Promise.all(controls.map((control) => control.processes()));
      if (replies.every((reply) => !reply.ok)) break;
      await delay(lookEveryMs);
    }
    await dropNetwork(network);
  });
  printResult(options, { event: "stopped" }, "stopped");
}

async function showStatus(options: ClusterOptions): Promise<void> {
  const states = await withProgress("asking the zones", () =>
    zoneStates(clusterSettings(optionsOfStart(options))),
  );
  const rows = states.flatMap(({ zone, address, running, processes }) =>
    running
      ? processes.map((one) => [
          zone,
          address,
          one.name,
          one.role,
          one.state,
          String(one.pid ?? "-"),
          String(one.restarts),
          one.reasons.join("; "),
        ])
      : [[zone, address, "-", "-", "dark", "-", "-", "its supervisor does not answer"]],
  );
  const heading = ["ZONE", "ADDRESS", "NAME", "ROLE", "STATE", "PID", "RESTARTS", "REASONS"];
  printResult(options, { zones: states }, table(heading, rows));
  if (states.every(({ running }) => !running)) {
    const detail = "Start it with halcyon cluster up.";
    throw new CliError("No zone runs", detail, exitCode.notRunning);
  }
}

export function clusterCommand(): Command {
  const withOptions = (name: string, description: string, ...examples: string[]) =>
    withExamples(new Command(name), ...examples)
      .description(description)
      .option("--json", "print the result as JSON")
      .option("--config <file>", "configuration in YAML (config/cluster.yaml)")
      .option("--data <folder>", "folder that holds a folder for each zone")
      .option("--set <path=value>", "set any value of the configuration; repeat for more", collect);
  const logs = withOptions(
    "logs",
    "print the newest lines that a zone's processes wrote",
    "halcyon cluster logs a",
    "halcyon cluster logs a a-1 --lines 50",
  )
    .argument("<zone>", "name of the zone")
    .argument("[process]", "name of the process; all where it is left out")
    .option("--lines <count>", "lines of each process", wholeNumber, 20)
    .action(printLogs);
  const up = withOptions(
    "up",
    "start all zones, and wait until they are ready; as root",
    "halcyon cluster up",
    "halcyon cluster up --data /var/lib/halcyon --set snapshots.marginPositions=1000000000",
  ).action(startAll);
  const down = withOptions(
    "down",
    "stop all zones and take their networks away; as root",
    "halcyon cluster down",
  ).action(stopAll);
  const status = withOptions(
    "status",
    "list all zones' processes and how they are",
    "halcyon cluster status --json",
  ).action(showStatus);
  const command = new Command("cluster").description(
    "run a cluster of zones on this machine, each in a network of its own",
  );
  for (const one of [up, down, status, logs]) command.addCommand(one);
  return withExamples(command, "halcyon cluster up", "halcyon cluster status");
}

type LogsOptions = ClusterOptions & { readonly lines: number };

function printLogs(zone: string, name: string | undefined, options: LogsOptions): void {
  const config = clusterSettings(optionsOfStart(options));
  const lines = clusterLogs(config, zone, name ?? null, options.lines);
  printResult(options, { zone, lines }, lines.join("\n"));
}

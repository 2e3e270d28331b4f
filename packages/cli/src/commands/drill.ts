import { Cluster, type Drill, type DrillReport, drills, runDrills } from "@halcyon/drills";
import { readCredentials, zoneFolder } from "@halcyon/fleet";
import { Command } from "commander";
import { CliError, exitCode } from "../cli-error.ts";
import { requireCluster } from "../cluster/requirements.ts";
import { type ClusterOptions, clusterSettings, optionsOfStart } from "../cluster/settings.ts";
import { startZone } from "../cluster/zone-process.ts";
import { withExamples } from "../examples.ts";
import { collect, wholeNumber } from "../options.ts";
import { paint, printJson, printLine, withProgress } from "../output.ts";

type DrillOptions = ClusterOptions & { readonly rate: number; readonly repeat: number };

async function drill(names: readonly string[], asked: DrillOptions): Promise<void> {
  const wanted = drillsNamed(names);
  const options = { ...asked, ...optionsOfStart(asked) };
  const config = clusterSettings(options);
  const network = requireCluster(config);
  const credentials = readCredentials(zoneFolder(config, config.zones[0]?.name ?? ""));
  if (credentials === null) {
    const detail = "Start one with halcyon cluster up --set snapshots.marginPositions=1000000000.";
    throw new CliError("No cluster", detail, exitCode.notRunning);
  }
  const cluster = new Cluster(config, network, (place, folder, environment) =>
    startZone(place, folder, options, environment),
  );
  const reports: DrillReport[] = [];
  await withProgress("drilling", (say) =>
    runDrills(wanted, {
      cluster,
      administratorToken: credentials.administrator.token,
      rate: options.rate,
      repeat: options.repeat,
      onProgress: say,
      onReport: (report) => {
        reports.push(report);
        if (options.json === true) printJson(report);
        else printLine(textOf(report));
      },
    }),
  );
  const failed = reports.filter(({ missed }) => missed.length > 0);
  if (failed.length === 0) return;
  const detail = failed.map(({ drill: name, missed }) => `${name}: ${missed.join("; ")}`);
  throw new CliError("Not held", detail.join("\n"));
}

function drillsNamed(names: readonly string[]): readonly Drill[] {
  if (names.includes("all")) return drills;
  return names.map((name) => {
    const found = drills.find((one) => one.name === name);
    if (found !== undefined) return found;
    const known = drills.map((one) => one.name).join(", ");
    throw new CliError("Unknown drill", `${name} is none of all, ${known}.`, exitCode.usage);
  });
}

function textOf(report: DrillReport): string {
  const ms = (value: number | null) => (value === null ? "-" : `${Math.round(value)} ms`);
  const isHeld = report.missed.length === 0;
  const facts = [
    `${report.acknowledged} acknowledged`,
    `${report.lost} lost`,
    `${report.doubled} doubled`,
    `${report.reordered} reordered`,
    `${report.failedRequests} failed`,
    `${report.refusedRequests} refused`,
    `gap ${ms(report.longestGapMs)}`,
    `rerouted ${ms(report.reroutedMs)}`,
    `resumed ${ms(report.resumedMs)}`,
    `recovered ${ms(report.recoveredMs)}`,
    `p99 ${ms(report.p99Ms)}`,
    `hashes ${report.hashesEqual ? "equal" : "differ"}`,
  ];
  const lines = [...report.notes, ...report.missed.map((words) => `not held: ${words}`)];
  const head = `${paint(isHeld ? "green" : "red", isHeld ? "held" : "MISSED")} ${report.drill}: ${facts.join(", ")}`;
  return [head, ...lines.map((line) => `  ${line}`)].join("\n");
}

export function drillCommand(): Command {
  const list = drills.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join("\n");
  const command = new Command("drill")
    .argument("<name...>", "names of drills, or all")
    .description(
      "break something in the cluster on this machine, under load, and check what clients saw; as root",
    )
    .option("--json", "print each report as a line of JSON")
    .option("--config <file>", "configuration in YAML (config/cluster.yaml)")
    .option("--data <folder>", "folder that holds a folder for each zone")
    .option("--set <path=value>", "set any value of the configuration; repeat for more", collect)
    .option("--rate <orders>", "orders a second of all clients together", wholeNumber, 100)
    .option("--repeat <times>", "how often each drill is run, with another victim", wholeNumber, 1)
    .action((names: readonly string[], options: DrillOptions) => drill(names, options))
    .addHelpText("after", `\nDrills:\n${list}`);
  return withExamples(command, "halcyon drill node-kill --repeat 10", "halcyon drill all --json");
}

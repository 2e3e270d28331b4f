import { existsSync } from "node:fs";
import { join } from "node:path";
import { dataFolderOf } from "@halcyon/fleet";
import { Command } from "commander";
import { CliError, exitCode } from "../cli-error.ts";
import { type ClusterOptions, clusterSettings } from "../cluster/settings.ts";
import { withExamples } from "../examples.ts";
import { collect } from "../options.ts";
import { runUntilStopped } from "../up/run-venue.ts";

type ZoneOptions = ClusterOptions & { readonly join?: boolean };

async function runZone(name: string, options: ZoneOptions, appsFolder: string): Promise<void> {
  const config = clusterSettings(options);
  const zone = config.zones.find((one) => one.name === name);
  if (zone === undefined) {
    const known = config.zones.map((one) => one.name).join(", ");
    throw new CliError(
      "Unknown zone",
      `There is no zone ${name}; there are ${known}.`,
      exitCode.usage,
    );
  }
  const first = config.zones[0];
  const data = join(config.data, name);
  const { masterKeyFile, credentialsFile } = dataFolderOf(data);
  if (zone !== first && !existsSync(masterKeyFile)) {
    const detail = `All zones share one master key: copy secrets/master.key and credentials.json of zone ${first?.name} to ${masterKeyFile} and ${credentialsFile}, with mode 600.`;
    throw new CliError("No master key", detail);
  }
  const demo = zone === first ? config.demo : false;
  await runUntilStopped(options, {
    config: { ...config, data, demo },
    zone: { config: zone, joins: options.join === true },
    appsFolder,
  });
}

export function zoneCommand(appsFolder: string): Command {
  const run = new Command("run")
    .argument("<zone>", "name of the zone in the configuration")
    .description("run one zone's etcd, nodes, follower and edge on this host until Ctrl-C")
    .option("--json", "print the result as JSON")
    .option("--config <file>", "configuration in YAML (config/cluster.yaml)")
    .option("--data <folder>", "folder that holds a folder for each zone")
    .option("--set <path=value>", "set any value of the configuration; repeat for more", collect)
    .option("--join", "its member of etcd joins the cluster in place of one that was lost")
    .action((name: string, options: ZoneOptions) => runZone(name, options, appsFolder));
  withExamples(run, "halcyon zone run a --config /etc/halcyon/cluster.yaml");
  const command = new Command("zone").description("run one zone of a cluster").addCommand(run);
  return withExamples(command, "halcyon zone run a");
}

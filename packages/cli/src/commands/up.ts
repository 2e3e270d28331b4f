import { Command } from "commander";
import { CliError, exitCode } from "../cli-error.ts";
import { withExamples } from "../examples.ts";
import { collect, withCommonOptions } from "../options.ts";
import { runUntilStopped } from "../up/run-venue.ts";
import { readSettings, type UpOptions } from "../up/settings.ts";

async function up(options: UpOptions, appsFolder: string): Promise<void> {
  const config = readSettings(options);
  if (config.zones !== undefined) {
    const detail =
      "The configuration describes a cluster of zones: halcyon cluster up runs all of them on this machine, halcyon zone run ZONE one of them.";
    throw new CliError("Not one machine", detail, exitCode.usage);
  }
  await runUntilStopped(options, { config, zone: null, appsFolder });
}

export function upCommand(appsFolder: string): Command {
  const command = withCommonOptions(new Command("up"))
    .description("start the venue and keep it running until Ctrl-C")
    .option("--config <file>", "configuration in YAML (config/halcyon.yaml)")
    .option("--host <address>", "address to listen on")
    .option("--port <number>", "port to listen on; 0 takes any free port")
    .option("--demo", "run demo traders")
    .option("--no-demo", "run no demo traders, and make no demo account")
    .option("--set <path=value>", "set any value of the configuration; repeat for more", collect)
    .action((options: UpOptions) => up(options, appsFolder));
  return withExamples(
    command,
    "halcyon up",
    "halcyon up --port 9000 --data /var/lib/halcyon",
    "halcyon up --set limits.bodyBytes=32768 --set 'regions[0].nodes=2'",
  );
}

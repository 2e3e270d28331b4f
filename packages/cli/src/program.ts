import { Command } from "commander";
import { accountCommand, keyCommand, transferCommands } from "./commands/account.ts";
import { clusterCommand } from "./commands/cluster.ts";
import { drillCommand } from "./commands/drill.ts";
import { oracleCommand, replayCommand } from "./commands/flow.ts";
import { assetCommand, marketCommand } from "./commands/market.ts";
import { personCommand } from "./commands/person.ts";
import { nodeCommands, statusCommand, stopCommand } from "./commands/processes.ts";
import { routeCommand } from "./commands/route.ts";
import { upCommand } from "./commands/up.ts";
import { zoneCommand } from "./commands/zone.ts";
import { withExamples } from "./examples.ts";

/** The whole command. `appsFolder` holds the programs of the venue's processes. */
export function createProgram(appsFolder: string): Command {
  const program = new Command("halcyon")
    .description("Runs and manages a Halcyon venue.")
    .addCommand(upCommand(appsFolder))
    .addCommand(statusCommand())
    .addCommand(stopCommand())
    .addCommand(routeCommand());
  for (const command of nodeCommands()) program.addCommand(command);
  program.addCommand(clusterCommand()).addCommand(zoneCommand(appsFolder));
  program.addCommand(drillCommand());
  program.addCommand(marketCommand()).addCommand(assetCommand());
  program.addCommand(accountCommand()).addCommand(keyCommand());
  program.addCommand(personCommand());
  for (const command of transferCommands()) program.addCommand(command);
  program.addCommand(replayCommand()).addCommand(oracleCommand());
  withExamples(program, "halcyon up", "halcyon status --audit");
  return program.addHelpText(
    "after",
    "\nEnds with 0 when done, 1 when refused or failed, 2 when used wrongly, 3 when no venue runs.",
  );
}

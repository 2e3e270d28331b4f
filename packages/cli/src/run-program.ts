import { type Command, CommanderError } from "commander";
import { CliError, exitCode } from "./cli-error.ts";
import { paint } from "./output.ts";

/** Runs the command that `argv` names; failures that are expected are told, the rest is thrown. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  // Whoever read our output may have left: `halcyon status | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  for (const command of allCommands(program)) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has told what is wrong, or printed the help that was asked for.
      process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.usage;
    } else if (error instanceof CliError) {
      process.exitCode = error.exitCode;
      tell(error, argv.includes("--json"));
    } else throw error;
  }
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function tell({ title, detail }: CliError, asJson: boolean): void {
  const text = asJson
    ? JSON.stringify({ error: { title, detail } })
    : `${paint("red", title, process.stderr)}:${detail.startsWith("\n") ? "" : " "}${detail}`;
  process.stderr.write(`${text}\n`);
}

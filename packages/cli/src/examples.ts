import type { Command } from "commander";

/** Ends a command's help with something to type. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  const heading = examples.length === 1 ? "Example" : "Examples";
  const lines = examples.map((example) => `  $ ${example}`);
  return command.addHelpText("after", `\n${heading}:\n${lines.join("\n")}`);
}

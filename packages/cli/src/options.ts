import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";

export const repositoryFolder = join(import.meta.dirname, "../../..");

export type CommonOptions = { readonly json?: boolean; readonly data?: string };

/** What every command takes. */
export function withCommonOptions(command: Command): Command {
  return command
    .option("--json", "print the result as JSON")
    .option(
      "--data <folder>",
      "the venue's data folder (or $HALCYON_DATA; else ./data of the repository)",
    );
}

/** The folder that was named, as an absolute path; null where none was. */
export function namedDataFolder(options: CommonOptions): string | null {
  const named = options.data ?? process.env["HALCYON_DATA"];
  return named === undefined || named === "" ? null : resolve(named);
}

export function dataFolder(options: CommonOptions): string {
  return namedDataFolder(options) ?? join(repositoryFolder, "data");
}

/** An option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

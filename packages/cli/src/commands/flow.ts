import { readFileSync } from "node:fs";
import { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { withExamples } from "../examples.ts";
import { readOracleFile, runOracle } from "../flow/oracle.ts";
import { readReplay, runReplay } from "../flow/replay.ts";
import { printResult, withProgress } from "../output.ts";

type FlowOptions = { readonly json?: boolean };
type ReplayOptions = FlowOptions & { readonly top: string; readonly first: string };

/** Real market days through the venue's own core, ledger on. No running venue is needed. */
export function replayCommand(): Command {
  const command = new Command("replay")
    .description("Drive the core with a recorded LOBSTER day and compare the book after every row.")
    .argument("<messages>", "the day's message file (CSV)")
    .requiredOption("--top <file>", "the top of the book after each message (CSV)")
    .requiredOption("--first <file>", "the book after the first message, its levels in a row (CSV)")
    .option("--json", "print the result as JSON")
    .action(async (messages: string, options: ReplayOptions) => {
      const input = refusing(() =>
        readReplay(readText(messages), readText(options.top), readText(options.first)),
      );
      const total = input.messages.length;
      const report = await withProgress("replaying", (say) =>
        runReplay(input, (done) => say(`replaying: ${done} of ${total} messages`)),
      );
      const { messages: count, topMismatches, headHits, headExceptions, skipped } = report;
      printResult(
        options,
        report,
        `${count} messages, ${topMismatches} times another top of the book; ` +
          `${headHits} executions met the order that the record names, ${headExceptions} followed other rules, ` +
          `${skipped} events skipped; ${report.commandsPerSecond} commands/s; ledger ${balance(report)}.`,
      );
      if (topMismatches > 0 || !report.balanced) process.exitCode = 1;
    });
  return withExamples(command, "halcyon replay messages.csv --top top.csv --first first.csv");
}

export function oracleCommand(): Command {
  const command = new Command("oracle")
    .description("Drive the core with an order flow whose result 160 other engines agree on.")
    .argument("<file>", "an order flow of the matching benchmark (.bin or .bin.gz)")
    .option("--json", "print the result as JSON")
    .action(async (file: string, options: FlowOptions) => {
      const messages = refusing(() => readOracleFile(readBytes(file)));
      const report = await withProgress("matching", (say) =>
        runOracle(messages, (done) => say(`matching: ${done} of ${messages.length} messages`)),
      );
      printResult(
        options,
        report,
        `${report.messages} messages, ${report.trades} trades, report SHA-256 ${report.sha256}; ` +
          `${report.messagesPerSecond} messages/s; ledger ${balance(report)}.`,
      );
      if (!report.balanced) process.exitCode = 1;
    });
  return withExamples(command, "halcyon oracle normal.bin.gz --json");
}

function balance({ balanced }: { readonly balanced: boolean }): string {
  return balanced ? "balanced" : "NOT BALANCED";
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError("Cannot read the file", `${path} (${code}): check its path.`);
  }
}

function readText(path: string): string {
  return readBytes(path).toString("utf8");
}

/** What a file is not, told as the user's matter and not as a fault of ours. */
function refusing<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("Wrong file", error instanceof Error ? error.message : String(error));
  }
}

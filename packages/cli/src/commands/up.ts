import type { VenueConfig } from "@halcyon/fleet";
import { Command } from "commander";
import { withExamples } from "../examples.ts";
import { collect, withCommonOptions } from "../options.ts";
import { paint, printJson, printLine, withProgress } from "../output.ts";
import { banner, tradeCommand } from "../up/banner.ts";
import { whenReady } from "../up/ready-probe.ts";
import { sampleOrder } from "../up/sample-order.ts";
import { readSettings, type UpOptions } from "../up/settings.ts";
import { type RunningVenue, startVenue } from "../up/start-venue.ts";

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function runUntilStopped(options: UpOptions, appsFolder: string): Promise<void> {
  const config = readSettings(options);
  const startedMs = Date.now();
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  // A second Ctrl-C changes nothing: whatever does not stop is ended after its deadline.
  for (const signal of stopSignals) process.on(signal, stop);
  const venue = await withProgress("preparing the log", () =>
    startVenue({ config, appsFolder, onStop: stop }),
  );
  const stopped = new Promise<void>((resolve) => {
    if (stopping.signal.aborted) resolve();
    stopping.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  if (options.json !== true) printLine(banner(config, venue));
  await Promise.race([tellReady(options, config, venue, startedMs, stopping.signal), stopped]);
  await stopped;
  await withProgress("stopping", () => venue.stop());
  if (options.json === true) printJson({ event: "stopped" });
  else printLine("stopped");
}

async function tellReady(
  options: UpOptions,
  config: VenueConfig,
  venue: RunningVenue,
  startedMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { url, credentials, credentialsFile } = venue;
  const result = await withProgress(`waiting for ${url}`, (say) =>
    whenReady({
      url,
      order: sampleOrder(config, "LIMIT"),
      trader: credentials.demoTrader ?? null,
      offeredIn: venue.runsDemo ? (config.markets[0]?.symbol ?? null) : null,
      signal,
      say,
    }),
  );
  if (result === null || signal.aborted) return;
  const tookMs = Date.now() - startedMs;
  if (options.json === true) {
    const trade = tradeCommand(config, venue);
    const { note } = result;
    printJson({
      event: "ready",
      url,
      data: config.data,
      credentialsFile,
      credentials,
      trade,
      tookMs,
      note,
    });
    return;
  }
  if (result.note !== null) printLine(paint("yellow", result.note));
  const seconds = (tookMs / 1000).toFixed(1);
  printLine(`${paint("green", "ready")} after ${seconds} s. Ctrl-C stops everything in order.`);
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
    .action((options: UpOptions) => runUntilStopped(options, appsFolder));
  return withExamples(
    command,
    "halcyon up",
    "halcyon up --port 9000 --data /var/lib/halcyon",
    "halcyon up --set limits.bodyBytes=32768 --set 'regions[0].nodes=2'",
  );
}

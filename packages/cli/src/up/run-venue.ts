import { ensureBuilt } from "@halcyon/console";
import type { VenueConfig } from "@halcyon/fleet";
import { paint, printJson, printLine, withProgress } from "../output.ts";
import { banner, tradeCommand } from "./banner.ts";
import { whenReady } from "./ready-probe.ts";
import { sampleOrder } from "./sample-order.ts";
import { type RunningVenue, type StartOptions, startVenue } from "./start-venue.ts";

type RunOptions = { readonly json?: boolean };

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Starts a venue, or a zone of one, says what there is and when it is ready, and stops it at a signal. */
export async function runUntilStopped(
  options: RunOptions,
  { config, zone, appsFolder }: Pick<StartOptions, "config" | "zone" | "appsFolder">,
): Promise<void> {
  const startedMs = Date.now();
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  // A second Ctrl-C changes nothing: whatever does not stop is ended after its deadline.
  for (const signal of stopSignals) process.on(signal, stop);
  const pageFolder = await withProgress("looking for the console", builtPage);
  const venue = await withProgress("preparing the log", () =>
    startVenue({ config, zone, appsFolder, pageFolder, onStop: stop, signal: stopping.signal }),
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

/** The venue trades without its page too: one that cannot be built is no reason not to start. */
async function builtPage(say: (what: string) => void): Promise<string | null> {
  try {
    const { folder } = await ensureBuilt(() => say("building the console"));
    return folder;
  } catch (error) {
    const reason = (error as Error).message;
    process.stderr.write(
      `The console cannot be built, so the venue starts without a page: ${reason}\n`,
    );
    return null;
  }
}

async function tellReady(
  options: RunOptions,
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

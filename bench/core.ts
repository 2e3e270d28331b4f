import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { makeCommonFlow } from "./common-flow.ts";
import { barText, coreFigures, meetsBar, valueText } from "./core-figures.ts";
import { type PartOptions, partNames, runPart } from "./core-parts.ts";
import { thousands } from "./figures.ts";
import { largeCase, makeLargeFlow } from "./large-flow.ts";

/** The figures by the names of `coreFigures`, and what they are worth. Flat, for `--json`. */
export type CoreReport = Readonly<Record<string, number | boolean | string | null>> & {
  /** Commands of the common flow. */
  readonly commands: number;
  readonly runs: number;
  /** Every timed run gave exactly what its flow must give; what did not is no figure but null. */
  readonly verified: boolean;
  readonly wrong: string;
  /** Names of the figures that miss what the venue promises, comma-separated. */
  readonly barsMissed: string;
};

export type CoreOptions = { readonly quick: boolean; readonly say: (text: string) => void };

/** The core's figures, each part measured in a process of its own, one after the other. */
export async function benchCore(options: CoreOptions): Promise<CoreReport> {
  const loadAverage = loadavg()[0]!;
  return withFlows(options, async (given, commands) => {
    const figures: Record<string, number> = {};
    const wrong: string[] = [];
    for (const part of partNames) {
      options.say(`core: ${part} ...`);
      const result = await runPart(import.meta.dirname, part, given);
      if (result.wrong === "") Object.assign(figures, result.figures);
      else wrong.push(`${part}: ${result.wrong}`);
    }
    const names = Object.keys(coreFigures);
    const missed = names.filter((name) => !meetsBar(coreFigures[name]!, figures[name] ?? NaN));
    return {
      commands,
      runs: given.runs,
      cpus: availableParallelism(),
      loadAverage,
      ...Object.fromEntries(names.map((name) => [name, figures[name] ?? null])),
      verified: wrong.length === 0,
      wrong: wrong.join("; "),
      barsMissed: missed.join(","),
    };
  });
}

/** Makes the flows in a temporary folder, which goes when `measure` is done. */
export async function withFlows<T>(
  { quick, say }: CoreOptions,
  measure: (given: PartOptions, commands: number) => Promise<T>,
): Promise<T> {
  const commands = quick ? 300_000 : 3_000_000;
  const folder = mkdtempSync(join(tmpdir(), "halcyon-bench-core-"));
  try {
    say("core: making the flows ...");
    const given: PartOptions = {
      commonFlow: join(folder, "common-flow"),
      libraryFlow: join(folder, "library-flow"),
      largeFlow: join(folder, "large-flow"),
      large: largeCase(quick),
      folder,
      runs: quick ? 1 : 5,
      withLibrary: true,
    };
    const made =
      makeCommonFlow(given.commonFlow, commands) &&
      makeCommonFlow(given.libraryFlow, quick ? 100_000 : 500_000);
    if (!made) {
      throw new Error(
        "the common flow's generator (../shared/bench) is not here: nothing was measured",
      );
    }
    makeLargeFlow(given.largeFlow, given.large);
    return await measure(given, commands);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function printCore(report: CoreReport): void {
  console.log(
    `\ncore, common flow of ${thousands(report.commands)} commands, medians of ${report.runs}; ` +
      `load ${Number(report["loadAverage"]).toFixed(1)} on ${report["cpus"]} processors before it began`,
  );
  for (const [name, figure] of Object.entries(coreFigures)) {
    const value = report[name];
    const text = typeof value === "number" ? valueText(figure.unit, value) : "not verified";
    const bar = barText(figure);
    const met = typeof value === "number" && meetsBar(figure, value) ? "met" : "NOT MET";
    console.log(
      `  ${figure.title.padEnd(46)} ${text.padStart(14)}   ${bar === "" ? "" : `${bar}: ${met}`}`.trimEnd(),
    );
  }
  console.log(
    report.verified
      ? "  every timed run verified: fills, books, open orders, balances"
      : `  NOT VERIFIED, so without figures: ${report.wrong}`,
  );
}

import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { makeCommonFlow } from "./common-flow.ts";
import { barText, coreFigures, meetsBar, summary, valueText } from "./core-figures.ts";
import {
  type PartName,
  type PartOptions,
  PartProcess,
  type PartResult,
  partNames,
  wrongOf,
} from "./core-parts.ts";
import { thousands } from "./figures.ts";
import { largeCase, makeLargeFlow } from "./large-flow.ts";
import { temporaryFolder } from "./temporary-folder.ts";

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

/** The name under which a figure stands as the processor's clock tells it. */
const onCpu = (name: string): string => `${name}OnCpu`;

export type CoreOptions = { readonly quick: boolean; readonly say: (text: string) => void };

/** The core's figures, each part measured in a process of its own, one after the other. */
export async function benchCore(options: CoreOptions): Promise<CoreReport> {
  const loadAverage = loadavg()[0]!;
  const commands = options.quick ? 300_000 : 3_000_000;
  const runs = options.quick ? 1 : 5;
  const flows = makeFlows(options, commands);
  const figures: Record<string, number> = {};
  const wrong: string[] = [];
  for (const part of partNames) {
    options.say(`core: ${part} ...`);
    const result = await measurePart(part, { ...flows, runs: runs + 1, withLibrary: true });
    if (result.wrong !== "") {
      wrong.push(`${part}: ${result.wrong}`);
      continue;
    }
    Object.assign(figures, result.figures);
    for (const [name, value] of Object.entries(result.onCpu ?? {})) figures[onCpu(name)] = value;
  }
  const names = Object.keys(coreFigures);
  const missed = names.filter((name) => !meetsBar(coreFigures[name]!, figures[name] ?? NaN));
  return {
    commands,
    runs,
    cpus: availableParallelism(),
    loadAverage,
    ...Object.fromEntries(names.map((name) => [name, null])),
    ...figures,
    verified: wrong.length === 0,
    wrong: wrong.join("; "),
    barsMissed: missed.join(","),
  };
}

/** Its runs, the first of which warms up, and then what it measures once. */
async function measurePart(part: PartName, options: PartOptions): Promise<PartResult> {
  const process = new PartProcess(import.meta.dirname, part, options);
  try {
    const warmUp = await process.ask("run");
    const runs: PartResult[] = [];
    while (runs.length < options.runs - 1) runs.push(await process.ask("run"));
    const last = await process.ask("finish");
    return {
      figures: { ...summaries(runs.map(({ figures }) => figures)), ...last.figures },
      onCpu: { ...summaries(runs.map(({ onCpu }) => onCpu ?? {})), ...last.onCpu },
      wrong: wrongOf([warmUp, ...runs, last]),
    };
  } finally {
    process.stop();
  }
}

function summaries(runs: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = Object.keys(runs[0] ?? {});
  const entries = names.map((name) => {
    const values = runs.map((run) => run[name] ?? Number.NaN);
    return [name, summary(coreFigures[name]!, values)] as const;
  });
  return Object.fromEntries(entries);
}

export type Flows = Omit<PartOptions, "runs" | "withLibrary">;

/** Makes the flows in a temporary folder. */
export function makeFlows({ quick, say }: CoreOptions, commands: number): Flows {
  say("core: making the flows ...");
  const folder = temporaryFolder("core");
  const flows: Flows = {
    commonFlow: join(folder, "common-flow"),
    shortFlow: join(folder, "short-flow"),
    largeFlow: join(folder, "large-flow"),
    large: largeCase(quick),
    folder,
  };
  const made =
    makeCommonFlow(flows.commonFlow, commands) &&
    makeCommonFlow(flows.shortFlow, quick ? 100_000 : 500_000);
  if (!made) {
    throw new Error(
      "the common flow's generator (../shared/bench) is not here: nothing was measured",
    );
  }
  makeLargeFlow(flows.largeFlow, flows.large);
  return flows;
}

export function printCore(report: CoreReport): void {
  console.log(
    `\ncore, common flow of ${thousands(report.commands)} commands, medians of ${report.runs}; ` +
      `load ${Number(report["loadAverage"]).toFixed(1)} on ${report["cpus"]} processors before it began`,
  );
  console.log(`${" ".repeat(66)}on its processor's clock`);
  for (const [name, figure] of Object.entries(coreFigures)) {
    const value = report[name];
    const cpuValue = report[onCpu(name)];
    const cpuText = typeof cpuValue === "number" ? valueText(figure.unit, cpuValue) : "";
    const text = typeof value === "number" ? valueText(figure.unit, value) : "not verified";
    const bar = barText(figure);
    const met = typeof value === "number" && meetsBar(figure, value) ? "met" : "NOT MET";
    console.log(
      `  ${figure.title.padEnd(46)} ${text.padStart(14)} ${cpuText.padStart(14)}   ${bar === "" ? "" : `${bar}: ${met}`}`.trimEnd(),
    );
  }
  console.log(
    report.verified
      ? "  every timed run verified: fills, books, open orders, balances"
      : `  NOT VERIFIED, so without figures: ${report.wrong}`,
  );
}

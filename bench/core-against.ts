import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type CoreOptions, type Flows, makeFlows } from "./core.ts";
import { coreFigures, type Figure, valueText } from "./core-figures.ts";
import {
  type PartName,
  type PartOptions,
  PartProcess,
  type PartResult,
  partNames,
  type Question,
  wrongOf,
} from "./core-parts.ts";
import { median } from "./figures.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const root = join(import.meta.dirname, "..");
/** More than this much worse is a finding. */
const worseShare = 0.1;

export type Comparison = {
  readonly name: string;
  /** Medians of the two. */
  readonly current: number;
  readonly old: number;
  /** New over old: the median of the pairs, and the range they cover. */
  readonly ratio: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
  readonly worse: boolean;
};
export type AgainstReport = {
  readonly revision: string;
  readonly comparisons: readonly Comparison[];
  /** Parts that one of the two could not run or did not get right: nothing is said about their figures. */
  readonly notCompared: readonly string[];
  readonly anyWorse: boolean;
  /** What one must know to compare the two. */
  readonly note: string;
};

/** How often each part takes its turn, warming up not counted: until it is steady, as far as its length allows. */
const pairs: Readonly<Record<PartName, number>> = {
  apply: 11,
  allocation: 1,
  latency: 5,
  replay: 3,
  large: 5,
};
const pairsQuick: typeof pairs = { apply: 5, allocation: 1, latency: 3, replay: 1, large: 3 };

/**
 * This working tree beside another revision, processes of both taking turns. What measures is this
 * tree's bench folder in both cases; what is measured is each one's own packages, through their
 * public indexes. Times are by the processor's clock where there is one, so that what else runs on
 * the machine weighs less.
 */
export async function benchAgainst(revision: string, options: CoreOptions): Promise<AgainstReport> {
  const commit = git(
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  );
  const folder = temporaryFolder("against", () => removeWorktree(other));
  const other = join(folder, "tree");
  git("worktree", "add", "--detach", other, commit);
  furnish(other);
  const flows = makeFlows(options, options.quick ? 300_000 : 1_000_000);
  return compareAll(commit, other, flows, options);
}

function git(...args: string[]): string {
  try {
    return execFileSync("git", ["-C", root, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(
      `git ${args[0]} failed: ${stderr || "is the revision one of this repository?"}`,
    );
  }
}

/** As far as there is one. */
function removeWorktree(tree: string): void {
  spawnSync("git", ["-C", root, "worktree", "remove", "--force", tree]);
}

/** Gives another tree this one's bench folder, its own packages by name, and the dependencies installed here. */
function furnish(tree: string): void {
  rmSync(join(tree, "bench"), { recursive: true, force: true });
  cpSync(import.meta.dirname, join(tree, "bench"), { recursive: true });
  const installed = join(root, "node_modules");
  const own = join(tree, "node_modules");
  mkdirSync(join(own, "@halcyon"), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== "@halcyon" && !name.startsWith(".")) {
      symlinkSync(join(installed, name), join(own, name));
    }
  }
  for (const name of readdirSync(join(tree, "packages"))) {
    symlinkSync(join(tree, "packages", name), join(own, "@halcyon", name));
  }
}

async function compareAll(
  commit: string,
  otherTree: string,
  flows: Flows,
  { quick, say }: CoreOptions,
): Promise<AgainstReport> {
  const comparisons: Comparison[] = [];
  const notCompared: string[] = [];
  let note = "";
  for (const part of partNames) {
    const count = quick ? pairsQuick[part] : pairs[part];
    say(`core: ${part}, ${count} times each, in turns ...`);
    const options: PartOptions = { ...flows, runs: count + 1, withLibrary: false };
    const [current, old] = await takeTurns(
      new PartProcess(import.meta.dirname, part, options),
      new PartProcess(join(otherTree, "bench"), part, options),
      count,
    );
    const wrongs = { "this tree": wrongOf(current), [commit.slice(0, 12)]: wrongOf(old) };
    if (old[0]?.note) note = `${commit.slice(0, 12)} ${old[0].note}`;
    const wrong = Object.entries(wrongs).filter(([, text]) => text !== "");
    if (wrong.length === 0) comparisons.push(...comparePart(current.slice(1), old.slice(1)));
    else notCompared.push(`${part}: ${wrong.map((pair) => pair.join(": ")).join("; ")}`);
  }
  const anyWorse = comparisons.some(({ worse }) => worse);
  return { revision: commit, comparisons, notCompared, anyWorse, note };
}

/** All results of both, the one that warms up first, what is measured only once last. */
async function takeTurns(
  current: PartProcess,
  old: PartProcess,
  count: number,
): Promise<[PartResult[], PartResult[]]> {
  const results: [PartResult[], PartResult[]] = [[], []];
  const askBoth = async (question: Question, oldFirst: boolean) => {
    const turns = [
      async () => void results[0].push(await current.ask(question)),
      async () => void results[1].push(await old.ask(question)),
    ];
    // What comes second finds the machine as the first left it, so each is first in turn.
    for (const turn of oldFirst ? turns.reverse() : turns) await turn();
  };
  try {
    for (let pair = 0; pair <= count; pair++) {
      await askBoth("run", pair % 2 === 1);
      // Where one cannot, the other need not.
      if (wrongOf(results.flat()) !== "") return results;
    }
    await askBoth("finish", false);
    return results;
  } finally {
    current.stop();
    old.stop();
  }
}

function comparePart(current: readonly PartResult[], old: readonly PartResult[]): Comparison[] {
  const names = new Set(current.flatMap(({ figures }) => Object.keys(figures)));
  const judged = [...names].filter((name) => coreFigures[name]?.better !== undefined);
  return judged.map((name) => {
    const valuesOf = (results: readonly PartResult[]) =>
      results.flatMap(({ figures, onCpu }) => onCpu?.[name] ?? figures[name] ?? []);
    const [ofCurrent, ofOld] = [valuesOf(current), valuesOf(old)];
    // So that two zeros are equal, and one of them is no division by it.
    const ratios = ofCurrent.map((value, i) => (value + 1e-3) / (ofOld[i]! + 1e-3));
    const ratio = median(ratios);
    return {
      name,
      current: median(ofCurrent),
      old: median(ofOld),
      ratio,
      ratioMin: Math.min(...ratios),
      ratioMax: Math.max(...ratios),
      worse: isWorse(coreFigures[name]!, ratio),
    };
  });
}

function isWorse(figure: Figure, ratio: number): boolean {
  if (figure.tooFewToJudge) return false;
  return figure.better === "more" ? ratio < 1 - worseShare : ratio > 1 + worseShare;
}

/** Flat, for `--json`: each figure's ratio new/old under its name. */
export function flatAgainst(report: AgainstReport): Record<string, unknown> {
  return {
    revision: report.revision,
    ...Object.fromEntries(report.comparisons.map(({ name, ratio }) => [name, ratio])),
    worse: report.comparisons.flatMap(({ name, worse }) => (worse ? [name] : [])).join(","),
    notCompared: report.notCompared.join("; "),
    note: report.note,
  };
}

export function printAgainst(report: AgainstReport): void {
  console.log(`\ncore, this tree beside ${report.revision}: new, old, new/old (its range)`);
  for (const { name, current, old, ratio, ratioMin, ratioMax, worse } of report.comparisons) {
    const figure = coreFigures[name]!;
    const values = [current, old]
      .map((value) => valueText(figure.unit, value).padStart(14))
      .join("");
    const range = `(${ratioMin.toFixed(2)} to ${ratioMax.toFixed(2)})`;
    const mark = worse ? "MORE THAN 10 % WORSE" : figure.tooFewToJudge ? "not judged" : "";
    console.log(
      `  ${figure.title.padEnd(46)}${values} ${ratio.toFixed(3).padStart(7)} ${range.padEnd(15)} ${mark}`.trimEnd(),
    );
  }
  if (report.note !== "") console.log(`  ${report.note}`);
  for (const text of report.notCompared) console.log(`  NOT COMPARED ${text}`);
}

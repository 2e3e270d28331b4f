import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CoreOptions, withFlows } from "./core.ts";
import { coreFigures, type Figure, valueText } from "./core-figures.ts";
import {
  type PartName,
  type PartOptions,
  type PartResult,
  partNames,
  runPart,
} from "./core-parts.ts";
import { median } from "./figures.ts";

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
};

/** How many pairs of runs each part gets: as many as it needs to be steady, as few as its length allows. */
const pairs: Readonly<Record<PartName, number>> = {
  apply: 7,
  allocation: 3,
  latency: 5,
  replay: 3,
  large: 3,
};

/**
 * This working tree beside another revision, processes of both taking turns. What measures is this
 * tree's bench folder in both cases; what is measured is each one's own packages, through their
 * public indexes.
 */
export async function benchAgainst(revision: string, options: CoreOptions): Promise<AgainstReport> {
  const commit = git(
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  );
  const folder = mkdtempSync(join(tmpdir(), "halcyon-bench-against-"));
  const other = join(folder, "tree");
  try {
    git("worktree", "add", "--detach", other, commit);
    furnish(other);
    return await withFlows(options, (given) => compareAll(commit, other, given, options));
  } finally {
    git("worktree", "remove", "--force", other);
    rmSync(folder, { recursive: true });
  }
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
  other: string,
  given: PartOptions,
  { quick, say }: CoreOptions,
): Promise<AgainstReport> {
  const comparisons: Comparison[] = [];
  const notCompared: string[] = [];
  for (const part of partNames) {
    const current: PartResult[] = [];
    const old: PartResult[] = [];
    const short = { ...given, runs: quick ? 1 : 3, withLibrary: false };
    const count = quick ? 1 : pairs[part];
    for (let pair = 0; pair < count; pair++) {
      say(`core: ${part}, pair ${pair + 1} of ${count} ...`);
      // Each goes first in turn: what comes second finds the machine as the first left it.
      const turns = [
        async () => void current.push(await runPart(import.meta.dirname, part, short)),
        async () => void old.push(await runPart(join(other, "bench"), part, short)),
      ];
      if (pair % 2 === 1) turns.reverse();
      for (const turn of turns) await turn();
    }
    const wrong = wrongOf("this tree", current) || wrongOf(commit.slice(0, 12), old);
    if (wrong !== "") notCompared.push(`${part}: ${wrong}`);
    else comparisons.push(...comparePart(current, old));
  }
  const anyWorse = comparisons.some(({ worse }) => worse);
  return { revision: commit, comparisons, notCompared, anyWorse };
}

function wrongOf(whose: string, results: readonly PartResult[]): string {
  const wrong = results.find((result) => result.wrong !== "")?.wrong;
  return wrong === undefined ? "" : `${whose}: ${wrong}`;
}

function comparePart(current: readonly PartResult[], old: readonly PartResult[]): Comparison[] {
  return Object.keys(current[0]!.figures)
    .filter((name) => coreFigures[name]?.better !== undefined)
    .map((name) => {
      const ofCurrent = current.map((result) => result.figures[name]!);
      const ofOld = old.map((result) => result.figures[name]!);
      // Two zeros are equal; against one zero the other counts as one part in a thousand more.
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
  for (const text of report.notCompared) console.log(`  NOT COMPARED ${text}`);
}

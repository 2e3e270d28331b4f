// npm test [-- FILTER ...]: all tests, or those whose path contains one of the filters.
//   --name PATTERN   only tests whose name matches
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { finished } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import { ensureDebianPackages } from "./debian-packages.ts";

const root = join(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { name: { type: "string", multiple: true } },
});

const files = globSync(
  ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "test/**/*.test.ts"],
  { cwd: root },
)
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  process.stderr.write(`No test file has ${positionals.join(" or ")} in its path.\n`);
  process.exit(1);
}

ensureDebianPackages();
// Suites that kill, besiege or time whole venues want the machine's processors for themselves: they come
// last, one by one.
const alone = (file: string) => /^test\/(?:failover|hostile|cluster|clients|sdk)\//.test(file);
const parts = [
  { files: files.filter((file) => !alone(file)), concurrency: Math.max(2, availableParallelism()) },
  { files: files.filter(alone), concurrency: 1 },
];
/** How long each file's tests took, for the list at the end. */
const fileMs = new Map<string, number>();
const slowestMax = 12;
const sums = { tests: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
for (const part of parts) if (part.files.length > 0) await runPart(part);

type TestEnd = {
  readonly nesting: number;
  readonly file?: string | undefined;
  readonly details: { readonly duration_ms: number };
};

async function runPart(part: (typeof parts)[number]): Promise<void> {
  const results = run({
    cwd: root,
    files: part.files.map((file) => join(root, file)),
    concurrency: part.concurrency,
    // A test that hangs ends as a failure; a file whose tests are over ends, whatever they left open.
    timeout: 180_000,
    execArgv: ["--import", join(import.meta.dirname, "report-whole.mjs"), "--test-force-exit"],
    ...(values.name === undefined ? {} : { testNamePatterns: values.name }),
  });
  results.on("test:summary", (summary) => {
    if (!summary.success) process.exitCode = 1;
    if (summary.file !== undefined) return;
    const { tests, passed, cancelled, skipped, todo } = summary.counts;
    sums.tests += tests;
    sums.pass += passed;
    sums.fail += tests - passed - cancelled - skipped - todo;
    sums.cancelled += cancelled;
    sums.skipped += skipped;
    sums.todo += todo;
  });
  const took = ({ nesting, file, details }: TestEnd): void => {
    if (nesting !== 0 || file === undefined) return;
    fileMs.set(file, (fileMs.get(file) ?? 0) + details.duration_ms);
  };
  results.on("test:pass", took);
  results.on("test:fail", took);
  const report = results.compose(spec);
  report.pipe(process.stdout, { end: false });
  await finished(report);
}

if (fileMs.size > slowestMax) {
  const slowest = [...fileMs].sort(([, a], [, b]) => b - a).slice(0, slowestMax);
  const lines = slowest.map(
    ([file, ms]) => `${(ms / 1_000).toFixed(1).padStart(7)} s  ${relative(root, file)}`,
  );
  process.stdout.write(`\nSlowest files:\n${lines.join("\n")}\n`);
}

// The reporter lists failures after its own counts, so the counts are said once more, last.
const counts = Object.entries(sums).map(([name, count]) => `# ${name} ${count}`);
process.stdout.write(`\n${counts.join("\n")}\n`);

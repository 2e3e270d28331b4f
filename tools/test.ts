// npm test [-- FILTER ...]: all tests, or those whose path contains one of the filters.
//   --name PATTERN   only tests whose name matches
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
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
const results = run({
  cwd: root,
  files: files.map((file) => join(root, file)),
  concurrency: Math.max(2, availableParallelism()),
  // A file that hangs ends as a failure, not as a run without an end.
  timeout: 180_000,
  ...(values.name === undefined ? {} : { testNamePatterns: values.name }),
});

const counts: string[] = [];
results.on("test:summary", (summary) => {
  if (!summary.success) process.exitCode = 1;
  if (summary.file !== undefined) return;
  const { tests, passed, cancelled, skipped, todo } = summary.counts;
  const failed = tests - passed - cancelled - skipped - todo;
  counts.push(`# tests ${tests}`, `# pass ${passed}`, `# fail ${failed}`);
  counts.push(`# cancelled ${cancelled}`, `# skipped ${skipped}`, `# todo ${todo}`);
});

// The reporter lists failures after its own counts, so the counts are said once more, last.
const report = results.compose(spec);
report.pipe(process.stdout, { end: false });
await finished(report);
process.stdout.write(`\n${counts.join("\n")}\n`);

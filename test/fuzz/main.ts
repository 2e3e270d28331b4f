import { parseArgs } from "node:util";
import { caseLine, readCase } from "./case-file.ts";
import { decoderNamed, decoderNames } from "./decoders.ts";
import { reasonOfFailure } from "./run-cases.ts";
import { shrink } from "./shrink.ts";
import { watchedRun } from "./watched-run.ts";

const usage = `npm run fuzz -- [${[...decoderNames, "all"].join("|")}] [--cases N] [--seed S] [--json]
npm run fuzz -- --case FILE

Feeds each decoder with specimens that were changed, and looks at what must hold of each case.

  --cases N    so many for each decoder (100000)
  --seed S     the same seed makes the same cases (1)
  --case FILE  runs the one case of a file, as a failure prints it
  --json       prints one JSON object at the end
`;

/** A run may leave this much behind: caches that fill up to their bounds. */
const growthBytesMax = 8 << 20;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cases: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      case: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.case !== undefined) return runAgain(values.case);
  const [wanted = "all"] = positionals;
  const names = wanted === "all" ? decoderNames : [wanted];
  const cases = wholeNumber("--cases", values.cases);
  const seed = wholeNumber("--seed", values.seed);
  const rows = [];
  for (const name of names) {
    decoderNamed(name);
    const row = await fuzz(name, seed, cases);
    rows.push(row);
    if (!values.json) process.stdout.write(`${rowText(row)}\n`);
  }
  const failures = rows.filter(({ ok }) => !ok).length;
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, failures, decoders: rows })}\n`);
  return failures === 0 ? 0 : 1;
}

type Row = {
  readonly decoder: string;
  readonly cases: number;
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
  readonly growthBytes: number;
  readonly ok: boolean;
};

async function fuzz(decoder: string, seed: number, cases: number): Promise<Row> {
  const startMs = performance.now();
  const { failed, ...counts } = await watchedRun(decoder, seed, cases);
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  const hasGrown = counts.growthBytes > growthBytesMax;
  if (hasGrown) say(`${decoder}: ${counts.growthBytes} bytes were left behind`);
  if (failed !== null) {
    say(`${decoder}: case ${failed.case} of seed ${seed} fails: ${failed.why}`);
    // What hangs would hang here too.
    const isQuick = !/^the (case hangs|thread ended)/.test(failed.why);
    const { bytes, why } = failed;
    const smaller = isQuick ? await shrink(decoderNamed(decoder), bytes, why) : bytes;
    say(`put this into a file, and again with npm run fuzz -- --case FILE:`);
    say(caseLine({ ...failed, why: why.split("\n", 1)[0]!, bytes: smaller }));
  }
  return { decoder, ...counts, seconds, ok: failed === null && !hasGrown };
}

async function runAgain(path: string): Promise<number> {
  const { decoder, bytes } = readCase(path);
  const counts = { accepted: 0, refused: 0 };
  const why = await reasonOfFailure(decoderNamed(decoder), bytes, counts);
  process.stdout.write(`${why ?? (counts.accepted === 1 ? "accepted" : "refused")}\n`);
  return why === null ? 0 : 1;
}

function rowText(row: Row): string {
  const figures = `${row.cases} cases, ${row.accepted} accepted, ${row.refused} refused`;
  const growth = `${(row.growthBytes / 1_024).toFixed(0)} KiB left behind`;
  return `${row.ok ? "ok  " : "FAIL"} ${row.decoder}: ${figures}, ${row.seconds} s, ${growth}`;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`${option} takes a whole number, not "${text}".`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

process.exitCode = await main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 2;
});

import { parseArgs } from "node:util";
import { performAll } from "./crew/crew.ts";
import type { Hunt } from "./plants/hunt.ts";
import { plants } from "./plants/plants.ts";
import { type FaultKind, faultKinds, type Narrowing } from "./profile.ts";
import { flagsOf, shrinkSeed } from "./shrink.ts";
import { type RunFigures, simulate } from "./simulate.ts";
import { Tally } from "./tally.ts";

const usage = `npm run sim -- [--seeds N] [--from S] [--workers N] [--no-shrink] [--json]
       npm run sim -- --seed S [--trace] [what makes it smaller]
       npm run sim -- --plants [--seeds N] [--only TEXT] [--workers N] [--json]

  --seeds N     runs N seeds, from --from (1) on; 100 when nothing is said
  --seed S      runs this one seed
  --trace       prints everything that happens (with --seed)
  --workers N   threads; 2 when nothing is said
  --no-shrink   does not look for a smaller run when a seed fails
  --plants      plants one bug after the other, each for up to N seeds (10000), and says who found it
  --only T      only plants whose name contains T
  --json        prints one JSON object at the end

What makes a seed smaller: --traders N, --duration MS, --requests N (of all traders),
--without "KIND, KIND" (kinds of faults), --calm (the log fails in no way).`;

const options = {
  seeds: { type: "string" },
  from: { type: "string" },
  seed: { type: "string" },
  workers: { type: "string", default: "2" },
  trace: { type: "boolean", default: false },
  "no-shrink": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  plants: { type: "boolean", default: false },
  only: { type: "string", default: "" },
  traders: { type: "string" },
  duration: { type: "string" },
  requests: { type: "string" },
  without: { type: "string" },
  calm: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (values.plants) return huntAll(values);
  return values.seed === undefined ? runMany(values) : runOne(values);
}

async function runOne(values: Values): Promise<number> {
  const seed = wholeNumber("--seed", values.seed!);
  const narrowing = narrowingOf(values);
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const report = await simulate({ seed, narrowing, ...(values.trace ? { print } : {}) });
  const tally = new Tally();
  tally.add(report);
  tellFailure(report, narrowing);
  tell(tally.json(), tally.text(), values.json);
  return report.violations.length === 0 ? 0 : 1;
}

async function runMany(values: Values): Promise<number> {
  const from = wholeNumber("--from", values.from ?? "1");
  const count = wholeNumber("--seeds", values.seeds ?? "100");
  const narrowing = narrowingOf(values);
  const tasks = Array.from({ length: count }, (_, index) => {
    return { kind: "run", seed: from + index, narrowing } as const;
  });
  const tally = new Tally();
  await performAll(tasks, wholeNumber("--workers", values.workers), (result) => {
    if (result.kind !== "run") return;
    tally.add(result.figures);
    tellFailure(result.figures, narrowing);
  });
  const [failed] = tally.failedSeeds;
  if (failed !== undefined && !values["no-shrink"]) {
    const smaller = await shrinkSeed(await simulate({ seed: failed, narrowing }));
    complain(`the smallest run of seed ${failed} that still fails:`);
    tellFailure(smaller.report, smaller.narrowing);
  }
  tell(tally.json(), tally.text(), values.json);
  return failed === undefined ? 0 : 1;
}

function narrowingOf(values: Values): Narrowing {
  const { traders, duration, requests, without, calm } = values;
  return {
    ...(traders === undefined ? {} : { traders: wholeNumber("--traders", traders) }),
    ...(duration === undefined ? {} : { durationMs: wholeNumber("--duration", duration) }),
    ...(requests === undefined ? {} : { requests: wholeNumber("--requests", requests) }),
    ...(without === undefined ? {} : { without: without.split(",").map(faultKind) }),
    ...(calm ? { calm } : {}),
  };
}

function faultKind(text: string): FaultKind {
  const found = faultKinds.find((kind) => kind === text.trim());
  if (found === undefined) {
    throw new Error(
      `--without takes kinds of faults: ${faultKinds.join(", ")}. "${text}" is none.`,
    );
  }
  return found;
}

async function huntAll(values: Values): Promise<number> {
  const seedsMax = wholeNumber("--seeds", values.seeds ?? "10000");
  const names = Object.keys(plants).filter((plant) => plant.includes(values.only));
  const tasks = names.map((plant) => ({ kind: "hunt", plant, seedsMax }) as const);
  const hunts: Hunt[] = [];
  await performAll(tasks, wholeNumber("--workers", values.workers), (result) => {
    if (result.kind !== "hunt") return;
    const { plant, seeds, checkers } = result.hunt;
    hunts.push(result.hunt);
    const found = seeds === null ? "not found" : `${seeds} seeds`;
    const line = `${plant.padEnd(60)} ${found.padEnd(11)} ${checkers.join(", ")}`;
    if (!values.json) process.stdout.write(`${line}\n`);
  });
  const found = hunts.flatMap(({ seeds }) => (seeds === null ? [] : [seeds]));
  const worstSeeds = Math.max(0, ...found);
  const planted = hunts.length;
  tell(
    { planted, found: found.length, worstSeeds, hunts },
    `${found.length} of ${planted} found, each within ${worstSeeds} seeds`,
    values.json,
  );
  return found.length === planted ? 0 : 1;
}

function tell(json: unknown, text: string, asJson: boolean): void {
  process.stdout.write(`${asJson ? JSON.stringify(json) : text}\n`);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

function tellFailure(figures: RunFigures, narrowing: Narrowing): void {
  const { seed, traceHash, violations } = figures;
  if (violations.length === 0) return;
  complain(`seed ${seed} (trace ${traceHash}) fails:`);
  for (const { checker, message } of violations) complain(`  ${checker}: ${message}`);
  complain(`  again with: npm run sim -- ${flagsOf(seed, narrowing)} --trace`);
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new Error(`${option} takes a whole number, not "${text}".`);
  }
  return value;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  },
);

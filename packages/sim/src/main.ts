import { parseArgs } from "node:util";
import { type Hunt, hunt } from "./plants/hunt.ts";
import { plants } from "./plants/plants.ts";
import { simulate } from "./simulate.ts";
import { Tally } from "./tally.ts";

const usage = `npm run sim -- [--seeds N] [--from S] [--seed S] [--trace] [--json]
       npm run sim -- --plants [--seeds N] [--only TEXT] [--json]

  --seeds N   runs N seeds, from --from (1) on; 100 when nothing is said
  --seed S    runs this one seed
  --trace     prints everything that happens (with --seed)
  --plants    plants one bug after the other, each for up to N seeds (100), and says who found it
  --only T    only plants whose name contains T
  --json      prints one JSON object at the end`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string" },
      from: { type: "string" },
      seed: { type: "string" },
      trace: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      plants: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (values.plants) {
    return huntAll(values.only, wholeNumber("--seeds", values.seeds ?? "100"), values.json);
  }
  const only = values.seed === undefined ? null : wholeNumber("--seed", values.seed);
  const from = only ?? wholeNumber("--from", values.from ?? "1");
  const count = only !== null ? 1 : wholeNumber("--seeds", values.seeds ?? "100");
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const tally = new Tally();
  for (let seed = from; seed < from + count; seed++) {
    const print = (line: string) => void process.stdout.write(`${line}\n`);
    const report = await simulate(values.trace ? { seed, print } : { seed });
    tally.add(report);
    if (report.violations.length === 0) continue;
    say(`seed ${seed} (trace ${report.traceHash}) fails:`);
    for (const { checker, message } of report.violations) say(`  ${checker}: ${message}`);
    say(`  again with: npm run sim -- --seed ${seed} --trace`);
  }
  process.stdout.write(values.json ? `${JSON.stringify(tally.json())}\n` : `${tally.text()}\n`);
  return tally.failedSeeds.length === 0 ? 0 : 1;
}

async function huntAll(only: string, seedsMax: number, asJson: boolean): Promise<number> {
  const hunts: Hunt[] = [];
  for (const [plant, sabotage] of Object.entries(plants)) {
    if (!plant.includes(only)) continue;
    const found = await hunt(plant, sabotage, seedsMax);
    hunts.push(found);
    const seeds = found.seeds === null ? "not found" : `${found.seeds} seeds`;
    if (!asJson) {
      process.stdout.write(
        `${plant.padEnd(52)} ${seeds.padEnd(10)} ${found.checkers.join(", ")}\n`,
      );
    }
  }
  const found = hunts.flatMap(({ seeds }) => (seeds === null ? [] : [seeds]));
  const summary = { planted: hunts.length, found: found.length, worstSeeds: Math.max(0, ...found) };
  const { planted, worstSeeds } = summary;
  process.stdout.write(
    asJson
      ? `${JSON.stringify({ ...summary, hunts })}\n`
      : `${found.length} of ${planted} found, each within ${worstSeeds} seeds\n`,
  );
  return found.length === planted ? 0 : 1;
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

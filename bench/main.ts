import { parseArgs } from "node:util";
import { benchCore, printCore } from "./core.ts";
import { benchLog } from "./log.ts";
import { benchVenue } from "./venue.ts";

const help = `Benchmarks of Halcyon. Figures only mean something next to what ran beside them in the same run.

  npm run bench -- core    the core on the common order flow, beside nodejs-order-book
  npm run bench -- log     the command log, beside raw append + fdatasync and raw LMDB
  npm run bench -- venue   orders over REST and WebSocket, beside bare servers with the same bodies

  --json    one JSON document on standard output
  --quick   shorter runs: to see that it works, not to quote

Example: npm run bench -- core --json
`;

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

async function run(what: string): Promise<unknown> {
  const { json, quick } = values;
  switch (what) {
    case "core": {
      const report = benchCore({ quick });
      if (report === null) {
        throw new Error(
          "the common flow's generator (../shared/bench) is not here: nothing was measured",
        );
      }
      if (!json) printCore(report);
      return report;
    }
    case "log":
      return benchLog({ json, quick });
    case "venue":
      return benchVenue({ json, quick });
    default:
      throw new Error(`there is no benchmark ${what}: core, log or venue`);
  }
}

const [what] = positionals;
if (values.help || what === undefined || positionals.length !== 1) {
  process.stdout.write(help);
  process.exitCode = values.help ? 0 : 2;
} else {
  try {
    const report = await run(what);
    if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

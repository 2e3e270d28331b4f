import { parseArgs } from "node:util";
import { benchCluster } from "./cluster.ts";
import { benchConsole } from "./console.ts";
import { benchCore, printCore } from "./core.ts";
import { benchAgainst, flatAgainst, printAgainst } from "./core-against.ts";
import { benchLog } from "./log.ts";
import { endOnSignals } from "./temporary-folder.ts";
import { benchVenue } from "./venue.ts";

const help = `Benchmarks of Halcyon. Figures only mean something next to what ran beside them in the same run.

  npm run bench -- core    the core on the common order flow, beside nodejs-order-book
  npm run bench -- log     the command log, beside raw append + fdatasync, raw LMDB and raw puts into etcd
  npm run bench -- venue   orders over REST and WebSocket, beside bare servers with the same bodies
  npm run bench -- cluster orders at rising rates against three zones on this machine; needs root
  npm run bench -- console the page in a browser while the book changes 200 times a second

  --json           one JSON document on standard output
  --quick          shorter runs: to see that it works, not to quote
  --against REV    core only: this working tree beside another revision, in turns; fails when a
                   figure is more than 10 % worse

Example: npm run bench -- core --json
`;

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    against: { type: "string" },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

endOnSignals();
const say = (text: string) => void (values.json || console.log(text));

async function runCore(): Promise<unknown> {
  const report = await benchCore({ quick: values.quick, say });
  if (!values.json) printCore(report);
  if (!report.verified) process.exitCode = 1;
  return report;
}

async function runAgainst(revision: string): Promise<unknown> {
  const report = await benchAgainst(revision, { quick: values.quick, say });
  if (!values.json) printAgainst(report);
  if (report.anyWorse || report.notCompared.length > 0) process.exitCode = 1;
  return flatAgainst(report);
}

async function run(what: string): Promise<unknown> {
  const { json, quick } = values;
  switch (what) {
    case "core":
      return values.against === undefined ? runCore() : runAgainst(values.against);
    case "log":
      return benchLog({ json, quick });
    case "venue":
      return benchVenue({ json, quick });
    case "cluster":
      return benchCluster({ json, quick });
    case "console":
      return benchConsole({ json, quick });
    default:
      throw new Error(`there is no benchmark ${what}: core, log, venue, cluster or console`);
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

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { startVenueOn, type VenueProcess } from "../venue-process.ts";
import { runCli } from "./cli.ts";
import { ApiConnection, type Client } from "./client.ts";
import { eventually } from "./eventually.ts";
import { ledgerFaults, readAgreedState, units } from "./final-state.ts";
import { historyFaults, type Operation } from "./history.ts";
import { funds, type Load, makeClients, symbol, underLoad } from "./load.ts";
import { crashAll, isAlive, metricOf, nodeNames, pidOf, processesOf } from "./processes.ts";

const ordersPerSecond = 500;
const clientCount = 20;
/** So that a crash meets a snapshot in the making, and every start meets a log that was trimmed. */
const settings = {
  "snapshots.everySeconds": 1,
  "snapshots.everyPositions": 150,
  "snapshots.keep": 2,
};

const folder = mkdtempSync(join(tmpdir(), "halcyon-crash-"));
const data = join(folder, "venue");
const snapshots = join(data, "snapshots");
const history: Operation[] = [];
let clients: Client[] = [];
let venue: VenueProcess;
let seen: PublicFacts;
let loads = 0;

before(async () => {
  venue = await startVenueOn(data, settings);
  clients = await makeClients(venue, clientCount);
});
after(async () => {
  await venue.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Trade = { readonly id: number; readonly qty: string; readonly price: string };
/** What anybody can see of the market, and one client of its deposits. */
type PublicFacts = {
  readonly lastUpdateId: number;
  readonly trades: readonly Trade[];
  readonly volume: bigint;
  readonly deposits: unknown;
};

async function publicFacts(port: number): Promise<PublicFacts> {
  const connection = new ApiConnection(port);
  const get = async (path: string) => {
    const reply = await connection.request("GET", `${path}symbol=${symbol}`);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply.body;
  };
  const depth = (await get("/api/v3/depth?")) as { lastUpdateId: number };
  const trades = (await get("/api/v3/trades?limit=1000&")) as Trade[];
  const candles = (await get("/api/v3/klines?interval=1m&")) as string[][];
  const path = "/sapi/v1/capital/deposit/hisrec";
  const { body: deposits } = await connection.send(clients[0]!, "GET", path);
  connection.close();
  const volume = candles.reduce((sum, candle) => sum + units(candle[5]!), 0n);
  return { lastUpdateId: depth.lastUpdateId, trades, volume, deposits };
}

/** Loads the venue until `enough`, has it crash, and keeps what clients were told. */
async function crashUnderLoad(
  enough: (load: Load) => boolean | Promise<boolean>,
  crash: () => Promise<void>,
): Promise<void> {
  const options = { port: venue.edgePort, clients, ordersPerSecond, name: `c${loads++}` };
  const load = await underLoad(options, async (running) => {
    await eventually("there was load enough", 20_000, () => enough(running));
    seen = await publicFacts(venue.edgePort);
    await crash();
  });
  history.push(...load.history);
  // Whoever got an answer got a good one; the others learn nothing.
  const refused = load.history.filter(({ status }) => status !== 200 && status < 500 && status > 0);
  assert.deepEqual(refused, []);
  assert.ok(load.acknowledged > 0);
}

/** Starts on what the crash left, and holds it against everything that clients were ever told. */
async function startAndCompare(t: TestContext): Promise<void> {
  const beganMs = performance.now();
  venue = await startVenueOn(data, settings);
  const startMs = Math.round(performance.now() - beganMs);
  const state = await readAgreedState(venue, clients);
  assert.deepEqual(historyFaults(history, state.orders), []);
  assert.deepEqual(ledgerFaults(state, funds), []);
  assert.equal((await venue.admin("GET", "/audit"))["balanced"], true);
  for (const name of nodeNames) {
    const facts = await publicFacts(venue.port(name));
    assert.ok(facts.lastUpdateId >= seen.lastUpdateId, "depth ids went back");
    assert.deepEqual(facts.deposits, seen.deposits);
    assert.equal((facts.deposits as unknown[]).length, Object.keys(funds).length);
    tradesGoOn(seen.trades, facts.trades);
    // Each trade has two sides, and no order is older than what an account is shown.
    const executed = [...state.orders.values()].flat();
    const sum = executed.reduce((total, { executedQty }) => total + units(executedQty), 0n);
    assert.equal(facts.volume * 2n, sum, "the candles hold all trades, once");
  }
  const acknowledged = history.filter(({ order }) => order !== null).length;
  t.diagnostic(`${acknowledged} acknowledged in all; all back ${startMs} ms after the start began`);
}

function tradesGoOn(earlier: readonly Trade[], later: readonly Trade[]): void {
  for (const [i, { id }] of later.entries()) assert.equal(id, later[0]!.id + i, "a gap in the ids");
  const known = new Map(later.map((trade) => [trade.id, trade]));
  const overlap = earlier.filter(({ id }) => id >= later[0]!.id);
  assert.ok(overlap.length > 0, "the trades before the crash are still shown");
  for (const trade of overlap) assert.deepEqual(known.get(trade.id), trade);
}

async function logIsTrimmed(): Promise<boolean> {
  return (await metricOf(venue, "follower", "halcyon_log_first_position")) > 1;
}

test("kill -9 of everything at once loses nothing that was acknowledged", async (t) => {
  await crashUnderLoad(
    ({ acknowledged }) => acknowledged > 400,
    () => crashAll(venue),
  );
  await startAndCompare(t);
});

test("nor does it while a snapshot is being written", async (t) => {
  // The follower writes them, so it goes first; then the one that would start it again.
  const processes = await processesOf(venue);
  const others = processes
    .filter(({ name }) => name !== "follower")
    .flatMap(({ pid }) => pid ?? []);
  const pids = [await pidOf(venue, "follower"), venue.pid, ...others];
  await crashUnderLoad(
    ({ acknowledged }) => acknowledged > 400,
    () =>
      new Promise((resolve) => {
        const watcher = watch(snapshots, (_event, name) => {
          if (!name?.endsWith(".tmp")) return;
          watcher.close();
          for (const pid of pids) process.kill(pid, "SIGKILL");
          resolve();
        });
      }),
  );
  await eventually("all processes are gone", 5_000, () => !pids.some(isAlive));
  const left = readdirSync(snapshots).filter((name) => name.endsWith(".tmp"));
  t.diagnostic(`the crash left ${left.length} unfinished snapshot`);
  await startAndCompare(t);
});

test("a second start on the folder of a venue that runs is refused and changes nothing", async () => {
  const { code, text } = await runCli(["up", "--data", data, "--port", "0", "--no-demo"]);
  assert.notEqual(code, 0);
  assert.match(text, new RegExp(`Already running: Process ${venue.pid} runs a venue on`));
  assert.ok((await processesOf(venue)).every(({ restarts }) => restarts === 0));
});

test("when the supervisor is killed its processes end by themselves, and the next start has all, from a snapshot and a log that was trimmed", async (t) => {
  const children = (await processesOf(venue)).flatMap(({ pid }) => pid ?? []);
  assert.equal(children.length, nodeNames.length + 2);
  await crashUnderLoad(
    async ({ acknowledged }) => acknowledged > 400 && (await logIsTrimmed()),
    async () => {
      process.kill(venue.pid, "SIGKILL");
      await eventually("no process is left", 15_000, () => !children.some(isAlive));
    },
  );
  await startAndCompare(t);
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startVenueProcess, type VenueProcess } from "../venue-process.ts";
import { eventually } from "./eventually.ts";
import { ledgerFaults, readAgreedState } from "./final-state.ts";
import { historyFaults } from "./history.ts";
import { funds, Load, makeClients } from "./load.ts";
import {
  crash,
  isReady,
  type NodeName,
  nodeNames,
  StateComparison,
  untilAllAgree,
  untilReplaced,
} from "./processes.ts";

const kills = 10;
const ordersPerSecond = 500;
const recoveryMsMax = 5_000;
/** Enough that no account comes near the 1,000 orders that it is shown of. */
const clientCount = 36;
/** Between two kills, so that each meets a venue in full swing. */
const ordersBetweenKills = 250;

let venue: VenueProcess;
before(async () => {
  venue = await startVenueProcess();
});
after(() => venue.stop());

/** Kills a node and waits until its successor serves and has the others' state; returns how long that took. */
async function killAndRecover(name: NodeName): Promise<number> {
  const { pid, atMs } = await crash(venue, name);
  await untilReplaced(venue, name, pid, recoveryMsMax);
  await eventually(`${name} is ready`, recoveryMsMax, () => isReady(venue, name));
  const comparison = new StateComparison();
  await eventually(`${name} has the others' state`, recoveryMsMax, async () => {
    await comparison.ask(venue);
    return comparison.hasAgreed(name);
  });
  return performance.now() - atMs;
}

test("nodes are killed ten times under 500 orders a second, and no client notices but by the clock", async (t) => {
  const clients = await makeClients(venue, clientCount);
  const load = new Load({ port: venue.edgePort, clients, ordersPerSecond, name: "k" });
  const recoveriesMs: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const reached = load.acknowledged + ordersBetweenKills;
    await eventually("orders flow", 20_000, () => load.acknowledged >= reached);
    recoveriesMs.push(await killAndRecover(nodeNames[kill % nodeNames.length]!));
  }
  const { rate } = load;
  await load.stop();

  assert.deepEqual(load.failures, []);
  const slowestMs = Math.max(...recoveriesMs);
  assert.ok(slowestMs < recoveryMsMax, `a node took ${Math.round(slowestMs)} ms to be back`);
  await untilAllAgree(venue, 10_000);
  const state = await readAgreedState(venue, clients);
  assert.deepEqual(historyFaults(load.history, state.orders), []);
  assert.deepEqual(ledgerFaults(state, funds), []);
  assert.equal((await venue.admin("GET", "/audit"))["balanced"], true);

  const answersMs = load.history.map((one) => one.answeredMs - one.sentMs).sort((a, b) => a - b);
  const at = (share: number) => Math.round(answersMs[Math.floor(share * (answersMs.length - 1))]!);
  t.diagnostic(
    `${load.history.length} requests, ${Math.round(rate)} orders/s, ${kills} kills: ` +
      `answers p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms; ` +
      `nodes back and equal after ${recoveriesMs.map(Math.round).join(", ")} ms`,
  );
});

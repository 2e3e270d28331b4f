import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startVenueProcess, type VenueProcess } from "../venue-process.ts";
import { eventually } from "./eventually.ts";
import { ledgerFaults, readAgreedState } from "./final-state.ts";
import { historyFaults } from "./history.ts";
import { funds, makeClients, underLoad } from "./load.ts";
import {
  crash,
  type NodeName,
  nodeNames,
  pidOf,
  StateComparison,
  starvedMs,
  untilAllAgree,
  untilReplaced,
} from "./processes.ts";

const kills = 10;
const ordersPerSecond = 500;
const recoveryMsMax = 5_000;
const patienceMs = 20_000;
/** Enough that no account comes near the 1,000 orders that it is shown of. */
const clientCount = 36;
/** Between two kills, so that each meets a venue in full swing. */
const ordersBetweenKills = 250;

let venue: VenueProcess;
before(async () => {
  venue = await startVenueProcess();
});
after(() => venue.stop());

type Recovery = {
  /** From the kill until the successor serves and has the others' state. */
  readonly tookMs: number;
  /** For how much of that it waited for a processor: the machine may have other things to do. */
  readonly starvedMs: number;
};

async function killAndRecover(name: NodeName): Promise<Recovery> {
  const { pid, atMs } = await crash(venue, name);
  await untilReplaced(venue, name, pid, patienceMs);
  const comparison = new StateComparison();
  await eventually(`${name} has the others' state`, patienceMs, async () => {
    await comparison.ask(venue);
    return comparison.hasAgreed(name);
  });
  const tookMs = performance.now() - atMs;
  return { tookMs, starvedMs: starvedMs(await pidOf(venue, name)) };
}

test("nodes are killed ten times under 500 orders a second, and no client notices but by the clock", async (t) => {
  const clients = await makeClients(venue, clientCount);
  const recoveries: Recovery[] = [];
  const options = { port: venue.edgePort, clients, ordersPerSecond, name: "k" };
  const load = await underLoad(options, async (running) => {
    for (let kill = 0; kill < kills; kill++) {
      const reached = running.acknowledged + ordersBetweenKills;
      await eventually("orders flow", 20_000, () => running.acknowledged >= reached);
      recoveries.push(await killAndRecover(nodeNames[kill % nodeNames.length]!));
    }
  });

  assert.deepEqual(load.failures, []);
  for (const { tookMs, starvedMs } of recoveries) {
    const ownMs = Math.round(tookMs - starvedMs);
    assert.ok(ownMs < recoveryMsMax, `a node that was not starved took ${ownMs} ms to be back`);
  }
  await untilAllAgree(venue, 10_000);
  const state = await readAgreedState(venue, clients);
  assert.deepEqual(historyFaults(load.history, state.orders), []);
  assert.deepEqual(ledgerFaults(state, funds), []);
  assert.equal((await venue.admin("GET", "/audit"))["balanced"], true);

  const tookMs = recoveries.map((one) => Math.round(one.tookMs));
  const waitedMs = recoveries.map((one) => Math.round(one.starvedMs));
  const answersMs = load.history.map((one) => one.answeredMs - one.sentMs).sort((a, b) => a - b);
  const at = (share: number) => Math.round(answersMs[Math.floor(share * (answersMs.length - 1))]!);
  t.diagnostic(
    `${load.history.length} requests, ${Math.round(load.rate)} orders/s, ${kills} kills: ` +
      `answers p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms; ` +
      `nodes back and equal after ${tookMs.join(", ")} ms ` +
      `(without a processor for ${waitedMs.join(", ")} ms of it)`,
  );
});

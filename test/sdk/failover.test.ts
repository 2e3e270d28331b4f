import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Client, NewOrder } from "@halcyon/sdk";
import { eventually } from "../failover/eventually.ts";
import { pidOf } from "../failover/processes.ts";
import { FailingProxy } from "./failing-proxy.ts";
import { nodeNames, startWorld, type World } from "./world.ts";

let world: World;
/** The nodes, a little further away than the edge is. */
let farNodes: readonly FailingProxy[];
before(async () => {
  world = await startWorld();
  farNodes = await Promise.all(
    nodeNames.map((name) => FailingProxy.before(world.venue.port(name), 40)),
  );
});
after(async () => {
  for (const proxy of farNodes ?? []) await proxy.close();
  await world?.stop();
});

const symbol = "BTCUSDT";
const pace = { everyMs: 5, beforeMs: 1_000, afterMs: 1_500 };
/** 150 ms of patience, and one answer from elsewhere. */
const failoverMsMax = 200;

type Placed = {
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly endpoint: string;
  readonly attempts: number;
  readonly clientOrderId: string;
};

const order: NewOrder = {
  ...{ symbol, side: "BUY", type: "LIMIT", timeInForce: "IOC" },
  ...{ price: "20000", quantity: "0.01", newOrderRespType: "ACK" },
};

async function place(client: Client): Promise<Placed> {
  const sentMs = performance.now();
  const { facts, clientOrderId } = await client.placeOrder(order);
  const answeredMs = performance.now();
  const { endpoint, attempts } = facts;
  return { sentMs, answeredMs, endpoint, attempts, clientOrderId };
}

type Run = { readonly struckMs: number; readonly placed: readonly Placed[] };

/** Places orders at a steady pace, whatever becomes of the ones before, and strikes in the middle. */
async function tradeThrough(client: Client, strike: () => void): Promise<Run> {
  const orders: Promise<Placed>[] = [];
  const beganMs = performance.now();
  let struckMs = 0;
  while (performance.now() < beganMs + pace.beforeMs + pace.afterMs) {
    if (struckMs === 0 && performance.now() >= beganMs + pace.beforeMs) {
      struckMs = performance.now();
      strike();
    }
    orders.push(place(client));
    await new Promise((resolve) => setTimeout(resolve, pace.everyMs));
  }
  return { struckMs, placed: await Promise.all(orders) };
}

/**
 * Prints and judges: from the strike, or from the first order after it, to the first answer from elsewhere
 * to an order that lost its own. A machine that is busy makes every order slower: by what the slowest
 * took that needed no second sending, more is allowed.
 */
function judge(what: string, struck: string, { struckMs, placed }: Run): void {
  const waited = ({ sentMs, answeredMs }: Placed) => answeredMs - Math.max(sentMs, struckMs);
  const lost = placed.filter(
    ({ attempts, endpoint, answeredMs }) =>
      attempts > 1 && endpoint !== struck && answeredMs > struckMs,
  );
  const calm = placed.filter(({ attempts }) => attempts === 1);
  const took = calm.map(({ sentMs, answeredMs }) => answeredMs - sentMs).sort((a, b) => a - b);
  assert.ok(lost.length > 0, `${what}: no answer was lost`);
  const firstMs = Math.min(...lost.map(({ sentMs }) => Math.max(sentMs, struckMs)));
  const reroutedMs = Math.min(...lost.map(({ answeredMs }) => answeredMs)) - firstMs;
  const slowestMs = Math.max(...lost.map(waited));
  const [median, slowestCalm] = [took[took.length >> 1]!, took.at(-1)!];
  process.stdout.write(
    `${what}: ${placed.length} orders, ${lost.length} lost an answer; rerouted ${reroutedMs.toFixed(0)} ms ` +
      `after the first, the slowest waited ${slowestMs.toFixed(0)} ms; of the others the slowest took ` +
      `${slowestCalm.toFixed(0)} ms (median ${median.toFixed(1)} ms)\n`,
  );
  assert.ok(reroutedMs <= failoverMsMax + slowestCalm, `rerouted after ${reroutedMs} ms`);
}

/** Every order is there exactly once, by its name. */
async function assertOnce(client: Client, placed: readonly Placed[]): Promise<void> {
  const names = new Set(placed.map(({ clientOrderId }) => clientOrderId));
  assert.equal(names.size, placed.length);
  const orders = await client.allOrders(symbol, { limit: 1_000 });
  const known = orders.filter(({ clientOrderId }) => names.has(clientOrderId));
  assert.equal(known.length, placed.length);
}

/** A node that the test before has killed must be back first. */
async function untilKnown(client: Client): Promise<void> {
  await eventually("all endpoints are known", 60_000, () =>
    client.endpoints.every(({ latencyMs }) => latencyMs !== null),
  );
}

test("a frozen edge is left for the nodes within 200 ms, and each order is done once", async () => {
  const client = world.client([world.edge, ...farNodes.map(({ url }) => url)]);
  await untilKnown(client);
  const pid = await pidOf(world.venue, "edge");
  try {
    const run = await tradeThrough(client, () => process.kill(pid, "SIGSTOP"));
    judge("edge frozen (SIGSTOP)", world.edge, run);
    await assertOnce(client, run.placed);
  } finally {
    process.kill(pid, "SIGCONT");
  }
});

test("a killed node is left for another within 200 ms, and each order is done once", async () => {
  const client = world.client(world.nodes);
  await untilKnown(client);
  const { endpoint } = await place(client);
  const name = nodeNames[world.nodes.indexOf(endpoint)]!;
  const pid = await pidOf(world.venue, name);
  const run = await tradeThrough(client, () => process.kill(pid, "SIGKILL"));
  judge(`${name} killed (SIGKILL)`, endpoint, run);
  await assertOnce(client, run.placed);
});

test("a killed edge is left for the nodes within 200 ms, and each order is done once", async () => {
  const client = world.client([world.edge, ...farNodes.map(({ url }) => url)]);
  await untilKnown(client);
  const pid = await pidOf(world.venue, "edge");
  const run = await tradeThrough(client, () => process.kill(pid, "SIGKILL"));
  judge("edge killed (SIGKILL)", world.edge, run);
  await assertOnce(client, run.placed);
});

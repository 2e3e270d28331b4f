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

/** Places orders at a steady pace, whatever becomes of the ones before, and strikes in the middle. */
async function tradeThrough(client: Client, strike: () => void): Promise<readonly Placed[]> {
  const orders: Promise<Placed>[] = [];
  const beganMs = performance.now();
  let hasStruck = false;
  while (performance.now() < beganMs + pace.beforeMs + pace.afterMs) {
    if (!hasStruck && performance.now() >= beganMs + pace.beforeMs) {
      strike();
      hasStruck = true;
    }
    orders.push(place(client));
    await new Promise((resolve) => setTimeout(resolve, pace.everyMs));
  }
  return Promise.all(orders);
}

/**
 * Prints and judges: from the first order whose answer was lost to the first answer from elsewhere. A
 * machine that is busy makes every order slower: by what the slowest without a fault took, more is allowed.
 */
function judge(what: string, placed: readonly Placed[]): void {
  const took = ({ sentMs, answeredMs }: Placed) => answeredMs - sentMs;
  const hit = placed.filter(({ attempts }) => attempts > 1);
  const calm = placed.filter(({ attempts }) => attempts === 1).map(took);
  assert.ok(hit.length > 0, `${what}: no answer was lost`);
  const lostMs = Math.min(...hit.map(({ sentMs }) => sentMs));
  const reroutedMs = Math.min(...hit.map(({ answeredMs }) => answeredMs)) - lostMs;
  const [slowest, slowestCalm] = [Math.max(...hit.map(took)), Math.max(...calm)];
  const median = calm.sort((a, b) => a - b)[calm.length >> 1]!;
  process.stdout.write(
    `${what}: ${placed.length} orders, ${hit.length} lost an answer; rerouted ${reroutedMs.toFixed(0)} ms ` +
      `after the first; slowest of these ${slowest.toFixed(0)} ms, of the others ${slowestCalm.toFixed(0)} ms (median ${median.toFixed(1)} ms)\n`,
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

async function untilKnown(client: Client): Promise<void> {
  await eventually("all endpoints are known", 5_000, () =>
    client.endpoints.every(({ latencyMs }) => latencyMs !== null),
  );
}

test("a frozen edge is left for the nodes within 200 ms, and each order is done once", async () => {
  const client = world.client([world.edge, ...farNodes.map(({ url }) => url)]);
  await untilKnown(client);
  const pid = await pidOf(world.venue, "edge");
  try {
    const placed = await tradeThrough(client, () => process.kill(pid, "SIGSTOP"));
    assert.equal(placed[0]!.endpoint, world.edge);
    judge("edge frozen (SIGSTOP)", placed);
    await assertOnce(client, placed);
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
  const placed = await tradeThrough(client, () => process.kill(pid, "SIGKILL"));
  judge(`${name} killed (SIGKILL)`, placed);
  await assertOnce(client, placed);
});

test("a killed edge is left for the nodes within 200 ms, and each order is done once", async () => {
  const client = world.client([world.edge, ...farNodes.map(({ url }) => url)]);
  await untilKnown(client);
  const pid = await pidOf(world.venue, "edge");
  const placed = await tradeThrough(client, () => process.kill(pid, "SIGKILL"));
  judge("edge killed (SIGKILL)", placed);
  await assertOnce(client, placed);
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Client, NewOrder } from "@halcyon/sdk";
import { eventually } from "../failover/eventually.ts";
import { pidOf } from "../failover/processes.ts";
import type { Trader } from "../venue-process.ts";
import { FailingProxy } from "./failing-proxy.ts";
import { nodeNames, startWorld, type World } from "./world.ts";

let world: World;
/** Whose orders tell how long the machine takes for one. */
let witness: Trader;
/** The nodes, a little further away than the edge is. */
let farNodes: readonly FailingProxy[];
before(async () => {
  world = await startWorld();
  witness = await world.makeTrader();
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
const witnessEveryMs = 30;
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

type Run = {
  readonly struckMs: number;
  /** What answered last before the strike. */
  readonly struck: string;
  readonly placed: readonly Placed[];
  /** The slowest order that another client gave at the same time to one of the endpoints that live. */
  readonly witnessMs: number;
};

/**
 * Places orders one after the other at one endpoint until it is told to stop; tells how long the
 * slowest took of those that were answered from then on.
 */
function watch(endpoint: string): (fromMs: number) => Promise<number> {
  const { apiKey, secret } = witness;
  const client = world.client([endpoint], { apiKey, secret });
  let isOver = false;
  const orders: Placed[] = [];
  const running = (async () => {
    while (!isOver) {
      orders.push(await place(client));
      await new Promise((resolve) => setTimeout(resolve, witnessEveryMs));
    }
  })();
  // One whose endpoint is struck comes to no end.
  running.catch(() => {});
  return async (fromMs) => {
    isOver = true;
    await running;
    const answered = orders.filter(({ answeredMs }) => answeredMs > fromMs);
    return Math.max(...answered.map(({ sentMs, answeredMs }) => answeredMs - sentMs));
  };
}

/**
 * Places orders at a steady pace, whatever becomes of the ones before, and strikes in the middle what
 * answered last.
 */
async function tradeThrough(
  client: Client,
  endpoints: readonly string[],
  strike: (endpoint: string) => void,
): Promise<Run> {
  const witnesses = new Map(endpoints.map((endpoint) => [endpoint, watch(endpoint)]));
  const orders: Promise<Placed>[] = [];
  let struck = "";
  const placed = async (): Promise<Placed> => {
    const one = await place(client);
    if (struckMs === 0) struck = one.endpoint;
    return one;
  };
  const beganMs = performance.now();
  let struckMs = 0;
  while (performance.now() < beganMs + pace.beforeMs + pace.afterMs) {
    if (struckMs === 0 && performance.now() >= beganMs + pace.beforeMs) {
      struckMs = performance.now();
      strike(struck);
    }
    orders.push(placed());
    await new Promise((resolve) => setTimeout(resolve, pace.everyMs));
  }
  witnesses.delete(struck);
  const slowestMs = await Promise.all([...witnesses.values()].map((stop) => stop(struckMs)));
  const run = { struckMs, struck, witnessMs: Math.max(...slowestMs) };
  return { ...run, placed: await Promise.all(orders) };
}

/**
 * Prints and judges: from the strike, or from the first order after it, to the first answer from elsewhere
 * to an order that lost its own. A machine that is busy makes every order slower: by what the slowest
 * took elsewhere, more is allowed.
 */
function judge(what: string, { struckMs, struck, placed, witnessMs }: Run): void {
  const waited = ({ sentMs, answeredMs }: Placed) => answeredMs - Math.max(sentMs, struckMs);
  const lost = placed.filter(
    ({ attempts, endpoint, answeredMs }) =>
      attempts > 1 && endpoint !== struck && answeredMs > struckMs,
  );
  assert.ok(lost.length > 0, `${what}: no answer was lost`);
  const firstMs = Math.min(...lost.map(({ sentMs }) => Math.max(sentMs, struckMs)));
  const reroutedMs = Math.min(...lost.map(({ answeredMs }) => answeredMs)) - firstMs;
  const slowestMs = Math.max(...lost.map(waited));
  process.stdout.write(
    `${what}: ${placed.length} orders, ${lost.length} lost an answer; rerouted ${reroutedMs.toFixed(0)} ms ` +
      `after the first, the slowest waited ${slowestMs.toFixed(0)} ms; elsewhere the slowest took ` +
      `${witnessMs.toFixed(0)} ms\n`,
  );
  assert.ok(reroutedMs <= failoverMsMax + witnessMs, `rerouted after ${reroutedMs} ms`);
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
  const endpoints = [world.edge, ...farNodes.map(({ url }) => url)];
  const client = world.client(endpoints);
  await untilKnown(client);
  const pid = await pidOf(world.venue, "edge");
  try {
    const run = await tradeThrough(client, endpoints, () => process.kill(pid, "SIGSTOP"));
    judge("edge frozen (SIGSTOP)", run);
    await assertOnce(client, run.placed);
  } finally {
    process.kill(pid, "SIGCONT");
  }
});

test("a killed node is left for another within 200 ms, and each order is done once", async () => {
  const client = world.client(world.nodes);
  await untilKnown(client);
  const pids = new Map<string, number>();
  for (const [index, name] of nodeNames.entries()) {
    pids.set(world.nodes[index]!, await pidOf(world.venue, name));
  }
  const run = await tradeThrough(client, world.nodes, (endpoint) =>
    process.kill(pids.get(endpoint)!, "SIGKILL"),
  );
  judge(`${nodeNames[world.nodes.indexOf(run.struck)]} killed (SIGKILL)`, run);
  await assertOnce(client, run.placed);
});

test("a killed edge is left for the nodes within 200 ms, and each order is done once", async () => {
  const endpoints = [world.edge, ...farNodes.map(({ url }) => url)];
  const client = world.client(endpoints);
  await untilKnown(client);
  const pid = await pidOf(world.venue, "edge");
  const run = await tradeThrough(client, endpoints, () => process.kill(pid, "SIGKILL"));
  judge("edge killed (SIGKILL)", run);
  await assertOnce(client, run.placed);
});

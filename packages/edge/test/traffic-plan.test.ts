import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientNetworks } from "../src/client-networks.ts";
import {
  type NodeState,
  orderOf,
  type PlanInput,
  type PlanNode,
  planTraffic,
} from "../src/traffic-plan.ts";

const REGIONS = [
  { name: "eu", distances: { us: 80, asia: 160 } },
  { name: "us", distances: { eu: 80, asia: 120 } },
  { name: "asia", distances: { eu: 160, us: 120 } },
];

type Told = NodeState | readonly [NodeState, number] | Partial<PlanNode>;

function input(states: Record<string, Told>, more: Partial<PlanInput> = {}): PlanInput {
  const nodes = Object.entries(states).map(([name, told]): PlanNode => {
    const region = name.split("-")[0]!;
    const node = {
      name,
      region,
      state: "healthy",
      latencyMs: null,
      load: null,
      weight: 100,
    } as const;
    if (typeof told === "string") return { ...node, state: told };
    if (!isPair(told)) return { ...node, ...told };
    return { ...node, state: told[0], latencyMs: told[1] };
  });
  const networks = new ClientNetworks([]);
  const client = { statedRegion: null, address: null };
  return { regions: REGIONS, networks, nodes, client, edgeRegion: "eu", ...more };
}

function isPair(told: Told): told is readonly [NodeState, number] {
  return Array.isArray(told);
}

const stated = (statedRegion: string) => ({ client: { statedRegion, address: null } });

const names = (plan: ReturnType<typeof planTraffic>) => orderOf(plan, 0).map((node) => node.name);

test("the edge's own region comes first, then the others by distance", () => {
  const plan = planTraffic(input({ "asia-1": "healthy", "us-1": "healthy", "eu-1": "healthy" }));
  assert.deepEqual(names(plan), ["eu-1", "us-1", "asia-1"]);
  assert.deepEqual(
    orderOf(plan, 0).map((node) => node.reason),
    ["the edge's region", "distance 80 from eu", "distance 160 from eu"],
  );
});

test("a region that the client states comes first; an unknown one changes nothing", () => {
  const states = { "eu-1": "healthy", "us-1": "healthy", "asia-1": "healthy" } as const;
  assert.deepEqual(names(planTraffic(input(states, stated("asia")))), ["asia-1", "us-1", "eu-1"]);
  assert.deepEqual(names(planTraffic(input(states, stated("moon")))), ["eu-1", "us-1", "asia-1"]);
});

test("without distances measured latency decides, noise does not", () => {
  const regions = REGIONS.map(({ name }) => ({ name, distances: {} }));
  const near = input(
    { "eu-1": "healthy", "us-1": ["healthy", 90], "asia-1": ["healthy", 20] },
    { regions },
  );
  assert.deepEqual(names(planTraffic(near)), ["eu-1", "asia-1", "us-1"]);
  const alike = input(
    { "eu-1": "healthy", "us-1": ["healthy", 0.9], "asia-1": ["healthy", 0.2] },
    { regions },
  );
  assert.deepEqual(
    names(planTraffic(alike)),
    ["eu-1", "us-1", "asia-1"],
    "the configuration's order",
  );
});

test("unhealthy nodes are skipped with the reason, draining ones come last", () => {
  const plan = planTraffic(
    input({
      "eu-1": "draining",
      "eu-2": "down",
      "us-1": "suspect",
      "us-2": "healthy",
      "asia-1": "unknown",
      "asia-2": "healthy",
    }),
  );
  assert.equal(plan.mode, "normal");
  assert.deepEqual(names(plan), ["us-2", "asia-2", "eu-1"]);
  assert.match(orderOf(plan, 0)[2]!.reason, /^draining, last resort/);
  assert.deepEqual(
    plan.skipped.map((node) => node.name),
    ["eu-2", "us-1", "asia-1"],
  );
  for (const { reason } of plan.skipped) assert.ok(reason.length > 0);
});

test("when no node looks alive every one is offered: panic", () => {
  const plan = planTraffic(input({ "asia-1": "down", "us-1": "suspect", "eu-1": "unknown" }));
  assert.equal(plan.mode, "panic");
  assert.deepEqual(names(plan), ["eu-1", "us-1", "asia-1"]);
  assert.match(orderOf(plan, 0)[0]!.reason, /panic/);
  assert.deepEqual(plan.skipped, []);
});

test("equally near nodes of a region take turns, slower ones wait behind them", () => {
  const plan = planTraffic(
    input({
      "eu-1": ["healthy", 1],
      "eu-2": ["healthy", 2],
      "eu-3": ["healthy", 50],
      "us-1": "healthy",
    }),
  );
  const order = (turn: number) => orderOf(plan, turn).map((node) => node.name);
  assert.deepEqual(order(0), ["eu-1", "eu-2", "eu-3", "us-1"]);
  assert.deepEqual(order(1), ["eu-2", "eu-1", "eu-3", "us-1"]);
  assert.deepEqual(order(2), order(0));
});

test("every node is in the plan exactly once, whatever its state", () => {
  const all: NodeState[] = ["healthy", "draining", "suspect", "down", "unknown"];
  for (let seed = 0; seed < 5 ** 4; seed += 1) {
    const state = (digit: number) => all[Math.floor(seed / 5 ** digit) % 5]!;
    const plan = planTraffic(
      input({ "eu-1": state(0), "eu-2": state(1), "us-1": state(2), "asia-1": state(3) }),
    );
    const seen = [...names(plan), ...plan.skipped.map((node) => node.name)].sort();
    assert.deepEqual(seen, ["asia-1", "eu-1", "eu-2", "us-1"]);
    assert.ok(names(plan).length > 0);
  }
});

test("when more than half look dead every node is offered, those that look alive first", () => {
  const half = planTraffic(input({ "eu-1": "down", "us-1": "healthy" }));
  assert.equal(half.mode, "normal", "half is not more than half");
  const plan = planTraffic(input({ "eu-1": "down", "us-1": "suspect", "asia-1": "healthy" }));
  assert.equal(plan.mode, "panic");
  assert.deepEqual(names(plan), ["asia-1", "eu-1", "us-1"]);
  assert.match(orderOf(plan, 0)[1]!.reason, /panic: 2 of 3 nodes look dead/);
});

test("without a stated region the most specific network of the client's address decides", () => {
  const networks = new ClientNetworks([
    { name: "us", networks: ["198.51.100.0/24", "2001:db8::/32"] },
    { name: "asia", networks: ["198.51.100.128/25"] },
  ]);
  const states = { "eu-1": "healthy", "us-1": "healthy", "asia-1": "healthy" } as const;
  const first = (address: string, statedRegion: string | null = null) =>
    planTraffic(input(states, { networks, client: { statedRegion, address } })).tiers[0]![0]!;
  assert.equal(first("198.51.100.1").name, "us-1");
  assert.equal(first("198.51.100.1").reason, "the region of the client's network 198.51.100.0/24");
  assert.equal(first("198.51.100.200").name, "asia-1");
  assert.equal(first("2001:db8::1").name, "us-1");
  assert.equal(first("203.0.113.1").name, "eu-1");
  assert.equal(first("no address").name, "eu-1");
  assert.equal(first("198.51.100.1", "eu").reason, "the client's region");
  assert.throws(
    () => new ClientNetworks([{ name: "x", networks: ["198.51.100.0/33"] }]),
    /x is no/,
  );
});

/** How many of 100 requests each node gets first. */
function firstOf(plan: ReturnType<typeof planTraffic>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let turn = 0; turn < 100; turn += 1) {
    const { name } = orderOf(plan, turn)[0]!;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test("a busy node gets a part of its share, a busier one less, and the reason says so", () => {
  const plan = planTraffic(input({ "eu-1": { load: 0.2 }, "eu-2": { load: 0.9 } }));
  assert.deepEqual(firstOf(plan), { "eu-1": 67, "eu-2": 33 });
  assert.match(plan.tiers[0]![1]!.reason, /load 0\.90: 0\.5 of its share/);
  const busier = planTraffic(input({ "eu-1": { load: 0.2 }, "eu-2": { load: 0.99 } }));
  assert.deepEqual(firstOf(busier), { "eu-1": 80, "eu-2": 20 });
  const all = planTraffic(input({ "eu-1": { load: 0.99 }, "eu-2": { load: 0.99 } }));
  assert.deepEqual(firstOf(all), { "eu-1": 50, "eu-2": 50 }, "busy all alike, they share alike");
});

test("the operator's weight decides the share; with 0 a node is the last resort", () => {
  const plan = planTraffic(input({ "eu-1": { weight: 75 }, "eu-2": { weight: 25 } }));
  assert.deepEqual(firstOf(plan), { "eu-1": 75, "eu-2": 25 });
  const none = planTraffic(input({ "eu-1": { weight: 0 }, "us-1": "healthy" }));
  assert.deepEqual(names(none), ["us-1", "eu-1"]);
  assert.match(orderOf(none, 0)[1]!.reason, /^weight 0, last resort/);
  assert.deepEqual(names(planTraffic(input({ "eu-1": { weight: 0 } }))), ["eu-1"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type NodeState, orderOf, type PlanInput, planTraffic } from "../src/traffic-plan.ts";

const REGIONS = [
  { name: "eu", distances: { us: 80, asia: 160 } },
  { name: "us", distances: { eu: 80, asia: 120 } },
  { name: "asia", distances: { eu: 160, us: 120 } },
];

function input(
  states: Record<string, NodeState | readonly [NodeState, number]>,
  more: Partial<PlanInput> = {},
): PlanInput {
  const nodes = Object.entries(states).map(([name, value]) => {
    const [state, latencyMs] = typeof value === "string" ? [value, null] : value;
    return { name, region: name.split("-")[0]!, state, latencyMs };
  });
  return { regions: REGIONS, nodes, clientRegion: null, edgeRegion: "eu", ...more };
}

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
  assert.deepEqual(names(planTraffic(input(states, { clientRegion: "asia" }))), [
    "asia-1",
    "us-1",
    "eu-1",
  ]);
  assert.deepEqual(names(planTraffic(input(states, { clientRegion: "moon" }))), [
    "eu-1",
    "us-1",
    "asia-1",
  ]);
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
    }),
  );
  assert.equal(plan.mode, "normal");
  assert.deepEqual(names(plan), ["us-2", "eu-1"]);
  assert.match(orderOf(plan, 0)[1]!.reason, /^draining, last resort/);
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

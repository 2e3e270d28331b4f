import assert from "node:assert/strict";
import { test } from "node:test";
import { checkOperations } from "../src/check/check-operations.ts";
import type { Appearance, LogHistory } from "../src/check/log-history.ts";
import { longestGapMs, reroutedMs } from "../src/check/timing.ts";
import type { Operation } from "../src/load/operation.ts";
import { judge } from "../src/report.ts";

/** A log that holds these orders, and nothing else. */
function logOf(appearances: Readonly<Record<string, readonly Appearance[]>>): LogHistory {
  const appearancesOf: LogHistory["appearancesOf"] = (kind, id) =>
    appearances[`${kind} ${id}`] ?? [];
  return { appearancesOf } as LogHistory;
}

function at(position: number, orderId: number, repeated = false): Appearance {
  return { at: position * 1e6, position, repeated, orderId };
}

function placed(
  clientOrderId: string,
  askedAtUs: number,
  changes: Partial<Operation> = {},
): Operation {
  return {
    client: "c",
    kind: "place",
    clientOrderId,
    askedAtUs,
    answeredAtUs: askedAtUs + 1_000,
    result: "done",
    reason: "",
    orderId: 1,
    status: "NEW",
    executed: "0",
    attempts: 1,
    firstEndpoint: "a",
    endpoint: "a",
    ...changes,
  };
}

const counts = (faults: ReturnType<typeof checkOperations>) =>
  Object.fromEntries(Object.entries(faults).map(([name, list]) => [name, list.length]));
const none = { lost: 0, doubled: 0, reordered: 0, wrongAnswers: 0 };

test("what was acknowledged and is in the log once is no fault, a repetition of it neither", () => {
  const log = logOf({ "place x": [at(3, 1), at(4, 1, true)] });
  assert.deepEqual(counts(checkOperations([placed("x", 0)], log)), none);
});

test("an acknowledged order that is not in the log is lost", () => {
  assert.deepEqual(counts(checkOperations([placed("x", 0)], logOf({}))), { ...none, lost: 1 });
});

test("an order that was executed at two places is doubled", () => {
  const log = logOf({ "place x": [at(3, 1), at(5, 2)] });
  assert.deepEqual(counts(checkOperations([placed("x", 0)], log)), { ...none, doubled: 1 });
});

test("an answer that names another order is wrong, and so is a refusal of what was executed", () => {
  const log = logOf({ "place x": [at(3, 7)], "place y": [at(4, 8)] });
  const operations = [placed("x", 0), placed("y", 0, { result: "shed", orderId: 0 })];
  assert.deepEqual(counts(checkOperations(operations, log)), { ...none, wrongAnswers: 2 });
});

test("an order of unknown outcome may be in the log or not", () => {
  const failed = [placed("x", 0, { result: "failed" }), placed("y", 0, { result: "failed" })];
  assert.deepEqual(counts(checkOperations(failed, logOf({ "place x": [at(3, 1)] }))), none);
});

test("what was asked after an acknowledgement and lies before it in the log is reordered", () => {
  const log = logOf({ "place x": [at(9, 1)], "place y": [at(3, 2)] });
  const operations = [placed("x", 0), placed("y", 5_000, { orderId: 2 })];
  assert.deepEqual(counts(checkOperations(operations, log)), { ...none, reordered: 1 });
  const overlapping = [placed("x", 0), placed("y", 500, { orderId: 2 })];
  assert.deepEqual(counts(checkOperations(overlapping, log)), none);
});

test("the longest gap counts the time before the first and after the last acknowledgement", () => {
  const operations = [placed("x", 1_000), placed("y", 11_000)];
  assert.equal(longestGapMs(operations, 0, 14_000), 10);
  assert.equal(longestGapMs(operations, 0, 40_000), 28);
  assert.equal(longestGapMs([], 0, 7_000), 7);
});

test("rerouting lasts from the first request in trouble to the last that was asked", () => {
  const slow = { answeredAtUs: 900_000 };
  const operations = [
    placed("x", 100_000, slow),
    placed("y", 180_000, { attempts: 2 }),
    placed("z", 400_000),
    placed("later", 700_000, { attempts: 2 }),
  ];
  assert.equal(reroutedMs(operations, 50_000, 1_000_000, null), 80);
  assert.equal(reroutedMs([placed("z", 400_000)], 50_000, 1_000_000, null), null);
});

test("where clients see the dead endpoint, each is rerouted by itself, and what waits elsewhere is not astray", () => {
  const operations = [
    placed("x", 100_000, { attempts: 2 }),
    placed("y", 250_000, { attempts: 2 }),
    placed("w", 300_000, { attempts: 2, client: "d" }),
    placed("elsewhere", 500_000, { attempts: 2, firstEndpoint: "b" }),
  ];
  assert.equal(reroutedMs(operations, 50_000, 1_000_000, "a"), 150);
  const failed = placed("f", 450_000, { result: "failed", attempts: 2, firstEndpoint: "" });
  assert.equal(reroutedMs([...operations, failed], 50_000, 1_000_000, "a"), 350);
  assert.equal(reroutedMs(operations.slice(3), 50_000, 1_000_000, "a"), null);
});

test("a report says which bars were missed, and that nothing was acknowledged", () => {
  const measured = {
    drill: "x",
    acknowledged: 0,
    lost: 1,
    doubled: 0,
    reordered: 0,
    wrongAnswers: 0,
    failedRequests: 2,
    refusedRequests: 0,
    longestGapMs: 301,
    reroutedMs: null,
    resumedMs: 1,
    recoveredMs: 5,
    p99Ms: 1,
    cancelP99Ms: 1,
    hashesEqual: false,
    notes: [],
  };
  const { missed } = judge(measured, {
    failedRequestsMax: 0,
    longestGapMsMax: 300,
    reroutedMsMax: 1,
  });
  assert.deepEqual(missed, [
    "lost is 1, at most 0 is allowed",
    "failedRequests is 2, at most 0 is allowed",
    "longestGapMs is 301, at most 300 is allowed",
    "state hashes differ between nodes",
    "nothing was acknowledged",
  ]);
});

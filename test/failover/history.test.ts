import assert from "node:assert/strict";
import { test } from "node:test";
import { historyFaults, type Operation, type Order } from "./history.ts";

function order(orderId: number, clientOrderId: string, changes: Partial<Order> = {}): Order {
  const amounts = { price: "10.00", origQty: "1.0", executedQty: "0.0", cummulativeQuoteQty: "0" };
  return { orderId, clientOrderId, side: "BUY", ...amounts, status: "NEW", ...changes };
}

function place(clientOrderId: string, sentMs: number, answered: Order | null): Operation {
  const asked = { account: 1, clientOrderId, side: "BUY", price: "10", quantity: "1" };
  const status = answered === null ? 0 : 200;
  const times = { sentMs, answeredMs: sentMs + 5 };
  return { kind: "place", ...asked, ...times, status, order: answered, refusal: "" };
}

const faultsOf = (history: Operation[], orders: Order[]) =>
  historyFaults(history, new Map([[1, orders]]));

test("orders that are there as they were acknowledged are no fault", () => {
  const history = [place("a", 0, order(1, "a")), place("b", 10, order(2, "b"))];
  const final = [order(1, "a"), order(2, "b", { status: "FILLED", executedQty: "1" })];
  assert.deepEqual(faultsOf(history, final), []);
});

test("an order without an answer may be there or not, and never twice", () => {
  const history = [place("a", 0, null)];
  assert.deepEqual(faultsOf(history, []), []);
  assert.deepEqual(faultsOf(history, [order(1, "a")]), []);
  assert.deepEqual(faultsOf(history, [order(1, "a"), order(2, "a")]), ["1/a is there 2 times"]);
});

test("a lost, a doubled, a changed and an unasked order are found", () => {
  const acknowledged = [place("a", 0, order(1, "a"))];
  assert.deepEqual(faultsOf(acknowledged, []), ["1/a was acknowledged and is lost"]);
  const twice = [order(1, "a"), order(2, "a")];
  assert.deepEqual(faultsOf(acknowledged, twice), ["1/a is there 2 times"]);
  const other = [order(7, "a")];
  assert.deepEqual(faultsOf(acknowledged, other), ["1/a: its order id was 1 and is 7"]);
  assert.deepEqual(faultsOf([], [order(1, "a")]), ["1/a is there and nobody sent it"]);
});

test("an order that was refused must not be there", () => {
  const refused = { ...place("a", 0, null), status: 400, refusal: "no" };
  assert.deepEqual(faultsOf([refused], [order(1, "a")]), ["1/a was refused and is there"]);
});

test("what was filled stays filled, and what was cancelled stays cancelled", () => {
  const filled = order(1, "a", { status: "FILLED", executedQty: "1" });
  const history = [place("a", 0, filled)];
  assert.equal(faultsOf(history, [order(1, "a")]).length, 2);
  const cancel: Operation = { ...place("b", 20, order(2, "b")), kind: "cancel" };
  const cancelled = [place("b", 0, order(2, "b")), cancel];
  assert.deepEqual(faultsOf(cancelled, [order(2, "b")]), [
    "1/b: its cancel was acknowledged and it is NEW",
  ]);
});

test("an order asked for after another's answer must have the higher id", () => {
  const history = [place("late", 10, order(1, "late")), place("early", 0, order(2, "early"))];
  const faults = faultsOf(history, [order(1, "late"), order(2, "early")]);
  assert.equal(faults.length, 1);
  assert.match(faults[0]!, /^late has order id 1, although early \(2\) had been answered/);
  const overlapping = [place("x", 0, order(2, "x")), place("y", 3, order(1, "y"))];
  assert.deepEqual(faultsOf(overlapping, [order(2, "x"), order(1, "y")]), []);
});

import assert from "node:assert/strict";
import test from "node:test";
import { refusalStatus } from "../src/rest/send-on.ts";
import { StandstillWatch } from "../src/rest/standstill-watch.ts";

test("a tick that comes late says that the process stood still, at once and for a second", (t) => {
  let nowMs = 0;
  const watch = new StandstillWatch(
    () => nowMs,
    () => nowMs,
  );
  t.after(() => watch.stop());
  for (nowMs = 249; nowMs < 1_000; nowMs += 249) assert.equal(watch.hasStood, false);
  nowMs += 1;
  assert.equal(watch.hasStood, true, "before the late tick itself comes");
  const untilMs = nowMs + 1_000;
  for (; nowMs < untilMs; nowMs += 50) assert.equal(watch.hasStood, true);
  assert.equal(watch.hasStood, false);
});

test("a position that does not move says that the log stood still, until a second after it moves", (t) => {
  let nowMs = 0;
  let position = 1;
  const watch = new StandstillWatch(
    () => position,
    () => nowMs,
  );
  t.after(() => watch.stop());
  const pass = (ms: number) => {
    for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 50) watch.tick();
  };
  watch.tick();
  pass(400);
  assert.equal(watch.hasStood, true);
  pass(3_000);
  assert.equal(watch.hasStood, true);
  const move = () => {
    position += 1;
    pass(100);
  };
  for (let count = 0; count < 9; count += 1) move();
  assert.equal(watch.hasStood, true);
  for (let count = 0; count < 3; count += 1) move();
  assert.equal(watch.hasStood, false);
});

test("an edge is told to send on what a node refuses for reasons of its own, and nobody else is", () => {
  const origin = {
    address: "",
    edge: "",
    requestId: null,
    retry: false,
    limited: true,
    position: 0,
  };
  const edge = { ...origin, viaEdge: true, inPanic: false };
  const well = () => true;
  const unwell = () => false;
  assert.equal(refusalStatus(edge, 503, { notExecuted: "busy" }, well), 503);
  assert.equal(refusalStatus(edge, 503, { notExecuted: "busy" }, unwell), 425);
  assert.equal(refusalStatus(edge, 503, { notExecuted: "unfit" }, well), 425);
  assert.equal(refusalStatus(edge, 503, { outcomeUnknown: true }, well), 425);
  assert.equal(refusalStatus(edge, 400, {}, unwell), 400);
  const direct = { ...origin, viaEdge: false, inPanic: false };
  assert.equal(refusalStatus(direct, 503, { notExecuted: "unfit" }, unwell), 503);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { TrafficMeter } from "../src/nodes/traffic-meter.ts";

test("rates and percentiles are those of the last ten whole seconds", () => {
  let nowMs = 0;
  const meter = new TrafficMeter(() => nowMs);
  assert.deepEqual(meter.read(), { requestsPerSecond: 0, latencyMs: null });
  for (let second = 0; second < 30; second++) {
    nowMs = second * 1000 + 500;
    for (let i = 0; i < 99; i++) meter.record(second < 15 ? 50 : 1);
    meter.record(200);
  }
  nowMs = 30_200;
  const { requestsPerSecond, latencyMs } = meter.read();
  assert.equal(requestsPerSecond, 100);
  const { p50, p99 } = latencyMs!;
  assert.ok(p50 >= 1 && p50 < 1.25, `${p50}`);
  assert.ok(p99 >= 1 && p99 < 1.25, `${p99}`);
  nowMs = 60_000;
  assert.equal(meter.read().requestsPerSecond, 0);
});

test("what takes forever or no time is counted, too", () => {
  let nowMs = 1_000;
  const meter = new TrafficMeter(() => nowMs);
  meter.record(0);
  meter.record(1e9);
  nowMs = 2_000;
  assert.equal(meter.read().requestsPerSecond, 0.2);
});

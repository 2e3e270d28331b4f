import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BatchBuilder,
  BatchError,
  encodeSetAccountTier,
  encodeSetRulesVersion,
  openBatch,
  refusal,
  rulesVersionMax,
  Venue,
} from "@halcyon/core";
import { alice, tradingVenue } from "./venue-kit.ts";

function refusals(kit: ReturnType<typeof tradingVenue>, version: number) {
  return kit.run((w) => encodeSetRulesVersion(w, {}, { version }));
}

test("a venue begins with the first rules, and a command raises them from the next command on", () => {
  const kit = tradingVenue();
  assert.equal(kit.venue.rules.version, 1);
  const tier = { account: alice, tier: 1 };
  const events = kit.batch([
    (w) => encodeSetAccountTier(w, {}, tier),
    (w) => encodeSetRulesVersion(w, {}, { version: 2 }),
  ]);
  assert.partialDeepStrictEqual(events, [
    { type: "refused", code: refusal.notInTheseRules },
    { type: "rulesVersionChanged", version: 2 },
  ]);
  assert.equal(kit.venue.rules.version, 2);
});

test("the rules never go back, nor stay where they are by command", () => {
  const kit = tradingVenue();
  refusals(kit, 2);
  for (const version of [-1, 0, 1, 2]) {
    assert.partialDeepStrictEqual(refusals(kit, version), [
      { type: "refused", code: refusal.rulesVersionNotHigher },
    ]);
  }
  assert.equal(kit.venue.rules.version, 2);
});

test("a restored venue has the rules of the one that was saved", () => {
  const kit = tradingVenue();
  refusals(kit, 2);
  const saved = kit.venue.save();
  const restored = Venue.restore(saved);
  assert.equal(restored.rules.version, 2);
  assert.deepEqual(restored.save(), saved);
});

test("a batch that asks for rules which this program does not know is not opened at all", () => {
  const builder = new BatchBuilder();
  builder.add((w) => encodeSetRulesVersion(w, {}, { version: rulesVersionMax + 1 }));
  const header = { nodeId: 0, incarnation: 1, sequence: 1, timeMs: 1, claim: null };
  const bytes = builder.finish(header);
  assert.throws(
    () => openBatch(bytes),
    (error) => error instanceof BatchError && error.code === "unknown-command",
  );
});

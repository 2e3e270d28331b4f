import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeSetAccountFees,
  encodeSetAccountTier,
  encodeSetFeeTier,
  encodeSetMarketFees,
  encodeSetRulesVersion,
  feeTiersMax,
  refusal,
  Venue,
} from "@halcyon/core";
import { alice, bob, tradingVenue, type VenueKit } from "./venue-kit.ts";

function venue(): VenueKit {
  const kit = tradingVenue();
  kit.run((w) => encodeSetRulesVersion(w, {}, { version: 2 }));
  return kit;
}

const setTier = (kit: VenueKit, tier: number, makerFeePpm: number, takerFeePpm: number) =>
  kit.run((w) => encodeSetFeeTier(w, {}, { market: 0, tier, makerFeePpm, takerFeePpm }));
const putInto = (kit: VenueKit, account: number, tier: number) =>
  kit.run((w) => encodeSetAccountTier(w, {}, { account, tier }));

/** Of a trade in which bob makes and alice takes: maker's and taker's fee, in millionths of what they got. */
function feesOfTrade(kit: VenueKit): [bigint, bigint] {
  kit.place({ account: bob, side: 1, priceTicks: 100, quantityLots: 100_000 });
  const events = kit.place({ account: alice, side: 0, priceTicks: 100, quantityLots: 100_000 });
  const fill = events.find((event) => event.type === "fill");
  assert.ok(fill);
  return [(fill.makerFee * 1_000_000n) / fill.quoteUnits, (fill.takerFee * 1_000_000n) / 10n ** 8n];
}

test("an account pays its own rate, else its tier's in the market, else the market's", () => {
  const kit = venue();
  assert.deepEqual(feesOfTrade(kit), [1000n, 2000n]);
  setTier(kit, 7, 300, 400);
  assert.deepEqual(feesOfTrade(kit), [1000n, 2000n]);
  putInto(kit, alice, 7);
  putInto(kit, bob, 7);
  assert.deepEqual(feesOfTrade(kit), [300n, 400n]);
  assert.deepEqual(kit.venue.effectiveFees(alice, 0), { makerFeePpm: 300, takerFeePpm: 400 });
  setTier(kit, 7, -1, 0);
  kit.run((w) => encodeSetMarketFees(w, {}, { market: 0, makerFeePpm: 50, takerFeePpm: 60 }));
  assert.deepEqual(feesOfTrade(kit), [50n, 0n]);
  kit.run((w) => encodeSetAccountFees(w, {}, { account: alice, makerFeePpm: -1, takerFeePpm: 5 }));
  assert.deepEqual(feesOfTrade(kit), [50n, 5n]);
  putInto(kit, bob, 0);
  assert.deepEqual(kit.venue.effectiveFees(bob, 0), { makerFeePpm: 50, takerFeePpm: 60 });
});

test("tiers live through a snapshot", () => {
  const kit = venue();
  setTier(kit, feeTiersMax, 1, 2);
  putInto(kit, alice, feeTiersMax);
  const saved = kit.venue.save();
  kit.venue = Venue.restore(saved);
  assert.deepEqual(kit.venue.save(), saved);
  assert.deepEqual(kit.venue.effectiveFees(alice, 0), { makerFeePpm: 1, takerFeePpm: 2 });
});

test("there is no tier beyond the last, no fee beyond the limit, and no tier of the venue's own accounts", () => {
  const kit = venue();
  const refused = (code: number) => [{ type: "refused", code }];
  for (const tier of [-1, 0, feeTiersMax + 1]) {
    assert.partialDeepStrictEqual(setTier(kit, tier, 1, 1), refused(refusal.malformedCommand));
  }
  assert.partialDeepStrictEqual(setTier(kit, 1, 100_001, 1), refused(refusal.feeTooHigh));
  assert.partialDeepStrictEqual(setTier(kit, 1, 1, -2), refused(refusal.feeTooHigh));
  for (const tier of [-1, feeTiersMax + 1]) {
    assert.partialDeepStrictEqual(putInto(kit, alice, tier), refused(refusal.malformedCommand));
  }
  assert.partialDeepStrictEqual(putInto(kit, 1, 3), refused(refusal.unknownAccount));
});

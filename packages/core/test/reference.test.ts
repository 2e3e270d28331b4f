import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodePlaceOrder,
  encodeReduceOrder,
  type MarketParameters,
  type PlaceOrder,
  Venue,
  type VenueEvent,
} from "@halcyon/core";
import fc from "fast-check";
import { type Line, ReferenceVenue } from "./reference-venue.ts";
import {
  alice,
  base,
  bob,
  carol,
  orderOf,
  parameters,
  quote,
  tradingVenue,
  type VenueKit,
} from "./venue-kit.ts";

type Step =
  | { readonly kind: "place"; readonly order: PlaceOrder }
  | { readonly kind: "cancel" | "reduce"; readonly account: number; readonly pick: number }
  | { readonly kind: "restore" };

function toLine(event: VenueEvent): Line {
  switch (event.type) {
    case "refused":
      return ["refused", event.code];
    case "orderAccepted":
      return ["accepted", event.orderId];
    case "fill":
      return [
        "fill",
        event.tradeId,
        event.takerOrderId,
        event.makerOrderId,
        BigInt(event.priceTicks),
        BigInt(event.quantityLots),
        event.quoteUnits,
        event.takerFee,
        event.makerFee,
        BigInt(event.makerRemainingLots),
      ];
    case "orderClosed":
      return ["closed", event.orderId, event.reason, BigInt(event.remainingLots)];
    case "orderReduced":
      return ["reduced", event.orderId, BigInt(event.byLots), BigInt(event.remainingLots)];
    default:
      throw new Error(`unexpected event ${event.type}`);
  }
}

function steps(price: fc.Arbitrary<number>, lots: fc.Arbitrary<number>): fc.Arbitrary<Step[]> {
  const account = fc.constantFrom(alice, bob, carol);
  const clientOrderId = fc.constantFrom("", "", "", "one", "a-much-longer-client-order-id-of-36-c");
  const kind = fc.constantFrom<[PlaceOrder["type"], PlaceOrder["timeInForce"]]>(
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 1],
    [0, 2],
    [2, 0],
    [1, 1],
  );
  const place = fc
    .record({
      account,
      side: fc.constantFrom<0 | 1>(0, 1),
      kind,
      price,
      lots,
      clientOrderId,
      byQuote: fc.boolean(),
      quoteUnits: fc.integer({ min: 1, max: 2 ** 40 }),
    })
    .map(({ kind: [type, timeInForce], price: p, lots: l, byQuote, quoteUnits, ...rest }): Step => {
      const isByQuote = type === 1 && byQuote;
      return {
        kind: "place",
        order: orderOf({
          ...rest,
          clientOrderId: rest.clientOrderId.slice(0, 36),
          type,
          timeInForce,
          priceTicks: type === 1 ? 0 : p,
          quantityLots: isByQuote ? 0 : l,
          quoteUnits: isByQuote ? quoteUnits : 0,
        }),
      };
    });
  const touch = fc.record({
    kind: fc.constantFrom("cancel" as const, "reduce" as const),
    account,
    pick: fc.nat(60),
  });
  const restore = fc.constant<Step>({ kind: "restore" });
  const step = fc.oneof(
    { weight: 12, arbitrary: place },
    { weight: 4, arbitrary: touch },
    { weight: 1, arbitrary: restore },
  );
  return fc.array(step, { maxLength: 80 });
}

function runStep(kit: VenueKit, reference: ReferenceVenue, step: Step): void {
  if (step.kind === "restore") {
    const saved = kit.venue.save();
    kit.venue = Venue.restore(saved);
    assert.deepEqual(kit.venue.save(), saved);
    return;
  }
  let events: VenueEvent[];
  let expected: Line[];
  if (step.kind === "place") {
    events = kit.run((w) => encodePlaceOrder(w, {}, step.order));
    expected = reference.place(step.order);
  } else if (step.kind === "cancel") {
    events = kit.cancel(step.account, step.pick);
    expected = reference.cancel(step.account, step.pick);
  } else {
    const { account, pick: orderId } = step;
    const byLots = (orderId % 5) + 1;
    events = kit.run((w) => encodeReduceOrder(w, {}, { account, market: 0, orderId, byLots }));
    expected = reference.reduce(account, orderId, BigInt(byLots));
  }
  assert.deepEqual(events.map(toLine), expected);
}

function compareState({ venue }: VenueKit, reference: ReferenceVenue): void {
  for (const account of [1, alice, bob, carol]) {
    for (const asset of [base, quote]) {
      const key = `${account}:${asset}`;
      assert.equal(venue.available(account, asset), reference.available.get(key) ?? 0n, key);
      assert.equal(venue.held(account, asset), reference.held.get(key) ?? 0n, key);
    }
  }
  for (const side of [0, 1] as const) {
    const levels = venue.levels(0, side, 1000).map((l) => [l.priceTicks, l.quantityLots]);
    assert.deepEqual(levels, reference.levels(side));
  }
  assert.ok(venue.audit().balanced);
}

function check(
  changes: Partial<MarketParameters>,
  fundsUnits: bigint,
  price: fc.Arbitrary<number>,
  lots: fc.Arbitrary<number>,
  numRuns: number,
): void {
  fc.assert(
    fc.property(steps(price, lots), (all) => {
      const kit = tradingVenue(changes, fundsUnits);
      const reference = new ReferenceVenue({ ...parameters, ...changes }, 8);
      for (const account of [alice, bob, carol]) {
        for (const asset of [base, quote]) reference.deposit(account, asset, fundsUnits);
      }
      for (const step of all) runStep(kit, reference, step);
      compareState(kit, reference);
    }),
    { numRuns },
  );
}

test("orders, fills, fees, holds and refusals are those of the naive reference, across restores", () => {
  check(
    { openOrdersMax: 8, notionalMin: 3_000n },
    10n ** 9n,
    fc.integer({ min: 95, max: 105 }),
    fc.integer({ min: 1, max: 40 }),
    400,
  );
});

test("so they are with scarce money", () => {
  check(
    { openOrdersMax: 8 },
    60_000n,
    fc.integer({ min: 95, max: 105 }),
    fc.integer({ min: 1, max: 40 }),
    300,
  );
});

test("so they are with amounts between 2^53 and 2^63, where arithmetic leaves plain numbers", () => {
  const lots = fc.integer({ min: 1_000_000, max: 2_000_000_000 });
  const price = fc.oneof(
    fc.integer({ min: 4_000_000, max: 4_000_010 }),
    fc.integer({ min: 1, max: 99_999_999 }),
  );
  check(
    {
      quantityLotsMax: 2 ** 40,
      marketQuantityLotsMax: 2 ** 40,
      lotUnits: 1_000_000n,
      openOrdersMax: 20,
    },
    2n ** 61n,
    price,
    lots,
    200,
  );
});

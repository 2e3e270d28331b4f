import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accountFlag,
  BatchBuilder,
  BatchError,
  beginFrom,
  closeReason,
  encodeCancelAll,
  encodeCancelOrder,
  encodeCancelReplace,
  encodeCreateKey,
  encodeCreateMarket,
  encodeDeposit,
  encodePlaceOrder,
  encodeSetAccountFees,
  encodeSetAccountFlags,
  encodeSetMarketState,
  encodeTick,
  encodeWithdraw,
  endCommand,
  isRepeated,
  keyKind,
  marketState,
  openBatch,
  type RequestId,
  readEvents,
  refusal,
  SnapshotError,
  Venue,
  type VenueEvent,
} from "@halcyon/core";
import {
  alice,
  base,
  bob,
  orderOf,
  parameters,
  quote,
  tradingVenue,
  VenueKit,
} from "./venue-kit.ts";

const codes = (events: readonly VenueEvent[]) =>
  events.map((event) => (event.type === "refused" ? event.code : event.type));

/** A UUIDv7 of a moment, as the edge mints them. */
function requestAt(timeMs: number, tail: number): RequestId {
  return [Math.floor(timeMs / 65536) | 0, ((timeMs % 65536) << 16) | 0x7000, 0x8000_0000 | 0, tail];
}

test("a request that comes again gets its one outcome and changes nothing", () => {
  const kit = tradingVenue();
  const requestId = requestAt(kit.timeMs, 1);
  const order = orderOf({ priceTicks: 100, quantityLots: 5 });
  const first = kit.run((w) => encodePlaceOrder(w, { requestId }, order));
  const held = kit.venue.held(alice, quote);
  const again = kit.run((w) => encodePlaceOrder(w, { requestId, retry: true }, order));
  assert.deepEqual(again, first);
  assert.ok(isRepeated(kit.venue.events.words, 0, kit.venue.events.length));
  assert.equal(kit.venue.held(alice, quote), held);
  assert.equal(kit.venue.openOrderCount, 1);
});

test("a refused request stays refused when it comes again, although it could now succeed", () => {
  const kit = tradingVenue({}, 1_000n);
  const requestId = requestAt(kit.timeMs, 2);
  const order = orderOf({ priceTicks: 1000, quantityLots: 5 });
  assert.deepEqual(codes(kit.run((w) => encodePlaceOrder(w, { requestId }, order))), [
    refusal.insufficientBalance,
  ]);
  kit.deposit(alice, quote, 10n ** 12n);
  const again = kit.run((w) => encodePlaceOrder(w, { requestId, retry: true }, order));
  assert.deepEqual(codes(again), [refusal.insufficientBalance]);
});

test("outcomes outlive a restore, and a retry that may have been forgotten is refused, never done twice", () => {
  const kit = tradingVenue();
  const order = orderOf({ priceTicks: 100, quantityLots: 1, clientOrderId: "x".repeat(36) });
  const oldest = requestAt(kit.timeMs, 0);
  kit.run((w) => encodePlaceOrder(w, { requestId: oldest }, order));
  kit.venue = Venue.restore(kit.venue.save());
  assert.deepEqual(
    codes(kit.run((w) => encodePlaceOrder(w, { requestId: oldest, retry: true }, order))),
    ["orderAccepted"],
  );
  // Push it out: the memory holds a bounded number of outcomes.
  const refused = orderOf({ account: 99 });
  for (let i = 0; i < 30; i++) {
    const from = i * 10_000;
    kit.batch(
      Array.from(
        { length: 10_000 },
        (_, k) => (w) =>
          encodePlaceOrder(w, { requestId: requestAt(kit.timeMs, from + k + 1) }, refused),
      ),
    );
  }
  const late = kit.run((w) => encodePlaceOrder(w, { requestId: oldest, retry: true }, order));
  assert.deepEqual(codes(late), [refusal.requestTooOld]);
  const fresh = requestAt(kit.timeMs + 1000, 77);
  const other = orderOf({ priceTicks: 101, quantityLots: 1 });
  assert.deepEqual(
    codes(kit.run((w) => encodePlaceOrder(w, { requestId: fresh, retry: true }, other))),
    ["orderAccepted"],
  );
  assert.deepEqual(Venue.restore(kit.venue.save()).hash, kit.venue.hash);
});

test("cancel-replace: both, the cancel alone, the order alone, or neither", () => {
  const kit = tradingVenue();
  const replace = (orderId: number, allowFailure: boolean, order: Parameters<typeof orderOf>[0]) =>
    kit.run((w) =>
      encodeCancelReplace(
        w,
        {},
        {
          allowFailure,
          cancel: {
            account: alice,
            market: 0,
            orderId,
            clientOrderId: "",
            cancelClientOrderId: "c",
          },
          order: orderOf(order),
        },
      ),
    );
  kit.place({ priceTicks: 100, quantityLots: 5 });
  const both = replace(1, false, { priceTicks: 101, quantityLots: 5 });
  assert.deepEqual(codes(both), ["orderClosed", "orderAccepted"]);
  assert.ok(
    both[0]?.type === "orderClosed" &&
      both[0].reason === closeReason.replaced &&
      both[0].cancelClientOrderId === "c",
  );
  assert.deepEqual(codes(replace(1, false, { priceTicks: 102, quantityLots: 5 })), [
    refusal.unknownOrder,
    refusal.newOrderNotAttempted,
  ]);
  assert.deepEqual(codes(replace(1, true, { priceTicks: 102, quantityLots: 5 })), [
    refusal.unknownOrder,
    "orderAccepted",
  ]);
  assert.deepEqual(codes(replace(2, false, { priceTicks: 0, quantityLots: 5 })), [
    "orderClosed",
    refusal.priceOutOfRange,
  ]);
});

test("cancel-all takes an account's orders in one market and leaves the others", () => {
  const kit = tradingVenue();
  for (const priceTicks of [100, 101, 102]) kit.place({ priceTicks, quantityLots: 1 });
  kit.place({ account: bob, priceTicks: 99, quantityLots: 1 });
  const events = kit.run((w) => encodeCancelAll(w, {}, { account: alice, market: 0 }));
  assert.deepEqual(codes(events), ["orderClosed", "orderClosed", "orderClosed"]);
  assert.equal(kit.venue.openOrders(alice).length, 0);
  assert.equal(kit.venue.openOrders(bob).length, 1);
  assert.equal(kit.venue.held(alice, quote), 0n);
  assert.deepEqual(codes(kit.run((w) => encodeCancelAll(w, {}, { account: alice, market: 0 }))), [
    refusal.unknownOrder,
  ]);
});

test("the limit of open orders is per market, for accounts with few and with many, also after a restore", () => {
  const kit = tradingVenue({ openOrdersMax: 40 });
  kit.run((w) =>
    encodeCreateMarket(w, {}, { ...parameters, symbol: "BTCUSDT2", openOrdersMax: 10 }),
  );
  const place = (market: number) =>
    codes(kit.place({ market, priceTicks: 100, quantityLots: 5 }))[0];
  const standing = (market: number) => kit.venue.openOrders(alice, market);
  const fill = (market: number, max: number) => {
    while (standing(market).length < max) assert.equal(place(market), "orderAccepted");
    assert.equal(place(market), refusal.tooManyOpenOrders);
  };
  fill(1, 10);
  fill(0, 40);
  for (const market of [1, 0, 1]) {
    // Down through the number from which on orders are counted per market, and up again.
    for (const order of standing(market)) {
      kit.run((w) =>
        encodeCancelOrder(
          w,
          {},
          {
            account: alice,
            market,
            orderId: order.orderId,
            clientOrderId: "",
            cancelClientOrderId: "",
          },
        ),
      );
      kit.venue = Venue.restore(kit.venue.save());
    }
    fill(market, market === 0 ? 40 : 10);
    fill(1 - market, market === 0 ? 10 : 40);
  }
});

test("halted markets and frozen accounts take no orders, but cancels", () => {
  const kit = tradingVenue();
  kit.place({ priceTicks: 100, quantityLots: 1 });
  kit.run((w) => encodeSetMarketState(w, {}, { market: 0, state: marketState.cancelOnly }));
  assert.deepEqual(codes(kit.place({ priceTicks: 100, quantityLots: 1 })), [
    refusal.marketNotTrading,
  ]);
  kit.run((w) => encodeSetMarketState(w, {}, { market: 0, state: marketState.trading }));
  kit.run((w) => encodeSetAccountFlags(w, {}, { account: alice, flags: accountFlag.noTrading }));
  assert.deepEqual(codes(kit.place({ priceTicks: 100, quantityLots: 1 })), [
    refusal.accountMayNotTrade,
  ]);
  assert.deepEqual(codes(kit.cancel(alice, 1)), ["orderClosed"]);
});

test("an account's own fees go before the market's", () => {
  const kit = tradingVenue();
  kit.run((w) => encodeSetAccountFees(w, {}, { account: bob, makerFeePpm: -1, takerFeePpm: 0 }));
  kit.place({ priceTicks: 1000, quantityLots: 1000 });
  const [, fill] = kit.place({ account: bob, side: 1, priceTicks: 1000, quantityLots: 1000 });
  assert.ok(fill?.type === "fill" && fill.takerFee === 0n && fill.makerFee === 1000n);
});

test("withdrawals take only what is available, deposits never more than 64 bits hold, references count once", () => {
  const kit = tradingVenue({}, 1000n);
  const money = { account: alice, asset: quote, network: "n", address: "a" };
  kit.place({ priceTicks: 90, quantityLots: 1 });
  const withdraw = (amount: bigint, reference: string) =>
    codes(kit.run((w) => encodeWithdraw(w, {}, { ...money, amount, reference })));
  assert.deepEqual(withdraw(101n, ""), [refusal.insufficientBalance]);
  assert.deepEqual(withdraw(0n, ""), [refusal.amountNotPositive]);
  assert.deepEqual(withdraw(100n, "w1"), ["withdrawn"]);
  assert.deepEqual(withdraw(1n, "w1"), [refusal.insufficientBalance]);
  const deposit = (amount: bigint, reference: string) =>
    codes(kit.run((w) => encodeDeposit(w, {}, { ...money, amount, reference })));
  assert.deepEqual(deposit((1n << 63n) - 1n, ""), [refusal.amountTooLarge]);
  assert.deepEqual(deposit(5n, "d1"), ["deposited"]);
  assert.deepEqual(deposit(5n, "d1"), [refusal.duplicateTransfer]);
  assert.ok(kit.venue.audit().balanced);
});

test("a market whose grid needs fractions of a quote unit is refused", () => {
  const kit = tradingVenue();
  const make = (changes: object) =>
    codes(
      kit.run((w) => encodeCreateMarket(w, {}, { ...parameters, symbol: "OTHER", ...changes })),
    );
  assert.deepEqual(make({ tickUnits: 1n, lotUnits: 1n }), [refusal.marketParameters]);
  assert.deepEqual(make({ symbol: "BTCUSDT" }), [refusal.marketExists]);
  assert.deepEqual(make({ quoteAsset: base }), [refusal.unknownAsset]);
  assert.deepEqual(make({ takerFeePpm: 100_001 }), [refusal.feeTooHigh]);
  assert.deepEqual(make({}), ["marketCreated"]);
});

test("a key's name is unique, and only administrators belong to no customer", () => {
  const kit = tradingVenue();
  const key = { permissions: 3, label: "", material: new Uint8Array(60), allowedAddresses: "" };
  const make = (account: number, kind: 0 | 3, name: string) =>
    codes(kit.run((w) => encodeCreateKey(w, {}, { ...key, account, kind, name })));
  assert.deepEqual(make(alice, keyKind.hmacSha256, "k1"), ["keyCreated"]);
  assert.deepEqual(make(bob, keyKind.hmacSha256, "k1"), [refusal.keyExists]);
  assert.deepEqual(make(0, keyKind.hmacSha256, "k2"), [refusal.unknownAccount]);
  assert.deepEqual(make(alice, keyKind.administrator, "k3"), [refusal.unknownAccount]);
  assert.deepEqual(make(alice, keyKind.hmacSha256, ""), [refusal.malformedCommand]);
  assert.equal(Venue.restore(kit.venue.save()).keys.get("k1")?.account, alice);
});

test("a malformed body is refused on every node alike, and changes nothing", () => {
  const kit = tradingVenue();
  const before = kit.venue.save();
  for (const type of [20, 21, 22, 23, 24, 2, 3, 9, 11]) {
    for (const extra of [0, 1, 8, 30]) {
      const events = kit.run((w) => {
        const start = beginFrom(w, type as 20, {});
        for (let i = 0; i < extra; i++) w.i32(i === 8 ? 0x7fffffff : -1);
        endCommand(w, start);
      });
      assert.equal(events.length, 1, `${type} with ${extra} words`);
      assert.equal(events[0]?.type, "refused", `${type} with ${extra} words`);
    }
  }
  assert.equal(Venue.restore(before).openOrderCount, kit.venue.openOrderCount);
  assert.ok(kit.venue.audit().balanced);
});

test("a batch that is damaged, foreign, or of unknown commands is refused before anything is applied", () => {
  const builder = new BatchBuilder();
  const header = { nodeId: 1, incarnation: 2, sequence: 3, timeMs: 4, claim: null };
  const make = () => {
    builder.add(encodeTick);
    return builder.finish(header);
  };
  const code = (bytes: Uint8Array) => {
    try {
      openBatch(bytes);
      return "fine";
    } catch (error) {
      assert.ok(error instanceof BatchError);
      return error.code;
    }
  };
  assert.equal(code(make()), "fine");
  for (let at = 0; at < make().length; at++) {
    const damaged = make();
    damaged[at] = damaged[at]! ^ 0x10;
    assert.notEqual(code(damaged), "fine", `byte ${at}`);
  }
  assert.equal(code(make().subarray(0, 64)), "corrupt");
  builder.add((w) => {
    const start = beginFrom(w, 29 as 20, {});
    endCommand(w, start);
  });
  assert.equal(code(builder.finish(header)), "unknown-command");
  const claim = { position: 9, hash: [-5, 6] as const };
  builder.add(encodeTick);
  assert.deepEqual(openBatch(builder.finish({ ...header, claim })).header, { ...header, claim });
});

test("a damaged snapshot is refused", () => {
  const saved = tradingVenue().venue.save();
  for (const at of [0, 5, 9, 100, saved.length >> 1, saved.length - 1]) {
    const damaged = saved.slice();
    damaged[at] = damaged[at]! ^ 1;
    assert.throws(() => Venue.restore(damaged), SnapshotError, `byte ${at}`);
  }
  assert.throws(() => Venue.restore(saved.subarray(0, saved.length - 4)), SnapshotError);
});

test("the same log gives the same bytes, also where it was restored on the way", () => {
  const kit = tradingVenue();
  for (let i = 0; i < 200; i++) {
    kit.place({
      account: i % 2 === 0 ? alice : bob,
      side: (i % 2) as 0 | 1,
      priceTicks: 1000 + ((i * 7) % 13),
      quantityLots: 1 + (i % 9),
    });
  }
  const again = new VenueKit();
  for (const [index, bytes] of kit.log.entries()) {
    again.venue.applyBatch(bytes, index + 1);
    if (index % 50 === 0) again.venue = Venue.restore(again.venue.save());
  }
  assert.deepEqual(again.venue.hash, kit.venue.hash);
  assert.deepEqual(again.venue.save(), kit.venue.save());
});

test("one clock of three that is wrong changes nothing, and log time never goes back", () => {
  const kit = new VenueKit();
  const tick = (node: number, timeMs: number) => {
    kit.timeMs = timeMs;
    kit.batch([encodeTick], node);
    return kit.venue.logTimeMs;
  };
  let last = 0;
  for (let i = 0; i < 100; i++) {
    for (const node of [0, 1, 2]) {
      const now = tick(node, 1_000_000 + i * 250 + (node === 2 ? 3_600_000 : 0));
      assert.ok(now >= last && now <= 1_000_000 + i * 250, `round ${i}`);
      last = now;
    }
  }
});

test("time goes on when two nodes of three died, and does not jump with a clock that jumps once", () => {
  const kit = new VenueKit();
  const tick = (node: number, timeMs: number) => {
    kit.timeMs = timeMs;
    kit.batch([encodeTick], node);
  };
  for (const node of [0, 1, 2]) tick(node, 1_000_000);
  for (let t = 250; t <= 20_000; t += 250) tick(0, 1_000_000 + t);
  assert.equal(kit.venue.logTimeMs, 1_020_000);
  tick(1, 1_020_000);
  tick(2, 1_020_000);
  tick(1, 99_000_000);
  assert.equal(kit.venue.logTimeMs, 1_020_000);
});

test("events decode to what the commands said", () => {
  const kit = tradingVenue();
  const [accepted] = kit.place({
    priceTicks: 123,
    quantityLots: 2 ** 29 - 1,
    clientOrderId: "größe",
  });
  assert.ok(accepted?.type === "orderAccepted");
  assert.equal(accepted.clientOrderId, "größe");
  assert.equal(accepted.quantityLots, 2 ** 29 - 1);
  assert.equal(kit.venue.orderByClientId(alice, "größe")?.orderId, accepted.orderId);
  assert.equal(kit.venue.order(accepted.orderId)?.remainingLots, 2 ** 29 - 1);
  assert.equal(readEvents(kit.venue.events.words, 0, kit.venue.events.length).length, 1);
});

test("a level of one huge and many small orders keeps an exact sum, and fill or kill finds all of it", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const grid = { tickUnits: 100_000_000n, lotUnits: 1n };
  const kit = tradingVenue({ ...grid, quantityLotsMax: most, marketQuantityLotsMax: most });
  const bid = (account: number, quantityLots: number) =>
    kit.place({ account, priceTicks: 1, quantityLots })[0]!;
  const tooLarge = bid(alice, most - 1);
  assert.ok(tooLarge.type === "refused" && tooLarge.code === refusal.quantityOutOfRange);
  const huge = bid(alice, 2 ** 52 - 1);
  assert.ok(huge.type === "orderAccepted");
  for (let i = 0; i < 101; i++) assert.equal(bid(bob, 1).type, "orderAccepted");
  assert.equal(BigInt(kit.venue.levelQuantity(0, 0, 1)), 2n ** 52n + 100n);
  kit.cancel(alice, huge.orderId);
  assert.equal(kit.venue.levelQuantity(0, 0, 1), 101);
  const all = kit.place({
    account: alice,
    side: 1,
    timeInForce: 2,
    priceTicks: 1,
    quantityLots: 101,
  });
  assert.equal(all.filter((event) => event.type === "fill").length, 101);
});

test("a market order by quote quantity that spends all is filled, also where it empties the book", () => {
  const kit = tradingVenue();
  const unit = kit.venue.markets.get(0)!.notionalMultiplier;
  kit.place({ account: alice, side: 1, priceTicks: 100, quantityLots: 10 });
  const exact = kit.place({ account: bob, type: 1, quoteUnits: 100 * 10 * unit }).at(-1);
  assert.ok(exact?.type === "orderClosed" && exact.reason === closeReason.filled);
  kit.place({ account: alice, side: 1, priceTicks: 100, quantityLots: 10 });
  const short = kit.place({ account: bob, type: 1, quoteUnits: 200 * 10 * unit }).at(-1);
  assert.ok(short?.type === "orderClosed" && short.reason === closeReason.expired);
});

test("log time goes on at half speed when all clocks are put back, until they have caught up", () => {
  const kit = new VenueKit();
  const tick = (node: number, timeMs: number) => {
    kit.timeMs = timeMs;
    kit.batch([encodeTick], node);
    return kit.venue.logTimeMs;
  };
  for (const node of [0, 1, 2]) tick(node, 10_000_000);
  let before = kit.venue.logTimeMs;
  for (let t = 0; t < 100_000; t += 250) {
    for (const node of [0, 1, 2]) {
      const now = tick(node, 6_400_000 + t);
      assert.ok(now >= before);
      before = now;
    }
  }
  assert.ok(before > 10_045_000 && before < 10_055_000, `${before}`);
});

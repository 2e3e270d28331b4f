import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accountFlag,
  beginFrom,
  closeReason,
  commandType,
  encodeCreateAccount,
  encodeDeposit,
  encodePlaceOrder,
  encodeSetAccountFlags,
  encodeSetRulesVersion,
  encodeTick,
  encodeTransfers,
  encodeWithdraw,
  endCommand,
  isRepeated,
  movement,
  type RequestId,
  refusal,
  type TransferId,
  type TransferOrder,
  transferKind,
  transfersPerCommandMax,
  Venue,
  type VenueEvent,
} from "@halcyon/core";
import type { Ledger } from "../src/money/ledger.ts";
import {
  alice,
  base,
  bob,
  carol,
  orderOf,
  quote,
  tradingVenue,
  type VenueKit,
} from "./venue-kit.ts";

const max = 2n ** 63n - 1n;

/** Three customers with 1,000 units of each asset, under the newest rules. */
function venue(fundsUnits = 1000n): VenueKit {
  const kit = tradingVenue({}, fundsUnits);
  kit.run((w) => encodeSetRulesVersion(w, {}, { version: 2 }));
  return kit;
}

const id = (n: number): TransferId => [n, 0, 0, 1];

function pay(
  n: number,
  amount: bigint,
  more: { linked?: boolean; from?: number; to?: number } = {},
) {
  const { linked = false, from = alice, to = bob } = more;
  const kind = transferKind.transfer;
  return { id: id(n), kind, from, to, asset: quote, amount, linked } satisfies TransferOrder;
}

function hold(n: number, amount: bigint, timeoutSeconds = 0): TransferOrder {
  const kind = transferKind.hold;
  return { id: id(n), kind, from: alice, to: bob, asset: quote, amount, timeoutSeconds };
}

function run(kit: VenueKit, ...list: TransferOrder[]): VenueEvent[] {
  return kit.run((w) => encodeTransfers(w, {}, list));
}

/** Per transfer: the refusal, or what was done. */
function results(events: readonly VenueEvent[]): unknown[] {
  return events.map((event) => {
    if (event.type === "refused" || event.type === "transferRefused") return event.code;
    if (event.type !== "transferred") return event.type;
    return event.repeated ? `again ${event.number}` : `number ${event.number}`;
  });
}

const ledgerOf = (kit: VenueKit) => (kit.venue as unknown as { ledger: Ledger }).ledger;

test("a chain happens whole or not at all, and one that fails leaves no trace but its ids", () => {
  const kit = venue();
  kit.run((w) => encodeCreateAccount(w, {}, { label: "new" }));
  const newcomer = carol + 1;
  const failed = run(
    kit,
    pay(1, 900n, { linked: true }),
    pay(2, 900n, { linked: true, from: bob, to: newcomer }),
    pay(3, 200n, { linked: true }),
    pay(4, 1n),
    pay(5, 1n),
  );
  assert.deepEqual(results(failed), [
    refusal.linkedTransferFailed,
    refusal.linkedTransferFailed,
    refusal.insufficientBalance,
    refusal.linkedTransferFailed,
    "number 7",
  ]);
  assert.deepEqual(kit.venue.balanceAssets(newcomer), []);
  assert.equal(kit.venue.available(alice, quote), 999n);
  const alone = venue();
  alone.run((w) => encodeCreateAccount(w, {}, { label: "new" }));
  run(alone, pay(5, 1n));
  assert.equal(ledgerOf(alone).digest, ledgerOf(kit).digest);
  for (let n = 1; n <= 4; n++) {
    const [event] = run(kit, pay(n, 1n));
    assert.equal(event?.type === "transferRefused" && event.code, refusal.transferIdFailed);
    const failure = n === 3 ? refusal.insufficientBalance : refusal.linkedTransferFailed;
    assert.equal(event?.type === "transferRefused" && event.failure, failure);
  }
});

test("a command takes 8,190 transfers in one chain, and its last one can undo them all", () => {
  const kit = venue(10n ** 6n);
  const chain = (from: number, last: bigint) =>
    Array.from({ length: transfersPerCommandMax }, (_, i): TransferOrder => {
      const isLast = i === transfersPerCommandMax - 1;
      return pay(from + i, isLast ? last : 1n, { linked: !isLast });
    });
  const failed = run(kit, ...chain(1, 10n ** 9n));
  assert.equal(failed.length, transfersPerCommandMax);
  assert.ok(
    results(failed)
      .slice(0, -1)
      .every((code) => code === refusal.linkedTransferFailed),
  );
  assert.equal(results(failed).at(-1), refusal.insufficientBalance);
  assert.equal(kit.venue.available(bob, quote), 10n ** 6n);
  const done = run(kit, ...chain(100_001, 1n));
  assert.ok(done.every((event) => event.type === "transferred"));
  assert.equal(kit.venue.available(bob, quote), 10n ** 6n + BigInt(transfersPerCommandMax));
});

test("an id counts once, in one command as in later ones, and never for something else", () => {
  const kit = venue();
  assert.deepEqual(results(run(kit, pay(1, 10n), pay(1, 10n), pay(1, 11n))), [
    "number 7",
    "again 7",
    refusal.transferIdReused,
  ]);
  kit.venue = Venue.restore(kit.venue.save());
  const [again] = run(kit, { ...pay(1, 10n), linked: false });
  assert.partialDeepStrictEqual(again, { repeated: true, number: 7, amount: 10n, from: alice });
  assert.equal(kit.venue.available(bob, quote), 1010n);
  // What was done before a chain stays done when the chain fails, and is told so.
  assert.deepEqual(results(run(kit, pay(1, 10n, { linked: true }), pay(2, 5000n))), [
    "again 7",
    refusal.insufficientBalance,
  ]);
});

test("what is wrong with a transfer itself burns no id, what was wrong with the moment does", () => {
  const kit = venue();
  assert.deepEqual(results(run(kit, pay(1, 0n), pay(2, -5n), pay(3, 1n, { to: alice }))), [
    refusal.amountNotPositive,
    refusal.amountNotPositive,
    refusal.sameAccount,
  ]);
  assert.deepEqual(results(run(kit, pay(1, 1n), pay(2, 1n), pay(3, 1n))), [
    "number 7",
    "number 8",
    "number 9",
  ]);
  assert.deepEqual(results(run(kit, pay(4, 5000n), pay(4, 1n))), [
    refusal.insufficientBalance,
    refusal.transferIdFailed,
  ]);
});

test("a hold is posted in part, the rest goes back, and it ends once", () => {
  const kit = venue();
  run(kit, hold(1, 100n, 60));
  assert.equal(kit.venue.held(alice, quote), 100n);
  const post = { id: id(2), kind: transferKind.post, hold: id(1), amount: 30n, code: 9 } as const;
  const [posted] = run(kit, post);
  assert.partialDeepStrictEqual(posted, {
    movement: movement.post,
    from: alice,
    to: bob,
    amount: 30n,
    released: 70n,
    code: 9,
    holdNumber: 7,
  });
  assert.equal(kit.venue.available(alice, quote), 970n);
  assert.equal(kit.venue.available(bob, quote), 1030n);
  const late = { id: id(3), kind: transferKind.void, hold: id(1) } as const;
  assert.deepEqual(results(run(kit, late)), [refusal.holdPosted]);
  const [again] = run(kit, post);
  assert.deepEqual({ ...again, repeated: false }, posted);
  assert.deepEqual(results(run(kit, { ...post, id: id(4), hold: id(2) })), [refusal.unknownHold]);
  run(kit, hold(5, 10n));
  const named = (n: number, asset: number) => ({
    ...post,
    id: id(n),
    hold: id(5),
    amount: 4n,
    asset,
  });
  assert.deepEqual(results(run(kit, named(6, base), named(7, quote))), [
    refusal.holdOfOtherAsset,
    "number 10",
  ]);
});

test("a hold that a failed chain had ended or made is as it was, and still expires", () => {
  const kit = venue();
  run(kit, hold(1, 100n, 5));
  const post = {
    id: id(2),
    kind: transferKind.post,
    hold: id(1),
    amount: 0n,
    linked: true,
  } as const;
  const back = { id: id(4), kind: transferKind.void, hold: id(3), linked: true } as const;
  const made = { ...hold(3, 50n, 1), linked: true };
  const failed = run(kit, post, made, back, { ...hold(5, 7n), linked: true }, pay(6, 5000n));
  assert.ok(results(failed).every((result) => typeof result === "number"));
  assert.equal(kit.venue.held(alice, quote), 100n);
  assert.ok(kit.venue.audit().balanced);
  kit.venue = Venue.restore(kit.venue.save());
  kit.timeMs += 5000;
  assert.partialDeepStrictEqual(kit.run(encodeTick), [{ movement: movement.expiry, id: id(1) }]);
  assert.equal(kit.venue.held(alice, quote), 0n);
});

test("holds expire before the commands of the batch whose time has reached theirs, the oldest number first", () => {
  const kit = venue();
  run(kit, hold(1, 10n, 2), hold(2, 20n, 1), hold(3, 30n, 1), hold(4, 40n));
  kit.timeMs += 1000;
  const events = run(kit, pay(5, 950n), { id: id(6), kind: transferKind.void, hold: id(2) });
  assert.partialDeepStrictEqual(events, [
    { movement: movement.expiry, id: id(2), index: -1, released: 20n },
    { movement: movement.expiry, id: id(3), index: -1, released: 30n },
    { type: "transferred", movement: movement.transfer },
    { type: "transferRefused", code: refusal.holdExpired },
  ]);
  kit.timeMs += 10_000;
  kit.run(encodeTick);
  assert.equal(kit.venue.held(alice, quote), 40n);
});

test("a thousand holds end with a batch, the rest with the next, and none that is over can be posted", () => {
  const kit = venue(10_000n);
  run(kit, ...Array.from({ length: 1500 }, (_, i) => hold(i + 1, 1n, 1)));
  kit.timeMs += 5000;
  const post = { id: id(9001), kind: transferKind.post, hold: id(1500), amount: 0n } as const;
  const events = run(kit, post);
  assert.equal(events.length, 1001);
  assert.partialDeepStrictEqual(events.at(-1), { code: refusal.holdExpired });
  assert.equal(kit.run(encodeTick).length, 500);
  assert.equal(kit.venue.held(alice, quote), 0n);
});

test("a request that comes again gets the results it had, also of thousands of transfers", () => {
  const kit = venue(5000n);
  const requestId: RequestId = [Math.floor(kit.timeMs / 65536), 0x7000, 0x8000_0000 | 0, 1];
  const list = Array.from({ length: 8000 }, (_, i) => pay(i + 1, i % 1000 === 999 ? 0n : 1n));
  run(kit, list[3]!);
  const first = kit.run((w) => encodeTransfers(w, { requestId }, list));
  assert.equal(results(first).filter((code) => code === refusal.insufficientBalance).length, 2992);
  kit.venue = Venue.restore(kit.venue.save());
  const hashed = kit.venue.available(alice, quote);
  const again = kit.run((w) => encodeTransfers(w, { requestId, retry: true }, list));
  assert.ok(isRepeated(kit.venue.events.words, 0, kit.venue.events.length));
  assert.deepEqual(again, first);
  assert.equal(first.filter((event) => event.type === "transferred" && event.repeated).length, 1);
  assert.equal(kit.venue.available(alice, quote), hashed);
  // Another command under the same request id is told that it is none, by having no events.
  const other = kit.run((w) => encodeTransfers(w, { requestId }, [pay(9999, 1n)]));
  assert.deepEqual(other, []);
  assert.ok(isRepeated(kit.venue.events.words, 0, kit.venue.events.length));
});

test("a frozen account takes no money in or out, but what it holds can go back", () => {
  const kit = venue();
  run(kit, hold(1, 10n, 0), hold(2, 10n, 0));
  const flags = accountFlag.frozen;
  kit.run((w) => encodeSetAccountFlags(w, {}, { account: alice, flags }));
  const post = { id: id(5), kind: transferKind.post, hold: id(1), amount: 0n } as const;
  const back = { id: id(6), kind: transferKind.void, hold: id(2) } as const;
  assert.deepEqual(
    results(run(kit, pay(3, 1n), pay(4, 1n, { from: bob, to: alice }), post, back)),
    [refusal.accountFrozen, refusal.accountFrozen, refusal.accountFrozen, "number 9"],
  );
  const texts = { network: "", address: "", reference: "" };
  const money = { account: alice, asset: quote, amount: 1n, ...texts };
  assert.deepEqual(results(kit.run((w) => encodeDeposit(w, {}, money))), [refusal.accountFrozen]);
  assert.deepEqual(results(kit.run((w) => encodeWithdraw(w, {}, money))), [refusal.accountFrozen]);
});

test("freezing an account cancels its open orders and keeps new ones out, until it is thawed", () => {
  const kit = venue(10n ** 6n);
  const order = orderOf({ account: alice, priceTicks: 1, quantityLots: 5 });
  kit.run((w) => encodePlaceOrder(w, {}, order));
  kit.run((w) => encodePlaceOrder(w, {}, { ...order, account: bob }));
  assert.notEqual(kit.venue.held(alice, quote), 0n);
  const flags = accountFlag.frozen;
  const events = kit.run((w) => encodeSetAccountFlags(w, {}, { account: alice, flags }));
  assert.partialDeepStrictEqual(events, [
    { type: "accountFlagsChanged", flags },
    { type: "orderClosed", account: alice, reason: closeReason.accountFrozen },
  ]);
  assert.equal(kit.venue.held(alice, quote), 0n);
  assert.equal(kit.venue.openOrderCount, 1);
  const place = () => results(kit.run((w) => encodePlaceOrder(w, {}, order)));
  assert.deepEqual(place(), [refusal.accountFrozen]);
  kit.run((w) => encodeSetAccountFlags(w, {}, { account: alice, flags: 0 }));
  assert.deepEqual(place(), ["orderAccepted"]);
});

test("who may overdraw goes below zero in transfers, not in trading, and keeps the flag until it has paid back", () => {
  const kit = venue();
  const overdraw = { account: alice, flags: accountFlag.mayOverdraw };
  kit.run((w) => encodeSetAccountFlags(w, {}, overdraw));
  assert.deepEqual(results(run(kit, pay(1, 3000n))), ["number 7"]);
  assert.equal(kit.venue.available(alice, quote), -2000n);
  assert.ok(kit.venue.audit().balanced);
  const buy = orderOf({ account: alice, priceTicks: 1, quantityLots: 1 });
  assert.deepEqual(results(kit.run((w) => encodePlaceOrder(w, {}, buy))), [
    refusal.insufficientBalance,
  ]);
  const thaw = { account: alice, flags: 0 };
  assert.deepEqual(results(kit.run((w) => encodeSetAccountFlags(w, {}, thaw))), [
    refusal.accountOverdrawn,
  ]);
  run(kit, pay(2, 2000n, { from: bob, to: alice }));
  assert.deepEqual(results(kit.run((w) => encodeSetAccountFlags(w, {}, thaw))), [
    "accountFlagsChanged",
  ]);
  assert.deepEqual(results(run(kit, pay(3, 1n))), [refusal.insufficientBalance]);
});

test("what overdrafts create and deposits bring stays within 64 bits, and trading makes room again", () => {
  const kit = venue(10n ** 6n);
  const flags = accountFlag.mayOverdraw;
  kit.run((w) => encodeSetAccountFlags(w, {}, { account: alice, flags }));
  const entered = 3n * 10n ** 6n;
  const room = max - entered;
  const overdrawn = room + 10n ** 6n;
  // A chain that fails gives back the room that it had taken.
  const chain = [pay(3, overdrawn, { linked: true }), pay(4, max, { from: carol })];
  assert.deepEqual(results(run(kit, pay(1, overdrawn + 1n), ...chain, pay(2, overdrawn))), [
    refusal.amountTooLarge,
    refusal.linkedTransferFailed,
    refusal.insufficientBalance,
    "number 7",
  ]);
  assert.equal(kit.venue.available(bob, quote), overdrawn + 10n ** 6n);
  const texts = { network: "", address: "", reference: "" };
  const deposit = { account: carol, asset: quote, amount: 1n, ...texts };
  const one = () => results(kit.run((w) => encodeDeposit(w, {}, deposit)));
  assert.deepEqual(one(), [refusal.amountTooLarge]);
  // Alice sells to bob: what she gets makes her overdraft smaller, which makes room.
  const sale = { account: alice, side: 1, priceTicks: 1, quantityLots: 100 } as const;
  kit.run((w) => encodePlaceOrder(w, {}, orderOf(sale)));
  kit.run((w) => encodePlaceOrder(w, {}, orderOf({ ...sale, account: bob, side: 0 })));
  assert.ok(kit.venue.available(alice, quote) > 10n ** 6n - overdrawn - 10n ** 6n);
  assert.deepEqual(one(), ["deposited"]);
  assert.ok(kit.venue.audit().balanced);
});

test("a reference counts once by the id that is made of it, and those of the first rules still count", () => {
  const kit = tradingVenue({}, 1000n);
  const money = { account: alice, asset: base, amount: 5n, network: "n", address: "a" };
  const withdraw = (reference: string, transferId?: TransferId, amount = 5n) => {
    const named = transferId === undefined ? { reference } : { reference, transferId };
    return results(kit.run((w) => encodeWithdraw(w, {}, { ...money, ...named, amount })));
  };
  assert.deepEqual(withdraw("w1", id(1)), ["withdrawn"]);
  assert.deepEqual(withdraw("w1", id(1)), [refusal.duplicateTransfer]);
  assert.deepEqual(withdraw("w2", id(2), 5000n), [refusal.insufficientBalance]);
  assert.deepEqual(withdraw("w2", id(2)), ["withdrawn"]);
  kit.run((w) => encodeSetRulesVersion(w, {}, { version: 2 }));
  assert.deepEqual(withdraw("w1", id(1)), [refusal.duplicateTransfer]);
  assert.deepEqual(withdraw("w3", id(3), 5000n), [refusal.insufficientBalance]);
  assert.deepEqual(withdraw("w3", id(3)), [refusal.transferIdFailed]);
  assert.deepEqual(withdraw("w4"), ["withdrawn"]);
  assert.deepEqual(withdraw("w4", id(4)), [refusal.duplicateTransfer]);
  const first = kit.run((w) =>
    encodeWithdraw(w, {}, { ...money, reference: "w5", transferId: id(5) }),
  );
  const left = kit.venue.available(alice, base);
  const again = kit.run((w) =>
    encodeWithdraw(w, {}, { ...money, reference: "w5", transferId: id(5) }),
  );
  assert.deepEqual(again, first);
  assert.ok(isRepeated(kit.venue.events.words, 0, kit.venue.events.length));
  assert.equal(kit.venue.available(alice, base), left);
  assert.deepEqual(withdraw("w5", id(5), 6n), [refusal.transferIdReused]);
});

test("a transfer command that is not as its encoder writes it is refused as a whole", () => {
  const kit = venue();
  const bodies: ((write: (...words: number[]) => void) => void)[] = [
    (write) => write(),
    (write) => write(7),
    (write) => write(7, 0),
    (write) => write(19, 1, 0, 1, 0, 0, 0, alice, bob, quote, 0, 1, 0),
    (write) => write(19, 2, 0, 1, 0, 0, 0, alice, bob, quote, 0, 1, 0, 0),
    (write) => write(20, 1, 0, 1, 0, 0, 0, alice, bob, quote, 0, 1, 0, 0),
  ];
  for (const body of bodies) {
    const events = kit.run((w) => {
      const start = beginFrom(w, commandType.transfer, {});
      body((...words) => {
        for (const word of words) w.i32(word);
      });
      endCommand(w, start);
    });
    assert.deepEqual(results(events), [refusal.malformedCommand]);
  }
  const none: TransferId = [0, 0, 0, 0];
  const open = pay(3, 1n, { linked: true });
  const events = kit.run((w) => {
    const head = w.length + 7;
    encodeTransfers(w, {}, [pay(1, 1n), { ...pay(1, 1n), id: none }, hold(2, 1n, -1), open]);
    w.words[head] = 4;
  });
  assert.deepEqual(results(events), new Array(4).fill(refusal.malformedCommand));
  assert.deepEqual(results(run(kit, pay(3, 1n))), ["number 7"]);
});

test("under the first rules there are no transfers", () => {
  const kit = tradingVenue();
  assert.deepEqual(results(run(kit, pay(1, 1n))), [refusal.notInTheseRules]);
});

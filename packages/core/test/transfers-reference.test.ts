import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accountFlag,
  encodeCreateAccount,
  encodeCreateAsset,
  encodeDeposit,
  encodeSetAccountFlags,
  encodeSetRulesVersion,
  encodeTick,
  encodeTransfers,
  encodeWithdraw,
  movement,
  type Refusal,
  refusalName,
  type TransferId,
  type TransferOrder,
  transferKind,
  Venue,
  type VenueEvent,
} from "@halcyon/core";
import fc from "fast-check";
import { type ReferenceTransfer, ReferenceTransfers } from "./reference-transfers.ts";
import { VenueKit } from "./venue-kit.ts";

const accountCount = 6;
const assetCount = 2;
const limit = 2n ** 63n - 1n;

/** Which hold is picked when it is done: one of those made so far, now and then any id. */
type AskedTransfer = Omit<ReferenceTransfer, "hold"> & { readonly hold: number };

type Step =
  | { readonly kind: "transfers"; readonly list: AskedTransfer[] }
  | { readonly kind: "move"; readonly id: string; account: number; asset: number; amount: bigint }
  | { readonly kind: "flags"; readonly account: number; readonly flags: number }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "restore" };

const idOf = (name: string): TransferId => [Number(name), 0, -1, 7];
const nameOf = (id: TransferId): string => String(id[0]);

const wordOfRefusal: Record<string, string> = {
  malformedCommand: "malformed",
  amountNotPositive: "notPositive",
  transferIdFailed: "idFailed",
  transferIdReused: "idReused",
  linkedTransferFailed: "linked",
  accountFrozen: "frozen",
  insufficientBalance: "insufficient",
  amountTooLarge: "tooLarge",
  holdPosted: "posted",
  holdVoided: "voided",
  holdExpired: "expired",
};
const refusalWord = (code: Refusal) => wordOfRefusal[refusalName(code)] ?? refusalName(code);

function lineOf(event: VenueEvent): string {
  switch (event.type) {
    case "refused":
    case "transferRefused":
      return `refused ${refusalWord(event.code)}`;
    case "deposited":
    case "withdrawn":
      return `moved ${event.transferId}`;
    case "transferred": {
      const { number, from, to, asset, amount, released, code, holdNumber } = event;
      if (event.movement === movement.expiry) {
        return `expired ${nameOf(event.id)} ${number} back ${released}`;
      }
      const word = ["transfer", "hold", "post", "void"][event.movement];
      const line = `${word} ${number} ${from}>${to} ${asset} ${amount} back ${released} code ${code}`;
      if (event.movement === movement.hold) return `${line} until ${event.expiresAtMs || Infinity}`;
      return event.movement === movement.transfer ? line : `${line} of ${holdNumber}`;
    }
    default:
      throw new Error(`unexpected event ${event.type}`);
  }
}

function orderOf(t: ReferenceTransfer): TransferOrder {
  const head = { id: idOf(t.id), code: t.code, linked: t.linked };
  const { from, to, asset, amount, timeoutSeconds } = t;
  switch (t.kind) {
    case "transfer":
      return { ...head, kind: transferKind.transfer, from, to, asset, amount };
    case "hold":
      return { ...head, kind: transferKind.hold, from, to, asset, amount, timeoutSeconds };
    case "post":
      return { ...head, kind: transferKind.post, hold: idOf(t.hold), amount };
    case "void":
      return { ...head, kind: transferKind.void, hold: idOf(t.hold) };
  }
}

function steps(): fc.Arbitrary<Step[]> {
  // Few ids and accounts, so that ids come again and chains depend on themselves.
  const id = fc.integer({ min: 1, max: 40 }).map(String);
  const account = fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 1, max: accountCount - 1 }) },
    { weight: 1, arbitrary: fc.constantFrom(-1, 0, accountCount) },
  );
  const asset = fc.constantFrom(0, 0, 0, 1);
  const amount = fc.oneof(
    { weight: 20, arbitrary: fc.bigInt({ min: 1n, max: 60n }) },
    { weight: 2, arbitrary: fc.constantFrom(limit, limit / 2n, limit / 3n, 2n ** 53n + 1n) },
    { weight: 1, arbitrary: fc.constantFrom(0n, -1n, -limit) },
  );
  const transfer = fc
    .record({
      id,
      kind: fc.constantFrom("transfer", "transfer", "hold", "hold", "post", "post", "void"),
      from: account,
      to: account,
      asset,
      amount,
      all: fc.boolean(),
      timeoutSeconds: fc.constantFrom(0, 1, 2, 3),
      hold: fc.nat(99),
      code: fc.constantFrom(0, 0, 7),
      linked: fc.integer({ min: 0, max: 9 }).map((n) => n < 4),
    })
    .map(({ all, ...t }): AskedTransfer => {
      const kind = t.kind as ReferenceTransfer["kind"];
      if (kind === "void" || (kind === "post" && all)) return { ...t, kind, amount: 0n };
      return { ...t, kind };
    });
  const transfers = fc
    .array(transfer, { minLength: 1, maxLength: 7 })
    .map((list): Step => ({ kind: "transfers", list }));
  const move = fc.record({
    kind: fc.constant("move" as const),
    id,
    account: fc.integer({ min: 2, max: accountCount - 1 }),
    asset,
    amount: fc.oneof(
      { weight: 8, arbitrary: fc.bigInt({ min: -40n, max: 80n }).filter((value) => value !== 0n) },
      { weight: 1, arbitrary: fc.constantFrom(limit, limit / 2n, -limit, -limit / 2n) },
    ),
  });
  const flags = fc.record({
    kind: fc.constant("flags" as const),
    account: fc.integer({ min: 2, max: accountCount - 1 }),
    flags: fc.constantFrom(0, accountFlag.frozen, accountFlag.mayOverdraw, accountFlag.mayOverdraw),
  });
  const wait = fc.record({
    kind: fc.constant("wait" as const),
    seconds: fc.integer({ min: 0, max: 2 }),
  });
  const step = fc.oneof(
    { weight: 10, arbitrary: transfers },
    { weight: 3, arbitrary: move },
    { weight: 2, arbitrary: flags },
    { weight: 2, arbitrary: wait },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "restore" }) },
  );
  return fc.array(step, { maxLength: 60 });
}

function emptyVenue(): VenueKit {
  const kit = new VenueKit();
  kit.run((w) => encodeSetRulesVersion(w, {}, { version: 2 }));
  for (let asset = 0; asset < assetCount; asset++) {
    kit.run((w) => encodeCreateAsset(w, {}, { code: `A${asset}`, decimals: 2 }));
  }
  for (let account = 2; account < accountCount; account++) {
    kit.run((w) => encodeCreateAccount(w, {}, { label: `a${account}` }));
  }
  return kit;
}

function runStep(kit: VenueKit, reference: ReferenceTransfers, step: Step): void {
  if (step.kind === "wait") kit.timeMs += step.seconds * 1000;
  const nowMs = kit.timeMs;
  const expected = step.kind === "restore" ? [] : reference.expire(nowMs);
  let events: VenueEvent[] = [];
  switch (step.kind) {
    case "transfers": {
      const holds = [...reference.state.holds.keys()];
      const list = step.list.map((asked): ReferenceTransfer => {
        const hold = holds[asked.hold % (holds.length + 1)] ?? String(asked.hold);
        return { ...asked, hold };
      });
      events = kit.run((w) => encodeTransfers(w, {}, list.map(orderOf)));
      expected.push(...reference.transfers(list, nowMs));
      break;
    }
    case "move": {
      const texts = { network: "", address: "", reference: "r", transferId: idOf(step.id) };
      const { account, asset, amount } = step;
      const size = amount < 0n ? -amount : amount;
      const encode = amount < 0n ? encodeWithdraw : encodeDeposit;
      events = kit.run((w) => encode(w, {}, { account, asset, amount: size, ...texts }));
      expected.push(reference.move(step.id, account, asset, amount));
      break;
    }
    case "flags":
      events = kit.run((w) => encodeSetAccountFlags(w, {}, step));
      if (events.at(-1)?.type === "accountFlagsChanged") {
        events.pop();
        const { account, flags } = step;
        assert.ok((flags & accountFlag.mayOverdraw) !== 0 || !reference.isOverdrawn(account));
        if ((flags & accountFlag.frozen) !== 0) reference.frozen.add(account);
        else reference.frozen.delete(account);
        if ((flags & accountFlag.mayOverdraw) !== 0) reference.mayOverdraw.add(account);
        else reference.mayOverdraw.delete(account);
      } else {
        assert.ok(reference.isOverdrawn(step.account));
        expected.push("refused accountOverdrawn");
      }
      break;
    case "wait":
      events = kit.run(encodeTick);
      break;
    case "restore": {
      const saved = kit.venue.save();
      kit.venue = Venue.restore(saved);
      assert.deepEqual(kit.venue.save(), saved);
      break;
    }
  }
  assert.deepEqual(events.map(lineOf), expected);
}

function compare(kit: VenueKit, reference: ReferenceTransfers): void {
  const { venue } = kit;
  for (let account = 1; account < accountCount; account++) {
    for (let asset = 0; asset < assetCount; asset++) {
      assert.equal(venue.available(account, asset), reference.available(account, asset));
      assert.equal(venue.held(account, asset), reference.held(account, asset));
    }
  }
  const audit = venue.audit();
  assert.ok(audit.balanced);
  for (const { asset, entered } of audit.assets) assert.equal(entered, reference.entered(asset));
}

test("transfers, holds, chains, ids, expiry and overdrafts are what the plain reference says, through restores", () => {
  fc.assert(
    fc.property(steps(), (all) => {
      const kit = emptyVenue();
      const reference = new ReferenceTransfers(accountCount, assetCount);
      for (const step of all) {
        runStep(kit, reference, step);
        compare(kit, reference);
      }
      // One that was never restored is the same to the byte.
      const other = Venue.create();
      for (const [index, bytes] of kit.log.entries()) other.applyBatch(bytes, index + 1);
      assert.deepEqual(other.hash, kit.venue.hash);
      assert.deepEqual(other.save(), kit.venue.save());
    }),
    { numRuns: 200 },
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeCreateAccount, encodeDeposit, encodeTick, externalAccount } from "@halcyon/core";
import { BalanceHistory } from "../src/views/balance-history.ts";
import { Views } from "../src/views/views.ts";
import { ViewsVenue } from "./views-venue.ts";

const alice = 2;
const usdt = 0;

/** A venue whose balances are kept, with limits of our own. */
function venue(entriesPerBalance: number, entriesTotal: number) {
  const v = new ViewsVenue(new Views());
  const history = new BalanceHistory({ entriesPerBalance, entriesTotal });
  v.projections.push(history);
  const deposit = (account: number) => {
    const amount = 1n;
    const texts = { network: "", address: "", reference: "" };
    v.run((w) => encodeDeposit(w, {}, { account, asset: usdt, amount, ...texts }));
  };
  return { v, history, deposit };
}

test("a balance's history is its available and held amounts after each batch that changed them", () => {
  const { v, history, deposit } = venue(100, 1000);
  deposit(alice);
  v.run(encodeTick);
  v.place({ account: alice, priceTicks: 100, quantityLots: 10 });
  const { entries } = history.of(alice, usdt);
  assert.equal(entries.length, 2);
  const { position, available, held } = entries[1]!;
  assert.equal(position, v.venue.position);
  assert.equal(available, v.venue.available(alice, usdt));
  assert.equal(held, v.venue.held(alice, usdt));
  assert.notEqual(held, 0n);
});

test("amounts are exact: small ones, those beyond 2^53, and those below zero", () => {
  const { v, history } = venue(100, 1000);
  const account = v.venue.accounts.count;
  v.run((w) => encodeCreateAccount(w, {}, { label: "dave" }));
  const texts = { network: "", address: "", reference: "" };
  for (const amount of [1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 61n + 3n]) {
    v.run((w) => encodeDeposit(w, {}, { account, asset: usdt, amount, ...texts }));
    for (const owner of [account, externalAccount]) {
      const { available } = history.of(owner, usdt).entries.at(-1)!;
      assert.equal(available, v.venue.available(owner, usdt));
    }
  }
  assert.equal(history.of(account, usdt).entries[1]!.available, 2n ** 32n + 1n);
  const restored = new BalanceHistory();
  restored.restore(history.save());
  assert.deepEqual(restored.of(externalAccount, usdt), history.of(externalAccount, usdt));
});

test("a history is bounded per balance and in all, and says that it was cut", () => {
  const { history, deposit } = venue(10, 25);
  for (let i = 0; i < 30; i++) deposit(alice);
  const { entries, isWhole } = history.of(alice, usdt);
  assert.ok(entries.length >= 5 && entries.length <= 10);
  assert.equal(isWhole, false);
  for (let i = 0; i < 30; i++) deposit(alice + 1);
  // The one that changed last the longest ago gives way, but for its last entry.
  assert.equal(history.of(alice, usdt).entries.length, 1);
  assert.equal(history.of(alice, usdt).entries[0]?.available, entries.at(-1)?.available);
});

test("a saved history goes on where it was, byte for byte", () => {
  const { v, history, deposit } = venue(10, 40);
  for (let i = 0; i < 25; i++) deposit(alice + (i % 3));
  const restored = new BalanceHistory({ entriesPerBalance: 10, entriesTotal: 40 });
  restored.restore(history.save());
  v.projections.push(restored);
  for (let i = 0; i < 25; i++) deposit(alice + (i % 2));
  assert.deepEqual(restored.save(), history.save());
  assert.deepEqual(restored.of(alice, usdt), history.of(alice, usdt));
});

test("a history that did not see the log's beginning does not claim to", () => {
  const late = venue(10, 40);
  // The venue had batches before.
  assert.equal(new BalanceHistory().of(alice, usdt).isWhole, true);
  late.deposit(alice);
  assert.equal(late.history.of(alice, usdt).isWhole, false);
  assert.equal(late.history.of(alice + 1, usdt).isWhole, false);
});

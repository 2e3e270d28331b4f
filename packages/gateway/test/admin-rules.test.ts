import assert from "node:assert/strict";
import { test } from "node:test";
import { rulesVersionMax } from "@halcyon/core";
import { AdminVenue, send, withMarket } from "./admin-venue.ts";

const rules = {
  minBidPrice: "0.200000",
  maxBidPrice: "5.000000",
  minAskPrice: "0.000000",
  maxAskPrice: "0.000000",
  maxNotional: "1000000.000000",
  maxAlgoOrders: 5,
  maxOrderLists: 4,
  maxIcebergParts: 10,
  minTrailingAbove: 10,
  maxTrailingAbove: 2000,
  minTrailingBelow: 0,
  maxTrailingBelow: 0,
  maxPosition: "12.50000000",
  selfTradeModeDefault: "expire-maker",
  selfTradeModes: ["none", "expire-maker"],
  band: "0.050000",
  bandWindowMs: 60_000,
  haltMs: 30_000,
  cancelOnlyMs: 0,
  auctionMs: 10_000,
};

test("a market's rules are set in decimals, exactly, and shown as they were set", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const path = "/markets/BTCUSDT/rules";
  assert.equal((await send(admin.api, `GET ${path}`)).body.maxAlgoOrders, 100);
  const set = await send(admin.api, `PUT ${path}`, rules);
  assert.deepEqual(set.body, { symbol: "BTCUSDT", rules });
  assert.deepEqual((await send(admin.api, `GET ${path}`)).body, rules);
  const kept = admin.venue.markets.get(0)!.rules;
  assert.equal(kept.bidDownPpm, 200_000);
  assert.equal(kept.positionLotsMax, 125_000);
  assert.equal(kept.selfTradeModes, 0b101);
  assert.equal((await send(admin.api, "GET /markets/NONE/rules")).status, 404);
});

test("everything wrong with a market's rules is told at once, by field", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const pointers = async (change: object) => {
    const refused = await send(admin.api, "PUT /markets/BTCUSDT/rules", { ...rules, ...change });
    assert.equal(refused.status, 400);
    return refused.body.errors.map(({ pointer }: { pointer: string }) => pointer);
  };
  assert.deepEqual(await pointers({ maxBidPrice: "0.1", band: "1", maxPosition: "0.00001" }), [
    "#/maxPosition",
    "#/maxBidPrice",
    "#/band",
  ]);
  assert.deepEqual(await pointers({ minTrailingAbove: 2001 }), ["#/maxTrailingAbove"]);
  assert.deepEqual(await pointers({ selfTradeModes: ["none"] }), ["#/selfTradeModeDefault"]);
  assert.deepEqual(await pointers({ minBidPrice: "1000.000001" }), ["#/minBidPrice"]);
});

test("a market is opened through an auction, and halted for as long as its rules say", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  await send(admin.api, "PUT /markets/BTCUSDT/rules", rules);
  const path = "PUT /markets/BTCUSDT/state";
  for (const state of ["post-only", "auction", "trading"]) {
    const set = await send(admin.api, path, { state });
    assert.deepEqual(set.body, { symbol: "BTCUSDT", state, until: null });
  }
  const halted = await send(admin.api, path, { state: "halt", resumes: true });
  assert.equal(halted.body.until, new Date(admin.nowMs + 30_000).toISOString());
  const refused = await send(admin.api, path, { state: "post-only", resumes: true });
  assert.equal(refused.body.errors[0].pointer, "#/resumes");
});

test("a tier pays its own fees in a market, and an account is put into it", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const fees = { makerFee: null, takerFee: "0.0002" };
  const set = await send(admin.api, "PUT /markets/BTCUSDT/fee-tiers/3", fees);
  const tier = { tier: 3, makerFee: null, takerFee: "0.000200" };
  assert.deepEqual(set.body, { symbol: "BTCUSDT", ...tier });
  const listed = (await send(admin.api, "GET /markets/BTCUSDT/fee-tiers")).body;
  assert.deepEqual(listed, { symbol: "BTCUSDT", tiers: [tier] });
  const put = await send(admin.api, "PUT /accounts/2/tier", { tier: 3 });
  assert.deepEqual(put.body, { account: 2, tier: 3 });
  assert.equal((await send(admin.api, "GET /accounts/2")).body.tier, 3);
  assert.deepEqual(admin.venue.effectiveFees(2, 0), { makerFeePpm: 1000, takerFeePpm: 200 });
  assert.equal((await send(admin.api, "PUT /markets/BTCUSDT/fee-tiers/64", fees)).status, 400);
  const high = { makerFee: "0.2", takerFee: null };
  assert.equal((await send(admin.api, "PUT /markets/BTCUSDT/fee-tiers/1", high)).status, 400);
});

test("a frozen account can neither pay nor be paid, and keeps its overdraft's flag until it has paid back", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  await send(admin.api, "POST /accounts", { label: "Bob" });
  const plain = { noTrading: false, noWithdrawals: false, noDeposits: false };
  const set = (frozen: boolean, mayOverdraw: boolean) =>
    send(admin.api, "PUT /accounts/2/flags", { ...plain, frozen, mayOverdraw });
  const money = { account: 2, asset: "BTC", amount: "1" };
  await set(true, false);
  const refused = await send(admin.api, "POST /deposits", money);
  assert.deepEqual([refused.status, refused.body.code.name], [409, "accountFrozen"]);
  await set(false, true);
  assert.equal((await send(admin.api, "POST /withdrawals", money)).status, 201);
  const account = (await send(admin.api, "GET /accounts/2")).body;
  assert.equal(account.balances[0].available, "-1.00000000");
  assert.equal((await send(admin.api, "GET /audit")).body.balanced, true);
  assert.equal((await set(false, false)).body.code.name, "accountOverdrawn");
  await send(admin.api, "POST /deposits", money);
  assert.equal((await set(false, false)).status, 200);
});

test("rules go up by command, and never to a version that the node does not know", async () => {
  const admin = new AdminVenue();
  const shown = (await send(admin.api, "GET /rules")).body;
  assert.deepEqual(shown, { version: rulesVersionMax, newest: rulesVersionMax });
  const same = await send(admin.api, "POST /rules", { version: rulesVersionMax });
  assert.deepEqual([same.status, same.body.code.name], [409, "rulesVersionNotHigher"]);
  const beyond = await send(admin.api, "POST /rules", { version: rulesVersionMax + 1 });
  assert.equal(beyond.body.errors[0].pointer, "#/version");
});

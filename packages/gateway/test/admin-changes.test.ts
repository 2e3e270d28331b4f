import assert from "node:assert/strict";
import { test } from "node:test";
import { AdminVenue, btcUsdt, send, startMs, withMarket } from "./admin-venue.ts";

test("an asset is created, listed and shown", async () => {
  const admin = new AdminVenue();
  const made = await send(admin.api, "POST /assets", { code: "BTC", decimals: 8 });
  assert.equal(made.status, 201);
  assert.deepEqual(made.body, { id: 0, code: "BTC", decimals: 8 });
  assert.equal(made.headers.Location, "/admin/v1/assets/BTC");
  assert.deepEqual((await send(admin.api, "GET /assets")).body, {
    assets: [made.body],
    next: null,
  });
  assert.deepEqual((await send(admin.api, "GET /assets/BTC")).body, made.body);
  const again = await send(admin.api, "POST /assets", { code: "BTC", decimals: 2 });
  assert.equal(again.status, 409);
  assert.deepEqual(again.body.code, { number: 302, name: "assetExists" });
});

test("a market is created from decimals, exactly, and shown in decimals", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const shown = (await send(admin.api, "GET /markets/BTCUSDT")).body;
  assert.deepEqual(shown, {
    id: 0,
    state: "trading",
    ...btcUsdt,
    tickSize: "0.010000",
    lotSize: "0.00010000",
    minPrice: "0.010000",
    maxPrice: "1000000.000000",
    minQuantity: "0.00010000",
    maxQuantity: "9000.00000000",
    maxMarketQuantity: "100.00000000",
    minNotional: "5.000000",
    makerFee: "0.001000",
    takerFee: "0.001000",
    maxOpenOrders: 200,
  });
  const market = admin.venue.markets.bySymbol("BTCUSDT")!;
  assert.equal(market.tickUnits, 10_000n);
  assert.equal(market.lotUnits, 10_000n);
  assert.equal(market.priceTicksMax, 100_000_000);
  assert.equal(market.quantityLotsMax, 90_000_000);
  assert.equal(market.notionalMultiplier, 1);
  assert.equal(market.makerFeePpm, 1_000);
});

test("a market whose fills could need rounding is refused with a lot size that would do", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const asked = { ...btcUsdt, symbol: "X", lotSize: "0.00001", minQuantity: "0.00001" };
  const refused = await send(admin.api, "POST /markets", asked);
  assert.equal(refused.status, 400);
  assert.equal(refused.body.errors.length, 1);
  assert.equal(refused.body.errors[0].pointer, "#/lotSize");
  assert.match(refused.body.errors[0].detail, /make lotSize a multiple of 0\.00010000,/);
  const remedied = { ...asked, lotSize: "0.0001", minQuantity: "0.0001" };
  assert.equal((await send(admin.api, "POST /markets", remedied)).status, 201);
});

test("everything wrong with a market is told at once, by field", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const pointers = async (change: object) => {
    const refused = await send(admin.api, "POST /markets", { ...btcUsdt, symbol: "X", ...change });
    assert.equal(refused.status, 400);
    return refused.body.errors.map((e: { pointer: string }) => e.pointer);
  };
  assert.deepEqual(
    await pointers({ minPrice: "0.015", makerFee: "0.2", minNotional: "0.0000001" }),
    ["#/minPrice", "#/minNotional", "#/makerFee"],
  );
  assert.deepEqual(await pointers({ tickSize: "0" }), ["#/tickSize"]);
  assert.deepEqual(await pointers({ maxPrice: "0.009" }), ["#/maxPrice"]);
  assert.deepEqual(await pointers({ minPrice: "2", maxPrice: "1" }), ["#/maxPrice"]);
  assert.deepEqual(await pointers({ maxPrice: "1000000000" }), ["#/maxPrice"]);
  assert.deepEqual(await pointers({ maxMarketQuantity: "9001" }), ["#/maxMarketQuantity"]);
  assert.deepEqual(await pointers({ baseAsset: "ETH", quoteAsset: "EUR" }), [
    "#/baseAsset",
    "#/quoteAsset",
  ]);
  assert.deepEqual(await pointers({ baseAsset: "USDT" }), ["#/quoteAsset"]);
  assert.equal(admin.venue.markets.all().length, 1);
});

test("a market's state and fees change", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const halted = await send(admin.api, "PUT /markets/BTCUSDT/state", { state: "cancel-only" });
  assert.deepEqual(halted.body, { symbol: "BTCUSDT", state: "cancel-only", until: null });
  assert.equal((await send(admin.api, "GET /markets/BTCUSDT")).body.state, "cancel-only");
  const fees = await send(admin.api, "PUT /markets/BTCUSDT/fees", {
    makerFee: "0",
    takerFee: "0.00075",
  });
  assert.deepEqual(fees.body, { symbol: "BTCUSDT", makerFee: "0.000000", takerFee: "0.000750" });
  assert.equal(admin.venue.markets.get(0)!.takerFeePpm, 750);
  const unknown = await send(admin.api, "PUT /markets/NONE/state", { state: "halt" });
  assert.equal(unknown.status, 404);
  assert.equal(unknown.body.type, "urn:problem-type:halcyon:not-found");
});

test("accounts are created, paged, flagged and given fees of their own", async () => {
  const admin = new AdminVenue();
  for (const label of ["Alice", "Bob", "Κώστας"]) {
    const made = await send(admin.api, "POST /accounts", { label });
    assert.equal(made.status, 201);
    assert.equal(made.body.label, label);
  }
  const first = (await send(admin.api, "GET /accounts?limit=3")).body;
  assert.deepEqual(
    first.accounts.map((a: { id: number }) => a.id),
    [0, 1, 2],
  );
  assert.equal(first.next, 2);
  const second = (await send(admin.api, `GET /accounts?limit=3&after=${first.next}`)).body;
  assert.deepEqual(
    second.accounts.map((a: { label: string }) => a.label),
    ["Bob", "Κώστας"],
  );
  assert.equal(second.next, null);
  assert.deepEqual((await send(admin.api, "GET /accounts?after=99999")).body.accounts, []);

  const flags = {
    noTrading: true,
    noWithdrawals: false,
    noDeposits: true,
    frozen: false,
    mayOverdraw: true,
  };
  const flagged = await send(admin.api, "PUT /accounts/3/flags", flags);
  assert.deepEqual(flagged.body, { account: 3, flags });
  const fees = { makerFee: "0.0001", takerFee: null };
  const priced = await send(admin.api, "PUT /accounts/3/fees", fees);
  assert.deepEqual(priced.body.fees, { makerFee: "0.000100", takerFee: null });
  const shown = (await send(admin.api, "GET /accounts/3")).body;
  assert.deepEqual(shown.flags, flags);
  assert.deepEqual(shown.fees, priced.body.fees);
  assert.equal((await send(admin.api, "PUT /accounts/77/flags", flags)).status, 404);
});

test("deposits and withdrawals are booked to the last digit, and listed newest first", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const deposit = await send(admin.api, "POST /deposits", {
    account: 2,
    asset: "BTC",
    amount: "90071992547.40992001",
    network: "BTC",
    address: "bc1q",
    reference: "tx-1",
  });
  assert.equal(deposit.status, 201);
  assert.deepEqual(deposit.body, {
    id: 1,
    kind: "deposit",
    account: 2,
    asset: "BTC",
    amount: "90071992547.40992001",
    network: "BTC",
    address: "bc1q",
    reference: "tx-1",
  });
  const out = { account: 2, asset: "BTC", amount: "0.00000001" };
  assert.equal((await send(admin.api, "POST /withdrawals", out)).body.kind, "withdrawal");
  const account = (await send(admin.api, "GET /accounts/2")).body;
  assert.deepEqual(account.balances, [
    { asset: "BTC", available: "90071992547.40992000", held: "0.00000000" },
  ]);
  const page = (await send(admin.api, "GET /transfers?account=2&limit=1")).body;
  assert.deepEqual([page.transfers[0].id, page.next], [2, 2]);
  const older = (await send(admin.api, "GET /transfers?account=2&limit=1&after=2")).body;
  const time = new Date(startMs).toISOString();
  assert.deepEqual(older, { transfers: [{ ...deposit.body, time }], next: null });
});

test("money that cannot be booked is refused with what to do, and nothing moves", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  const money = { account: 2, asset: "USDT", amount: "5", reference: "r" };
  assert.equal((await send(admin.api, "POST /deposits", money)).status, 201);
  const codes = async (line: string, change: object) => {
    const refused = await send(admin.api, line, { ...money, reference: "", ...change });
    return [refused.status, refused.body.code?.name ?? refused.body.errors[0].pointer];
  };
  const again = await send(admin.api, "POST /deposits", money);
  assert.deepEqual([again.status, again.headers["Idempotent-Replayed"]], [201, "true"]);
  const other = { reference: "r", amount: "6" };
  assert.deepEqual(await codes("POST /deposits", other), [409, "transferIdReused"]);
  const much = { reference: "w", amount: "6" };
  assert.deepEqual(await codes("POST /withdrawals", much), [409, "insufficientBalance"]);
  assert.deepEqual(await codes("POST /withdrawals", { ...much, amount: "1" }), [
    409,
    "transferIdFailed",
  ]);
  assert.deepEqual(await codes("POST /deposits", { amount: "0" }), [400, "amountNotPositive"]);
  assert.deepEqual(await codes("POST /deposits", { account: 9 }), [404, "unknownAccount"]);
  assert.deepEqual(await codes("POST /deposits", { account: 0 }), [404, "unknownAccount"]);
  assert.deepEqual(await codes("POST /deposits", { asset: "EUR" }), [400, "#/asset"]);
  assert.deepEqual(await codes("POST /deposits", { amount: "0.0000001" }), [400, "#/amount"]);
  assert.deepEqual(await codes("POST /deposits", { amount: "9223372036854.775808" }), [
    400,
    "#/amount",
  ]);
  assert.deepEqual(await codes("POST /deposits", { amount: "9223372036854.775807" }), [
    400,
    "amountTooLarge",
  ]);
  assert.deepEqual(await codes("POST /withdrawals", { amount: "5.000001" }), [
    409,
    "insufficientBalance",
  ]);
  assert.equal(admin.venue.available(2, 1), 5_000_000n);
  assert.equal((await send(admin.api, "GET /audit")).body.balanced, true);
});

test("the audit shows each asset's sums, and the status the node", async () => {
  const admin = new AdminVenue();
  await withMarket(admin);
  await send(admin.api, "POST /deposits", { account: 2, asset: "BTC", amount: "2" });
  await send(admin.api, "POST /withdrawals", { account: 2, asset: "BTC", amount: "0.5" });
  const audit = (await send(admin.api, "GET /audit")).body;
  assert.deepEqual(audit.assets[0], {
    asset: "BTC",
    balanced: true,
    entered: "1.50000000",
    owed: "1.50000000",
    held: "0.00000000",
    heldByOrders: "0.00000000",
    heldByTransfers: "0.00000000",
    negativeBalances: 0,
  });
  const status = (await send(admin.node("node-2"), "GET /status")).body;
  assert.equal(status.node, "node-2");
  assert.equal(status.position, admin.venue.position);
  assert.deepEqual(status.counts, { assets: 2, markets: 1, accounts: 3, openOrders: 0 });
});

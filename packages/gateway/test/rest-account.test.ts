import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  accountFlag,
  encodeRevokeKey,
  encodeSetAccountFees,
  encodeSetAccountFlags,
  encodeSetAccountTier,
  encodeSetFeeTier,
  encodeSetMarketState,
  marketState,
} from "@halcyon/core";
import {
  createKey,
  limitOrder,
  openTrader,
  send,
  sendSigned,
  startVenue,
  type TestNode,
  type TestVenue,
  type Trader,
} from "./venue.ts";

let venue: TestVenue;
let node: TestNode;
let trader: Trader;

before(async () => {
  venue = await startVenue();
  node = venue.node;
  trader = await openTrader(node, { USDT: 1_000, BTC: 2 });
});
after(() => venue.close());

test("the server says its time and that it is there", async () => {
  const before = Date.now();
  const { body } = await send(node, "GET /api/v3/time");
  assert.ok(body.serverTime >= before && body.serverTime <= Date.now());
  assert.equal((await send(node, "GET /api/v3/ping")).text, "{}");
  assert.deepEqual((await send(node, "GET /sapi/v1/system/status")).body, {
    status: 0,
    msg: "normal",
  });
});

test("exchangeInfo lists limits, markets and the rules that orders are held to", async () => {
  const { body } = await send(node, "GET /api/v3/exchangeInfo");
  assert.equal(body.timezone, "UTC");
  assert.deepEqual(body.rateLimits, [
    { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 6_000 },
    { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: 100 },
    { rateLimitType: "ORDERS", interval: "DAY", intervalNum: 1, limit: 200_000 },
    { rateLimitType: "RAW_REQUESTS", interval: "MINUTE", intervalNum: 5, limit: 61_000 },
  ]);
  const [btc] = body.symbols;
  assert.equal(btc.symbol, "BTCUSDT");
  assert.equal(btc.status, "TRADING");
  assert.deepEqual(btc.permissionSets, [["SPOT"]]);
  const filter = (type: string): Record<string, unknown> =>
    btc.filters.find((each: { filterType: string }) => each.filterType === type);
  assert.equal(filter("PRICE_FILTER")["tickSize"], "0.01000000");
  assert.equal(filter("LOT_SIZE")["stepSize"], "0.00001000");
  assert.equal(filter("MARKET_LOT_SIZE")["maxQty"], "10.00000000");
  assert.equal(filter("NOTIONAL")["minNotional"], "5.00000000");
  assert.equal(filter("MAX_NUM_ORDERS")["maxNumOrders"], 200);
});

test("exchangeInfo narrows by symbol, symbols, permission and status, and says what does not go together", async () => {
  const names = async (query: string): Promise<unknown> => {
    const { body } = await send(node, `GET /api/v3/exchangeInfo?${query}`);
    return body.symbols?.map((market: { symbol: string }) => market.symbol) ?? body.code;
  };
  assert.deepEqual(await names("symbol=ETHUSDT"), ["ETHUSDT"]);
  assert.deepEqual(await names(`symbols=${encodeURIComponent('["ETHUSDT","BTCUSDT"]')}`), [
    "ETHUSDT",
    "BTCUSDT",
  ]);
  assert.deepEqual(await names("permissions=SPOT"), ["BTCUSDT", "ETHUSDT"]);
  assert.deepEqual(await names("permissions=LEVERAGED"), []);
  assert.deepEqual(await names("symbolStatus=HALT"), []);
  assert.equal(await names("symbol=NOPE"), -1121);
  assert.equal(await names("symbol=ETHUSDT&permissions=SPOT"), -1128);
  assert.equal(await names("symbolStatus=OPEN"), -1122);
  assert.equal(await names(`symbols=${encodeURIComponent('["A","A"]')}`), -1151);
  assert.equal(await names("symbols=ETHUSDT"), -1100);
});

test("a halted market takes no orders and says so everywhere", async () => {
  const set = (state: 0 | 1 | 2) =>
    node.apply((w) => encodeSetMarketState(w, {}, { market: 1, state }));
  const order = { ...limitOrder("BUY", "10", "1"), symbol: "ETHUSDT" };
  await set(marketState.halt);
  const { body } = await send(node, "GET /api/v3/exchangeInfo?symbol=ETHUSDT");
  assert.equal(body.symbols[0].status, "HALT");
  const refused = await sendSigned(node, trader, "POST /api/v3/order", order);
  assert.deepEqual(refused.body, { code: -2010, msg: "Market is closed." });
  await set(marketState.trading);
  assert.equal((await sendSigned(node, trader, "POST /api/v3/order/test", order)).text, "{}");
});

test("an account shows every asset, its rights, and fees that are its own when it has some", async () => {
  const { body } = await sendSigned(node, trader, "GET /api/v3/account");
  assert.deepEqual(body.balances, [
    { asset: "BTC", free: "2.00000000", locked: "0.00000000" },
    { asset: "ETH", free: "0.000000000000", locked: "0.000000000000" },
    { asset: "USDT", free: "1000.00000000", locked: "0.00000000" },
  ]);
  assert.equal(body.canTrade, true);
  assert.equal(body.makerCommission, 10);
  assert.equal(body.commissionRates.taker, "0.00100000");
  const { account } = trader;
  await node.apply((w) =>
    encodeSetAccountFees(w, {}, { account, makerFeePpm: 0, takerFeePpm: 250 }),
  );
  const own = await sendSigned(node, trader, "GET /api/v3/account/commission", {
    symbol: "BTCUSDT",
  });
  assert.equal(own.body.standardCommission.maker, "0.00000000");
  assert.equal(own.body.standardCommission.taker, "0.00025000");
  const fees = await sendSigned(node, trader, "GET /sapi/v1/asset/tradeFee", { symbol: "ETHUSDT" });
  assert.deepEqual(fees.body, [
    { symbol: "ETHUSDT", makerCommission: "0.00000000", takerCommission: "0.00025000" },
  ]);
  assert.equal((await sendSigned(node, trader, "GET /sapi/v1/asset/tradeFee")).body.length, 2);
});

test("fees are those of an account's tier in each market", async () => {
  const member = await openTrader(node, { USDT: 1_000 });
  const { account } = member;
  const fees = { makerFeePpm: 500, takerFeePpm: 700 };
  const market = node.replica.venue.markets.bySymbol("BTCUSDT")!.id;
  await node.apply((w) => encodeSetFeeTier(w, {}, { market, tier: 3, ...fees }));
  await node.apply((w) => encodeSetAccountTier(w, {}, { account, tier: 3 }));
  const taker = async (symbol: string): Promise<string> => {
    const answer = await sendSigned(node, member, "GET /api/v3/account/commission", { symbol });
    return answer.body.standardCommission.taker;
  };
  assert.equal(await taker("BTCUSDT"), "0.00070000");
  assert.equal(await taker("ETHUSDT"), "0.00100000");
  const rates = await sendSigned(node, member, "POST /api/v3/order/test", {
    ...limitOrder("BUY", "10", "1", { computeCommissionRates: true }),
  });
  assert.equal(rates.body.standardCommissionForOrder.maker, "0.00050000");
});

test("a frozen account has lost its orders and may do nothing until it is thawed", async () => {
  const member = await openTrader(node, { USDT: 1_000 });
  const { account } = member;
  const placed = await sendSigned(node, member, "POST /api/v3/order", limitOrder("BUY", "10", "1"));
  const set = (flags: number) =>
    node.apply((w) => encodeSetAccountFlags(w, {}, { account, flags }));
  await set(accountFlag.frozen);
  const order = await sendSigned(node, member, "GET /api/v3/order", {
    ...{ symbol: "BTCUSDT", orderId: placed.body.orderId },
  });
  assert.equal(order.body.status, "EXPIRED");
  const { body } = await sendSigned(node, member, "GET /api/v3/account");
  assert.deepEqual([body.canTrade, body.canWithdraw, body.canDeposit], [false, false, false]);
  const refused = await sendSigned(
    node,
    member,
    "POST /api/v3/order",
    limitOrder("BUY", "10", "1"),
  );
  assert.deepEqual(refused.body, { code: -2010, msg: "This action is disabled on this account." });
  await set(0);
  const again = await sendSigned(node, member, "POST /api/v3/order", limitOrder("BUY", "10", "1"));
  assert.equal(again.status, 200, again.text);
});

test("the wallet lists coins, deposits and withdrawals, and takes money out only with the permission", async () => {
  const coins = await sendSigned(node, trader, "GET /sapi/v1/capital/config/getall");
  assert.equal(coins.body[0].coin, "BTC");
  assert.equal(coins.body[0].networkList[0].network, "HALCYON");
  assert.equal(coins.body[0].networkList[0].withdrawEnable, true);
  const address = await sendSigned(node, trader, "GET /sapi/v1/capital/deposit/address", {
    coin: "BTC",
  });
  assert.deepEqual(Object.keys(address.body), ["coin", "address", "tag", "url"]);
  const deposits = await sendSigned(node, trader, "GET /sapi/v1/capital/deposit/hisrec");
  assert.deepEqual(
    deposits.body.map((row: { coin: string; amount: string; status: number }) => [
      row.coin,
      row.amount,
      row.status,
    ]),
    [
      ["BTC", "2.00000000", 1],
      ["USDT", "1000.00000000", 1],
    ],
  );

  const wanted = { coin: "BTC", address: "bc1-test", amount: "0.5", withdrawOrderId: "w-1" };
  const path = "POST /sapi/v1/capital/withdraw/apply";
  const trading = await createKey(node, trader.account, { permissions: 3 });
  assert.equal((await sendSigned(node, trading, path, wanted)).body.code, -2015);
  const done = await sendSigned(node, trader, path, wanted);
  assert.match(done.body.id, /^[0-9]+$/, done.text);
  // The same one again is the same withdrawal; another one needs its own withdrawOrderId.
  assert.deepEqual((await sendSigned(node, trader, path, wanted)).body, done.body);
  const other = await sendSigned(node, trader, path, { ...wanted, amount: "0.4" });
  assert.deepEqual(other.body, { code: -4057, msg: "Duplicate withdrawOrderId." });
  const tooMuch = await sendSigned(node, trader, path, {
    ...wanted,
    amount: "2",
    withdrawOrderId: "w-2",
  });
  assert.deepEqual(tooMuch.body, { code: -4026, msg: "You have insufficient balance." });
  const unknown = await sendSigned(node, trader, path, { ...wanted, coin: "DOGE" });
  assert.equal(unknown.body.code, -4018);
  for (const amount of ["0", "99999999999999999999"]) {
    const refused = await sendSigned(node, trader, path, { ...wanted, amount });
    assert.equal(refused.body.msg, "Data sent for parameter 'amount' is not valid.");
  }
  const history = await sendSigned(node, trader, "GET /sapi/v1/capital/withdraw/history", {
    coin: "BTC",
  });
  assert.equal(history.body.length, 1);
  assert.equal(history.body[0].id, done.body.id);
  assert.equal(history.body[0].withdrawOrderId, "w-1");
  assert.match(history.body[0].applyTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
});

test("margin pairs are asked for by clients that have keys, and there are none", async () => {
  for (const path of ["margin/allPairs", "margin/isolated/allPairs"]) {
    assert.equal((await sendSigned(node, trader, `GET /sapi/v1/${path}`)).text, "[]");
    assert.equal((await send(node, `GET /sapi/v1/${path}`)).text, "[]");
  }
});

test("a listen key is known to every node until its API key is revoked", async () => {
  const other = await venue.addNode();
  const key = await createKey(node, trader.account);
  const headers = { "X-MBX-APIKEY": key.apiKey };
  const made = await send(node, "POST /api/v3/userDataStream", { headers });
  const { listenKey } = made.body;
  assert.match(listenKey, /^[A-Za-z0-9_-]{60,}$/);
  const path = `/api/v3/userDataStream?listenKey=${listenKey}`;
  assert.equal((await send(other, `PUT ${path}`, { headers })).text, "{}");
  assert.equal((await send(node, `DELETE ${path}`, { headers })).text, "{}");
  const altered = `${path.slice(0, -1)}${path.endsWith("A") ? "B" : "A"}`;
  const gone = { code: -1125, msg: "This listenKey does not exist." };
  assert.deepEqual((await send(node, `PUT ${altered}`, { headers })).body, gone);
  const stranger = await openTrader(node);
  const foreign = await send(node, `PUT ${path}`, {
    headers: { "X-MBX-APIKEY": stranger.apiKey },
  });
  assert.deepEqual(foreign.body, gone);
  await node.apply((w) => encodeRevokeKey(w, {}, { name: key.apiKey }));
  const left = await send(node, `PUT ${path}`, { headers: { "X-MBX-APIKEY": trader.apiKey } });
  assert.deepEqual(left.body, gone);
  assert.equal((await send(node, `PUT ${path}`, { headers })).body.code, -2015);
});

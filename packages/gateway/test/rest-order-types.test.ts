import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  encodeSetMarketRules,
  encodeSetMarketState,
  type MarketState,
  marketState,
  selfTradeMode,
} from "@halcyon/core";
import { freshRequestId, requestIdText } from "../src/dialect/request-id.ts";
import {
  limitOrder,
  openTrader,
  type Sent,
  send,
  sendSigned,
  startVenue,
  type TestNode,
  type TestVenue,
  type Trader,
  until,
} from "./venue.ts";

let venue: TestVenue;
let node: TestNode;
let trader: Trader;
let other: Trader;

before(async () => {
  venue = await startVenue();
  node = venue.node;
  trader = await openTrader(node, { BTC: 1_000, USDT: 10_000_000 });
  other = await openTrader(node, { BTC: 1_000, ETH: 10, USDT: 10_000_000 });
});
after(() => venue.close());

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

const symbol = "BTCUSDT";
const place = (of: Trader, values: Values): Promise<Sent> =>
  sendSigned(node, of, "POST /api/v3/order", { symbol, newOrderRespType: "FULL", ...values });
const query = async (of: Trader, orderId: number): Promise<Sent["body"]> =>
  (await sendSigned(node, of, "GET /api/v3/order", { symbol, orderId })).body;

/** A trade at a price, between two orders of which neither stays. */
async function trade(price: string, quantity = "0.1"): Promise<void> {
  await place(other, limitOrder("SELL", price, quantity));
  const bought = await place(trader, limitOrder("BUY", price, quantity));
  assert.equal(bought.body.status, "FILLED", bought.text);
}
async function clear(): Promise<void> {
  for (const each of [trader, other]) {
    await sendSigned(node, each, "DELETE /api/v3/openOrders", { symbol });
  }
}

test("a stop loss is acknowledged, waits, and sells at market once the price has fallen to it", async () => {
  await trade("100");
  const stop = { side: "SELL", type: "STOP_LOSS", quantity: "1", stopPrice: "95" };
  const acknowledged = await sendSigned(node, trader, "POST /api/v3/order", { symbol, ...stop });
  assert.equal(acknowledged.status, 200, acknowledged.text);
  assert.deepEqual(Object.keys(acknowledged.body), [
    ...["symbol", "orderId", "orderListId", "clientOrderId", "transactTime"],
  ]);
  const { orderId, transactTime } = acknowledged.body;
  const waiting = await query(trader, orderId);
  assert.deepEqual(waiting, {
    ...{ symbol, orderId, orderListId: -1, clientOrderId: acknowledged.body.clientOrderId },
    ...{ price: "0.00000000", origQty: "1.00000000", executedQty: "0.00000000" },
    ...{ origQuoteOrderQty: "0.00000000", cummulativeQuoteQty: "0.00000000", status: "NEW" },
    ...{ timeInForce: "GTC", type: "STOP_LOSS", side: "SELL", stopPrice: "95.00000000" },
    ...{ icebergQty: "0.00000000", time: transactTime, updateTime: transactTime },
    ...{ isWorking: false, workingTime: -1, selfTradePreventionMode: "NONE" },
  });
  await place(other, limitOrder("BUY", "94", "2"));
  await trade("96");
  assert.equal((await query(trader, orderId)).status, "NEW");
  await place(other, limitOrder("BUY", "95", "0.1"));
  const sold = await place(trader, { side: "SELL", type: "MARKET", quantity: "0.1" });
  assert.equal(sold.body.fills.length, 1, "what the stop does is not told with what set it off");
  const filled = await query(trader, orderId);
  assert.equal(filled.status, "FILLED");
  assert.equal(filled.cummulativeQuoteQty, "94.00000000");
  assert.equal(filled.isWorking, true);
  assert.ok(filled.workingTime >= transactTime);
  await clear();
});

test("a waiting order that cannot pay when its time comes is no matter of who set it off", async () => {
  await trade("100");
  const poor = await openTrader(node, { USDT: 115 });
  const stop = { side: "BUY", type: "STOP_LOSS", quantity: "1", stopPrice: "110" };
  const waiting = await place(poor, stop);
  assert.equal(waiting.status, 200, waiting.text);
  await place(other, limitOrder("SELL", "110", "0.1"));
  await place(other, limitOrder("SELL", "200", "2"));
  const bought = await place(trader, { side: "BUY", type: "MARKET", quantity: "0.1" });
  assert.equal(bought.status, 200, bought.text);
  assert.equal(bought.body.status, "FILLED");
  assert.equal((await query(poor, waiting.body.orderId)).status, "EXPIRED");
  await clear();
});

test("a cancel that is for new orders only, or for partly filled ones, leaves the others", async () => {
  const cancel = (orderId: number, cancelRestrictions: string): Promise<Sent> =>
    sendSigned(node, trader, "DELETE /api/v3/order", { symbol, orderId, cancelRestrictions });
  const restricted = { code: -2011, msg: "Order was not canceled due to cancel restrictions." };
  const partly = await place(trader, limitOrder("BUY", "90", "1"));
  await place(other, limitOrder("SELL", "90", "0.4"));
  const stop = { side: "SELL", type: "STOP_LOSS", quantity: "1", stopPrice: "50" };
  const waiting = await place(trader, stop);
  const ids = { partly: partly.body.orderId, waiting: waiting.body.orderId };
  assert.deepEqual((await cancel(ids.partly, "ONLY_NEW")).body, restricted);
  assert.deepEqual((await cancel(ids.waiting, "ONLY_PARTIALLY_FILLED")).body, restricted);
  assert.equal((await cancel(ids.partly, "ONLY_PARTIALLY_FILLED")).body.status, "CANCELED");
  assert.equal((await cancel(ids.waiting, "ONLY_NEW")).body.status, "CANCELED");
  const unknown = { code: -2011, msg: "Unknown order sent." };
  assert.deepEqual((await cancel(ids.partly, "ONLY_NEW")).body, unknown);
});

test("a take profit limit with marks of its own rests at its price once it was set off", async () => {
  await trade("100");
  const placed = await place(trader, {
    ...{ side: "SELL", type: "TAKE_PROFIT_LIMIT", timeInForce: "GTC", quantity: "1" },
    ...{ price: "111", stopPrice: "110", strategyId: 7, strategyType: 1_000_001 },
  });
  assert.equal(placed.status, 200, placed.text);
  assert.equal(placed.body.stopPrice, "110.00000000");
  assert.equal(placed.body.workingTime, -1);
  assert.equal(placed.body.strategyId, 7);
  assert.equal(placed.body.strategyType, 1_000_001);
  assert.deepEqual(placed.body.fills, []);
  assert.equal("icebergQty" in placed.body, false);
  assert.equal("trailingDelta" in placed.body, false);
  const immediate = await place(trader, {
    ...{ side: "SELL", type: "TAKE_PROFIT", quantity: "1", stopPrice: "100" },
  });
  assert.deepEqual(immediate.body, { code: -2010, msg: "Order would trigger immediately." });
  await trade("110");
  const depth = await send(node, `GET /api/v3/depth?symbol=${symbol}`);
  assert.deepEqual(depth.body.asks, [["111.00000000", "1.00000000"]]);
  const cancelled = await sendSigned(node, trader, "DELETE /api/v3/order", {
    ...{ symbol, orderId: placed.body.orderId },
  });
  assert.equal(cancelled.body.stopPrice, "110.00000000", cancelled.text);
  assert.equal(cancelled.body.strategyId, 7);
  await clear();
});

test("a trailing stop tells its distance and since when it has been tracking", async () => {
  await trade("100");
  const trailing = { side: "SELL", type: "STOP_LOSS", quantity: "1", trailingDelta: 1_000 };
  const tracking = await place(trader, trailing);
  assert.equal(tracking.status, 200, tracking.text);
  assert.equal(tracking.body.trailingDelta, 1_000);
  assert.equal(tracking.body.trailingTime, tracking.body.transactTime);
  assert.equal(tracking.body.stopPrice, "0.00000000");
  const later = await place(trader, { ...trailing, stopPrice: "98" });
  assert.equal(later.body.trailingTime, -1, later.text);
  await trade("120");
  await place(other, limitOrder("BUY", "105", "5"));
  await trade("108");
  const filled = await query(trader, tracking.body.orderId);
  assert.equal(filled.status, "FILLED", "108 is a tenth below 120");
  assert.equal((await query(trader, later.body.orderId)).status, "NEW");
  const tooFar = await place(trader, { ...trailing, trailingDelta: 2_001 });
  assert.deepEqual(tooFar.body, { code: -1013, msg: "Filter failure: TRAILING_DELTA" });
  await clear();
});

test("an iceberg shows a part, and answers and queries tell how much of it", async () => {
  const iceberg = await place(trader, limitOrder("BUY", "90", "1", { icebergQty: "0.25" }));
  assert.equal(iceberg.body.icebergQty, "0.25000000", iceberg.text);
  const depth = await send(node, `GET /api/v3/depth?symbol=${symbol}`);
  assert.deepEqual(depth.body.bids, [["90.00000000", "0.25000000"]]);
  const sold = await place(other, limitOrder("SELL", "90", "0.6", { timeInForce: "IOC" }));
  assert.equal(sold.body.executedQty, "0.60000000");
  const order = await query(trader, iceberg.body.orderId);
  assert.equal(order.icebergQty, "0.25000000");
  assert.equal(order.executedQty, "0.60000000");
  const tooMany = await place(trader, limitOrder("BUY", "90", "10", { icebergQty: "0.09" }));
  assert.deepEqual(tooMany.body, { code: -1013, msg: "Filter failure: ICEBERG_PARTS" });
  await clear();
});

test("an order that is good till a date tells it, and must have it in the future", async () => {
  const goodTillDate = Date.now() + 3_600_000;
  const order = limitOrder("BUY", "90", "1", { timeInForce: "GTD", goodTillDate });
  const placed = await place(trader, order);
  assert.equal(placed.body.timeInForce, "GTD", placed.text);
  assert.equal(placed.body.goodTillDate, goodTillDate);
  assert.equal((await query(trader, placed.body.orderId)).goodTillDate, goodTillDate);
  const maker = { side: "SELL", type: "LIMIT_MAKER", quantity: "1", price: "110" };
  const rests = await place(trader, { ...maker, timeInForce: "GTD", goodTillDate });
  assert.equal(rests.body.status, "NEW", rests.text);
  const late = await place(trader, { ...order, goodTillDate: 1_000 });
  assert.deepEqual(late.body, { code: -1128, msg: "goodTillDate must be in the future." });
  await clear();
});

test("an order whose date has come is gone with the next request that reaches the log", async () => {
  const goodTillDate = Date.now() + 1_500;
  const dated = await place(
    trader,
    limitOrder("BUY", "80", "1", { timeInForce: "GTD", goodTillDate }),
  );
  assert.equal(dated.body.status, "NEW", dated.text);
  await until("the date", () => Date.now() > goodTillDate);
  let latest = dated;
  while (latest.body.transactTime < goodTillDate) {
    latest = await place(other, limitOrder("BUY", "1", "5", { timeInForce: "IOC" }));
    assert.equal(latest.body.fills.length, 0);
  }
  const expired = await query(trader, dated.body.orderId);
  assert.equal(expired.status, "EXPIRED");
  assert.ok(expired.updateTime >= goodTillDate);
  const depth = await send(node, `GET /api/v3/depth?symbol=${symbol}`);
  assert.deepEqual(depth.body.bids, []);
});

test("orders of one account that must not meet expire, and both sides can be asked for", async () => {
  const bid = await place(trader, limitOrder("BUY", "100", "1"));
  const ask = limitOrder("SELL", "100", "3", { selfTradePreventionMode: "EXPIRE_BOTH" });
  const taker = await place(trader, ask);
  assert.equal(taker.body.status, "EXPIRED_IN_MATCH", taker.text);
  assert.equal(taker.body.selfTradePreventionMode, "EXPIRE_BOTH");
  assert.equal(taker.body.preventedQuantity, "3.00000000");
  const { preventedMatchId } = taker.body;
  assert.deepEqual(taker.body.preventedMatches, [
    {
      ...{ preventedMatchId, makerOrderId: bid.body.orderId, price: "100.00000000" },
      ...{ takerPreventedQuantity: "3.00000000", makerPreventedQuantity: "1.00000000" },
    },
  ]);
  const maker = await query(trader, bid.body.orderId);
  assert.equal(maker.status, "EXPIRED_IN_MATCH");
  assert.equal(maker.preventedMatchId, preventedMatchId);
  assert.equal(maker.preventedQuantity, "1.00000000");

  const path = "GET /api/v3/myPreventedMatches";
  const byMatch = await sendSigned(node, trader, path, { symbol, preventedMatchId });
  assert.equal(byMatch.body.length, 1, byMatch.text);
  const { transactTime, ...match } = byMatch.body[0];
  assert.deepEqual(match, {
    ...{ symbol, preventedMatchId, takerOrderId: taker.body.orderId, makerSymbol: symbol },
    ...{ makerOrderId: bid.body.orderId, tradeGroupId: -1, price: "100.00000000" },
    ...{ selfTradePreventionMode: "EXPIRE_BOTH", takerPreventedQuantity: "3.00000000" },
    makerPreventedQuantity: "1.00000000",
  });
  assert.equal(transactTime, taker.body.transactTime);
  const byOrder = await sendSigned(node, trader, path, { symbol, orderId: bid.body.orderId });
  assert.deepEqual(byOrder.body, byMatch.body);
  const foreign = await sendSigned(node, other, path, { symbol, preventedMatchId });
  assert.deepEqual(foreign.body, []);
});

test("prevention of one side or by the smaller quantity leaves the other in its place", async () => {
  const bid = await place(trader, limitOrder("BUY", "100", "2"));
  const ask = (selfTradePreventionMode: string, quantity: string) =>
    place(trader, limitOrder("SELL", "100", quantity, { selfTradePreventionMode }));
  const taker = await ask("EXPIRE_TAKER", "1");
  assert.equal(taker.body.status, "EXPIRED_IN_MATCH", taker.text);
  assert.equal("makerPreventedQuantity" in taker.body.preventedMatches[0], false);
  const smaller = await ask("DECREMENT", "0.5");
  assert.equal(smaller.body.status, "EXPIRED_IN_MATCH", smaller.text);
  const decremented = await query(trader, bid.body.orderId);
  assert.equal(decremented.status, "NEW");
  assert.equal(decremented.preventedQuantity, "0.50000000");
  const resting = await ask("EXPIRE_MAKER", "1");
  assert.equal(resting.body.status, "NEW", resting.text);
  assert.equal("preventedQuantity" in resting.body, false);
  assert.equal(resting.body.preventedMatches[0].makerPreventedQuantity, "1.50000000");
  assert.equal((await query(trader, bid.body.orderId)).status, "EXPIRED_IN_MATCH");
  await clear();
});

test("an order is amended to a smaller quantity and keeps its place", async () => {
  const path = "PUT /api/v3/order/amend/keepPriority";
  const first = await place(trader, limitOrder("BUY", "90", "2", { newClientOrderId: "amend-1" }));
  const second = await place(other, limitOrder("BUY", "90", "1"));
  await place(other, limitOrder("SELL", "90", "0.5", { timeInForce: "IOC" }));
  const { orderId } = first.body;
  const amended = await sendSigned(node, trader, path, {
    ...{ symbol, orderId, newQty: "1.5", newClientOrderId: "amend-2" },
  });
  assert.equal(amended.status, 200, amended.text);
  assert.deepEqual(Object.keys(amended.body), ["transactTime", "executionId", "amendedOrder"]);
  assert.deepEqual(amended.body.amendedOrder, {
    ...{ symbol, orderId, orderListId: -1, origClientOrderId: "amend-1", clientOrderId: "amend-2" },
    ...{ price: "90.00000000", qty: "1.50000000", executedQty: "0.50000000" },
    ...{ preventedQty: "0.00000000", quoteOrderQty: "0.00000000" },
    ...{ cumulativeQuoteQty: "45.00000000", status: "PARTIALLY_FILLED", timeInForce: "GTC" },
    ...{ type: "LIMIT", side: "BUY", workingTime: first.body.workingTime },
    selfTradePreventionMode: "NONE",
  });
  assert.equal((await query(trader, orderId)).origQty, "1.50000000");
  await sendSigned(node, trader, path, { symbol, orderId, newQty: "1.4" });
  await sendSigned(node, trader, path, { symbol, orderId: second.body.orderId, newQty: "0.1" });
  const list = "GET /api/v3/order/amendments";
  const { body: all } = await sendSigned(node, trader, list, { symbol, orderId });
  assert.deepEqual(
    all.map(({ origQty, newQty }: Record<string, string>) => [origQty, newQty]),
    [
      ["2.00000000", "1.50000000"],
      ["1.50000000", "1.40000000"],
    ],
  );
  assert.partialDeepStrictEqual(all[0], {
    ...{ symbol, orderId, executionId: amended.body.executionId },
    ...{ origClientOrderId: "amend-1", newClientOrderId: "amend-2" },
  });
  const later = { symbol, orderId, fromExecutionId: all[1].executionId };
  assert.deepEqual((await sendSigned(node, trader, list, later)).body, [all[1]]);
  assert.deepEqual((await sendSigned(node, other, list, { symbol, orderId })).body, []);
  const refused = async (newQty: string): Promise<unknown> =>
    (await sendSigned(node, trader, path, { symbol, orderId, newQty })).body;
  const noChange = "The requested action would change no state; rejecting.";
  assert.deepEqual(await refused("1.4"), { code: -2038, msg: noChange });
  const increase = "Order amend (quantity increase) is not supported.";
  assert.deepEqual(await refused("3"), { code: -2038, msg: increase });
  assert.deepEqual(await refused("0.5"), { code: -1013, msg: "Filter failure: LOT_SIZE" });
  await place(other, limitOrder("SELL", "90", "0.9", { timeInForce: "IOC" }));
  assert.equal((await query(trader, orderId)).status, "FILLED");
  assert.equal((await query(other, second.body.orderId)).status, "NEW");
  assert.deepEqual(await refused("1"), { code: -2038, msg: "Unknown order sent." });
  await clear();
});

test("an order that is sent again is answered as it was, whatever rules came after it", async () => {
  const market = node.replica.venue.markets.bySymbol("ETHUSDT")!;
  const { rules } = market;
  const apply = (algoOrdersMax: number) =>
    node.apply((w) =>
      encodeSetMarketRules(w, {}, { market: market.id, rules: { ...rules, algoOrdersMax } }),
    );
  const headers = { "Halcyon-Request-Id": requestIdText(freshRequestId(Date.now())) };
  const stop = { symbol: "ETHUSDT", side: "SELL", type: "STOP_LOSS", quantity: "1" };
  const order = { ...stop, stopPrice: "5" };
  const first = await sendSigned(node, other, "POST /api/v3/order", order, headers);
  assert.equal(first.status, 200, first.text);
  await apply(0);
  const again = { ...headers, "Halcyon-Attempt": "1" };
  const repeated = await sendSigned(node, other, "POST /api/v3/order", order, again);
  assert.deepEqual(repeated.body, first.body);
  await apply(rules.algoOrdersMax);
});

test("a market tells what its rules let in, and refuses what they do not", async () => {
  const info = async (): Promise<Sent["body"]> =>
    (await send(node, "GET /api/v3/exchangeInfo?symbol=ETHUSDT")).body.symbols[0];
  const open = await info();
  assert.deepEqual(open.orderTypes, [
    ...["LIMIT", "MARKET", "LIMIT_MAKER", "STOP_LOSS", "STOP_LOSS_LIMIT"],
    ...["TAKE_PROFIT", "TAKE_PROFIT_LIMIT"],
  ]);
  for (const name of ["icebergAllowed", "ocoAllowed", "otoAllowed", "allowTrailingStop"]) {
    assert.equal(open[name], true, name);
  }
  assert.equal(open.amendAllowed, true);
  assert.equal(open.defaultSelfTradePreventionMode, "NONE");
  assert.deepEqual(open.allowedSelfTradePreventionModes, [
    ...["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"],
  ]);
  const market = node.replica.venue.markets.bySymbol("ETHUSDT")!;
  const rules = {
    ...market.rules,
    ...{ bidDownPpm: 500_000, bidUpPpm: 1_500_000, askDownPpm: 800_000, askUpPpm: 0 },
    ...{ notionalMax: 100_000_000_000n, algoOrdersMax: 0, orderListsMax: 0, icebergPartsMax: 0 },
    ...{
      positionLotsMax: 1_000_000,
      selfTradeModeDefault: selfTradeMode.expireTaker,
      selfTradeModes: 0b11,
    },
  } as const;
  await node.apply((w) => encodeSetMarketRules(w, {}, { market: market.id, rules }));
  const closed = await info();
  assert.deepEqual(closed.orderTypes, ["LIMIT", "MARKET", "LIMIT_MAKER"]);
  for (const name of ["icebergAllowed", "ocoAllowed", "otoAllowed", "allowTrailingStop"]) {
    assert.equal(closed[name], false, name);
  }
  assert.equal(closed.defaultSelfTradePreventionMode, "EXPIRE_TAKER");
  assert.deepEqual(closed.allowedSelfTradePreventionModes, ["NONE", "EXPIRE_TAKER"]);
  const filters = new Map(
    closed.filters.map((filter: { filterType: string }) => [filter.filterType, filter]),
  );
  assert.deepEqual(
    [...filters.keys()],
    [
      ...["PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE", "NOTIONAL", "MAX_NUM_ORDERS"],
      ...["PERCENT_PRICE_BY_SIDE", "MAX_POSITION"],
    ],
  );
  assert.deepEqual(filters.get("PERCENT_PRICE_BY_SIDE"), {
    ...{ filterType: "PERCENT_PRICE_BY_SIDE", bidMultiplierUp: "1.50000000" },
    ...{ bidMultiplierDown: "0.50000000", askMultiplierUp: "9007199254.00000000" },
    ...{ askMultiplierDown: "0.80000000", avgPriceMins: 0 },
  });
  assert.deepEqual(filters.get("MAX_POSITION"), {
    ...{ filterType: "MAX_POSITION", maxPosition: "100.000000000000" },
  });

  const eth = { symbol: "ETHUSDT", price: "10", quantity: "1" };
  const refused = async (change: Values): Promise<unknown> =>
    (await place(trader, { ...limitOrder("BUY", "10", "1"), ...eth, ...change })).body;
  const failure = (filter: string) => ({ code: -1013, msg: `Filter failure: ${filter}` });
  const unsupported = (orders: string) => ({
    ...{ code: -1013, msg: `${orders} are not supported for this symbol.` },
  });
  const stop = { type: "STOP_LOSS", price: undefined, timeInForce: undefined, stopPrice: "20" };
  assert.deepEqual(await refused(stop), unsupported("Stop loss orders"));
  assert.deepEqual(await refused({ icebergQty: "0.5" }), unsupported("Iceberg orders"));
  assert.deepEqual(await refused({ quantity: "101" }), failure("NOTIONAL"));
  assert.deepEqual(await refused({ quantity: "100.1", price: "9" }), failure("MAX_POSITION"));
  assert.deepEqual(await refused({ selfTradePreventionMode: "DECREMENT" }), {
    ...{ code: -1013, msg: "This symbol does not allow the specified self-trade prevention mode." },
  });
  const list = await sendSigned(node, trader, "POST /api/v3/order/oco", {
    ...{ symbol: "ETHUSDT", side: "SELL", quantity: "1", price: "20", stopPrice: "5" },
  });
  assert.deepEqual(list.body, unsupported("OCO orders"));
  const byDefault = await place(trader, { ...limitOrder("BUY", "10", "1"), ...eth });
  assert.equal(byDefault.body.selfTradePreventionMode, "EXPIRE_TAKER", byDefault.text);
});

test("a market that opens in steps says so, and what it takes meanwhile", async () => {
  const market = node.replica.venue.markets.bySymbol(symbol)!.id;
  const enter = (state: MarketState) =>
    node.apply((w) => encodeSetMarketState(w, {}, { market, state }));
  const status = async (): Promise<string> =>
    (await send(node, `GET /api/v3/exchangeInfo?symbol=${symbol}`)).body.symbols[0].status;
  const refused = async (values: Values): Promise<unknown> => (await place(trader, values)).body;
  const wrongPhase = { code: -2010, msg: "This order type is not possible in this trading phase." };

  await enter(marketState.postOnly);
  assert.equal(await status(), "TRADING");
  assert.deepEqual(await refused(limitOrder("BUY", "50", "1")), wrongPhase);
  const maker = { side: "BUY", type: "LIMIT_MAKER", price: "50", quantity: "1" };
  assert.equal((await place(trader, maker)).status, 200);

  await enter(marketState.auction);
  assert.equal(await status(), "AUCTION_MATCH");
  assert.deepEqual(await refused({ side: "BUY", type: "MARKET", quantity: "1" }), wrongPhase);
  assert.deepEqual(await refused(limitOrder("BUY", "50", "1", { timeInForce: "IOC" })), {
    ...{ code: -2010, msg: "Limit orders require GTC for this phase." },
  });
  const gathered = await place(trader, limitOrder("BUY", "60", "1"));
  await place(other, limitOrder("SELL", "58", "1"));
  assert.equal((await query(trader, gathered.body.orderId)).status, "NEW");

  await enter(marketState.trading);
  const filled = await query(trader, gathered.body.orderId);
  assert.equal(filled.status, "FILLED", "the crossed book has opened at one price");
  await enter(marketState.halt);
  assert.equal(await status(), "HALT");
  assert.deepEqual(await refused(maker), { code: -2010, msg: "Market is closed." });
  await enter(marketState.trading);
  await clear();
});

test("the ledger balances after all of this", () => {
  assert.equal(node.replica.venue.audit().balanced, true);
});

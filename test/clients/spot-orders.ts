import assert from "node:assert/strict";
import { test } from "node:test";
import { runBlocks, runSteps } from "./from-docs.ts";
import type { Any } from "./loose.ts";
import { openSpot } from "./spot-client.ts";
import { behindTls, eventually, makeMarket, makeTrader, once } from "./world.ts";

const symbol = "SPOUSDT";

const opened = once(async () => {
  await makeMarket("SPO");
  const place = await behindTls();
  return {
    maker: await openSpot(place, await makeTrader("SPO")),
    taker: await openSpot(place, await makeTrader("SPO")),
  };
});

const buy = { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC" } as const;
const sell = { symbol, side: "SELL", type: "LIMIT", timeInForce: "GTC" } as const;
const result = { newOrderRespType: "RESULT" } as const;

async function trade(price: number): Promise<void> {
  const { maker, taker } = await opened();
  await maker.rest("newOrder", { ...sell, quantity: 0.1, price });
  await taker.rest("newOrder", { ...buy, quantity: 0.1, price });
}

test("@binance/spot: stops, trailing orders, icebergs and an amendment", async () => {
  const { maker, taker } = await opened();
  await trade(100);
  const stop = { symbol, side: "SELL", type: "STOP_LOSS", quantity: 1, ...result };
  const loss = await maker.rest("newOrder", { ...stop, stopPrice: 95 });
  assert.equal(loss.stopPrice, "95.00000000");
  const trail = await maker.rest("newOrder", { ...stop, trailingDelta: 500 });
  assert.equal(trail.trailingDelta, 500);
  const profit = await maker.rest("newOrder", {
    ...{ ...sell, ...result, type: "TAKE_PROFIT_LIMIT", quantity: 1, price: 111, stopPrice: 110 },
    ...{ strategyId: 12, strategyType: 1_000_000 },
  });
  assert.equal(profit.strategyId, 12);
  const berg = await maker.rest("newOrder", {
    ...{ ...buy, ...result, quantity: 1, price: 90, icebergQty: 0.25 },
  });
  assert.equal(berg.icebergQty, "0.25000000");
  const { orderId } = berg;
  const amended = await maker.rest("orderAmendKeepPriority", { symbol, orderId, newQty: 0.75 });
  assert.equal(amended.amendedOrder.qty, "0.75000000");
  const [amendment] = await maker.rest("orderAmendments", { symbol, orderId });
  assert.equal(amendment.newQty, "0.75000000");
  await taker.rest("newOrder", { ...buy, quantity: 3, price: 94 });
  await trade(95);
  const status = async ({ orderId }: Any) =>
    (await maker.rest("getOrder", { symbol, orderId })).status;
  assert.equal(await status(loss), "FILLED");
  assert.equal(await status(trail), "FILLED");
  assert.equal(await status(profit), "NEW");
  await maker.rest("deleteOpenOrders", { symbol });
  await taker.rest("deleteOpenOrders", { symbol });
});

const pair = { symbol, side: "SELL", quantity: 1, ...result };
const oco = {
  ...{ ...pair, aboveType: "LIMIT_MAKER", abovePrice: 110 },
  ...{ belowType: "STOP_LOSS", belowStopPrice: 90 },
};
const working = {
  ...{ symbol, workingType: "LIMIT", workingSide: "BUY", workingTimeInForce: "GTC", ...result },
  ...{ workingPrice: 50, workingQuantity: 1, pendingSide: "SELL", pendingQuantity: 1 },
};
const oto = { ...working, pendingType: "MARKET" };
const otoco = {
  ...{ ...working, pendingAboveType: "LIMIT_MAKER", pendingAbovePrice: 60 },
  ...{ pendingBelowType: "STOP_LOSS", pendingBelowStopPrice: 40 },
};
const firstOco = { ...pair, price: 110, stopPrice: 90 };

const typesOf = (list: Any): string[] => list.orderReports.map((order: Any) => order.type);

test("@binance/spot: order lists over REST", async () => {
  const { maker } = await opened();
  await trade(100);
  const placed = await maker.rest("orderListOco", oco);
  assert.deepEqual(typesOf(placed), ["LIMIT_MAKER", "STOP_LOSS"]);
  assert.deepEqual(typesOf(await maker.rest("orderOco", firstOco)), ["LIMIT_MAKER", "STOP_LOSS"]);
  assert.deepEqual(typesOf(await maker.rest("orderListOto", oto)), ["LIMIT", "MARKET"]);
  assert.deepEqual(typesOf(await maker.rest("orderListOtoco", otoco)), [
    ...["LIMIT", "LIMIT_MAKER", "STOP_LOSS"],
  ]);
  const { orderListId } = placed;
  assert.equal((await maker.rest("getOrderList", { orderListId })).orders.length, 2);
  assert.equal((await maker.rest("openOrderList")).length, 4);
  const canceled = await maker.rest("deleteOrderList", { symbol, orderListId });
  assert.equal(canceled.listOrderStatus, "ALL_DONE");
  assert.equal((await maker.rest("allOrderList")).length, 4);
  const rest = await maker.rest("deleteOpenOrders", { symbol });
  assert.deepEqual(
    rest.map((list: Any) => list.orderReports.length),
    [3, 2, 2],
  );
});

test("@binance/spot: lists, amendments and prevention over the WebSocket API, and their events", async () => {
  const { taker } = await opened();
  await trade(100);
  const api = await taker.openApi();
  const { stream } = await api["userDataStreamSubscribeSignature"]!();
  const events: Any[] = [];
  stream.on("message", (event: Any) => events.push(event));
  const ask = async (method: string, parameters: object = {}) =>
    (await api[method]!(parameters)).data;

  const placed = await ask("orderListPlaceOco", oco);
  const { orderListId } = placed;
  await ask("orderListPlace", firstOco);
  await ask("orderListPlaceOto", oto);
  const three = await ask("orderListPlaceOtoco", otoco);
  assert.equal(three.orderReports[2].status, "PENDING_NEW");
  assert.equal((await ask("orderListStatus", { orderListId })).listOrderStatus, "EXECUTING");
  assert.equal((await ask("openOrderListsStatus")).length, 4);
  const { orderId } = three.orders[0];
  const amended = await ask("orderAmendKeepPriority", { symbol, orderId, newQty: 0.5 });
  assert.equal(amended.listStatus.orderListId, three.orderListId);
  const stp = { ...sell, ...result, quantity: 1, price: 50, timeInForce: "IOC" };
  const taken = await ask("orderPlace", { ...stp, selfTradePreventionMode: "EXPIRE_TAKER" });
  assert.equal(taken.status, "EXPIRED_IN_MATCH");
  const matches = await ask("myPreventedMatches", { symbol, orderId: taken.orderId });
  assert.equal(matches.length, 1);
  assert.equal((await ask("orderListCancel", { symbol, orderListId })).orderReports.length, 2);
  assert.equal((await ask("openOrdersCancelAll", { symbol })).length, 3);
  assert.equal((await ask("allOrderLists")).length, 4);
  await eventually(
    "the end of all lists",
    () => events.filter((one) => one.e === "listStatus" && one.l === "ALL_DONE").length === 4,
  );
  assert.ok(events.some((one) => one.x === "REPLACED" && one.i === orderId));
  assert.ok(events.some((one) => one.x === "TRADE_PREVENTION" && one.i === taken.orderId));
});

test("@binance/spot: the orders of the documentation", async () => {
  const place = await behindTls();
  const trader = await makeTrader("BTC");
  const { client } = await runBlocks("@binance/spot", ["client"], place, trader);
  await runSteps("Orders with @binance/spot", { client });
  const { rest } = await openSpot(place, trader);
  const open = await rest("getOpenOrders", { symbol: "BTCUSDT" });
  assert.deepEqual(
    open.map(({ type, status, origQty }: Any) => `${type} ${status} ${origQty}`),
    [
      ...["LIMIT NEW 0.01500000", "LIMIT_MAKER PENDING_NEW 0.01000000"],
      "STOP_LOSS_LIMIT PENDING_NEW 0.01000000",
    ],
  );
  await rest("deleteOpenOrders", { symbol: "BTCUSDT" });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { openConnector } from "./connector-client.ts";
import { behindTls, makeMarket, makeTrader, once } from "./world.ts";

const symbol = "COOUSDT";

const opened = once(async () => {
  await makeMarket("COO");
  const place = await behindTls();
  return {
    maker: await openConnector(place, await makeTrader("COO")),
    taker: await openConnector(place, await makeTrader("COO")),
  };
});

const gtc = { timeInForce: "GTC" } as const;

async function trade(price: string): Promise<void> {
  const { maker, taker } = await opened();
  const order = { ...gtc, quantity: "0.1", price };
  await maker.rest["newOrder"]!(symbol, "SELL", "LIMIT", order);
  await taker.rest["newOrder"]!(symbol, "BUY", "LIMIT", order);
}

test("@binance/connector: stops, trailing orders and icebergs", async () => {
  const { maker, taker } = await opened();
  const { rest } = maker;
  await trade("100");
  const full = { newOrderRespType: "FULL", quantity: "1" } as const;
  const stop = { ...full, stopPrice: "95" };
  const { data: loss } = await rest["newOrder"]!(symbol, "SELL", "STOP_LOSS", stop);
  assert.equal(loss.stopPrice, "95.00000000");
  const limit = { ...full, ...gtc, price: "111", stopPrice: "110" };
  const { data: profit } = await rest["newOrder"]!(symbol, "SELL", "TAKE_PROFIT_LIMIT", limit);
  assert.equal(profit.workingTime, -1);
  const trailing = { ...full, trailingDelta: 500, strategyId: 9, strategyType: 1_000_000 };
  const { data: trail } = await rest["newOrder"]!(symbol, "SELL", "STOP_LOSS", trailing);
  assert.equal(trail.trailingDelta, 500);
  assert.equal(trail.strategyId, 9);
  const iceberg = { ...full, ...gtc, price: "90", icebergQty: "0.25" };
  const { data: berg } = await rest["newOrder"]!(symbol, "BUY", "LIMIT", iceberg);
  assert.equal(berg.icebergQty, "0.25000000");
  assert.deepEqual((await rest["depth"]!(symbol)).data.bids, [["90.00000000", "0.25000000"]]);
  await taker.rest["newOrder"]!(symbol, "BUY", "LIMIT", { ...gtc, quantity: "3", price: "94" });
  await trade("95");
  const status = async ({ orderId }: { orderId: number }) =>
    (await rest["getOrder"]!(symbol, { orderId })).data.status;
  assert.equal(await status(loss), "FILLED");
  assert.equal(await status(trail), "FILLED");
  assert.equal(await status(profit), "NEW");
  await rest["cancelOpenOrders"]!(symbol);
  await taker.rest["cancelOpenOrders"]!(symbol);
});

test("@binance/connector: an OCO over REST and over the WebSocket API", async () => {
  const { maker } = await opened();
  await trade("100");
  const legs = {
    ...{ abovePrice: "110", belowStopPrice: "90", belowPrice: "89", belowTimeInForce: "GTC" },
    listClientOrderId: "con-list",
  };
  const types = ["LIMIT_MAKER", "STOP_LOSS_LIMIT"] as const;
  const placed = await maker.rest["newOCOOrder"]!(symbol, "SELL", "1", ...types, legs);
  const { orderListId, orders, orderReports } = placed.data;
  assert.equal(orders.length, 2);
  assert.equal(orderReports[1].stopPrice, "90.00000000");
  assert.equal((await maker.rest["getOCOOrder"]!({ orderListId })).data.contingencyType, "OCO");
  assert.equal((await maker.rest["getOpenOCOOrders"]!()).data.length, 1);
  const byName = { listClientOrderId: "con-list" };
  const { data: canceled } = await maker.rest["cancelOCOOrder"]!(symbol, byName);
  assert.equal(canceled.listStatusType, "ALL_DONE");
  assert.equal((await maker.rest["getOCOOrders"]!()).data.length, 1);

  const overSocket = { ...legs, listClientOrderId: "con-ws-list" };
  const placedThere = await maker.ask("newOCOOrder", symbol, "SELL", 1, ...types, overSocket);
  assert.equal(placedThere.status, 200, JSON.stringify(placedThere.error));
  const { orderListId: id } = placedThere.result;
  assert.equal((await maker.ask("getOCOOrder", { orderListId: id })).result.orderListId, id);
  assert.equal((await maker.ask("getOCOOpenOrders")).result.length, 1);
  const gone = await maker.ask("cancelOCOOrder", symbol, { orderListId: id });
  assert.equal(gone.result.orderReports.length, 2);
  assert.equal((await maker.ask("ocoOrderHistory")).result.length, 2);
});

test("@binance/connector: orders of its own that an order must not meet", async () => {
  const { maker } = await opened();
  const bid = { ...gtc, quantity: "1", price: "50" };
  const { data: own } = await maker.rest["newOrder"]!(symbol, "BUY", "LIMIT", bid);
  const taker = { ...bid, selfTradePreventionMode: "EXPIRE_TAKER" };
  const { data: expired } = await maker.rest["newOrder"]!(symbol, "SELL", "LIMIT", taker);
  assert.equal(expired.status, "EXPIRED_IN_MATCH");
  assert.equal(expired.preventedQuantity, "1.00000000");
  const { orderId } = expired;
  const { result } = await maker.ask("preventedMatches", symbol, { orderId });
  assert.equal(result[0].makerOrderId, own.orderId);
  await maker.rest["cancelOpenOrders"]!(symbol);
});

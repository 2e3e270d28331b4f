import assert from "node:assert/strict";
import { test } from "node:test";
import { openBinance } from "./binance-client.ts";
import type { Any } from "./loose.ts";
import { behindTls, makeMarket, makeTrader, once } from "./world.ts";

const symbol = "BIOUSDT";

const opened = once(async () => {
  await makeMarket("BIO");
  const place = await behindTls();
  return {
    maker: await openBinance(place, await makeTrader("BIO")),
    taker: await openBinance(place, await makeTrader("BIO")),
  };
});

const buy = { symbol, side: "BUY", type: "LIMIT", timeInForce: "GTC" } as const;
const sell = { symbol, side: "SELL", type: "LIMIT", timeInForce: "GTC" } as const;
const result = { newOrderRespType: "RESULT" } as const;
const now = () => ({ timestamp: Date.now() });

async function trade(price: number): Promise<void> {
  const { maker, taker } = await opened();
  await maker.rest.submitNewOrder({ ...sell, quantity: 0.1, price });
  await taker.rest.submitNewOrder({ ...buy, quantity: 0.1, price });
}

test("binance: stops, trailing orders and icebergs", async () => {
  const { maker, taker } = await opened();
  const { rest } = maker;
  await trade(100);
  const stop = { symbol, side: "SELL", type: "STOP_LOSS", quantity: 1, ...result } as const;
  const loss: Any = await rest.submitNewOrder({ ...stop, stopPrice: 95 });
  assert.equal(loss.stopPrice, "95.00000000");
  const trail: Any = await rest.submitNewOrder({ ...stop, trailingDelta: 500 });
  assert.equal(trail.trailingDelta, 500);
  const profit: Any = await rest.submitNewOrder({
    ...{ ...sell, ...result, type: "TAKE_PROFIT_LIMIT", quantity: 1, price: 111, stopPrice: 110 },
  });
  assert.equal(profit.status, "NEW");
  const iceberg = { ...buy, ...result, quantity: 1, price: 90, icebergQty: 0.25 };
  const berg: Any = await rest.submitNewOrder(iceberg);
  assert.equal(berg.icebergQty, "0.25000000");
  await taker.rest.submitNewOrder({ ...buy, quantity: 3, price: 94 });
  await trade(95);
  const status = async ({ orderId }: Any) => (await rest.getOrder({ symbol, orderId })).status;
  assert.equal(await status(loss), "FILLED");
  assert.equal(await status(trail), "FILLED");
  assert.equal(await status(profit), "NEW");
  await rest.cancelAllSymbolOrders({ symbol });
  await taker.rest.cancelAllSymbolOrders({ symbol });
});

const pair = { symbol, side: "SELL", quantity: 1, ...result } as const;
const legs = { aboveType: "LIMIT_MAKER", belowType: "STOP_LOSS" } as const;
const oco = { ...pair, ...legs, abovePrice: 110, belowStopPrice: 90 } as const;
const bid = { workingType: "LIMIT", workingSide: "BUY", workingTimeInForce: "GTC" } as const;
const sale = { pendingSide: "SELL", pendingQuantity: "1" } as const;
const working = { symbol, ...bid, workingPrice: "50", workingQuantity: "1", ...sale } as const;
const oto = { ...working, pendingType: "MARKET" } as const;
const types = { pendingAboveType: "LIMIT_MAKER", pendingBelowType: "STOP_LOSS" } as const;
const prices = { pendingAbovePrice: "60", pendingBelowStopPrice: "40" } as const;
const otoco = { ...working, ...types, ...prices } as const;

test("binance: order lists over REST", async () => {
  const { rest } = (await opened()).maker;
  await trade(100);
  const { orderListId, orders } = await rest.submitNewOrderList(oco);
  assert.equal(orders.length, 2);
  const first = { ...pair, price: 110, stopPrice: 90 };
  assert.equal((await rest.submitNewOCO(first)).orderReports.length, 2);
  assert.equal((await rest.submitNewOrderListOTO(oto)).orderReports.length, 2);
  assert.equal((await rest.submitNewOrderListOTOCO(otoco)).orderReports.length, 3);
  assert.equal((await rest.getOCO({ orderListId })).contingencyType, "OCO");
  assert.equal((await rest.getAllOpenOCO()).length, 4);
  assert.equal((await rest.cancelOCO({ symbol, orderListId })).listOrderStatus, "ALL_DONE");
  assert.equal((await rest.getAllOCO({})).length, 4);
  assert.equal((await rest.cancelAllSymbolOrders({ symbol })).length, 3);
});

test("binance: orders of its own that an order must not meet", async () => {
  const { rest } = (await opened()).maker;
  const own = await rest.submitNewOrder({ ...buy, quantity: 1, price: 50 });
  const order = { ...sell, ...result, quantity: 1, price: 50 };
  const taker = await rest.submitNewOrder({ ...order, selfTradePreventionMode: "EXPIRE_BOTH" });
  assert.equal(taker.status, "EXPIRED_IN_MATCH");
  const [match] = await rest.getPreventedMatches({ symbol, orderId: own.orderId });
  assert.equal(match?.takerOrderId, taker.orderId);
});

test("binance: lists and amendments over the WebSocket API", async () => {
  const { api } = (await opened()).maker;
  await trade(100);
  const text = { quantity: "1", abovePrice: "110", belowStopPrice: "90" };
  const placed = await api.placeSpotOCOOrderList({ ...oco, ...text, ...now() });
  const { orderListId } = placed.result;
  const first = { ...pair, quantity: "1", price: "110", stopPrice: "90", ...now() };
  assert.equal((await api.placeSpotOrderList(first)).status, 200);
  const two = await api.placeSpotOTOOrderList({ ...oto, ...now() });
  assert.equal(two.status, 200);
  const three = await api.placeSpotOTOCOOrderList({ ...otoco, ...now() });
  const { orderId } = three.result.orders[0]!;
  const amended = await api.amendSpotOrderKeepPriority({
    ...{ symbol, orderId, newQty: "0.5", ...now() },
  });
  assert.equal(amended.result.amendedOrder.qty, "0.50000000");
  const status = await api.getSpotOrderListStatus({ orderListId, ...now() });
  assert.equal(status.result.listOrderStatus, "EXECUTING");
  assert.equal((await api.getSpotOpenOrderLists(now())).result.length, 4);
  const matches = await api.getSpotPreventedMatches({ symbol, orderId, ...now() });
  assert.deepEqual(matches.result, []);
  const canceled = await api.cancelSpotOrderList({ symbol, orderListId, ...now() });
  assert.equal(canceled.result.listOrderStatus, "ALL_DONE");
  assert.equal((await api.cancelAllSpotOpenOrders({ symbol, ...now() })).result.length, 3);
  assert.equal((await api.getSpotAllOrderLists({ limit: 100, ...now() })).result.length, 8);
});

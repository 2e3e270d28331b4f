import assert from "node:assert/strict";
import { test } from "node:test";
import ccxt from "ccxt";
import { openCcxt } from "./ccxt-client.ts";
import { runSteps } from "./from-docs.ts";
import { behindTls, eventually, makeMarket, makeTrader, once } from "./world.ts";

const symbol = "CCO/USDT";
const id = "CCOUSDT";

const opened = once(async () => {
  await makeMarket("CCO");
  const place = await behindTls();
  return {
    maker: await openCcxt(place, await makeTrader("CCO")),
    taker: await openCcxt(place, await makeTrader("CCO")),
  };
});

/** A trade at a price, of which nothing stays in the book. */
async function trade(price: number): Promise<void> {
  const { maker, taker } = await opened();
  await maker.createOrder(symbol, "limit", "sell", 0.1, price);
  const bought = await taker.createOrder(symbol, "limit", "buy", 0.1, price);
  assert.equal(bought.status, "closed");
}
async function clear(): Promise<void> {
  const { maker, taker } = await opened();
  for (const exchange of [maker, taker]) {
    await exchange.cancelAllOrders(symbol).catch((error: unknown) => {
      if (!(error instanceof ccxt.OrderNotFound)) throw error;
    });
  }
}

test("ccxt: stop losses and take profits wait for their price, with a limit and without", async () => {
  const { maker, taker } = await opened();
  await trade(100);
  const stops = [
    ["market", 1, undefined, { stopLossPrice: 95 }, "STOP_LOSS", 95],
    ["limit", 1, 89, { stopLossPrice: 90 }, "STOP_LOSS_LIMIT", 90],
    ["market", 1, undefined, { takeProfitPrice: 110 }, "TAKE_PROFIT", 110],
    ["limit", 1, 121, { takeProfitPrice: 120 }, "TAKE_PROFIT_LIMIT", 120],
  ] as const;
  const ids: string[] = [];
  for (const [type, amount, price, params, expected, trigger] of stops) {
    const order = await maker.createOrder(symbol, type, "sell", amount, price, params);
    assert.equal(order.status, "open", expected);
    assert.equal(order.info["type"], expected);
    assert.equal(order.triggerPrice, trigger);
    ids.push(order.id!);
  }
  assert.equal((await maker.fetchOpenOrders(symbol)).length, 4);
  await taker.createOrder(symbol, "limit", "buy", 3, 94);
  await trade(95);
  const sold = await maker.fetchOrder(ids[0]!, symbol);
  assert.deepEqual([sold.status, sold.filled, sold.average], ["closed", 1, 94]);
  await taker.cancelAllOrders(symbol);
  await trade(120);
  const resting = await maker.fetchOrder(ids[3]!, symbol);
  assert.deepEqual([resting.status, resting.price], ["open", 121]);
  assert.deepEqual((await taker.fetchOrderBook(symbol)).asks, [[121, 1]]);
  const atMarket = await maker.fetchOrder(ids[2]!, symbol);
  assert.equal(atMarket.status, "expired", "nobody was there to buy");
  const reached = maker.createOrder(symbol, "market", "sell", 1, undefined, { stopLossPrice: 130 });
  await assert.rejects(reached, ccxt.OrderImmediatelyFillable);
  await clear();
});

test("ccxt: an order that trails the price", async () => {
  const { maker, taker } = await opened();
  await trade(100);
  const params = { trailingPercent: 10, stopLossOrTakeProfit: "stopLoss" };
  const order = await maker.createOrder(symbol, "market", "sell", 1, undefined, params);
  assert.equal(order.status, "open");
  assert.equal(order.info["trailingDelta"], 1_000);
  await trade(120);
  await taker.createOrder(symbol, "limit", "buy", 2, 105);
  await trade(108);
  const sold = await maker.fetchOrder(order.id!, symbol);
  assert.deepEqual([sold.status, sold.average], ["closed", 105]);
  await clear();
});

test("ccxt: icebergs, good-till-date orders and self-trade prevention", async () => {
  const { maker, taker } = await opened();
  await maker.createOrder(symbol, "limit", "buy", 1, 90, { icebergAmount: 0.25 });
  assert.deepEqual((await taker.fetchOrderBook(symbol)).bids, [[90, 0.25]]);
  const sold = await taker.createOrder(symbol, "limit", "sell", 0.75, 90);
  assert.equal(sold.filled, 0.75);

  const goodTillDate = Date.now() + 3_600_000;
  const dated = { timeInForce: "GTD", goodTillDate };
  const order = await maker.createOrder(symbol, "limit", "buy", 1, 80, dated);
  assert.equal(order.timeInForce, "GTD");
  assert.equal(order.info["goodTillDate"], goodTillDate);

  const offer = await maker.createOrder(symbol, "limit", "sell", 1, 200);
  const prevention = { selfTradePrevention: "EXPIRE_MAKER" };
  const bid = await maker.createOrder(symbol, "limit", "buy", 2, 200, prevention);
  assert.equal(bid.status, "open");
  assert.equal((await maker.fetchOrder(offer.id!, symbol)).status, "expired");
  const matches = await maker.privateGetMyPreventedMatches({ symbol: id, orderId: offer.id! });
  const [match] = matches as unknown as Record<string, string | number>[];
  assert.equal(match?.["takerOrderId"], Number(bid.id));
  assert.equal(match?.["makerPreventedQuantity"], "1.00000000");
  await clear();
});

type List = {
  readonly orderListId: number;
  readonly listOrderStatus: string;
  readonly orderReports: readonly { readonly type: string; readonly status: string }[];
};

test("ccxt: order lists, by the venue's own names", async () => {
  const { maker } = await opened();
  await trade(100);
  const pair = { symbol: id, side: "SELL", quantity: "1", aboveType: "LIMIT_MAKER" };
  const above = { ...pair, abovePrice: "110" };
  const below = { belowType: "STOP_LOSS", belowStopPrice: "90" };
  const working = { symbol: id, workingType: "LIMIT", workingTimeInForce: "GTC" };
  const bid = { ...working, workingSide: "BUY", workingPrice: "50", workingQuantity: "1" };
  const pending = { pendingSide: "SELL", pendingQuantity: "1" };
  const lists = [
    await maker.privatePostOrderListOco({ ...above, ...below }),
    await maker.privatePostOrderOco({
      ...{ symbol: id, side: "SELL", quantity: "1", price: "110", stopPrice: "90" },
      ...{ stopLimitPrice: "89", stopLimitTimeInForce: "GTC" },
    }),
    await maker.privatePostOrderListOto({ ...bid, ...pending, pendingType: "MARKET" }),
    await maker.privatePostOrderListOtoco({
      ...{ ...bid, ...pending, pendingAboveType: "LIMIT_MAKER", pendingAbovePrice: "60" },
      ...{ pendingBelowType: "STOP_LOSS", pendingBelowStopPrice: "40" },
    }),
  ] as unknown as List[];
  assert.deepEqual(
    lists.map((list) => list.orderReports.map(({ status, type }) => `${type} ${status}`)),
    [
      ["LIMIT_MAKER NEW", "STOP_LOSS NEW"],
      ["LIMIT_MAKER NEW", "STOP_LOSS_LIMIT NEW"],
      ["LIMIT NEW", "MARKET PENDING_NEW"],
      ["LIMIT NEW", "LIMIT_MAKER PENDING_NEW", "STOP_LOSS PENDING_NEW"],
    ],
  );
  const open = (await maker.privateGetOpenOrderList()) as unknown as List[];
  assert.deepEqual(
    open.map((list) => list.orderListId),
    lists.map((list) => list.orderListId),
  );
  const { orderListId } = lists[0]!;
  const canceled = await maker.privateDeleteOrderList({ symbol: id, orderListId });
  assert.equal((canceled as unknown as List).orderReports.length, 2);
  const queried = await maker.privateGetOrderList({ orderListId });
  assert.equal((queried as unknown as List).listOrderStatus, "ALL_DONE");
  assert.equal(((await maker.privateGetAllOrderList()) as unknown as List[]).length, 4);
  const unknown = maker.privateDeleteOrderList({ symbol: id, orderListId });
  await assert.rejects(unknown, ccxt.OrderNotFound);
  await clear();
});

test("ccxt pro: stops over the WebSocket API, and what becomes of them in the user's stream", async () => {
  const { maker, taker } = await opened();
  await trade(100);
  const heard: { id?: string | undefined; status?: string | undefined }[] = [];
  const listen = async () => {
    for (;;) heard.push(...(await maker.watchOrders(symbol)));
  };
  listen().catch(() => undefined);
  // Until the subscription stands, updates are lost: an order far off shows when it does.
  while (heard.length === 0) {
    const far = await maker.createOrder(symbol, "limit", "buy", 1, 10);
    await maker.cancelOrder(far.id!, symbol);
  }
  const stop = await maker.createOrderWs(symbol, "STOP_LOSS_LIMIT", "sell", 1, 89, {
    stopPrice: "90",
  });
  assert.equal(stop.status, "open");
  assert.equal(stop.triggerPrice, 90);
  await taker.createOrder(symbol, "limit", "buy", 2, 89);
  await trade(90);
  await eventually("the stop's fill", () =>
    heard.find((order) => order.id === stop.id && order.status === "closed"),
  );
  await clear();
});

test("ccxt: the orders of the documentation", async () => {
  const exchange = await openCcxt(await behindTls(), await makeTrader("BTC"));
  await runSteps("Orders with ccxt", { exchange });
  assert.equal((await exchange.fetchOpenOrders("BTC/USDT")).length, 8);
  await exchange.cancelAllOrders("BTC/USDT");
});

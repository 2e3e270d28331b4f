import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshRequestId, requestIdText } from "../src/dialect/request-id.ts";
import {
  limitOrder,
  openTrader,
  type Sent,
  sendSigned,
  startVenue,
  type TestNode,
  type TestVenue,
  type Trader,
} from "./venue.ts";

let venue: TestVenue;
let node: TestNode;
let trader: Trader;
let other: Trader;

before(async () => {
  venue = await startVenue();
  node = venue.node;
  trader = await openTrader(node, { BTC: 1_000, USDT: 10_000_000 });
  other = await openTrader(node, { BTC: 1_000, USDT: 10_000_000 });
  await trade("100");
});
after(() => venue.close());

type Values = Readonly<Record<string, string | number | boolean | undefined>>;
type Body = Sent["body"];

const symbol = "BTCUSDT";
const ask = (of: Trader, line: string, values: Values = {}): Promise<Sent> =>
  sendSigned(node, of, line, values);
const place = (of: Trader, values: Values): Promise<Sent> =>
  ask(of, "POST /api/v3/order", { symbol, ...values });
const query = async (orderId: number): Promise<Body> =>
  (await ask(trader, "GET /api/v3/order", { symbol, orderId })).body;

async function trade(price: string): Promise<void> {
  await place(other, limitOrder("SELL", price, "0.1"));
  await place(trader, limitOrder("BUY", price, "0.1"));
}

const sellOco = {
  ...{ symbol, side: "SELL", quantity: "1", aboveType: "LIMIT_MAKER", abovePrice: "110" },
  ...{ belowType: "STOP_LOSS_LIMIT", belowStopPrice: "90", belowPrice: "89" },
  belowTimeInForce: "GTC",
} as const;
const placeOco = (change: Values = {}): Promise<Sent> =>
  ask(trader, "POST /api/v3/orderList/oco", { ...sellOco, ...change });

test("an OCO is answered with its orders, found in all queries, and ended by a fill", async () => {
  const placed = await placeOco({ listClientOrderId: "pair-1", aboveClientOrderId: "up-1" });
  assert.equal(placed.status, 200, placed.text);
  const { orderReports, transactionTime, orderListId, ...head } = placed.body;
  const [above, below] = orderReports;
  assert.deepEqual(head, {
    ...{ contingencyType: "OCO", listStatusType: "EXEC_STARTED", listOrderStatus: "EXECUTING" },
    ...{ listClientOrderId: "pair-1", symbol },
    orders: [
      { symbol, orderId: above.orderId, clientOrderId: "up-1" },
      { symbol, orderId: below.orderId, clientOrderId: below.clientOrderId },
    ],
  });
  assert.ok(orderListId > 0);
  assert.equal(above.orderListId, orderListId);
  assert.equal(above.type, "LIMIT_MAKER");
  assert.equal(above.workingTime, transactionTime);
  assert.equal(below.type, "STOP_LOSS_LIMIT");
  assert.equal(below.stopPrice, "90.00000000");
  assert.equal(below.workingTime, -1);
  assert.notEqual(below.clientOrderId, "");
  const account = await ask(trader, "GET /api/v3/account", { omitZeroBalances: true });
  const btc = account.body.balances.find((one: { asset: string }) => one.asset === "BTC");
  assert.equal(btc.locked, "1.00000000", "a pair holds what one of it would");

  const list = await ask(trader, "GET /api/v3/orderList", { orderListId });
  const { orderReports: _, ...shown } = placed.body;
  assert.deepEqual(list.body, shown);
  const byName = await ask(trader, "GET /api/v3/orderList", { origClientOrderId: "pair-1" });
  assert.deepEqual(byName.body, shown);
  assert.deepEqual((await ask(trader, "GET /api/v3/openOrderList")).body, [shown]);
  assert.deepEqual((await ask(trader, "GET /api/v3/allOrderList", { fromId: 1 })).body, [shown]);
  const foreign = await ask(other, "GET /api/v3/orderList", { orderListId });
  assert.deepEqual(foreign.body, { code: -2013, msg: "Order list does not exist." });
  const open = await ask(trader, "GET /api/v3/openOrders", { symbol });
  assert.deepEqual(
    open.body.map((order: Body) => [order.orderId, order.orderListId]),
    [
      [above.orderId, orderListId],
      [below.orderId, orderListId],
    ],
  );

  const bought = await place(other, limitOrder("BUY", "110", "1"));
  assert.equal(bought.body.status, "FILLED", bought.text);
  assert.equal((await query(above.orderId)).status, "FILLED");
  assert.equal((await query(below.orderId)).status, "EXPIRED");
  const done = await ask(trader, "GET /api/v3/orderList", { orderListId });
  assert.equal(done.body.listStatusType, "ALL_DONE");
  assert.equal(done.body.listOrderStatus, "ALL_DONE");
  const [mine] = (
    await ask(trader, "GET /api/v3/myTrades", { ...{ symbol, orderId: above.orderId } })
  ).body;
  assert.equal(mine.orderListId, orderListId);
  assert.deepEqual((await ask(trader, "GET /api/v3/openOrderList")).body, []);
});

test("an OCO whose prices are on the wrong sides, or whose names are taken, is refused whole", async () => {
  await trade("100");
  const wrong = await placeOco({ abovePrice: "89", belowStopPrice: "90" });
  assert.deepEqual(wrong.body, {
    ...{ code: -2010, msg: "The relationship of the prices for the orders is not correct." },
  });
  const first = await placeOco({ listClientOrderId: "taken" });
  assert.equal(first.status, 200, first.text);
  const again = await placeOco({ listClientOrderId: "taken" });
  assert.deepEqual(again.body, { code: -2010, msg: "Duplicate order sent." });
  const open = await ask(trader, "GET /api/v3/openOrderList");
  assert.equal(open.body.length, 1);
  await ask(trader, "DELETE /api/v3/orderList", { symbol, listClientOrderId: "taken" });
});

test("cancelling a list, or one of its orders, cancels all of it and is answered with the list", async () => {
  const first = await placeOco();
  const { orderListId } = first.body;
  const cancelled = await ask(trader, "DELETE /api/v3/orderList", {
    ...{ symbol, orderListId, newClientOrderId: "my-cancel" },
  });
  assert.equal(cancelled.status, 200, cancelled.text);
  assert.equal(cancelled.body.listStatusType, "ALL_DONE");
  assert.deepEqual(cancelled.body.orders, first.body.orders);
  const reports = (body: Body): unknown[] =>
    body.orderReports.map((one: Body) => [one.orderId, one.status, one.clientOrderId, one.type]);
  const ids = (body: Body): number[] => body.orders.map((one: Body) => one.orderId);
  const [above, below] = ids(first.body);
  assert.deepEqual(reports(cancelled.body).sort(), [
    [above, "CANCELED", "my-cancel", "LIMIT_MAKER"],
    [below, "CANCELED", "my-cancel", "STOP_LOSS_LIMIT"],
  ]);
  const gone = await ask(trader, "DELETE /api/v3/orderList", { symbol, orderListId });
  assert.deepEqual(gone.body, { code: -2011, msg: "Unknown order list sent." });

  const second = await placeOco();
  const byOrder = await ask(trader, "DELETE /api/v3/order", {
    ...{ symbol, orderId: ids(second.body)[1] },
  });
  assert.equal(byOrder.body.orderListId, second.body.orderListId, byOrder.text);
  assert.equal(byOrder.body.orderReports.length, 2);

  const third = await placeOco();
  const alone = await place(trader, limitOrder("BUY", "50", "1"));
  const all = await ask(trader, "DELETE /api/v3/openOrders", { symbol });
  assert.equal(all.body.length, 2, all.text);
  assert.equal(all.body[0].orderId, alone.body.orderId);
  assert.equal(all.body[1].orderListId, third.body.orderListId);
  assert.equal(all.body[1].orderReports.length, 2);

  const fourth = await placeOco();
  const replaced = await ask(trader, "POST /api/v3/order/cancelReplace", {
    ...limitOrder("SELL", "120", "1"),
    ...{ cancelReplaceMode: "STOP_ON_FAILURE", cancelOrderId: ids(fourth.body)[0] },
  });
  assert.equal(replaced.status, 200, replaced.text);
  assert.equal(replaced.body.cancelResponse.orderReports.length, 2);
  assert.equal(replaced.body.newOrderResponse.price, "120.00000000");
  await ask(trader, "DELETE /api/v3/openOrders", { symbol });
});

test("the first form of an OCO works, with a limit and without", async () => {
  const oco = { symbol, side: "BUY", quantity: "1", price: "90", stopPrice: "110" };
  const market = await ask(trader, "POST /api/v3/order/oco", oco);
  assert.equal(market.status, 200, market.text);
  assert.deepEqual(
    market.body.orderReports.map((one: Body) => one.type),
    ["STOP_LOSS", "LIMIT_MAKER"],
  );
  const limit = await ask(trader, "POST /api/v3/order/oco", {
    ...{ ...oco, side: "SELL", price: "110", stopPrice: "90", stopLimitPrice: "89" },
    ...{ stopLimitTimeInForce: "GTC", newOrderRespType: "ACK" },
  });
  assert.equal(limit.status, 200, limit.text);
  assert.equal("status" in limit.body.orderReports[0], false);
  await ask(trader, "DELETE /api/v3/openOrders", { symbol });
});

const oto = {
  ...{ symbol, workingType: "LIMIT", workingSide: "BUY", workingPrice: "95", workingQuantity: "1" },
  ...{ workingTimeInForce: "GTC", pendingType: "LIMIT", pendingSide: "SELL", pendingPrice: "130" },
  ...{ pendingQuantity: "0.5", pendingTimeInForce: "GTC" },
} as const;

test("an OTO's second order waits for the first to be filled", async () => {
  const placed = await ask(trader, "POST /api/v3/orderList/oto", oto);
  assert.equal(placed.status, 200, placed.text);
  assert.equal(placed.body.contingencyType, "OTO");
  const [working, pending] = placed.body.orderReports;
  assert.equal(working.status, "NEW");
  assert.equal(pending.status, "PENDING_NEW");
  assert.equal(pending.workingTime, -1);
  const amended = await ask(trader, "PUT /api/v3/order/amend/keepPriority", {
    ...{ symbol, orderId: pending.orderId, newQty: "0.4", newClientOrderId: "smaller" },
  });
  assert.equal(amended.status, 200, amended.text);
  assert.equal(amended.body.amendedOrder.status, "PENDING_NEW");
  assert.equal(amended.body.listStatus.orderListId, placed.body.orderListId);
  assert.equal(amended.body.listStatus.orders[1].clientOrderId, "smaller");
  await place(other, limitOrder("SELL", "95", "1"));
  assert.equal((await query(working.orderId)).status, "FILLED");
  const rests = await query(pending.orderId);
  assert.equal(rests.status, "NEW");
  assert.equal(rests.isWorking, true);
  const cancelled = await ask(trader, "DELETE /api/v3/order", { symbol, orderId: pending.orderId });
  assert.equal(cancelled.body.orderReports.length, 1, cancelled.text);
  assert.equal(cancelled.body.orders.length, 2);
});

test("an OTO whose first order is filled at once still answers that the second waits", async () => {
  await place(other, limitOrder("SELL", "95", "1"));
  const placed = await ask(trader, "POST /api/v3/orderList/oto", oto);
  const [working, pending] = placed.body.orderReports;
  assert.equal(working.status, "FILLED", placed.text);
  assert.equal(working.fills.length, 1);
  assert.equal(pending.status, "PENDING_NEW");
  assert.equal((await query(pending.orderId)).status, "NEW");
  await ask(trader, "DELETE /api/v3/openOrders", { symbol });
});

test("an OTO's first order may end at once: filled whole it places the second, else both end", async () => {
  const atOnce = { ...oto, workingTimeInForce: "IOC" };
  await place(other, limitOrder("SELL", "95", "1"));
  const filled = await ask(trader, "POST /api/v3/orderList/oto", atOnce);
  assert.equal(filled.body.orderReports[0].status, "FILLED", filled.text);
  assert.equal((await query(filled.body.orderReports[1].orderId)).status, "NEW");
  await ask(trader, "DELETE /api/v3/openOrders", { symbol });
  await place(other, limitOrder("SELL", "95", "0.4"));
  const partly = await ask(trader, "POST /api/v3/orderList/oto", atOnce);
  const [working, pending] = partly.body.orderReports;
  assert.deepEqual([working.status, working.executedQty], ["EXPIRED", "0.40000000"], partly.text);
  assert.equal(partly.body.listOrderStatus, "ALL_DONE");
  assert.equal((await query(pending.orderId)).status, "EXPIRED");
});

test("an OTOCO's pair is placed together, and one of it ends the other", async () => {
  const placed = await ask(trader, "POST /api/v3/orderList/otoco", {
    ...{ symbol, workingType: "LIMIT_MAKER", workingSide: "BUY", workingPrice: "94" },
    ...{ workingQuantity: "1", pendingSide: "SELL", pendingQuantity: "0.9" },
    ...{ pendingAboveType: "LIMIT_MAKER", pendingAbovePrice: "140", pendingBelowType: "STOP_LOSS" },
    pendingBelowStopPrice: "80",
  });
  assert.equal(placed.status, 200, placed.text);
  assert.equal(placed.body.contingencyType, "OTO");
  const [working, above, below] = placed.body.orders.map((one: Body) => one.orderId);
  await place(other, limitOrder("SELL", "94", "1"));
  assert.equal((await query(working)).status, "FILLED");
  assert.equal((await query(above)).status, "NEW");
  assert.equal((await query(below)).status, "NEW");
  const amend = { symbol, orderId: above, newQty: "0.5" };
  const refused = await ask(trader, "PUT /api/v3/order/amend/keepPriority", amend);
  assert.deepEqual(refused.body, { code: -2038, msg: "Orders of an OCO pair cannot be amended." });
  await place(other, limitOrder("BUY", "140", "0.9"));
  assert.equal((await query(above)).status, "FILLED");
  assert.equal((await query(below)).status, "EXPIRED");
  const list = await ask(trader, "GET /api/v3/orderList", { orderListId: placed.body.orderListId });
  assert.equal(list.body.listOrderStatus, "ALL_DONE");
});

test("a list that the edge sends again is placed once and answered the same by every node", async () => {
  const second = await venue.addNode();
  const headers = { "Halcyon-Request-Id": requestIdText(freshRequestId(Date.now())) };
  const first = await sendSigned(node, trader, "POST /api/v3/orderList/oto", oto, headers);
  const again = { ...headers, "Halcyon-Attempt": "1" };
  const repeated = await sendSigned(second, trader, "POST /api/v3/orderList/oto", oto, again);
  assert.deepEqual(repeated.body, first.body);
  const position = { "Halcyon-Position": repeated.headers.get("halcyon-position")! };
  const open = await sendSigned(node, trader, "GET /api/v3/openOrderList", {}, position);
  assert.equal(open.body.length, 1);
  const { orderListId } = first.body;
  const cancel = { symbol, orderListId };
  const cancelHeaders = { "Halcyon-Request-Id": requestIdText(freshRequestId(Date.now())) };
  const cancelled = await sendSigned(
    ...([second, trader, "DELETE /api/v3/orderList", cancel, cancelHeaders] as const),
  );
  const retried = { ...cancelHeaders, "Halcyon-Attempt": "1" };
  const cancelledAgain = await sendSigned(
    ...([node, trader, "DELETE /api/v3/orderList", cancel, retried] as const),
  );
  assert.deepEqual(cancelledAgain.body, cancelled.body);
});

test("the orders of a list count against the account's limits", async () => {
  const strict = await venue.addNode({ limits: { ordersPer10Seconds: 2 } });
  const newcomer = await openTrader(node, { USDT: 10_000 });
  const list = { ...oto, workingQuantity: "0.1", pendingQuantity: "0.1" };
  const position = { "Halcyon-Position": String(node.replica.position) };
  const both = await sendSigned(
    ...([strict, newcomer, "POST /api/v3/orderList/oto", list, position] as const),
  );
  assert.equal(both.status, 200, both.text);
  const third = await sendSigned(
    strict,
    newcomer,
    "POST /api/v3/order",
    limitOrder("BUY", "50", "1"),
  );
  assert.equal(third.body.code, -1015);
});

test("the ledger balances after all of this", () => {
  assert.equal(node.replica.venue.audit().balanced, true);
});

import type { Fields } from "../fuzz/text-mutation.ts";

const order: Fields = {
  ...{ symbol: "FUZZUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC" },
  ...{ quantity: "0.5", price: "100", newClientOrderId: "fuzz-1", newOrderRespType: "FULL" },
};
const market: Fields = { symbol: "FUZZUSDT" };
const ofOrder: Fields = { ...market, orderId: "1" };
const stop: Fields = {
  ...{ ...market, side: "SELL", type: "STOP_LOSS_LIMIT", timeInForce: "GTC", quantity: "0.5" },
  ...{ price: "89", stopPrice: "90", trailingDelta: "100" },
};
const pair: Fields = { ...market, side: "SELL", quantity: "0.5" };
const oco: Fields = { ...pair, aboveType: "LIMIT_MAKER", abovePrice: "110" };
const below: Fields = { belowType: "STOP_LOSS", belowStopPrice: "90" };
const working: Fields = {
  ...{ ...market, workingType: "LIMIT", workingSide: "BUY", workingTimeInForce: "GTC" },
  ...{ workingPrice: "95", workingQuantity: "0.5", pendingSide: "SELL", pendingQuantity: "0.4" },
};
const pendingBelow: Fields = { pendingBelowType: "STOP_LOSS", pendingBelowStopPrice: "80" };

/** Valid requests of a trader: path, name in the WebSocket API, parameters. */
export const requests: readonly (readonly [line: string, method: string, fields: Fields])[] = [
  ["POST /api/v3/order", "order.place", order],
  ["POST /api/v3/order", "order.place", { ...order, side: "SELL" }],
  ["POST /api/v3/order", "order.place", { ...market, side: "SELL", type: "MARKET", quantity: "1" }],
  [
    "POST /api/v3/order",
    "order.place",
    { ...market, side: "BUY", type: "MARKET", quoteOrderQty: "50" },
  ],
  ["POST /api/v3/order/test", "order.test", order],
  [
    "POST /api/v3/order/cancelReplace",
    "order.cancelReplace",
    { ...order, cancelReplaceMode: "ALLOW_FAILURE", cancelOrderId: "1" },
  ],
  ["POST /api/v3/order", "order.place", stop],
  ["POST /api/v3/order", "order.place", { ...order, icebergQty: "0.1" }],
  [
    "POST /api/v3/order",
    "order.place",
    { ...order, timeInForce: "GTD", goodTillDate: "4102444800000", strategyId: "1" },
  ],
  [
    "POST /api/v3/order",
    "order.place",
    { ...order, selfTradePreventionMode: "DECREMENT", strategyType: "1000000" },
  ],
  ["POST /api/v3/orderList/oco", "orderList.place.oco", { ...oco, ...below }],
  ["POST /api/v3/order/oco", "orderList.place", { ...pair, price: "110", stopPrice: "90" }],
  ["POST /api/v3/orderList/oto", "orderList.place.oto", { ...working, pendingType: "MARKET" }],
  [
    "POST /api/v3/orderList/otoco",
    "orderList.place.otoco",
    { ...working, pendingAboveType: "LIMIT_MAKER", pendingAbovePrice: "110", ...pendingBelow },
  ],
  ["DELETE /api/v3/orderList", "orderList.cancel", { ...market, orderListId: "1" }],
  ["GET /api/v3/orderList", "orderList.status", { orderListId: "1" }],
  ["GET /api/v3/openOrderList", "openOrderLists.status", {}],
  ["GET /api/v3/allOrderList", "allOrderLists", { fromId: "0", limit: "10" }],
  [
    "PUT /api/v3/order/amend/keepPriority",
    "order.amend.keepPriority",
    { ...ofOrder, newQty: "0.4" },
  ],
  ["GET /api/v3/myPreventedMatches", "myPreventedMatches", ofOrder],
  ["DELETE /api/v3/order", "order.cancel", ofOrder],
  ["DELETE /api/v3/openOrders", "openOrders.cancelAll", market],
  ["GET /api/v3/order", "order.status", ofOrder],
  ["GET /api/v3/openOrders", "openOrders.status", market],
  ["GET /api/v3/allOrders", "allOrders", { ...market, limit: "10", startTime: "1" }],
  ["GET /api/v3/myTrades", "myTrades", { ...market, fromId: "0", limit: "10" }],
  ["GET /api/v3/account", "account.status", { omitZeroBalances: "true" }],
  ["GET /api/v3/depth", "depth", { ...market, limit: "10" }],
  ["GET /api/v3/klines", "klines", { ...market, interval: "1m", limit: "5", startTime: "0" }],
  ["GET /api/v3/aggTrades", "trades.aggregate", { ...market, fromId: "0", limit: "5" }],
  ["GET /api/v3/exchangeInfo", "exchangeInfo", { symbols: '["FUZZUSDT"]' }],
  ["GET /api/v3/ticker/24hr", "ticker.24hr", { ...market, type: "MINI" }],
  [
    "POST /sapi/v1/capital/withdraw/apply",
    "userDataStream.subscribe",
    { coin: "FUZZ", address: "somewhere", amount: "0.1", network: "FUZZ" },
  ],
  ["GET /sapi/v1/capital/deposit/hisrec", "session.status", { coin: "FUZZ", limit: "5" }],
];

import { side } from "@halcyon/core";
import type { OwnFill } from "../../views/records.ts";
import { dialectError, missingOneOf } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { answer, answerJson, type GatewayContext, type Method, refuse } from "../method.ts";
import { orderJson } from "../order-text.ts";
import { param, required } from "../params.ts";
import { isTimed, readWindow, windowParams } from "./query-window.ts";

export const queryOrder: Method = {
  name: "order.status",
  rest: [{ verb: "GET", path: "/api/v3/order" }],
  ws: "order.status",
  security: "read",
  weight: 4,
  params: {
    symbol: required(param.symbol),
    orderId: param.integer,
    origClientOrderId: param.clientOrderId,
  },
  handle(gateway, caller, params) {
    const grid = gateway.grids.bySymbol(params.required("symbol"));
    if (grid === undefined) return refuse(dialectError.invalidSymbol);
    const orderId = params.integer("orderId");
    const clientOrderId = params.text("origClientOrderId");
    if (orderId === undefined && clientOrderId === undefined) {
      return refuse(missingOneOf("origClientOrderId", "orderId"));
    }
    const { orders } = gateway.views;
    const order =
      orderId !== undefined
        ? orders.byId(orderId)
        : orders.byClientId(caller.account, clientOrderId ?? "");
    const isMeant =
      order !== undefined &&
      order.account === caller.account &&
      order.market === grid.market &&
      (clientOrderId === undefined || order.clientOrderId === clientOrderId);
    return isMeant ? answerJson(orderJson(grid, order)) : refuse(dialectError.noSuchOrder);
  },
};

export const openOrders: Method = {
  name: "openOrders.status",
  rest: [{ verb: "GET", path: "/api/v3/openOrders" }],
  ws: "openOrders.status",
  security: "read",
  weight: (params) => (params.has("symbol") ? 6 : 80),
  params: { symbol: param.symbol },
  handle(gateway, caller, params) {
    const symbol = params.text("symbol");
    const grid = symbol === undefined ? null : gateway.grids.bySymbol(symbol);
    if (grid === undefined) return refuse(dialectError.invalidSymbol);
    const open = gateway.replica.venue.openOrders(caller.account, grid?.market);
    return answerJson(`[${open.map((order) => recordedJson(gateway, order.orderId)).join(",")}]`);
  },
};

/** The views remember every open order. */
function recordedJson(gateway: GatewayContext, orderId: number): string {
  const order = gateway.views.orders.byId(orderId);
  if (order === undefined) throw new Error(`open order ${orderId} is not among the views' orders`);
  return orderJson(gateway.grids.of(order.market), order);
}

export const allOrders: Method = {
  name: "allOrders",
  rest: [{ verb: "GET", path: "/api/v3/allOrders" }],
  ws: "allOrders",
  security: "read",
  weight: 20,
  params: { symbol: required(param.symbol), orderId: param.integer, ...windowParams },
  handle(gateway, caller, params) {
    const grid = gateway.grids.bySymbol(params.required("symbol"));
    if (grid === undefined) return refuse(dialectError.invalidSymbol);
    const window = readWindow(params);
    if ("code" in window) return refuse(window);
    const fromId = params.integer("orderId");
    const query = fromId === undefined ? window : { fromId, limit: window.limit };
    const orders = gateway.views.orders.ofAccount(caller.account, grid.market, query);
    return answerJson(`[${orders.map((order) => orderJson(grid, order)).join(",")}]`);
  },
};

export const myTrades: Method = {
  name: "myTrades",
  rest: [{ verb: "GET", path: "/api/v3/myTrades" }],
  ws: "myTrades",
  security: "read",
  weight: (params) => (params.has("orderId") ? 5 : 20),
  params: {
    symbol: required(param.symbol),
    orderId: param.integer,
    fromId: param.integer,
    ...windowParams,
  },
  handle(gateway, caller, params) {
    const grid = gateway.grids.bySymbol(params.required("symbol"));
    if (grid === undefined) return refuse(dialectError.invalidSymbol);
    const window = readWindow(params);
    if ("code" in window) return refuse(window);
    if (params.has("fromId") && isTimed(window)) return refuse(dialectError.invalidCombination);
    const fromId = params.integer("fromId");
    const orderId = params.integer("orderId");
    const query = { ...window, fromId, orderId };
    const fills = gateway.views.fills.ofAccount(caller.account, grid.market, query);
    return answer(fills.map((fill) => fillObject(gateway, grid, fill)));
  },
};

function fillObject(gateway: GatewayContext, grid: MarketGrid, fill: OwnFill): object {
  const inBase = fill.feeAsset === "base";
  return {
    symbol: grid.symbol,
    id: fill.tradeId,
    orderId: fill.orderId,
    orderListId: gateway.views.orders.byId(fill.orderId)?.orderListId || -1,
    price: grid.priceText(fill.priceTicks),
    qty: grid.quantityText(fill.quantityLots),
    quoteQty: grid.notionalText(fill.priceTicks, fill.quantityLots),
    commission: inBase ? grid.baseText(fill.feeUnits) : grid.quoteText(fill.feeUnits),
    commissionAsset: inBase ? grid.base.code : grid.quote.code,
    time: fill.timeMs,
    isBuyer: fill.side === side.buy,
    isMaker: fill.isMaker,
    isBestMatch: true,
  };
}

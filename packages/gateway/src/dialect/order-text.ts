import {
  type FillEvent,
  type OrderType,
  orderType,
  type Side,
  side,
  type TimeInForce,
  timeInForce,
} from "@halcyon/core";
import type { OrderRecord } from "../views/records.ts";
import type { MarketGrid } from "./market-grid.ts";

/** Orders as the dialect writes them. Hot answers are put together as text, the others as objects. */

export const sideText: Readonly<Record<Side, "BUY" | "SELL">> = {
  [side.buy]: "BUY",
  [side.sell]: "SELL",
};
export const orderTypeText: Readonly<Record<OrderType, string>> = {
  [orderType.limit]: "LIMIT",
  [orderType.market]: "MARKET",
  [orderType.limitMaker]: "LIMIT_MAKER",
  [orderType.stopLoss]: "STOP_LOSS",
  [orderType.stopLossLimit]: "STOP_LOSS_LIMIT",
  [orderType.takeProfit]: "TAKE_PROFIT",
  [orderType.takeProfitLimit]: "TAKE_PROFIT_LIMIT",
};
export const timeInForceText: Readonly<Record<TimeInForce, string>> = {
  [timeInForce.gtc]: "GTC",
  [timeInForce.ioc]: "IOC",
  [timeInForce.fok]: "FOK",
  [timeInForce.gtd]: "GTD",
};

/** What all answers about an order say of it, from price to side. */
export function orderFieldsJson(grid: MarketGrid, order: OrderRecord): string {
  return (
    `"price":"${grid.priceText(order.priceTicks)}"` +
    `,"origQty":"${grid.quantityText(order.quantityLots)}"` +
    `,"executedQty":"${grid.quantityText(order.executedLots)}"` +
    `,"origQuoteOrderQty":"${grid.quoteText(order.askedQuoteUnits)}"` +
    `,"cummulativeQuoteQty":"${grid.quoteText(order.executedQuoteUnits)}"` +
    `,"status":"${order.status}"` +
    `,"timeInForce":"${timeInForceText[order.timeInForce]}"` +
    `,"type":"${orderTypeText[order.type]}"` +
    `,"side":"${sideText[order.side]}"`
  );
}

function identityJson(grid: MarketGrid, order: OrderRecord, clientOrderId: string): string {
  return (
    `"symbol":${grid.symbolJson},"orderId":${order.orderId},"orderListId":-1` +
    `,"clientOrderId":${JSON.stringify(clientOrderId)}`
  );
}

export type ResponseType = "ACK" | "RESULT" | "FULL";

/** The answer to a new order. */
export function placedJson(
  grid: MarketGrid,
  order: OrderRecord,
  fills: readonly FillEvent[],
  type: ResponseType,
): string {
  const head = `{${identityJson(grid, order, order.clientOrderId)},"transactTime":${order.timeMs}`;
  if (type === "ACK") return `${head}}`;
  const result =
    `${head},${orderFieldsJson(grid, order)}` +
    `,"workingTime":${order.workingTimeMs},"selfTradePreventionMode":"NONE"`;
  return type === "RESULT" ? `${result}}` : `${result},"fills":[${fillsJson(grid, fills)}]}`;
}

function fillsJson(grid: MarketGrid, fills: readonly FillEvent[]): string {
  let text = "";
  for (const fill of fills) {
    const isBuy = fill.takerSide === side.buy;
    const fee = isBuy ? grid.baseText(fill.takerFee) : grid.quoteText(fill.takerFee);
    text +=
      `${text === "" ? "" : ","}{"price":"${grid.priceText(fill.priceTicks)}"` +
      `,"qty":"${grid.quantityText(fill.quantityLots)}","commission":"${fee}"` +
      `,"commissionAsset":"${isBuy ? grid.base.code : grid.quote.code}"` +
      `,"tradeId":${fill.tradeId}}`;
  }
  return text;
}

/** The answer to a cancel, which has a client id of its own. */
export function cancelledJson(
  grid: MarketGrid,
  order: OrderRecord,
  cancelClientOrderId: string,
  timeMs: number,
): string {
  return (
    `{"symbol":${grid.symbolJson},"origClientOrderId":${JSON.stringify(order.clientOrderId)}` +
    `,"orderId":${order.orderId},"orderListId":-1` +
    `,"clientOrderId":${JSON.stringify(cancelClientOrderId)},"transactTime":${timeMs}` +
    `,${orderFieldsJson(grid, order)},"selfTradePreventionMode":"NONE"}`
  );
}

/** An order as queries show it. */
export function orderJson(grid: MarketGrid, order: OrderRecord): string {
  const zero = grid.quoteText(0);
  return (
    `{${identityJson(grid, order, order.clientOrderId)},${orderFieldsJson(grid, order)}` +
    `,"stopPrice":"${zero}","icebergQty":"${zero}","time":${order.timeMs}` +
    `,"updateTime":${order.updateTimeMs},"isWorking":true,"workingTime":${order.workingTimeMs}` +
    `,"selfTradePreventionMode":"NONE"}`
  );
}

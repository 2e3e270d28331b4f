import { type FillEvent, side, type TradePreventedEvent } from "@halcyon/core";
import type { OrderRecord } from "../views/records.ts";
import type { MarketGrid } from "./market-grid.ts";
import {
  isStop,
  orderTypeText,
  selfTradeModeText,
  sideText,
  timeInForceText,
} from "./order-words.ts";

/** Orders as the dialect writes them. Hot answers are put together as text, the others as objects. */

/** What all answers about an order say of it, from price to side. */
function orderFieldsJson(grid: MarketGrid, order: OrderRecord): string {
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

/** What is said only of orders that have it; each field with a comma before it. */
function optionalFieldsJson(grid: MarketGrid, order: OrderRecord): string {
  let text = "";
  if (order.trailingDeltaBips > 0) {
    text += `,"trailingDelta":${order.trailingDeltaBips},"trailingTime":${order.trailingTimeMs || -1}`;
  }
  if (order.strategyId > 0) text += `,"strategyId":${order.strategyId}`;
  if (order.strategyType > 0) text += `,"strategyType":${order.strategyType}`;
  if (order.expireAtMs > 0) text += `,"goodTillDate":${order.expireAtMs}`;
  if (order.preventedMatchId > 0) {
    text +=
      `,"preventedMatchId":${order.preventedMatchId}` +
      `,"preventedQuantity":"${grid.quantityText(order.preventedLots)}"`;
  }
  return text;
}

/** Of a stop that has no stop price too: then it is zero. */
function stopPriceJson(grid: MarketGrid, order: OrderRecord): string {
  return isStop(order.type) ? `,"stopPrice":"${grid.priceText(order.stopPriceTicks)}"` : "";
}
function icebergJson(grid: MarketGrid, order: OrderRecord): string {
  return order.icebergLots > 0 ? `,"icebergQty":"${grid.quantityText(order.icebergLots)}"` : "";
}
function preventionModeJson(order: OrderRecord): string {
  return `,"selfTradePreventionMode":"${selfTradeModeText[order.selfTradeMode]}"`;
}
function orderListIdOf(order: OrderRecord): number {
  return order.orderListId || -1;
}

function identityJson(grid: MarketGrid, order: OrderRecord): string {
  return (
    `"symbol":${grid.symbolJson},"orderId":${order.orderId},"orderListId":${orderListIdOf(order)}` +
    `,"clientOrderId":${JSON.stringify(order.clientOrderId)}`
  );
}

export type ResponseType = "ACK" | "RESULT" | "FULL";

/** What an order traded and was kept from trading in its own command. */
export type Doings = {
  readonly fills: readonly FillEvent[];
  readonly prevented: readonly TradePreventedEvent[];
};

/** The answer to a new order. */
export function placedJson(
  grid: MarketGrid,
  order: OrderRecord,
  doings: Doings,
  type: ResponseType,
): string {
  const head = `{${identityJson(grid, order)},"transactTime":${order.timeMs}`;
  if (type === "ACK") return `${head}}`;
  const result =
    `${head},${orderFieldsJson(grid, order)}${stopPriceJson(grid, order)}` +
    `,"workingTime":${order.workingTimeMs || -1}${icebergJson(grid, order)}` +
    `${preventionModeJson(order)}${optionalFieldsJson(grid, order)}` +
    preventedMatchesJson(grid, doings.prevented);
  return type === "RESULT" ? `${result}}` : `${result},"fills":[${fillsJson(grid, doings.fills)}]}`;
}

/** An order that was just placed is the taker of all its fills. */
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

function preventedMatchesJson(grid: MarketGrid, prevented: readonly TradePreventedEvent[]): string {
  if (prevented.length === 0) return "";
  const rows = prevented.map(
    (match) =>
      `{"preventedMatchId":${match.preventedMatchId},"makerOrderId":${match.makerOrderId}` +
      `,"price":"${grid.priceText(match.priceTicks)}"${preventedQuantitiesJson(grid, match)}}`,
  );
  return `,"preventedMatches":[${rows.join(",")}]`;
}

/** What each side of a prevented match lost by it, where it lost anything. */
export function preventedQuantitiesJson(
  grid: MarketGrid,
  match: { readonly takerPreventedLots: number; readonly makerPreventedLots: number },
): string {
  let text = "";
  if (match.takerPreventedLots > 0) {
    text += `,"takerPreventedQuantity":"${grid.quantityText(match.takerPreventedLots)}"`;
  }
  if (match.makerPreventedLots > 0) {
    text += `,"makerPreventedQuantity":"${grid.quantityText(match.makerPreventedLots)}"`;
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
    `,"orderId":${order.orderId},"orderListId":${orderListIdOf(order)}` +
    `,"clientOrderId":${JSON.stringify(cancelClientOrderId)},"transactTime":${timeMs}` +
    `,${orderFieldsJson(grid, order)}${stopPriceJson(grid, order)}${icebergJson(grid, order)}` +
    `${optionalFieldsJson(grid, order)}${preventionModeJson(order)}}`
  );
}

/** An order as queries show it. */
export function orderJson(grid: MarketGrid, order: OrderRecord): string {
  return (
    `{${identityJson(grid, order)},${orderFieldsJson(grid, order)}` +
    `,"stopPrice":"${grid.priceText(order.stopPriceTicks)}"` +
    `,"icebergQty":"${grid.quantityText(order.icebergLots)}","time":${order.timeMs}` +
    `,"updateTime":${order.updateTimeMs},"isWorking":${order.workingTimeMs > 0}` +
    `,"workingTime":${order.workingTimeMs || -1}${optionalFieldsJson(grid, order)}` +
    `${preventionModeJson(order)}}`
  );
}

/** An amended order, with the client ids that it had and has. Its fields have names of their own. */
export function amendedJson(
  grid: MarketGrid,
  order: OrderRecord,
  origClientOrderId: string,
): string {
  const working = order.workingTimeMs > 0 ? `,"workingTime":${order.workingTimeMs}` : "";
  return (
    `{"symbol":${grid.symbolJson},"orderId":${order.orderId}` +
    `,"orderListId":${orderListIdOf(order)}` +
    `,"origClientOrderId":${JSON.stringify(origClientOrderId)}` +
    `,"clientOrderId":${JSON.stringify(order.clientOrderId)}` +
    `,"price":"${grid.priceText(order.priceTicks)}"` +
    `,"qty":"${grid.quantityText(order.quantityLots)}"` +
    `,"executedQty":"${grid.quantityText(order.executedLots)}"` +
    `,"preventedQty":"${grid.quantityText(order.preventedLots)}"` +
    `,"quoteOrderQty":"${grid.quoteText(order.askedQuoteUnits)}"` +
    `,"cumulativeQuoteQty":"${grid.quoteText(order.executedQuoteUnits)}"` +
    `,"status":"${order.status}","timeInForce":"${timeInForceText[order.timeInForce]}"` +
    `,"type":"${orderTypeText[order.type]}","side":"${sideText[order.side]}"` +
    `${stopPriceJson(grid, order)}${working}${icebergJson(grid, order)}` +
    `${optionalFieldsJson(grid, order)}${preventionModeJson(order)}}`
  );
}

import { type Refusal, refusal } from "@halcyon/core";
import type { MarketGrid } from "../dialect/market-grid.ts";
import {
  orderTypeText,
  selfTradeModeText,
  sideText,
  timeInForceText,
} from "../dialect/order-words.ts";
import type { OrderChange } from "../views/listener.ts";
import { expiryReason, isOnBook } from "../views/order-status.ts";

/** What the step is called in the event's `x`. */
const executionTypes: Readonly<Record<OrderChange["kind"], string>> = {
  new: "NEW",
  activated: "NEW",
  trade: "TRADE",
  prevented: "TRADE_PREVENTION",
  amended: "REPLACED",
  cancelled: "CANCELED",
  // A cancel-replace is a cancel to the order that goes.
  replaced: "CANCELED",
  expired: "EXPIRED",
};

/** One step of an order's life as the dialect's executionReport. */
export function executionReport(grid: MarketGrid, change: OrderChange): string {
  const { order, fill, timeMs } = change;
  const isCancel = change.kind === "cancelled" || change.kind === "replaced";
  // Clients take a `C` that is not empty for the order's id: only cancels have one.
  const clientId = isCancel ? change.cancelClientOrderId : order.clientOrderId;
  const originalId = isCancel ? order.clientOrderId : "";
  const lastLots = fill?.quantityLots ?? 0;
  const lastTicks = fill?.priceTicks ?? 0;
  return (
    `{"e":"executionReport","E":${timeMs},"s":${grid.symbolJson},"c":${JSON.stringify(clientId)},` +
    `"S":"${sideText[order.side]}","o":"${orderTypeText[order.type]}","f":"${timeInForceText[order.timeInForce]}",` +
    `"q":"${grid.quantityText(order.quantityLots)}","p":"${grid.priceText(order.priceTicks)}",` +
    `"P":"${grid.priceText(order.stopPriceTicks)}","F":"${grid.quantityText(order.icebergLots)}",` +
    `"g":${order.orderListId || -1},"C":${JSON.stringify(originalId)},"x":"${executionTypes[change.kind]}",` +
    `"X":"${order.status}","r":"${rejectReason(change.refusal)}","i":${order.orderId},` +
    `"l":"${grid.quantityText(lastLots)}","z":"${grid.quantityText(order.executedLots)}","L":"${grid.priceText(lastTicks)}",` +
    `${commissionText(grid, change)},"T":${timeMs},"t":${fill?.tradeId ?? -1},"I":${order.orderId},` +
    `"w":${isOnBook(order)},"m":${fill?.isMaker ?? false},"M":${fill !== null},"O":${order.timeMs},` +
    `"Z":"${grid.quoteText(order.executedQuoteUnits)}","Y":"${grid.notionalText(lastTicks, lastLots)}",` +
    `"Q":"${grid.quoteText(order.askedQuoteUnits)}",${conditionalFields(grid, change)}` +
    `"V":"${selfTradeModeText[order.selfTradeMode]}"}`
  );
}

function commissionText(grid: MarketGrid, { fill }: OrderChange): string {
  if (fill === null) return `"n":"0","N":null`;
  const asset = fill.feeAsset === "base" ? grid.base : grid.quote;
  const amount =
    fill.feeAsset === "base" ? grid.baseText(fill.feeUnits) : grid.quoteText(fill.feeUnits);
  return `"n":"${amount}","N":"${asset.code}"`;
}

/** What is said only where there is something to say; each field with a comma behind it. */
function conditionalFields(grid: MarketGrid, { order, prevention }: OrderChange): string {
  let text = "";
  if (order.workingTimeMs > 0) text += `"W":${order.workingTimeMs},`;
  if (order.trailingDeltaBips > 0) text += `"d":${order.trailingDeltaBips},`;
  if (order.trailingTimeMs > 0) text += `"D":${order.trailingTimeMs},`;
  if (order.strategyId > 0) text += `"j":${order.strategyId},`;
  if (order.strategyType > 0) text += `"J":${order.strategyType},`;
  // The dialect's word for the date, in its futures' order event: its spot market has no such orders.
  if (order.expireAtMs > 0) text += `"gtd":${order.expireAtMs},`;
  if (order.preventedMatchId > 0) {
    text += `"v":${order.preventedMatchId},"A":"${grid.quantityText(order.preventedLots)}",`;
  }
  if (prevention !== null) {
    const { lots, lostLots, priceTicks } = prevention;
    text +=
      `"B":"${grid.quantityText(lostLots)}","u":-1,"U":${prevention.counterOrderId},` +
      `"Cs":${grid.symbolJson},"pl":"${grid.quantityText(lots)}","pL":"${grid.priceText(priceTicks)}",` +
      `"pY":"${grid.notionalText(priceTicks, lots)}",`;
  }
  const reason = expiryReason(order);
  if (reason !== null) text += `"eR":"${reason}",`;
  return text;
}

/** Why a waiting order was refused when it was its turn. The dialect has few words for it. */
function rejectReason(code: Refusal | 0): string {
  switch (code) {
    case 0:
      return "NONE";
    case refusal.wouldMatch:
      return "WOULD_MATCH_IMMEDIATELY";
    case refusal.wouldTrigger:
      return "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY";
    case refusal.insufficientBalance:
      return "INSUFFICIENT_BALANCES";
    default:
      return rejectReasonsBySubject[Math.floor(code / 100)] ?? "UNKNOWN";
  }
}

/** By the hundreds of a refusal's number: the account, the market, and the filters. */
const rejectReasonsBySubject: Readonly<Record<number, string>> = {
  2: "ACCOUNT_INACTIVE",
  3: "MARKET_CLOSED",
  5: "PRICE_QTY_EXCEED_HARD_LIMITS",
};

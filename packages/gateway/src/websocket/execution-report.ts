import type { MarketGrid } from "../dialect/market-grid.ts";
import { orderTypeText, sideText, timeInForceText } from "../dialect/order-text.ts";
import type { OrderChange } from "../views/listener.ts";

/** What the step is called in the event's `x`. */
const executionTypes: Readonly<Record<OrderChange["kind"], string>> = {
  new: "NEW",
  trade: "TRADE",
  cancelled: "CANCELED",
  expired: "EXPIRED",
  // A cancel-replace is a cancel to the order that goes; an amendment replaces it by itself.
  replaced: "CANCELED",
  reduced: "REPLACED",
};

/**
 * One step of an order's life as the dialect's executionReport. `notionalMultiplier` is the market's:
 * the quote units of one lot at one tick.
 */
export function executionReport(
  grid: MarketGrid,
  notionalMultiplier: number,
  change: OrderChange,
): string {
  const { order, fill, timeMs } = change;
  const isCancel = change.kind === "cancelled" || change.kind === "replaced";
  // Clients take a `C` that is not empty for the order's id: only cancels have one.
  const clientId = isCancel ? change.cancelClientOrderId : order.clientOrderId;
  const originalId = isCancel ? order.clientOrderId : "";
  const zero = grid.quantityText(0);
  const noPrice = grid.priceText(0);
  const lastQuantity = fill === null ? zero : grid.quantityText(fill.quantityLots);
  const lastQuote =
    fill === null
      ? 0n
      : BigInt(fill.priceTicks) * BigInt(fill.quantityLots) * BigInt(notionalMultiplier);
  const lastPrice = fill === null ? noPrice : grid.priceText(fill.priceTicks);
  const working = order.workingTimeMs > 0 ? `"W":${order.workingTimeMs},` : "";
  return (
    `{"e":"executionReport","E":${timeMs},"s":${grid.symbolJson},"c":${JSON.stringify(clientId)},` +
    `"S":"${sideText[order.side]}","o":"${orderTypeText[order.type]}","f":"${timeInForceText[order.timeInForce]}",` +
    `"q":"${grid.quantityText(order.quantityLots)}","p":"${grid.priceText(order.priceTicks)}","P":"${noPrice}",` +
    `"F":"${zero}","g":-1,"C":${JSON.stringify(originalId)},"x":"${executionTypes[change.kind]}","X":"${order.status}","r":"NONE",` +
    `"i":${order.orderId},"l":"${lastQuantity}","z":"${grid.quantityText(order.executedLots)}","L":"${lastPrice}",` +
    `${commissionText(grid, change)},"T":${timeMs},"t":${fill === null ? -1 : fill.tradeId},"I":${order.orderId},` +
    `"w":${change.isOnBook},"m":${fill?.isMaker ?? false},"M":${fill !== null},"O":${order.timeMs},` +
    `"Z":"${grid.quoteText(order.executedQuoteUnits)}","Y":"${grid.quoteText(lastQuote)}",` +
    `"Q":"${grid.quoteText(order.askedQuoteUnits)}",${working}"V":"NONE"}`
  );
}

function commissionText(grid: MarketGrid, { fill }: OrderChange): string {
  if (fill === null) return `"n":"0","N":null`;
  const asset = fill.feeAsset === "base" ? grid.base : grid.quote;
  const amount =
    fill.feeAsset === "base" ? grid.baseText(fill.feeUnits) : grid.quoteText(fill.feeUnits);
  return `"n":"${amount}","N":"${asset.code}"`;
}

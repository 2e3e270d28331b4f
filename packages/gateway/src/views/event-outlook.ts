import { closeReason, type FillEvent, type VenueEvent } from "@halcyon/core";

/** What later events of the same command say of an order. `at` is where the event in hand stands. */

/**
 * Whether this is the last fill of a market order by quote quantity. It has no lots that could be
 * left over: the core closes it when it is spent, after what the fill did to others.
 */
export function isSpent(fill: FillEvent, events: readonly VenueEvent[], at: number): boolean {
  for (let i = at + 1; i < events.length; i++) {
    const event = events[i]!;
    if (event.type === "fill" && event.takerOrderId === fill.takerOrderId) return false;
    if (event.type === "orderClosed" && event.orderId === fill.takerOrderId) {
      return event.reason === closeReason.filled;
    }
  }
  return false;
}

/** Whether a waiting order whose time has come is refused: then it never works. */
export function isRefused(orderId: number, events: readonly VenueEvent[], at: number): boolean {
  for (let i = at + 1; i < events.length; i++) {
    const event = events[i]!;
    switch (event.type) {
      case "orderClosed":
        if (event.orderId === orderId) return event.reason === closeReason.rejected;
        break;
      case "fill":
      case "tradePrevented":
        if (event.takerOrderId === orderId || event.makerOrderId === orderId) return false;
        break;
      default:
        break;
    }
  }
  return false;
}

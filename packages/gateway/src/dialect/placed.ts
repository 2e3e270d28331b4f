import {
  closeReason,
  type FillEvent,
  type OrderAcceptedEvent,
  type OrderClosedEvent,
  type RefusedEvent,
  readEvents,
  type VenueEvent,
} from "@halcyon/core";
import { acceptedOrder, orderStatus } from "../views/order-status.ts";
import type { OrderRecord } from "../views/records.ts";
import type { Applied } from "./outcome.ts";

/** What the events of one command say about the orders that it placed and closed. */
export type OrderOutcome = {
  readonly refused: readonly RefusedEvent[];
  readonly accepted: OrderAcceptedEvent | null;
  readonly fills: readonly FillEvent[];
  readonly closed: readonly OrderClosedEvent[];
};

export function readOrderOutcome(outcome: Applied): OrderOutcome {
  const refused: RefusedEvent[] = [];
  const fills: FillEvent[] = [];
  const closed: OrderClosedEvent[] = [];
  let accepted: OrderAcceptedEvent | null = null;
  for (const event of eventsOf(outcome)) {
    if (event.type === "fill") fills.push(event);
    else if (event.type === "orderAccepted") accepted = event;
    else if (event.type === "orderClosed") closed.push(event);
    else if (event.type === "refused") refused.push(event);
  }
  return { refused, accepted, fills, closed };
}

export function eventsOf(outcome: Applied): VenueEvent[] {
  return readEvents(outcome.events, 0, outcome.events.length);
}

/** The placed order as it was right after its command. */
export function placedOrder(
  accepted: OrderAcceptedEvent,
  outcome: OrderOutcome,
  timeMs: number,
): OrderRecord {
  let executedLots = 0;
  let executedQuoteUnits = 0n;
  for (const fill of outcome.fills) {
    executedLots += fill.quantityLots;
    executedQuoteUnits += fill.quoteUnits;
  }
  const closed = outcome.closed.find((event) => event.orderId === accepted.orderId);
  const order = acceptedOrder(accepted, timeMs);
  const isFilled = closed === undefined && executedLots === accepted.quantityLots;
  const closeReasonNow = closed?.reason ?? (isFilled ? closeReason.filled : 0);
  return {
    ...order,
    // Nobody asked for a quantity of base: what was executed is all there is to it.
    quantityLots: accepted.quoteUnits > 0 ? executedLots : accepted.quantityLots,
    executedLots,
    executedQuoteUnits,
    closeReason: closeReasonNow,
    status: orderStatus({ ...order, executedLots, closeReason: closeReasonNow }),
  };
}

import {
  activation,
  type CloseReason,
  closeReason,
  type FillEvent,
  type ListClosedEvent,
  type ListOpenedEvent,
  type OrderAcceptedEvent,
  type OrderAmendedEvent,
  type OrderClosedEvent,
  type RefusedEvent,
  readEvents,
  refusedStage,
  type TradePreventedEvent,
  type VenueEvent,
} from "@halcyon/core";
import { acceptedExtras, noExtras, type WorkingExtras } from "../views/order-extras.ts";
import { orderStatus } from "../views/order-status.ts";
import type { OrderRecord } from "../views/records.ts";
import type { Doings } from "./order-text.ts";
import type { Applied } from "./outcome.ts";

/** What one command did to the orders that it placed and closed. */
export type OrderOutcome = {
  readonly refused: readonly RefusedEvent[];
  readonly accepted: readonly OrderAcceptedEvent[];
  readonly closed: readonly OrderClosedEvent[];
  readonly fills: readonly FillEvent[];
  readonly prevented: readonly TradePreventedEvent[];
  readonly amended: OrderAmendedEvent | null;
  readonly listOpened: ListOpenedEvent | null;
  readonly listClosed: ListClosedEvent | null;
};

/** Waiting orders that went on because of the command are told of behind what it did itself: not here. */
export function readOrderOutcome(outcome: Applied): OrderOutcome {
  const refused: RefusedEvent[] = [];
  const accepted: OrderAcceptedEvent[] = [];
  const closed: OrderClosedEvent[] = [];
  const fills: FillEvent[] = [];
  const prevented: TradePreventedEvent[] = [];
  let amended: OrderAmendedEvent | null = null;
  let listOpened: ListOpenedEvent | null = null;
  let listClosed: ListClosedEvent | null = null;
  for (const event of eventsOf(outcome)) {
    if (isOfWaitingOrder(event)) break;
    if (event.type === "fill") fills.push(event);
    else if (event.type === "orderAccepted") accepted.push(event);
    else if (event.type === "orderClosed") closed.push(event);
    else if (event.type === "refused") refused.push(event);
    else if (event.type === "tradePrevented") prevented.push(event);
    else if (event.type === "orderAmended") amended = event;
    else if (event.type === "listOpened") listOpened = event;
    else if (event.type === "listClosed") listClosed = event;
  }
  return { refused, accepted, closed, fills, prevented, amended, listOpened, listClosed };
}

export function eventsOf(outcome: Applied): VenueEvent[] {
  return readEvents(outcome.events, 0, outcome.events.length);
}

/** Whether a stop or a list's next order goes on here, or was refused when it was its turn. */
function isOfWaitingOrder(event: VenueEvent): boolean {
  if (event.type === "refused") return event.stage === refusedStage.activation;
  return event.type === "orderActivated" && event.activation !== activation.tracking;
}

/** An order as it was right after its command, with what it traded as taker in it. */
export type PlacedOrder = { readonly order: OrderRecord; readonly doings: Doings };

export function placedOrder(
  accepted: OrderAcceptedEvent,
  outcome: OrderOutcome,
  timeMs: number,
): PlacedOrder {
  const { orderId } = accepted;
  const doings = doingsOf(orderId, outcome);
  let executedLots = 0;
  let executedQuoteUnits = 0n;
  for (const fill of doings.fills) {
    executedLots += fill.quantityLots;
    executedQuoteUnits += fill.quoteUnits;
  }
  const byQuote = accepted.quoteUnits > 0;
  // Nobody asked for a quantity of base: what was executed is all there is to it.
  const quantityLots = byQuote ? executedLots : accepted.quantityLots;
  const closed = outcome.closed.find((event) => event.orderId === orderId);
  const isFilled = !byQuote && executedLots === quantityLots;
  const reason = closed?.reason ?? (isFilled ? closeReason.filled : 0);
  const extras = placedExtras(accepted, doings, reason, timeMs);
  const { account, market, clientOrderId, side, orderType, timeInForce } = accepted;
  const order: Omit<OrderRecord, "status"> = {
    ...{ orderId, account, market, clientOrderId, side, type: orderType, timeInForce },
    selfTradeMode: accepted.selfTradeMode,
    priceTicks: accepted.priceTicks,
    ...{ quantityLots, executedLots, executedQuoteUnits, askedQuoteUnits: accepted.quoteUnits },
    closeReason: reason,
    timeMs,
    updateTimeMs: timeMs,
    ...extras,
  };
  return { order: { ...order, status: orderStatus(order) }, doings };
}

function doingsOf(orderId: number, { fills, prevented }: OrderOutcome): Doings {
  const isTaker = (event: { readonly takerOrderId: number }) => event.takerOrderId === orderId;
  return { fills: fills.filter(isTaker), prevented: prevented.filter(isTaker) };
}

/** With what self-trade prevention took from the order as taker; it closes it when that was all. */
function placedExtras(
  accepted: OrderAcceptedEvent,
  { prevented }: Doings,
  reason: CloseReason | 0,
  timeMs: number,
): WorkingExtras {
  const extras = acceptedExtras(accepted, timeMs) ?? { ...noExtras, workingTimeMs: timeMs };
  let { preventedLots, preventedMatchId } = extras;
  for (const match of prevented) {
    preventedLots += match.takerPreventedLots;
    const isLast = match === prevented.at(-1) && reason === closeReason.selfTrade;
    if (match.takerPreventedLots > 0 || isLast) preventedMatchId = match.preventedMatchId;
  }
  return { ...extras, preventedLots, preventedMatchId };
}

import {
  type CommandType,
  type OrderAcceptedEvent,
  type OrderTerms,
  type PlaceOrder,
  refusedStage,
} from "@halcyon/core";
import type { Applied } from "./outcome.ts";
import type { OrderOutcome } from "./placed.ts";

/**
 * Whether the outcome in hand is that of an earlier request with the same Idempotency-Key that asked
 * for something else. What was refused is known by its kind only: of that, nothing more is remembered.
 */
export function isOfAnother(
  outcome: Applied,
  read: OrderOutcome,
  type: CommandType,
  isAnswer: (read: OrderOutcome) => boolean,
): boolean {
  if (!outcome.repeated) return false;
  const [refused] = read.refused;
  if (refused !== undefined && refused.commandType !== type) return true;
  return refused?.stage !== refusedStage.whole && !isAnswer(read);
}

/** Whether this is the order that was asked for. */
export function isOrder(accepted: OrderAcceptedEvent | undefined, order: PlaceOrder): boolean {
  return (
    accepted !== undefined &&
    accepted.market === order.market &&
    accepted.side === order.side &&
    accepted.orderType === order.type &&
    accepted.timeInForce === order.timeInForce &&
    accepted.priceTicks === order.priceTicks &&
    accepted.quantityLots === order.quantityLots &&
    accepted.quoteUnits === order.quoteUnits &&
    accepted.clientOrderId === order.clientOrderId &&
    (order.selfTradeMode === undefined || accepted.selfTradeMode === order.selfTradeMode) &&
    termNames.every((name) => (accepted.terms?.[name] ?? 0) === (order.terms?.[name] ?? 0))
  );
}

const termNames = [
  "stopPriceTicks",
  "trailingDeltaBips",
  "icebergLots",
  "expireAtMs",
  "strategyId",
  "strategyType",
] as const satisfies readonly (keyof OrderTerms)[];

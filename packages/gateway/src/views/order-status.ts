import { type CloseReason, closeReason, timeInForce } from "@halcyon/core";
import type { OrderRecord, OrderStatus } from "./records.ts";

const closedStatuses: Readonly<Record<CloseReason, OrderStatus>> = {
  [closeReason.cancelled]: "CANCELED",
  [closeReason.expired]: "EXPIRED",
  [closeReason.replaced]: "CANCELED",
  [closeReason.filled]: "FILLED",
  [closeReason.selfTrade]: "EXPIRED_IN_MATCH",
  [closeReason.outOfTime]: "EXPIRED",
  [closeReason.listEnded]: "EXPIRED",
  // The dialect rejects only what was never accepted.
  [closeReason.rejected]: "EXPIRED",
  // By the venue's own doing: CANCELED is kept for what clients ask for.
  [closeReason.accountFrozen]: "EXPIRED",
  [closeReason.outOfBand]: "EXPIRED",
};

/** Where an order stands, in the dialect's word. */
export function orderStatus(
  order: Pick<OrderRecord, "closeReason" | "executedLots" | "isPending" | "preventedMatchId">,
): OrderStatus {
  const reason = order.closeReason;
  if (reason === 0) {
    if (order.isPending) return "PENDING_NEW";
    return order.executedLots === 0 ? "NEW" : "PARTIALLY_FILLED";
  }
  // Another order of its list met one of its own account, and took it along.
  if (reason === closeReason.selfTrade && order.preventedMatchId === 0) return "EXPIRED";
  return closedStatuses[reason];
}

/** Whether what is left of an order stands on the book, or will when it has taken what it can. */
export function isOnBook(order: OrderRecord): boolean {
  const { gtc, gtd } = timeInForce;
  const rests = order.timeInForce === gtc || order.timeInForce === gtd;
  return order.closeReason === 0 && order.workingTimeMs > 0 && order.priceTicks > 0 && rests;
}

export type ExpiryReason =
  | "REJECTED"
  | "EXCHANGE_CANCELED"
  | "OCO_TRIGGER"
  | "OTO_PHASE_ONE_EXPIRED"
  | "UNFILLED_IOC_QUANTITY_EXPIRED"
  | "UNFILLED_FOK_ORDER_EXPIRED"
  | "INSUFFICIENT_LIQUIDITY"
  | "EXECUTION_RULE_PRICE_RANGE_EXCEEDED";

/**
 * Why an order expired, in the dialect's word. Null where it did not, and where the dialect has no
 * word: an order whose own date came, and one that met another of its account.
 */
export function expiryReason(order: OrderRecord): ExpiryReason | null {
  const isExpired = order.status === "EXPIRED";
  switch (order.closeReason) {
    case closeReason.rejected:
      return "REJECTED";
    case closeReason.accountFrozen:
      return "EXCHANGE_CANCELED";
    case closeReason.listEnded:
      return "OCO_TRIGGER";
    case closeReason.outOfBand:
      return order.isPending ? "OTO_PHASE_ONE_EXPIRED" : "EXECUTION_RULE_PRICE_RANGE_EXCEEDED";
    case closeReason.selfTrade:
      return isExpired ? listMateReason(order) : null;
    case closeReason.outOfTime: {
      const isOwnDate = order.expireAtMs > 0 && order.expireAtMs <= order.updateTimeMs;
      return isOwnDate && !order.isPending ? null : listMateReason(order);
    }
    case closeReason.expired:
      return order.isPending ? "OTO_PHASE_ONE_EXPIRED" : unfilledReason(order);
    default:
      return null;
  }
}

/** An order went the way of another one of its list. */
function listMateReason(order: OrderRecord): ExpiryReason {
  return order.isPending ? "OTO_PHASE_ONE_EXPIRED" : "OCO_TRIGGER";
}

function unfilledReason(order: OrderRecord): ExpiryReason {
  if (order.timeInForce === timeInForce.fok) return "UNFILLED_FOK_ORDER_EXPIRED";
  return order.priceTicks === 0 ? "INSUFFICIENT_LIQUIDITY" : "UNFILLED_IOC_QUANTITY_EXPIRED";
}

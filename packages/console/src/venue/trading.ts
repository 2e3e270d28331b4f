import { ask, VenueError, type Verb } from "./http.ts";
import { newRequestKey } from "./request-key.ts";

/** Parameters of an order, in the dialect's own words. */
export type OrderParams = Readonly<Record<string, string>>;

export interface Placed {
  readonly orderId: number;
  readonly status: string;
  readonly executedQty: string;
  readonly origQty: string;
  readonly cummulativeQuoteQty: string;
}

const ATTEMPTS_MAX = 4;
const PAUSE_MS = 400;

/** Places one order; throws a `VenueError` where it was refused, or nobody knows what became of it. */
export function placeOrder(params: OrderParams): Promise<Placed> {
  const query = { ...params, newOrderRespType: "RESULT" };
  return change("POST", "/api/v3/order", query);
}

/** A pair of which the first that trades ends the other; an order that others follow. */
export function placeList(
  kind: "oco" | "oto" | "otoco",
  params: OrderParams,
): Promise<{ readonly orderListId: number }> {
  return change("POST", `/api/v3/orderList/${kind}`, params);
}

export function cancelOrder(symbol: string, orderId: number): Promise<unknown> {
  return change("DELETE", "/api/v3/order", { symbol, orderId: String(orderId) });
}

export function cancelAll(symbol: string): Promise<unknown> {
  return change("DELETE", "/api/v3/openOrders", { symbol });
}

/** A smaller quantity in the same place of the queue. */
export function reduceOrder(symbol: string, orderId: number, newQty: string): Promise<unknown> {
  const query = { symbol, orderId: String(orderId), newQty };
  return change("PUT", "/api/v3/order/amend/keepPriority", query);
}

/** Another order in its place; where the old one cannot be cancelled, nothing is placed. */
export function replaceOrder(orderId: number, params: OrderParams): Promise<unknown> {
  return change("POST", "/api/v3/order/cancelReplace", {
    ...params,
    cancelReplaceMode: "STOP_ON_FAILURE",
    cancelOrderId: String(orderId),
  });
}

/** Sent again under the same key until its outcome is known: the venue does it once. */
async function change<T>(verb: Verb, path: string, query: OrderParams): Promise<T> {
  const headers = { "Idempotency-Key": newRequestKey() };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask<T>(verb, path, { query, headers });
    } catch (error) {
      const isWorth = error instanceof VenueError && error.isOutcomeUnknown;
      if (!isWorth || attempt === ATTEMPTS_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
  }
}

import {
  type CancelOrder,
  encodeCancelAll,
  encodeCancelOrder,
  type OrderClosedEvent,
  selfTradeMode,
  timeInForce,
} from "@halcyon/core";
import { noExtras } from "../../views/order-extras.ts";
import type { OrderRecord } from "../../views/records.ts";
import { type DialectError, dialectError, missingOneOf, refusalErrors } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { answerJson, type Caller, type GatewayContext, type Method, refuse } from "../method.ts";
import { cancelledJson } from "../order-text.ts";
import { answerNotApplied } from "../outcome.ts";
import { oneOf, type Params, param, required } from "../params.ts";
import { readOrderOutcome } from "../placed.ts";
import { clientOrderIdOf } from "../request-id.ts";

export const cancelRestrictions = oneOf(
  ["ONLY_NEW", "ONLY_PARTIALLY_FILLED"],
  dialectError.invalidCancelRestrictions,
);

export const cancelOrder: Method = {
  name: "order.cancel",
  rest: [{ verb: "DELETE", path: "/api/v3/order" }],
  ws: "order.cancel",
  security: "trade",
  weight: 1,
  params: {
    symbol: required(param.symbol),
    orderId: param.integer,
    origClientOrderId: param.clientOrderId,
    newClientOrderId: param.clientOrderId,
    cancelRestrictions,
  },
  async handle(gateway, caller, params) {
    const grid = gateway.grids.bySymbol(params.required("symbol"));
    if (grid === undefined) return refuse(dialectError.invalidSymbol);
    const wanted = readCancel(gateway, caller, grid, params, {
      orderId: "orderId",
      clientOrderId: "origClientOrderId",
      cancelClientOrderId: "newClientOrderId",
    });
    if ("code" in wanted) return refuse(wanted);
    const before = recordOf(gateway, wanted);
    const outcome = await gateway.replica.submit("cancel", (writer) =>
      encodeCancelOrder(writer, caller, wanted),
    );
    if (outcome.kind !== "applied") return answerNotApplied(outcome);
    const { refused, closed } = readOrderOutcome(outcome);
    if (refused[0] !== undefined) return refuse(refusalErrors[refused[0].code]);
    const event = closed[0];
    if (event === undefined) throw new Error("an order was neither cancelled nor refused");
    const order = closedOrder(gateway, event, before);
    const timeMs = outcome.repeated ? order.updateTimeMs : outcome.logTimeMs;
    return answerJson(cancelledJson(grid, order, wanted.cancelClientOrderId, timeMs));
  },
};

/** Reads which order is to be cancelled, from parameters of these names. */
export function readCancel(
  gateway: GatewayContext,
  caller: Caller,
  grid: MarketGrid,
  params: Params,
  names: {
    readonly orderId: string;
    readonly clientOrderId: string;
    readonly cancelClientOrderId: string;
  },
): CancelOrder | DialectError {
  const orderId = params.integer(names.orderId) ?? 0;
  const clientOrderId = params.text(names.clientOrderId) ?? "";
  if (orderId === 0 && clientOrderId === "") {
    return params.has(names.orderId)
      ? dialectError.unknownOrder
      : missingOneOf(names.clientOrderId, names.orderId);
  }
  const cancelClientOrderId =
    params.text(names.cancelClientOrderId) ?? clientOrderIdOf(caller.requestId);
  const { account } = caller;
  const cancel = { account, market: grid.market, orderId, clientOrderId, cancelClientOrderId };
  const restriction = params.text("cancelRestrictions");
  return restriction === undefined
    ? cancel
    : (checkRestriction(gateway, cancel, restriction) ?? cancel);
}

/** As the order stands now: a fill between this and the cancel may still change it. */
function checkRestriction(
  gateway: GatewayContext,
  cancel: CancelOrder,
  restriction: string,
): DialectError | null {
  const { venue } = gateway.replica;
  const order =
    cancel.orderId === 0
      ? venue.orderByClientId(cancel.account, cancel.clientOrderId)
      : venue.order(cancel.orderId);
  if (order === undefined || order.account !== cancel.account) return null;
  const isNew = order.remainingLots === order.quantityLots;
  return isNew === (restriction === "ONLY_NEW") ? null : dialectError.cancelRestricted;
}

export function recordOf(gateway: GatewayContext, cancel: CancelOrder): OrderRecord | undefined {
  const { orders } = gateway.views;
  return cancel.orderId === 0
    ? orders.byClientId(cancel.account, cancel.clientOrderId)
    : orders.byId(cancel.orderId);
}

/**
 * A cancelled order. The views forget an account's oldest orders as soon as these are closed: then
 * what they knew `before` is joined with what the event tells.
 */
export function closedOrder(
  gateway: GatewayContext,
  event: OrderClosedEvent,
  before: OrderRecord | undefined,
): OrderRecord {
  const known = gateway.views.orders.byId(event.orderId);
  if (known !== undefined) return known;
  const earlier = before?.orderId === event.orderId ? before : undefined;
  const quantityLots = earlier?.quantityLots ?? event.remainingLots;
  const timeMs = gateway.replica.venue.logTimeMs;
  return {
    ...noExtras,
    orderId: event.orderId,
    account: event.account,
    market: event.market,
    clientOrderId: "",
    side: event.side,
    type: event.orderType,
    timeInForce: timeInForce.gtc,
    selfTradeMode: selfTradeMode.none,
    priceTicks: event.priceTicks,
    quantityLots,
    executedQuoteUnits: 0n,
    askedQuoteUnits: 0,
    timeMs,
    workingTimeMs: timeMs,
    ...earlier,
    executedLots: quantityLots - event.remainingLots,
    status: "CANCELED",
    closeReason: event.reason,
    updateTimeMs: timeMs,
  };
}

export const cancelAllOrders: Method = {
  name: "openOrders.cancelAll",
  rest: [{ verb: "DELETE", path: "/api/v3/openOrders" }],
  ws: "openOrders.cancelAll",
  security: "trade",
  weight: 1,
  params: { symbol: required(param.symbol) },
  async handle(gateway, caller, params) {
    const grid = gateway.grids.bySymbol(params.required("symbol"));
    if (grid === undefined) return refuse(dialectError.invalidSymbol);
    const { account } = caller;
    const before = new Map(
      gateway.replica.venue
        .openOrders(account, grid.market)
        .map(({ orderId }) => [orderId, gateway.views.orders.byId(orderId)]),
    );
    const outcome = await gateway.replica.submit("cancel", (writer) =>
      encodeCancelAll(writer, caller, { account, market: grid.market }),
    );
    if (outcome.kind !== "applied") return answerNotApplied(outcome);
    const { refused, closed } = readOrderOutcome(outcome);
    if (refused[0] !== undefined) return refuse(refusalErrors[refused[0].code]);
    const name = clientOrderIdOf(caller.requestId);
    const rows = closed.map((event) => {
      const order = closedOrder(gateway, event, before.get(event.orderId));
      return cancelledJson(grid, order, name, order.updateTimeMs);
    });
    return answerJson(`[${rows.join(",")}]`);
  },
};

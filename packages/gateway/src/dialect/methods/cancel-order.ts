import {
  type CancelOrder,
  closeReason,
  commandType,
  encodeCancelAll,
  encodeCancelOrder,
  type OrderClosedEvent,
} from "@halcyon/core";
import type { OrderRecord } from "../../views/records.ts";
import { CancelReports } from "../cancel-reports.ts";
import { type DialectError, dialectError, missingOneOf, refusalErrors } from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { answerJson, type Caller, type GatewayContext, type Method, refuse } from "../method.ts";
import { answerNotApplied } from "../outcome.ts";
import { oneOf, type Params, param, required } from "../params.ts";
import { type OrderOutcome, readOrderOutcome } from "../placed.ts";
import { isOfAnother } from "../repetition.ts";
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
    const reports = new CancelReports(gateway.views);
    reports.remember(recordOf(gateway, wanted));
    const outcome = await gateway.replica.submit("cancel", (writer) =>
      encodeCancelOrder(writer, caller, wanted),
    );
    if (outcome.kind !== "applied") return answerNotApplied(outcome);
    const read = readOrderOutcome(outcome);
    if (isOfAnother(outcome, read, commandType.cancelOrder, (r) => isCancel(r, wanted))) {
      return refuse(dialectError.idempotencyKeyReused);
    }
    const [refused] = read.refused;
    if (refused !== undefined) return refuse(refusalErrors[refused.code]);
    // One order, or the list that it was in.
    const [report] = reports.write(grid, cancelledBy(read), wanted.cancelClientOrderId);
    if (report === undefined) throw new Error("an order was neither cancelled nor refused");
    return answerJson(report);
  },
};

function isCancel(read: OrderOutcome, wanted: CancelOrder): boolean {
  const { market, orderId, cancelClientOrderId } = wanted;
  const closed = read.accepted.length > 0 ? [] : cancelledBy(read);
  return closed.some(
    (event) =>
      event.market === market &&
      event.cancelClientOrderId === cancelClientOrderId &&
      (orderId === 0 || event.orderId === orderId),
  );
}

/** The orders that a command closed because it was asked to. */
export function cancelledBy(read: OrderOutcome): OrderClosedEvent[] {
  const { cancelled, replaced } = closeReason;
  return read.closed.filter(({ reason }) => reason === cancelled || reason === replaced);
}

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
  const order = recordOf(gateway, cancel);
  const isOpen = order?.account === cancel.account && order.closeReason === 0;
  if (!isOpen) return null;
  const isNew = order.executedLots === 0;
  return isNew === (restriction === "ONLY_NEW") ? null : dialectError.cancelRestricted;
}

export function recordOf(gateway: GatewayContext, cancel: CancelOrder): OrderRecord | undefined {
  const { orders } = gateway.views;
  return cancel.orderId === 0
    ? orders.byClientId(cancel.account, cancel.clientOrderId)
    : orders.byId(cancel.orderId);
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
    const reports = new CancelReports(gateway.views);
    for (const { orderId } of gateway.replica.venue.openOrders(account, grid.market)) {
      reports.remember(gateway.views.orders.byId(orderId));
    }
    const outcome = await gateway.replica.submit("cancel", (writer) =>
      encodeCancelAll(writer, caller, { account, market: grid.market }),
    );
    if (outcome.kind !== "applied") return answerNotApplied(outcome);
    const read = readOrderOutcome(outcome);
    if (isOfAnother(outcome, read, commandType.cancelAll, (r) => isCancelAll(r, grid.market))) {
      return refuse(dialectError.idempotencyKeyReused);
    }
    const [refused] = read.refused;
    if (refused !== undefined) return refuse(refusalErrors[refused.code]);
    const rows = reports.write(grid, cancelledBy(read), clientOrderIdOf(caller.requestId));
    return answerJson(`[${rows.join(",")}]`);
  },
};

/** Of one order's cancel the name is kept; who cancels all gives none. */
function isCancelAll(read: OrderOutcome, market: number): boolean {
  return (
    read.accepted.length === 0 &&
    read.amended === null &&
    cancelledBy(read).every((event) => event.market === market && event.cancelClientOrderId === "")
  );
}

import {
  type AmendOrder,
  commandType,
  encodeAmendOrder,
  type OrderAmendedEvent,
  refusal,
} from "@halcyon/core";
import { orderStatus } from "../../views/order-status.ts";
import type { OrderRecord } from "../../views/records.ts";
import {
  amendError,
  type DialectError,
  dialectError,
  filterFailure,
  missingOneOf,
} from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import {
  type Answer,
  answerJson,
  type Caller,
  type GatewayContext,
  type Method,
  refuse,
} from "../method.ts";
import { amendedListJson } from "../order-list-text.ts";
import { amendedJson } from "../order-text.ts";
import { type Applied, answerNotApplied } from "../outcome.ts";
import { type Params, param, required } from "../params.ts";
import { readOrderOutcome } from "../placed.ts";
import { isOfAnother } from "../repetition.ts";
import { clientOrderIdOf } from "../request-id.ts";

/** A smaller quantity for an order that keeps its place. */
export const amendOrder: Method = {
  name: "order.amend.keepPriority",
  rest: [{ verb: "PUT", path: "/api/v3/order/amend/keepPriority" }],
  ws: "order.amend.keepPriority",
  security: "trade",
  weight: 4,
  params: {
    symbol: required(param.symbol),
    orderId: param.integer,
    origClientOrderId: param.clientOrderId,
    newClientOrderId: param.clientOrderId,
    newQty: required(param.decimal),
  },
  async handle(gateway, caller, params) {
    const grid = gateway.grids.bySymbol(params.required("symbol"));
    if (grid === undefined) return refuse(dialectError.invalidSymbol);
    const wanted = readAmend(caller, grid, params);
    if ("code" in wanted) return refuse(wanted);
    const outcome = await gateway.replica.submit("cancel", (writer) =>
      encodeAmendOrder(writer, caller, wanted),
    );
    if (outcome.kind !== "applied") return answerNotApplied(outcome);
    const read = readOrderOutcome(outcome);
    if (isOfAnother(outcome, read, commandType.amendOrder, (r) => isAmend(r.amended, wanted))) {
      return refuse(dialectError.idempotencyKeyReused);
    }
    const { refused, amended } = read;
    const [first] = refused;
    if (first?.code === refusal.amendNotSmaller) return refuse(notSmaller(gateway, wanted));
    if (first !== undefined) return refuse(amendError(first.code));
    if (amended === null) throw new Error("an order was neither amended nor refused");
    return amendedAnswer(gateway, grid, outcome, amended);
  },
};

function isAmend(amended: OrderAmendedEvent | null, wanted: AmendOrder): boolean {
  return (
    amended?.market === wanted.market &&
    amended.newQuantityLots === wanted.newQuantityLots &&
    amended.newClientOrderId === wanted.newClientOrderId &&
    (wanted.orderId === 0 || amended.orderId === wanted.orderId)
  );
}

function readAmend(caller: Caller, grid: MarketGrid, params: Params): AmendOrder | DialectError {
  const orderId = params.integer("orderId") ?? 0;
  const clientOrderId = params.text("origClientOrderId") ?? "";
  if (orderId === 0 && clientOrderId === "") {
    return params.has("orderId")
      ? amendError(refusal.unknownOrder)
      : missingOneOf("orderId", "origClientOrderId");
  }
  const newQuantityLots = grid.parseQuantity("newQty", params.required("newQty"));
  if (typeof newQuantityLots === "object") return newQuantityLots;
  if (newQuantityLots === 0) return filterFailure("LOT_SIZE");
  const newClientOrderId = params.text("newClientOrderId") ?? clientOrderIdOf(caller.requestId);
  const { account } = caller;
  return {
    account,
    market: grid.market,
    orderId,
    clientOrderId,
    newQuantityLots,
    newClientOrderId,
  };
}

function notSmaller(gateway: GatewayContext, wanted: AmendOrder): DialectError {
  const { orders } = gateway.views;
  const order =
    wanted.orderId === 0
      ? orders.byClientId(wanted.account, wanted.clientOrderId)
      : orders.byId(wanted.orderId);
  const isSame = order?.quantityLots === wanted.newQuantityLots;
  return isSame ? dialectError.amendNoChange : dialectError.amendIncrease;
}

/** The amendment's number is its execution's, as in `order.amendments`. */
function amendedAnswer(
  gateway: GatewayContext,
  grid: MarketGrid,
  outcome: Applied,
  amended: OrderAmendedEvent,
): Answer {
  const { orders, orderLists, amendments } = gateway.views;
  const known = orders.byId(amended.orderId);
  // Amended long ago, closed and forgotten since: only a request that is sent again can ask so late.
  if (known === undefined) return refuse(dialectError.unknown);
  const order = amendedOrder(known, amended);
  const timeMs = outcome.repeated ? known.updateTimeMs : outcome.logTimeMs;
  const list = orderLists.byId(order.orderListId);
  const { account, orderId } = known;
  const execution = amendments.to(account, orderId, amended.newQuantityLots)?.id ?? orderId;
  const listJson = list === undefined ? "" : `,"listStatus":${amendedListJson(grid, list)}`;
  return answerJson(
    `{"transactTime":${timeMs},"executionId":${execution}` +
      `,"amendedOrder":${amendedJson(grid, order, amended.clientOrderId)}${listJson}}`,
  );
}

/** The order right after it was amended, whatever came to it in the same batch. */
function amendedOrder(known: OrderRecord, amended: OrderAmendedEvent): OrderRecord {
  const { newQuantityLots: quantityLots, remainingLots, newClientOrderId } = amended;
  const order = {
    ...known,
    ...{ clientOrderId: newClientOrderId, quantityLots, closeReason: 0 as const },
    executedLots: quantityLots - known.preventedLots - remainingLots,
  };
  return { ...order, status: orderStatus(order) };
}

import { commandType, encodePlaceOrderList, type PlaceOrder } from "@halcyon/core";
import type { Lane } from "@halcyon/replica";
import { type DialectError, dialectError, refusalErrors } from "../errors.ts";
import {
  type Answer,
  answerJson,
  type Caller,
  type GatewayContext,
  type Method,
  refuse,
} from "../method.ts";
import { orderListJson } from "../order-list-text.ts";
import { placedJson, type ResponseType } from "../order-text.ts";
import { type Applied, answerNotApplied } from "../outcome.ts";
import type { Params } from "../params.ts";
import { type OrderOutcome, placedOrder, readOrderOutcome } from "../placed.ts";
import { isOfAnother, isOrder } from "../repetition.ts";
import { clientOrderIdOf } from "../request-id.ts";
import { firstOcoKind, type ListKind, ocoKind, otocoKind, otoKind } from "./order-list-params.ts";
import { laneOf, orderSource, responseTypeOf } from "./order-params.ts";
import type { OrderSource } from "./order-reader.ts";
import { placedAtMs, submitOrders } from "./place-order.ts";

function placeListMethod(ws: string, path: string, kind: ListKind): Method {
  return {
    name: ws,
    rest: [{ verb: "POST", path }],
    ws,
    security: "trade",
    weight: 1,
    orders: kind.orders,
    params: kind.params,
    handle: (gateway, caller, params) => placeList(gateway, caller, params, kind),
  };
}

export const placeOco = placeListMethod("orderList.place.oco", "/api/v3/orderList/oco", ocoKind);
/** As it was before there were other kinds of lists: some clients know no other. */
export const placeFirstOco = placeListMethod("orderList.place", "/api/v3/order/oco", firstOcoKind);
export const placeOto = placeListMethod("orderList.place.oto", "/api/v3/orderList/oto", otoKind);
export const placeOtoco = placeListMethod(
  "orderList.place.otoco",
  "/api/v3/orderList/otoco",
  otocoKind,
);

async function placeList(
  gateway: GatewayContext,
  caller: Caller,
  params: Params,
  kind: ListKind,
): Promise<Answer> {
  const source = orderSource(gateway, caller, params);
  if ("code" in source) return refuse(source);
  const orders = readOrders(source, caller, kind);
  if ("code" in orders) return refuse(orders);
  const { account, market } = source;
  const list = {
    ...{ account, market: market.id, contingency: kind.contingency, orders },
    listClientOrderId: params.text("listClientOrderId") ?? clientOrderIdOf(caller.requestId),
  };
  const lane = listLane(gateway, source, orders);
  const outcome = await submitOrders(gateway, caller, kind.orders, lane, (writer) =>
    encodePlaceOrderList(writer, caller, list),
  );
  if (outcome.kind !== "applied") return answerNotApplied(outcome);
  const read = readOrderOutcome(outcome);
  const isAnswer = ({ listOpened, accepted }: OrderOutcome): boolean =>
    listOpened?.listClientOrderId === list.listClientOrderId &&
    orders.every((order, at) => isOrder(accepted[at], order));
  if (isOfAnother(outcome, read, commandType.placeOrderList, isAnswer)) {
    return refuse(dialectError.idempotencyKeyReused);
  }
  const [refused] = read.refused;
  if (refused !== undefined) return refuse(refusalErrors[refused.code]);
  return answerJson(newListJson(gateway, source, outcome, read));
}

function readOrders(
  source: OrderSource,
  caller: Caller,
  kind: ListKind,
): readonly PlaceOrder[] | DialectError {
  if (!source.support.lists) return dialectError.listsNotSupported;
  return kind.read(source, clientOrderIdOf(caller.requestId));
}

function listLane(
  gateway: GatewayContext,
  { market }: OrderSource,
  orders: readonly PlaceOrder[],
): Lane {
  const lanes = orders.map((order) => laneOf(gateway, market, order));
  return lanes.includes("high") ? "high" : "normal";
}

const openStatus = { status: "EXECUTING", statusType: "EXEC_STARTED" } as const;
const closedStatus = { status: "ALL_DONE", statusType: "ALL_DONE" } as const;

/** Orders that wait for the first are told as waiting, even if that one was filled at once. */
function newListJson(
  gateway: GatewayContext,
  { grid, params }: OrderSource,
  outcome: Applied,
  read: OrderOutcome,
): string {
  const { listOpened, accepted } = read;
  const [first] = accepted;
  if (listOpened === null || first === undefined) {
    throw new Error("a list was neither opened nor refused");
  }
  const timeMs = placedAtMs(gateway, outcome, first);
  const type: ResponseType = responseTypeOf(params, "FULL");
  const reports = accepted.map((each) => {
    const { order, doings } = placedOrder(each, read, timeMs);
    return placedJson(grid, order, doings, type);
  });
  const list = {
    ...listOpened,
    orders: accepted.map(({ orderId, clientOrderId }) => ({ orderId, clientOrderId })),
    ...(read.listClosed === null ? openStatus : closedStatus),
    transactionTimeMs: timeMs,
  };
  return orderListJson(grid, list, reports);
}

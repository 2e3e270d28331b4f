import {
  closeReason,
  commandType,
  encodePlaceOrder,
  type OrderAcceptedEvent,
  orderType,
  type PlaceOrder,
  type Refusal,
  refusal,
} from "@halcyon/core";
import type { Lane } from "@halcyon/replica";
import { formatPpm } from "../../decimal.ts";
import { type DialectError, dialectError, refusalErrors } from "../errors.ts";
import {
  type Answer,
  answer,
  answerJson,
  type Caller,
  type GatewayContext,
  type Method,
  refuse,
} from "../method.ts";
import { placedJson } from "../order-text.ts";
import { type Applied, answerNotApplied } from "../outcome.ts";
import { type Params, param } from "../params.ts";
import { type OrderOutcome, placedOrder, readOrderOutcome } from "../placed.ts";
import { isOfAnother, isOrder } from "../repetition.ts";
import { type NewOrder, newOrderParams, readNewOrder } from "./order-params.ts";

export const placeOrder: Method = {
  name: "order.place",
  rest: [{ verb: "POST", path: "/api/v3/order" }],
  ws: "order.place",
  security: "trade",
  weight: 1,
  orders: 1,
  params: newOrderParams,
  async handle(gateway, caller, params) {
    const wanted = readNewOrder(gateway, caller, params);
    if ("code" in wanted) return refuse(wanted);
    const outcome = await submitOrders(gateway, caller, 1, wanted.lane, (writer) =>
      encodePlaceOrder(writer, caller, wanted.order),
    );
    if (outcome.kind !== "applied") return answerNotApplied(outcome);
    const read = readOrderOutcome(outcome);
    if (isOfAnother(outcome, read, commandType.placeOrder, (r) => isPlaced(r, wanted.order))) {
      return refuse(dialectError.idempotencyKeyReused);
    }
    const refused = read.refused[0];
    if (refused !== undefined) return refuse(placingError(refused.code, wanted.order));
    return answerJson(newOrderJson(gateway, wanted, outcome, read));
  },
};

function isPlaced(read: OrderOutcome, order: PlaceOrder): boolean {
  const isReplacement = read.closed.some(({ reason }) => reason === closeReason.replaced);
  return read.listOpened === null && !isReplacement && isOrder(read.accepted[0], order);
}

/** Submits a command that places orders, counted while it is on its way. */
export async function submitOrders(
  gateway: GatewayContext,
  caller: Caller,
  orders: number,
  lane: Lane,
  encode: Parameters<GatewayContext["replica"]["submit"]>[1],
): ReturnType<GatewayContext["replica"]["submit"]> {
  gateway.limits.ordersSent(caller.account, orders);
  try {
    return await gateway.replica.submit(lane, encode);
  } finally {
    gateway.limits.ordersAnswered(caller.account, orders);
  }
}

/** Why an order was refused; of limit orders in an auction the dialect says what they lack. */
export function placingError(code: Refusal, order: PlaceOrder): DialectError {
  const isLimitInAuction = code === refusal.marketInAuction && order.type === orderType.limit;
  return isLimitInAuction ? dialectError.limitNeedsGtc : refusalErrors[code];
}

/** The text of a placed order's answer. */
export function newOrderJson(
  gateway: GatewayContext,
  wanted: NewOrder,
  outcome: Applied,
  read: OrderOutcome,
): string {
  const [accepted] = read.accepted;
  if (accepted === undefined) throw new Error("an order was neither accepted nor refused");
  const { order, doings } = placedOrder(accepted, read, placedAtMs(gateway, outcome, accepted));
  return placedJson(wanted.grid, order, doings, wanted.responseType);
}

/** A repeated outcome is of an earlier time than the batch that repeats it. */
export function placedAtMs(
  gateway: GatewayContext,
  outcome: Applied,
  accepted: OrderAcceptedEvent,
): number {
  const known = outcome.repeated ? gateway.views.orders.byId(accepted.orderId) : undefined;
  return known?.timeMs ?? outcome.logTimeMs;
}

export const testOrder: Method = {
  name: "order.test",
  rest: [{ verb: "POST", path: "/api/v3/order/test" }],
  ws: "order.test",
  security: "trade",
  weight: (params) => (params.flag("computeCommissionRates") === true ? 20 : 1),
  params: { ...newOrderParams, computeCommissionRates: param.flag },
  handle(gateway, caller, params) {
    const wanted = readNewOrder(gateway, caller, params);
    if ("code" in wanted) return refuse(wanted);
    const { venue } = gateway.replica;
    const refused = venue.checkOrder(wanted.order);
    if (refused !== 0) return refuse(refusalErrors[refused]);
    return testAnswer(gateway, caller, wanted.order.market, params);
  },
};

function testAnswer(
  gateway: GatewayContext,
  caller: Caller,
  market: number,
  params: Params,
): Answer {
  if (params.flag("computeCommissionRates") !== true) return answerJson("{}");
  const fees = gateway.replica.venue.effectiveFees(caller.account, market);
  const none = formatPpm(0);
  return answer({
    standardCommissionForOrder: {
      maker: formatPpm(fees.makerFeePpm),
      taker: formatPpm(fees.takerFeePpm),
    },
    specialCommissionForOrder: { maker: none, taker: none },
    taxCommissionForOrder: { maker: none, taker: none },
    discount: {
      enabledForAccount: false,
      enabledForSymbol: false,
      discountAsset: "",
      discount: none,
    },
  });
}

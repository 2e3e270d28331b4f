import {
  closeReason,
  commandType,
  encodeCancelReplace,
  type PlaceOrder,
  type RefusedEvent,
  refusal,
  refusedStage,
} from "@halcyon/core";
import { CancelReports } from "../cancel-reports.ts";
import { errorJson } from "../error-json.ts";
import { type DialectError, dialectError, refusalErrors } from "../errors.ts";
import { type Answer, answerJson, type GatewayContext, type Method, refuse } from "../method.ts";
import { type Applied, answerNotApplied } from "../outcome.ts";
import { oneOf, param, required } from "../params.ts";
import { type OrderOutcome, readOrderOutcome } from "../placed.ts";
import { isOfAnother, isOrder } from "../repetition.ts";
import { cancelledBy, cancelRestrictions, readCancel, recordOf } from "./cancel-order.ts";
import { type NewOrder, newOrderParams, readNewOrder } from "./order-params.ts";
import { newOrderJson, placingError, submitOrders } from "./place-order.ts";

export const cancelReplaceOrder: Method = {
  name: "order.cancelReplace",
  rest: [{ verb: "POST", path: "/api/v3/order/cancelReplace" }],
  ws: "order.cancelReplace",
  security: "trade",
  weight: 1,
  orders: 1,
  params: {
    ...newOrderParams,
    cancelReplaceMode: required(oneOf(["STOP_ON_FAILURE", "ALLOW_FAILURE"])),
    cancelOrderId: param.integer,
    cancelOrigClientOrderId: param.clientOrderId,
    cancelNewClientOrderId: param.clientOrderId,
    cancelRestrictions,
  },
  async handle(gateway, caller, params) {
    const wanted = readNewOrder(gateway, caller, params);
    if ("code" in wanted) return refuse(wanted);
    const cancel = readCancel(gateway, caller, wanted.grid, params, {
      orderId: "cancelOrderId",
      clientOrderId: "cancelOrigClientOrderId",
      cancelClientOrderId: "cancelNewClientOrderId",
    });
    if ("code" in cancel) return refuse(cancel);
    const reports = new CancelReports(gateway.views);
    reports.remember(recordOf(gateway, cancel));
    const allowFailure = params.text("cancelReplaceMode") === "ALLOW_FAILURE";
    const outcome = await submitOrders(gateway, caller, 1, wanted.lane, (writer) =>
      encodeCancelReplace(writer, caller, { allowFailure, cancel, order: wanted.order }),
    );
    if (outcome.kind !== "applied") return answerNotApplied(outcome);
    const read = readOrderOutcome(outcome);
    if (isOfAnother(outcome, read, commandType.cancelReplace, (r) => isReplace(r, wanted.order))) {
      return refuse(dialectError.idempotencyKeyReused);
    }
    const whole = refusedAt(read, refusedStage.whole);
    if (whole !== null) return refuse(placingError(whole.code, wanted.order));
    const [report] = reports.write(wanted.grid, cancelledBy(read), cancel.cancelClientOrderId);
    return replacedAnswer(gateway, wanted, outcome, read, report ?? null);
  },
};

function isReplace(read: OrderOutcome, order: PlaceOrder): boolean {
  const [accepted] = read.accepted;
  const isOne =
    read.refused.length > 0 || read.closed.some(({ reason }) => reason === closeReason.replaced);
  return isOne && (accepted === undefined || isOrder(accepted, order));
}

function refusedAt(read: OrderOutcome, stage: number): RefusedEvent | null {
  return read.refused.find((event) => event.stage === stage) ?? null;
}

/** Both parts with what became of them; partial success is an error of its own. */
function replacedAnswer(
  gateway: GatewayContext,
  wanted: NewOrder,
  outcome: Applied,
  read: OrderOutcome,
  cancelJson: string | null,
): Answer {
  const cancelRefused = refusedAt(read, refusedStage.cancel);
  const placeRefused = refusedAt(read, refusedStage.place);
  const notAttempted = placeRefused?.code === refusal.newOrderNotAttempted;
  const placeResult =
    placeRefused === null ? "SUCCESS" : notAttempted ? "NOT_ATTEMPTED" : "FAILURE";
  const placeJson =
    placeRefused === null
      ? newOrderJson(gateway, wanted, outcome, read)
      : notAttempted
        ? "null"
        : errorJson(placingError(placeRefused.code, wanted.order));
  const cancelResponse =
    cancelRefused === null ? cancelJson : errorJson(refusalErrors[cancelRefused.code]);
  const json =
    `{"cancelResult":"${cancelRefused === null ? "SUCCESS" : "FAILURE"}"` +
    `,"newOrderResult":"${placeResult}"` +
    `,"cancelResponse":${cancelResponse},"newOrderResponse":${placeJson}}`;
  if (cancelRefused === null && placeRefused === null) return answerJson(json);
  const error: DialectError =
    cancelRefused !== null && placeRefused !== null
      ? dialectError.cancelReplaceFailed
      : dialectError.cancelReplacePartial;
  return { ok: false, error, dataJson: json };
}

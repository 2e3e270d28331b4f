import { commandType, encodeCancelOrderList } from "@halcyon/core";
import { CancelReports } from "../cancel-reports.ts";
import { dialectError, missingOneOf, refusalErrors } from "../errors.ts";
import { answerJson, type Method, refuse } from "../method.ts";
import { answerNotApplied } from "../outcome.ts";
import { param, required } from "../params.ts";
import { type OrderOutcome, readOrderOutcome } from "../placed.ts";
import { isOfAnother } from "../repetition.ts";
import { clientOrderIdOf } from "../request-id.ts";
import { cancelledBy } from "./cancel-order.ts";

export const cancelOrderList: Method = {
  name: "orderList.cancel",
  rest: [{ verb: "DELETE", path: "/api/v3/orderList" }],
  ws: "orderList.cancel",
  security: "trade",
  weight: 1,
  params: {
    symbol: required(param.symbol),
    orderListId: param.integer,
    listClientOrderId: param.clientOrderId,
    newClientOrderId: param.clientOrderId,
  },
  async handle(gateway, caller, params) {
    const grid = gateway.grids.bySymbol(params.required("symbol"));
    if (grid === undefined) return refuse(dialectError.invalidSymbol);
    const listId = params.integer("orderListId");
    const listClientOrderId = params.text("listClientOrderId");
    if (listId === undefined && listClientOrderId === undefined) {
      return refuse(missingOneOf("orderListId", "listClientOrderId"));
    }
    // Ids count from 1: one that is sent as 0 is nobody's, and must not stand for a name.
    if (listId === 0) return refuse(dialectError.unknownOrderList);
    const cancelClientOrderId =
      params.text("newClientOrderId") ?? clientOrderIdOf(caller.requestId);
    const { account } = caller;
    const wanted = {
      ...{ account, market: grid.market, listId: listId ?? 0 },
      ...{ listClientOrderId: listClientOrderId ?? "", cancelClientOrderId },
    };
    const { orderLists } = gateway.views;
    const reports = new CancelReports(gateway.views);
    reports.rememberList(
      listId === undefined
        ? orderLists.byClientId(account, wanted.listClientOrderId)
        : orderLists.byId(listId),
    );
    const outcome = await gateway.replica.submit("cancel", (writer) =>
      encodeCancelOrderList(writer, caller, wanted),
    );
    if (outcome.kind !== "applied") return answerNotApplied(outcome);
    const read = readOrderOutcome(outcome);
    const isAnswer = ({ listClosed }: OrderOutcome): boolean =>
      listClosed?.market === grid.market &&
      listClosed.cancelClientOrderId === cancelClientOrderId &&
      (wanted.listId === 0 || listClosed.listId === wanted.listId);
    if (isOfAnother(outcome, read, commandType.cancelOrderList, isAnswer)) {
      return refuse(dialectError.idempotencyKeyReused);
    }
    const [refused] = read.refused;
    if (refused !== undefined) return refuse(refusalErrors[refused.code]);
    const [report] = reports.write(grid, cancelledBy(read), cancelClientOrderId);
    if (report === undefined) throw new Error("a list was neither cancelled nor refused");
    return answerJson(report);
  },
};

import type { OrderListRecord } from "../../views/records.ts";
import { dialectError, missingOneOf } from "../errors.ts";
import { answerJson, type Caller, type GatewayContext, type Method, refuse } from "../method.ts";
import { orderListJson } from "../order-list-text.ts";
import { param } from "../params.ts";
import { isTimed, readWindow, windowParams } from "./query-window.ts";

export const queryOrderList: Method = {
  name: "orderList.status",
  rest: [{ verb: "GET", path: "/api/v3/orderList" }],
  ws: "orderList.status",
  security: "read",
  weight: 4,
  params: { orderListId: param.integer, origClientOrderId: param.clientOrderId },
  handle(gateway, caller, params) {
    const listId = params.integer("orderListId");
    const clientOrderId = params.text("origClientOrderId");
    if (listId === undefined && clientOrderId === undefined) {
      return refuse(missingOneOf("orderListId", "origClientOrderId"));
    }
    const list = findList(gateway, caller, listId, clientOrderId);
    return list === undefined
      ? refuse(dialectError.noSuchOrderList)
      : answerJson(listJson(gateway, list));
  },
};

/** The caller's own list; where an id and a client id are given, both must be the list's. */
function findList(
  gateway: GatewayContext,
  { account }: Caller,
  listId: number | undefined,
  clientOrderId: string | undefined,
): OrderListRecord | undefined {
  const { orderLists } = gateway.views;
  const list =
    listId === undefined
      ? orderLists.byClientId(account, clientOrderId ?? "")
      : orderLists.byId(listId);
  const isMeant =
    list?.account === account &&
    (clientOrderId === undefined || list.listClientOrderId === clientOrderId);
  return isMeant ? list : undefined;
}

export const openOrderLists: Method = {
  name: "openOrderLists.status",
  rest: [{ verb: "GET", path: "/api/v3/openOrderList" }],
  ws: "openOrderLists.status",
  security: "read",
  weight: 6,
  params: {},
  handle(gateway, caller) {
    const lists = gateway.views.orderLists.openOf(caller.account);
    return answerJson(`[${lists.map((list) => listJson(gateway, list)).join(",")}]`);
  },
};

export const allOrderLists: Method = {
  name: "allOrderLists",
  rest: [{ verb: "GET", path: "/api/v3/allOrderList" }],
  ws: "allOrderLists",
  security: "read",
  weight: 20,
  params: { fromId: param.integer, ...windowParams },
  handle(gateway, caller, params) {
    const window = readWindow(params);
    if ("code" in window) return refuse(window);
    const fromId = params.integer("fromId");
    if (fromId !== undefined && isTimed(window)) return refuse(dialectError.invalidCombination);
    const lists = gateway.views.orderLists.ofAccount(caller.account, { ...window, fromId });
    return answerJson(`[${lists.map((list) => listJson(gateway, list)).join(",")}]`);
  },
};

function listJson(gateway: GatewayContext, list: OrderListRecord): string {
  return orderListJson(gateway.grids.of(list.market), list);
}

import { dialectError } from "../errors.ts";
import { answer, type Method, refuse } from "../method.ts";
import { param, required } from "../params.ts";
import { readLimit } from "./query-window.ts";

/** How an order became smaller, as long as the node remembers. */
export const amendments: Method = {
  name: "order.amendments",
  rest: [{ verb: "GET", path: "/api/v3/order/amendments" }],
  ws: "order.amendments",
  security: "read",
  weight: 4,
  params: {
    symbol: required(param.symbol),
    orderId: required(param.integer),
    fromExecutionId: param.integer,
    limit: param.integer,
  },
  handle(gateway, caller, params) {
    const grid = gateway.grids.bySymbol(params.required("symbol"));
    if (grid === undefined) return refuse(dialectError.invalidSymbol);
    const limit = readLimit(params);
    if (typeof limit === "object") return refuse(limit);
    const orderId = params.integer("orderId") ?? 0;
    const fromId = params.integer("fromExecutionId") ?? 0;
    const { account } = caller;
    const found = gateway.views.amendments.ofOrder(account, grid.market, orderId, fromId, limit);
    return answer(
      found.map((one) => ({
        symbol: params.required("symbol"),
        orderId,
        executionId: one.id,
        origClientOrderId: one.clientOrderId,
        newClientOrderId: one.newClientOrderId,
        origQty: grid.quantityText(one.oldQuantityLots),
        newQty: grid.quantityText(one.newQuantityLots),
        time: one.timeMs,
      })),
    );
  },
};

import type { MarketGrid } from "../dialect/market-grid.ts";
import { contingencyText } from "../dialect/order-words.ts";
import type { OrderListChange } from "../views/listener.ts";

const statusTypes: Readonly<Record<OrderListChange["kind"], string>> = {
  opened: "EXEC_STARTED",
  renamed: "UPDATED",
  closed: "ALL_DONE",
};

/** One step of an order list's life as the dialect's listStatus. */
export function listStatus(grid: MarketGrid, { kind, list, timeMs }: OrderListChange): string {
  const orders = list.orders.map(
    ({ orderId, clientOrderId }) =>
      `{"s":${grid.symbolJson},"i":${orderId},"c":${JSON.stringify(clientOrderId)}}`,
  );
  return (
    `{"e":"listStatus","E":${timeMs},"s":${grid.symbolJson},"g":${list.listId},` +
    `"c":"${contingencyText[list.contingency]}","l":"${statusTypes[kind]}","L":"${list.status}",` +
    `"r":"NONE","C":${JSON.stringify(list.listClientOrderId)},"T":${timeMs},"O":[${orders.join(",")}]}`
  );
}

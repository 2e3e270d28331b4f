import type { OrderListRecord } from "../views/records.ts";
import type { MarketGrid } from "./market-grid.ts";
import { contingencyText } from "./order-words.ts";

type ShownList = Omit<OrderListRecord, "account" | "timeMs">;

/** A list of orders as the dialect writes it; with `reports`, each of them JSON about one order. */
export function orderListJson(
  grid: MarketGrid,
  list: ShownList,
  reports?: readonly string[],
): string {
  const reportsJson = reports === undefined ? "" : `,"orderReports":[${reports.join(",")}]`;
  return (
    `{"orderListId":${list.listId},"contingencyType":"${contingencyText[list.contingency]}"` +
    `,"listStatusType":"${list.statusType}","listOrderStatus":"${list.status}"` +
    `,"listClientOrderId":${JSON.stringify(list.listClientOrderId)}` +
    `,"transactionTime":${list.transactionTimeMs},"symbol":${grid.symbolJson}` +
    `,"orders":${ordersJson(grid, list)}${reportsJson}}`
  );
}

/** The list of an amended order. */
export function amendedListJson(grid: MarketGrid, list: ShownList): string {
  return (
    `{"orderListId":${list.listId},"contingencyType":"${contingencyText[list.contingency]}"` +
    `,"listOrderStatus":"${list.status}"` +
    `,"listClientOrderId":${JSON.stringify(list.listClientOrderId)}` +
    `,"symbol":${grid.symbolJson},"orders":${ordersJson(grid, list)}}`
  );
}

function ordersJson(grid: MarketGrid, { orders }: ShownList): string {
  const rows = orders.map(
    ({ orderId, clientOrderId }) =>
      `{"symbol":${grid.symbolJson},"orderId":${orderId}` +
      `,"clientOrderId":${JSON.stringify(clientOrderId)}}`,
  );
  return `[${rows.join(",")}]`;
}

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Empty } from "../../design/panel.tsx";
import { Table } from "../../design/table.tsx";
import { useFormat } from "../../settings/format.ts";
import { texts } from "../../texts/texts.ts";
import type { Account } from "../../venue/account.ts";
import { trimmed } from "../../venue/decimal.ts";
import { ask } from "../../venue/http.ts";
import { type OrderJson, orderOf } from "../../venue/order.ts";
import { useCalmChanges } from "../../venue/use-calm-changes.ts";
import { useDesk } from "../desk.tsx";
import { describeOrder } from "./describe-order.ts";

const { columns } = texts.orders;
const LIMIT = 200;

interface OwnTrade {
  readonly id: number;
  readonly orderId: number;
  readonly price: string;
  readonly qty: string;
  readonly quoteQty: string;
  readonly commission: string;
  readonly commissionAsset: string;
  readonly time: number;
  readonly isBuyer: boolean;
  readonly isMaker: boolean;
}

/** Asked again once something has happened to the account. */
function useHistory<T>(account: Account, name: string, path: string) {
  const { market } = useDesk();
  const changes = useCalmChanges(account);
  return useQuery({
    queryKey: [name, market.symbol, changes],
    placeholderData: keepPreviousData,
    queryFn: () =>
      ask<readonly T[]>("GET", path, { query: { symbol: market.symbol, limit: LIMIT } }),
  }).data;
}

export function OrderHistory({ account }: { readonly account: Account }) {
  const { market } = useDesk();
  const format = useFormat();
  const found = useHistory<OrderJson>(account, "order-history", "/api/v3/allOrders");
  if (found === undefined) return <Empty>{texts.loading}</Empty>;
  if (found.length === 0) return <Empty>{texts.orders.noneHistory}</Empty>;
  const names = [columns.time, columns.side, columns.type];
  const numbers = [columns.price, columns.quantity, columns.filled];
  return (
    <Table
      label={texts.orders.tabs.history}
      columns={[
        ...names.map((name) => ({ name })),
        ...numbers.map((name) => ({ name, isNumber: true })),
        { name: columns.condition },
        { name: columns.status },
      ]}
    >
      {found.toReversed().map((json) => {
        const order = orderOf(json);
        const words = describeOrder(order, market, format);
        return (
          <tr key={order.id}>
            <td className="dim">{format.dateTime(order.timeMs)}</td>
            <td className={order.side === "BUY" ? "buy" : "sell"}>
              {texts.order.sides[order.side]}
            </td>
            <td>{words.type}</td>
            <td className="number">{words.price}</td>
            <td className="number">{words.quantity}</td>
            <td className="number">{words.filled}</td>
            <td>{words.condition}</td>
            <td>{words.status}</td>
          </tr>
        );
      })}
    </Table>
  );
}

export function TradeHistory({ account }: { readonly account: Account }) {
  const { market } = useDesk();
  const format = useFormat();
  const found = useHistory<OwnTrade>(account, "trade-history", "/api/v3/myTrades");
  if (found === undefined) return <Empty>{texts.loading}</Empty>;
  if (found.length === 0) return <Empty>{texts.orders.noneTrades}</Empty>;
  const numbers = [columns.price, columns.quantity, columns.total, columns.fee];
  return (
    <Table
      label={texts.orders.tabs.trades}
      columns={[
        { name: columns.time },
        { name: columns.side },
        ...numbers.map((name) => ({ name, isNumber: true })),
        { name: columns.role },
      ]}
    >
      {found.toReversed().map((trade) => (
        <tr key={`${trade.id}-${trade.orderId}`}>
          <td className="dim">{format.dateTime(trade.time)}</td>
          <td className={trade.isBuyer ? "buy" : "sell"}>
            {texts.order.sides[trade.isBuyer ? "BUY" : "SELL"]}
          </td>
          <td className="number">{format.decimal(trimmed(trade.price, market.priceDecimals))}</td>
          <td className="number">{format.decimal(trimmed(trade.qty, market.quantityDecimals))}</td>
          <td className="number">
            {format.decimal(trimmed(trade.quoteQty))} {market.quote}
          </td>
          <td className="number">
            {format.decimal(trimmed(trade.commission))} {trade.commissionAsset}
          </td>
          <td>{texts.orders.roles[trade.isMaker ? "maker" : "taker"]}</td>
        </tr>
      ))}
    </Table>
  );
}

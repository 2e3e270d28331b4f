import { useState } from "react";
import { Empty } from "../../design/panel.tsx";
import { Table } from "../../design/table.tsx";
import { useFormat } from "../../settings/format.ts";
import { texts } from "../../texts/texts.ts";
import type { Market } from "../../venue/market.ts";
import type { Order } from "../../venue/order.ts";
import { useMarkets } from "../../venue/use-markets.ts";
import { AmendDialog } from "./amend-dialog.tsx";
import { describeOrder } from "./describe-order.ts";
import { cancelOne, moveByTicks } from "./order-acts.ts";
import { useRowKeys } from "./use-row-keys.ts";

const { columns } = texts.orders;
const COLUMNS = [
  { name: columns.time },
  { name: columns.market },
  { name: columns.side },
  { name: columns.type },
  { name: columns.price, isNumber: true },
  { name: columns.quantity, isNumber: true },
  { name: columns.filled, isNumber: true },
  { name: columns.condition },
  { name: columns.actions },
];

/** More rows than anybody reads would only slow the page down. */
const SHOWN_MAX = 300;

/** Open orders of all markets or of one, newest first. */
export function OpenOrders({ orders: all }: { readonly orders: readonly Order[] }) {
  const orders = all.length > SHOWN_MAX ? all.slice(0, SHOWN_MAX) : all;
  const { data: markets = [] } = useMarkets();
  const [amended, setAmended] = useState<Order | null>(null);
  const marketOf = (order: Order) => markets.find(({ symbol }) => symbol === order.symbol);
  const rowKeys = useRowKeys(orders, {
    cancel: (order) => void cancelOne(order),
    amend: setAmended,
    move: (order, ticks) => void moveByTicks(order, marketOf(order), ticks),
  });
  const amendedMarket = amended === null ? undefined : marketOf(amended);
  return (
    <>
      {orders.length === 0 ? (
        <Empty>{texts.orders.none}</Empty>
      ) : (
        <Table label={texts.orders.tabs.open(all.length)} columns={COLUMNS}>
          {orders.map((order) => (
            <Row
              key={order.id}
              order={order}
              market={marketOf(order)}
              rowProps={rowKeys(order)}
              onAmend={() => setAmended(order)}
            />
          ))}
          {all.length > orders.length && (
            <tr>
              <td colSpan={COLUMNS.length} className="dim">
                {texts.orders.more(orders.length, all.length)}
              </td>
            </tr>
          )}
        </Table>
      )}
      {amended !== null && amendedMarket !== undefined && (
        <AmendDialog order={amended} market={amendedMarket} onClose={() => setAmended(null)} />
      )}
    </>
  );
}

function Row(props: {
  readonly order: Order;
  readonly market: Market | undefined;
  readonly rowProps: ReturnType<ReturnType<typeof useRowKeys>>;
  readonly onAmend: () => void;
}) {
  const { order, market, rowProps, onAmend } = props;
  const format = useFormat();
  const words = describeOrder(order, market, format);
  return (
    <tr {...rowProps} aria-label={words.short} title={texts.orders.keys}>
      <td className="dim">{format.time(order.timeMs)}</td>
      <td>{words.market}</td>
      <td className={order.side === "BUY" ? "buy" : "sell"}>{texts.order.sides[order.side]}</td>
      <td>{words.type}</td>
      <td className="number">{words.price}</td>
      <td className="number">{words.quantity}</td>
      <td className="number">{words.filled}</td>
      <td>{words.condition}</td>
      <td className="row-actions">
        <button
          type="button"
          className="button small"
          aria-label={texts.orders.amendOf(words.short)}
          onClick={onAmend}
        >
          {texts.orders.amend}
        </button>
        <button
          type="button"
          className="button small"
          aria-label={texts.orders.cancelOf(words.short)}
          onClick={() => void cancelOne(order)}
        >
          {texts.orders.cancel}
        </button>
      </td>
    </tr>
  );
}

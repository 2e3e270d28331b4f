import type { Format } from "../../settings/format.ts";
import { texts } from "../../texts/texts.ts";
import { trimmed } from "../../venue/decimal.ts";
import type { Market } from "../../venue/market.ts";
import type { Order } from "../../venue/order.ts";

/** An order's parts as they are shown. */
export interface OrderWords {
  readonly market: string;
  readonly type: string;
  readonly price: string;
  readonly condition: string;
  readonly quantity: string;
  readonly filled: string;
  readonly status: string;
  /** All in one, for who does not see the row. */
  readonly short: string;
}

export function describeOrder(
  order: Order,
  market: Market | undefined,
  format: Format,
): OrderWords {
  const price = (text: string) => format.decimal(trimmed(text, market?.priceDecimals ?? 0));
  const quantity = (text: string) => format.decimal(trimmed(text, market?.quantityDecimals ?? 0));
  const { orders } = texts;
  const name = market?.path.replace("-", "/") ?? order.symbol;
  const conditions = [
    order.stopPrice === "" ? "" : orders.stop(price(order.stopPrice)),
    order.trailingDelta === null ? "" : orders.trails(String(order.trailingDelta / 100)),
    order.goodTillMs === null ? "" : orders.until(format.dateTime(order.goodTillMs)),
    order.timeInForce === "GTC" || order.timeInForce === "GTD" ? "" : order.timeInForce,
  ];
  return {
    market: name,
    type: texts.order.kinds[order.type] ?? order.type,
    price: /[1-9]/.test(order.price) ? price(order.price) : orders.market,
    condition: conditions.filter((part) => part !== "").join(", ") || "—",
    quantity: quantity(order.quantity),
    filled: quantity(order.executed),
    status: orders.statuses[order.status] ?? order.status,
    short: orders.short(texts.order.sides[order.side], quantity(order.quantity), name),
  };
}

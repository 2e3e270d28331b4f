import type { Message } from "./live-connection.ts";
import type {
  Balance,
  Decimal,
  Order,
  OrderStatus,
  OrderType,
  OwnTrade,
  Side,
  TimeInForce,
} from "./order-types.ts";

/** An order as it stands. */
export type LiveOrder = {
  readonly symbol: string;
  readonly orderId: number;
  readonly orderListId: number;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly price: Decimal;
  readonly origQty: Decimal;
  readonly executedQty: Decimal;
  readonly cummulativeQuoteQty: Decimal;
  readonly status: OrderStatus;
  readonly updateTime: number;
};
export type LiveTrade = Pick<
  OwnTrade,
  | "symbol"
  | "id"
  | "orderId"
  | "price"
  | "qty"
  | "commission"
  | "commissionAsset"
  | "time"
  | "isMaker"
>;

/**
 * What came to an account. `isRepair`: it happened while the stream was broken, or just before, and was
 * fetched afterwards; of an order that changed several times, only the last state is told then.
 */
export type UserEvent =
  | { readonly kind: "order"; readonly order: LiveOrder; readonly isRepair: boolean }
  | { readonly kind: "trade"; readonly trade: LiveTrade; readonly isRepair: boolean }
  | { readonly kind: "balance"; readonly balance: Balance; readonly isRepair: boolean }
  /** The views are complete from here on; told after each connection, once what was missed has been. */
  | { readonly kind: "synced"; readonly endpoint: string }
  /** The connection is gone: the views grow old until the next "synced". */
  | { readonly kind: "lost" }
  /** The venue ended the stream for good, for its key was revoked; or refused it. */
  | { readonly kind: "ended"; readonly reason: string };

const openStatuses: ReadonlySet<OrderStatus> = new Set(["NEW", "PENDING_NEW", "PARTIALLY_FILLED"]);

export function isOpen({ status }: { readonly status: OrderStatus }): boolean {
  return openStatuses.has(status);
}

/** The order in an executionReport. */
export function orderOfReport(event: Message): LiveOrder {
  const text = (name: string) => event[name] as string;
  const number = (name: string) => event[name] as number;
  return {
    symbol: text("s"),
    orderId: number("i"),
    orderListId: number("g"),
    // A cancel has a name of its own in `c`, and the order's in `C`.
    clientOrderId: text("C") === "" ? text("c") : text("C"),
    side: text("S") as Side,
    type: text("o") as OrderType,
    timeInForce: text("f") as TimeInForce,
    price: text("p"),
    origQty: text("q"),
    executedQty: text("z"),
    cummulativeQuoteQty: text("Z"),
    status: text("X") as OrderStatus,
    updateTime: number("T"),
  };
}

/** The trade in an executionReport; null when it tells of none. */
export function tradeOfReport(event: Message): LiveTrade | null {
  if (event["x"] !== "TRADE") return null;
  return {
    symbol: event["s"] as string,
    id: event["t"] as number,
    orderId: event["i"] as number,
    price: event["L"] as string,
    qty: event["l"] as string,
    commission: event["n"] as string,
    commissionAsset: event["N"] as string,
    time: event["T"] as number,
    isMaker: event["m"] as boolean,
  };
}

export function orderOfQuery(order: Order): LiveOrder {
  const { symbol, orderId, orderListId, clientOrderId, side, type, timeInForce, price } = order;
  const { origQty, executedQty, cummulativeQuoteQty, status, updateTime } = order;
  return {
    ...{ symbol, orderId, orderListId, clientOrderId, side, type, timeInForce, price },
    ...{ origQty, executedQty, cummulativeQuoteQty, status, updateTime },
  };
}

export function tradeOfQuery(trade: OwnTrade): LiveTrade {
  const { symbol, id, orderId, price, qty, commission, commissionAsset, time, isMaker } = trade;
  return { symbol, id, orderId, price, qty, commission, commissionAsset, time, isMaker };
}

export function balancesOfPosition(event: Message): Balance[] {
  const rows = event["B"] as readonly { a: string; f: Decimal; l: Decimal }[];
  return rows.map(({ a, f, l }) => ({ asset: a, free: f, locked: l }));
}

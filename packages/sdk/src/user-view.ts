import { compareDecimals } from "./decimal.ts";
import type { Message } from "./live-connection.ts";
import type { Balance } from "./order-types.ts";
import {
  balancesOfPosition,
  isOpen,
  type LiveOrder,
  type LiveTrade,
  orderOfReport,
  tradeOfReport,
  type UserEvent,
} from "./user-events.ts";

const endedKeptMax = 10_000;

/** Open orders and balances of an account; tells what is new of whatever it is shown, each thing once. */
export class UserView {
  readonly orders = new Map<number, LiveOrder>();
  readonly balances = new Map<string, Balance>();
  /** The last orders that ended: what is heard of them late does not open them again. */
  readonly #ended = new Map<number, LiveOrder>();
  /** By market: the last trade, and the account's orders in it, for it may have traded with itself. */
  readonly #lastTrade = new Map<string, { readonly id: number; readonly orderIds: Set<number> }>();
  /** By market: the highest id of an order. */
  readonly #lastOrderId = new Map<string, number>();
  readonly #tell: (event: UserEvent) => void;

  constructor(tell: (event: UserEvent) => void) {
    this.#tell = tell;
  }

  /** The account's last trade in a market, 0: none is known. */
  lastTradeId(symbol: string): number {
    return this.#lastTrade.get(symbol)?.id ?? 0;
  }

  lastOrderId(symbol: string): number {
    return this.#lastOrderId.get(symbol) ?? 0;
  }

  /** Orders up to this one ended before the first connection. */
  skipOrders(symbol: string, lastId: number): void {
    this.#lastOrderId.set(symbol, Math.max(lastId, this.lastOrderId(symbol)));
  }

  /** One event of the stream. */
  takeEvent(event: Message, isRepair: boolean): void {
    if (event["e"] === "executionReport") {
      const trade = tradeOfReport(event);
      if (trade !== null) this.takeTrade(trade, isRepair);
      this.takeOrder(orderOfReport(event), isRepair);
    } else if (event["e"] === "outboundAccountPosition") {
      for (const balance of balancesOfPosition(event)) this.takeBalance(balance, isRepair);
    }
  }

  takeOrder(order: LiveOrder, isRepair: boolean): void {
    const { orderId } = order;
    this.skipOrders(order.symbol, orderId);
    const known = this.orders.get(orderId) ?? this.#ended.get(orderId);
    if (known !== undefined && !isLater(order, known)) return;
    if (isOpen(order)) this.orders.set(orderId, order);
    else {
      this.orders.delete(orderId);
      this.#ended.set(orderId, order);
      if (this.#ended.size > endedKeptMax) this.#ended.delete(this.#ended.keys().next().value!);
    }
    this.#tell({ kind: "order", order, isRepair });
  }

  takeTrade(trade: LiveTrade, isRepair: boolean): void {
    const { symbol, id, orderId } = trade;
    const last = this.#lastTrade.get(symbol);
    if (last !== undefined && (id < last.id || (id === last.id && last.orderIds.has(orderId)))) {
      return;
    }
    if (last?.id === id) last.orderIds.add(orderId);
    else this.#lastTrade.set(symbol, { id, orderIds: new Set([orderId]) });
    this.#tell({ kind: "trade", trade, isRepair });
  }

  /** What was traded before the first connection is not told. */
  skipTrades(symbol: string, trades: readonly LiveTrade[]): void {
    const id = trades.at(-1)?.id ?? 0;
    const orderIds = trades.filter((trade) => trade.id === id).map(({ orderId }) => orderId);
    this.#lastTrade.set(symbol, { id, orderIds: new Set(orderIds) });
  }

  takeBalance(balance: Balance, isRepair: boolean): void {
    const known = this.balances.get(balance.asset);
    if (known?.free === balance.free && known.locked === balance.locked) return;
    this.balances.set(balance.asset, balance);
    this.#tell({ kind: "balance", balance, isRepair });
  }
}

/** Whether an order's state follows the one that is known: the stream may tell again what was fetched. */
function isLater(order: LiveOrder, known: LiveOrder): boolean {
  if (order.updateTime !== known.updateTime) return order.updateTime > known.updateTime;
  if (!isOpen(known)) return false;
  return (
    compareDecimals(order.executedQty, known.executedQty) > 0 ||
    order.status !== known.status ||
    order.origQty !== known.origQty ||
    order.clientOrderId !== known.clientOrderId
  );
}

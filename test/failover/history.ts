/** An order as the dialect shows it; amounts are decimals in text. */
export type Order = {
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly side: string;
  readonly price: string;
  readonly origQty: string;
  readonly executedQty: string;
  readonly cummulativeQuoteQty: string;
  readonly status: string;
};

/** One thing a client asked for, and what it was told. */
export type Operation = {
  readonly kind: "place" | "cancel";
  readonly account: number;
  /** Of the order that is placed or cancelled. */
  readonly clientOrderId: string;
  readonly side: string;
  readonly price: string;
  readonly quantity: string;
  readonly sentMs: number;
  readonly answeredMs: number;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The order as the answer showed it; null unless the status is 200. */
  readonly order: Order | null;
  /** What the answer was when it is no order. */
  readonly refusal: string;
};

/** Every order of every account at the end. */
export type FinalOrders = ReadonlyMap<number, readonly Order[]>;

/**
 * Holds what clients were told against what the venue has at the end; each fault in words.
 *
 * 1. Acknowledged orders are there exactly once, as they were acknowledged; orders without an answer
 *    at most once; orders that were refused, and orders nobody sent, are not there.
 * 2. Real time: whoever was answered before another asked has the lower order id.
 */
export function historyFaults(history: readonly Operation[], final: FinalOrders): string[] {
  return [
    ...placementFaults(history, final),
    ...cancelFaults(history, final),
    ...realTimeFaults(history),
  ];
}

const keyOf = (account: number, clientOrderId: string) => `${account}/${clientOrderId}`;

function ordersByKey(final: FinalOrders): Map<string, Order[]> {
  const found = new Map<string, Order[]>();
  for (const [account, orders] of final) {
    for (const order of orders) {
      const key = keyOf(account, order.clientOrderId);
      const same = found.get(key);
      if (same === undefined) found.set(key, [order]);
      else same.push(order);
    }
  }
  return found;
}

function placementFaults(history: readonly Operation[], final: FinalOrders): string[] {
  const faults: string[] = [];
  const found = ordersByKey(final);
  const places = history.filter(({ kind }) => kind === "place");
  for (const place of places) {
    const key = keyOf(place.account, place.clientOrderId);
    const orders = found.get(key) ?? [];
    found.delete(key);
    const { order } = place;
    if (orders.length > 1) faults.push(`${key} is there ${orders.length} times`);
    if (order !== null && orders.length === 0) faults.push(`${key} was acknowledged and is lost`);
    if (wasRefused(place) && orders.length > 0) faults.push(`${key} was refused and is there`);
    if (orders.length === 1) faults.push(...differences(key, place, orders[0]!));
  }
  for (const key of found.keys()) faults.push(`${key} is there and nobody sent it`);
  return faults;
}

/** A refusal that says that nothing was done; an answer that says nothing leaves it open. */
function wasRefused({ status }: Operation): boolean {
  return status >= 400 && status < 500;
}

function differences(key: string, place: Operation, last: Order): string[] {
  const faults: string[] = [];
  const differs = (what: string, told: unknown, is: unknown) => {
    if (told !== is) faults.push(`${key}: its ${what} was ${told} and is ${is}`);
  };
  differs("side", place.side, last.side);
  differs("price", Number(place.price), Number(last.price));
  differs("quantity", Number(place.quantity), Number(last.origQty));
  const { order } = place;
  if (order === null) return faults;
  differs("order id", order.orderId, last.orderId);
  if (Number(order.executedQty) > Number(last.executedQty)) {
    faults.push(`${key}: ${order.executedQty} was executed, now ${last.executedQty}`);
  }
  if (order.status === "FILLED") differs("status", "FILLED", last.status);
  return faults;
}

function cancelFaults(history: readonly Operation[], final: FinalOrders): string[] {
  const found = ordersByKey(final);
  return history.flatMap((operation) => {
    if (operation.kind !== "cancel" || operation.order === null) return [];
    const key = keyOf(operation.account, operation.clientOrderId);
    const status = found.get(key)?.[0]?.status;
    return status === "CANCELED" ? [] : [`${key}: its cancel was acknowledged and it is ${status}`];
  });
}

/** One sweep in the order of asking, with the highest id among those that were answered by then. */
function realTimeFaults(history: readonly Operation[]): string[] {
  const placed = history.filter(({ kind, order }) => kind === "place" && order !== null);
  const bySent = [...placed].sort((a, b) => a.sentMs - b.sentMs);
  const byAnswered = [...placed].sort((a, b) => a.answeredMs - b.answeredMs);
  const faults: string[] = [];
  let next = 0;
  let highest: Operation | null = null;
  for (const one of bySent) {
    for (
      let done = byAnswered[next];
      done && done.answeredMs < one.sentMs;
      done = byAnswered[next]
    ) {
      if (highest === null || done.order!.orderId > highest.order!.orderId) highest = done;
      next++;
    }
    if (highest === null || highest.order!.orderId < one.order!.orderId) continue;
    faults.push(
      `${one.clientOrderId} has order id ${one.order!.orderId}, although ${highest.clientOrderId} ` +
        `(${highest.order!.orderId}) had been answered before it was sent`,
    );
  }
  return faults;
}

import type { WordWriter } from "../bytes/word-writer.ts";
import {
  beginFrom,
  type Contingency,
  commandType,
  endCommand,
  type OrderType,
  type Origin,
  type SelfTradeMode,
  type Side,
  selfTradeMode,
  type TimeInForce,
} from "./command.ts";

export type PlaceOrder = {
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** 0 for a market order. */
  readonly priceTicks: number;
  /** 0 for a market order by quote quantity. */
  readonly quantityLots: number;
  /** Quote units to spend or to earn, for a market order without a quantity; else 0. */
  readonly quoteUnits: number;
  /** 0 to 36 bytes; empty: none. Unique among the account's open orders. */
  readonly clientOrderId: string;
  /** None when absent. */
  readonly selfTradeMode?: SelfTradeMode;
  readonly terms?: OrderTerms;
};

/** What only some orders have; 0 where one has it not. */
export type OrderTerms = {
  /** Stop and take-profit orders: the last price that sets them working, or a trailing one tracking. */
  readonly stopPriceTicks?: number;
  /** Stop and take-profit orders: how far the price must turn from its best, in hundredths of a percent. */
  readonly trailingDeltaBips?: number;
  /** Iceberg: lots that show at a time. */
  readonly icebergLots?: number;
  /** Good till date: log time at which what is left expires. */
  readonly expireAtMs?: number;
  /** The client's own marks, handed through. */
  readonly strategyId?: number;
  readonly strategyType?: number;
};

/** Word offsets of a placeOrder body. */
export const placeField = {
  account: 0,
  market: 1,
  kind: 2,
  price: 3,
  lots: 4,
  quote: 6,
  clientIdBytes: 8,
  clientId: 9,
} as const;

/** Words of an order's terms, behind its client id where the kind says so. */
export const termsWords = 9;
export const termsField = {
  stopPrice: 0,
  trailingDelta: 1,
  icebergLots: 2,
  expireAtMs: 4,
  strategyId: 6,
  strategyType: 8,
} as const;

/** Body: the fields of `placeField`, the client id's words, then the terms where the kind has them. */
export function encodePlaceOrder(w: WordWriter, origin: Origin, c: PlaceOrder): void {
  const start = beginFrom(w, commandType.placeOrder, origin);
  writePlaceOrder(w, c);
  endCommand(w, start);
}
function writePlaceOrder(w: WordWriter, c: PlaceOrder): void {
  const kind = packOrderKind(c.side, c.type, c.timeInForce, c.selfTradeMode);
  w.i32(c.account).i32(c.market);
  w.i32(c.terms === undefined ? kind : kind | kindHasTerms);
  w.i32(c.priceTicks).u53(c.quantityLots).u53(c.quoteUnits).text(c.clientOrderId);
  if (c.terms !== undefined) writeOrderTerms(w, c.terms);
}
function writeOrderTerms(w: WordWriter, t: OrderTerms): void {
  w.i32(t.stopPriceTicks ?? 0)
    .i32(t.trailingDeltaBips ?? 0)
    .u53(t.icebergLots ?? 0);
  w.u53(t.expireAtMs ?? 0)
    .u53(t.strategyId ?? 0)
    .i32(t.strategyType ?? 0);
}

/** An order's nature in one word: side bit 0, type 1-4, time in force 5-7, self-trade mode 8-10, terms 11. */
export function packOrderKind(
  s: Side,
  type: OrderType,
  tif: TimeInForce,
  mode: SelfTradeMode = selfTradeMode.none,
): number {
  return s | (type << 1) | (tif << 5) | (mode << 8);
}
/** Set in a kind when the order's terms follow. */
export const kindHasTerms: number = 1 << 11;
export const kindBits = 12;
export function kindSide(kind: number): Side {
  return (kind & 1) as Side;
}
export function kindType(kind: number): OrderType {
  return ((kind >> 1) & 15) as OrderType;
}
export function kindTimeInForce(kind: number): TimeInForce {
  return ((kind >> 5) & 7) as TimeInForce;
}

export function kindSelfTradeMode(kind: number): SelfTradeMode {
  return ((kind >> 8) & 7) as SelfTradeMode;
}

/** Which order: by its id, or by its client id where the id is 0. */
export type CancelOrder = {
  readonly account: number;
  readonly market: number;
  readonly orderId: number;
  readonly clientOrderId: string;
  /** The client's name for the cancel itself; empty: none. */
  readonly cancelClientOrderId: string;
};
/** Body: account 0, market 1, order id 2-3, client id 4..., cancel's client id ... */
export function encodeCancelOrder(w: WordWriter, origin: Origin, c: CancelOrder): void {
  const start = beginFrom(w, commandType.cancelOrder, origin);
  writeCancelOrder(w, c);
  endCommand(w, start);
}
function writeCancelOrder(w: WordWriter, c: CancelOrder): void {
  w.i32(c.account).i32(c.market).u53(c.orderId);
  w.text(c.clientOrderId).text(c.cancelClientOrderId);
}

/** All open orders of an account; market -1: in every market. */
export function encodeCancelAll(
  w: WordWriter,
  origin: Origin,
  c: { readonly account: number; readonly market: number },
): void {
  const start = beginFrom(w, commandType.cancelAll, origin);
  w.i32(c.account).i32(c.market);
  endCommand(w, start);
}

/** Body: 1 when the new order is tried although the cancel failed, else 0; then cancel, then order. */
export function encodeCancelReplace(
  w: WordWriter,
  origin: Origin,
  c: { readonly allowFailure: boolean; readonly cancel: CancelOrder; readonly order: PlaceOrder },
): void {
  const start = beginFrom(w, commandType.cancelReplace, origin);
  w.i32(c.allowFailure ? 1 : 0);
  writeCancelOrder(w, c.cancel);
  writePlaceOrder(w, c.order);
  endCommand(w, start);
}

/** Takes lots off an open order, which keeps its place. Body: account 0, market 1, order id 2-3, lots 4-5. */
export function encodeReduceOrder(
  w: WordWriter,
  origin: Origin,
  c: {
    readonly account: number;
    readonly market: number;
    readonly orderId: number;
    readonly byLots: number;
  },
): void {
  const start = beginFrom(w, commandType.reduceOrder, origin);
  w.i32(c.account).i32(c.market).u53(c.orderId).u53(c.byLots);
  endCommand(w, start);
}

/**
 * Gives an open order a smaller quantity in all, what was executed included; it keeps its place.
 * Body: account 0, market 1, order id 2-3, client id 4..., new lots, new client id (empty: keeps its own).
 */
export type AmendOrder = {
  readonly account: number;
  readonly market: number;
  /** 0: by its client id. */
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly newQuantityLots: number;
  readonly newClientOrderId: string;
};
export function encodeAmendOrder(w: WordWriter, origin: Origin, c: AmendOrder): void {
  const start = beginFrom(w, commandType.amendOrder, origin);
  w.i32(c.account).i32(c.market).u53(c.orderId).text(c.clientOrderId);
  w.u53(c.newQuantityLots).text(c.newClientOrderId);
  endCommand(w, start);
}

/**
 * Orders that belong together, all of one account and market, all or none accepted.
 * OCO: two of one side and quantity, a stop loss and one that is better than the market (limit maker
 * or take profit); the first that executes or triggers ends the other. OTO: the first order works;
 * once it is filled whole, the second is placed. OTOCO: the same with a pair as in OCO.
 */
export type PlaceOrderList = {
  readonly account: number;
  readonly market: number;
  readonly contingency: Contingency;
  readonly listClientOrderId: string;
  /** Two; three for OTOCO. The working one first; of a pair the one above first. */
  readonly orders: readonly PlaceOrder[];
};
/** Body: account 0, market 1, contingency 2, list's client id 3..., then a placeOrder body per order. */
export function encodePlaceOrderList(w: WordWriter, origin: Origin, c: PlaceOrderList): void {
  const start = beginFrom(w, commandType.placeOrderList, origin);
  w.i32(c.account).i32(c.market).i32(c.contingency).text(c.listClientOrderId);
  for (const order of c.orders) writePlaceOrder(w, order);
  endCommand(w, start);
}

/** Cancels what is open of a list. Body: account 0, market 1, list id 2-3 (0: by its client id), client id 4..., cancel's client id. */
export function encodeCancelOrderList(
  w: WordWriter,
  origin: Origin,
  c: {
    readonly account: number;
    readonly market: number;
    readonly listId: number;
    readonly listClientOrderId: string;
    readonly cancelClientOrderId: string;
  },
): void {
  const start = beginFrom(w, commandType.cancelOrderList, origin);
  w.i32(c.account).i32(c.market).u53(c.listId);
  w.text(c.listClientOrderId).text(c.cancelClientOrderId);
  endCommand(w, start);
}

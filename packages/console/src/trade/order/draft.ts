import type { Market } from "../../venue/market.ts";

/** What a person chooses among; each is a type of the dialect, or several. */
export const ORDER_KINDS = [
  "LIMIT",
  "MARKET",
  "STOP_LOSS_LIMIT",
  "STOP_LOSS",
  "TAKE_PROFIT_LIMIT",
  "TAKE_PROFIT",
  "TRAILING",
  "OCO",
  "OTO",
  "OTOCO",
] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];
export type Side = "BUY" | "SELL";
export type TimeInForce = "GTC" | "IOC" | "FOK" | "GTD";

/** An order as it is being written: every value is the text of its field. */
export interface Draft {
  readonly kind: OrderKind;
  readonly side: Side;
  readonly price: string;
  readonly stopPrice: string;
  /** Of the stop of a pair: with one it becomes a limit order, without one a market order. */
  readonly stopLimitPrice: string;
  readonly trailingPercent: string;
  /** At what the order that follows a filled one takes the profit. */
  readonly exitPrice: string;
  /** Of the orders that follow; empty: as much as the first. */
  readonly exitQuantity: string;
  /** What a market order's amount is of: the base asset, or the quote asset. */
  readonly amountOf: "base" | "quote";
  readonly quantity: string;
  readonly total: string;
  readonly isPostOnly: boolean;
  readonly timeInForce: TimeInForce;
  /** As of a field for date and time, in the browser's own zone. */
  readonly goodTill: string;
  readonly iceberg: string;
  readonly selfTrade: string;
}

export const EMPTY_DRAFT: Draft = {
  kind: "LIMIT",
  side: "BUY",
  price: "",
  stopPrice: "",
  stopLimitPrice: "",
  trailingPercent: "",
  exitPrice: "",
  exitQuantity: "",
  amountOf: "base",
  quantity: "",
  total: "",
  isPostOnly: false,
  timeInForce: "GTC",
  goodTill: "",
  iceberg: "",
  selfTrade: "",
};

export type DraftField =
  | "price"
  | "stopPrice"
  | "stopLimitPrice"
  | "trailingPercent"
  | "exitPrice"
  | "exitQuantity"
  | "quantity"
  | "total"
  | "goodTill"
  | "iceberg";

/** Which fields an order of this kind has. */
export function fieldsOf(draft: Draft): ReadonlySet<DraftField> {
  const fields = new Set<DraftField>();
  const { kind } = draft;
  const hasPair = kind === "OCO" || kind === "OTOCO";
  if (hasLimit(kind) || kind === "OCO") fields.add("price");
  if (kind.startsWith("STOP") || kind.startsWith("TAKE") || hasPair) fields.add("stopPrice");
  if (hasPair) fields.add("stopLimitPrice");
  if (hasExit(kind)) fields.add("exitPrice").add("exitQuantity");
  if (kind === "TRAILING") fields.add("trailingPercent").add("stopPrice");
  fields.add(isByTotal(draft) ? "total" : "quantity");
  if (canRest(draft)) fields.add("iceberg");
  if (hasTerm(kind) && draft.timeInForce === "GTD") fields.add("goodTill");
  return fields;
}

export function isByTotal({ kind, amountOf }: Draft): boolean {
  return kind === "MARKET" && amountOf === "quote";
}

/** Whether the order has a price limit of its own. */
export function hasLimit(kind: OrderKind): boolean {
  return kind === "LIMIT" || kind.endsWith("_LIMIT") || hasExit(kind);
}

/** Whether orders on the other side follow once it is filled whole. */
export function hasExit(kind: OrderKind): kind is "OTO" | "OTOCO" {
  return kind === "OTO" || kind === "OTOCO";
}

/** Whether the person chooses how long it works. */
export function hasTerm(kind: OrderKind): boolean {
  return hasLimit(kind);
}

export function canRest({ kind, timeInForce }: Draft): boolean {
  return hasLimit(kind) && !hasExit(kind) && (timeInForce === "GTC" || timeInForce === "GTD");
}

/** The kinds that a market lets in. */
export function kindsOf(market: Market): readonly OrderKind[] {
  const has = (type: string) => market.orderTypes.includes(type);
  return ORDER_KINDS.filter((kind) => {
    if (kind === "TRAILING") return market.allowsTrailing && has("STOP_LOSS");
    if (kind === "OTO") return has("LIMIT");
    if (kind === "OCO" || kind === "OTOCO") return has("LIMIT_MAKER") && has("STOP_LOSS");
    return has(kind);
  });
}

import { texts } from "../../texts/texts.ts";
import type { Balance } from "../../venue/account.ts";
import type { Book } from "../../venue/book-feed.ts";
import { min, parseUnits, tenTo, unitsOf, unitsText } from "../../venue/decimal.ts";
import { type Market, notionalOf } from "../../venue/market.ts";
import { type Draft, type DraftField, fieldsOf, hasExit, isByTotal } from "./draft.ts";
import { type Sweep, sweep } from "./sweep.ts";

/** What a draft is judged by. */
export interface Surroundings {
  readonly market: Market;
  readonly book: Book;
  /** The last price; null before the first trade. */
  readonly last: bigint | null;
  readonly base: Balance | undefined;
  readonly quote: Balance | undefined;
  readonly nowMs: number;
}

export type Problems = Partial<Record<DraftField, string>>;

/** The values of a draft's fields; null: empty, or no value that the market has. */
export type Values = Readonly<Record<Exclude<DraftField, "goodTill">, bigint | null>> & {
  readonly goodTillMs: number | null;
};

export interface Checked {
  /** What is wrong, by field; the empty field is not wrong, it is missing. */
  readonly problems: Problems;
  readonly values: Values;
  /** Everything is there and right. */
  readonly isReady: boolean;
  /** What a market order would meet now; null where there is nothing to meet, or it waits. */
  readonly sweep: Sweep | null;
}

const OPTIONAL: ReadonlySet<DraftField> = new Set(["iceberg", "stopLimitPrice", "exitQuantity"]);

/** Holds a draft against the market's rules and the own balance, before anything is sent. */
export function checkDraft(draft: Draft, around: Surroundings): Checked {
  const { market } = around;
  const fields = fieldsOf(draft);
  const values = valuesOf(draft, market);
  const problems: Problems = {};
  const judge = (field: DraftField, problem: string | null) => {
    if (problem !== null && fields.has(field)) problems[field] ??= problem;
  };
  for (const field of fields) judge(field, formProblem(field, draft, values, market));
  for (const field of ["price", "stopPrice", "stopLimitPrice", "exitPrice"] as const) {
    judge(field, priceProblem(values[field], market));
  }
  if (hasExit(draft.kind)) {
    judge("exitPrice", exitProblem(draft.side, values.price, values.exitPrice));
    judge("stopPrice", exitProblem(other(draft.side), values.price, values.stopPrice));
    judge("exitQuantity", exitQuantityProblem(values, market));
  } else judge("stopPrice", stopProblem(draft, values.stopPrice, around.last));
  judge("price", crossProblem(draft, values.price, around));
  judge("trailingPercent", trailingProblem(draft, values.trailingPercent, market));
  const met = draft.kind === "MARKET" ? sweep(draft, values, around) : null;
  const amount = isByTotal(draft) ? "total" : "quantity";
  judge("quantity", quantityProblem(draft, values.quantity, market));
  judge(amount, notionalProblem(draft, values, around));
  judge(amount, balanceProblem(draft, values, around, met));
  judge("iceberg", icebergProblem(values, market));
  if (values.goodTillMs !== null && values.goodTillMs <= around.nowMs) {
    judge("goodTill", texts.order.problems.past);
  }
  const isOptional = (field: DraftField) =>
    OPTIONAL.has(field) || (draft.kind === "TRAILING" && field === "stopPrice");
  const isMissing = [...fields].some((field) => !isOptional(field) && draft[field] === "");
  return {
    problems,
    values,
    isReady: !isMissing && Object.keys(problems).length === 0,
    sweep: met,
  };
}

function valuesOf(draft: Draft, market: Market): Values {
  const { priceDecimals, quantityDecimals, quoteDecimals } = market;
  const goodTillMs = draft.goodTill === "" ? Number.NaN : new Date(draft.goodTill).getTime();
  return {
    price: parseUnits(draft.price, priceDecimals),
    stopPrice: parseUnits(draft.stopPrice, priceDecimals),
    stopLimitPrice: parseUnits(draft.stopLimitPrice, priceDecimals),
    // Hundredths of a percent.
    trailingPercent: parseUnits(draft.trailingPercent, 2),
    exitPrice: parseUnits(draft.exitPrice, priceDecimals),
    exitQuantity: parseUnits(draft.exitQuantity, quantityDecimals),
    quantity: parseUnits(draft.quantity, quantityDecimals),
    total: parseUnits(draft.total, quoteDecimals),
    iceberg: parseUnits(draft.iceberg, quantityDecimals),
    goodTillMs: Number.isNaN(goodTillMs) ? null : goodTillMs,
  };
}

/** A text that is no number of the field's places. */
function formProblem(
  field: DraftField,
  draft: Draft,
  values: Values,
  market: Market,
): string | null {
  if (draft[field] === "" || field === "goodTill" || values[field] !== null) return null;
  const { problems } = texts.order;
  if (parseUnits(draft[field], 24) === null) return problems.number;
  if (field === "trailingPercent") return problems.places(2);
  if (field === "total") return problems.places(market.quoteDecimals);
  return field.endsWith("rice")
    ? problems.tick(unitsText(market.tick, market.priceDecimals))
    : problems.lot(unitsText(market.lot, market.quantityDecimals));
}

function priceProblem(price: bigint | null, market: Market): string | null {
  if (price === null) return null;
  const { problems } = texts.order;
  const text = (units: bigint) => unitsText(units, market.priceDecimals);
  if (price < market.priceMin || price > market.priceMax) {
    return problems.priceRange(text(market.priceMin), text(market.priceMax));
  }
  return price % market.tick === 0n ? null : problems.tick(text(market.tick));
}

/** A stop price that is met already would be refused. */
function stopProblem(draft: Draft, stop: bigint | null, last: bigint | null): string | null {
  if (stop === null || last === null) return null;
  const { kind, side } = draft;
  const isTakeProfit = kind.startsWith("TAKE");
  const mustBeAbove = (side === "BUY") !== isTakeProfit;
  const { problems } = texts.order;
  if (mustBeAbove) return stop > last ? null : problems.stopAbove;
  return stop < last ? null : problems.stopBelow;
}

function other(side: Draft["side"]): Draft["side"] {
  return side === "BUY" ? "SELL" : "BUY";
}

/** Profit is above what was bought for, and below what was sold for; a stop the other way round. */
function exitProblem(
  side: Draft["side"],
  entry: bigint | null,
  exit: bigint | null,
): string | null {
  if (entry === null || exit === null) return null;
  const { problems } = texts.order;
  if (side === "BUY") return exit > entry ? null : problems.exitAbove;
  return exit < entry ? null : problems.exitBelow;
}

function exitQuantityProblem({ quantity, exitQuantity }: Values, market: Market): string | null {
  if (exitQuantity === null) return null;
  const { problems } = texts.order;
  if (exitQuantity % market.lot !== 0n) {
    return problems.lot(unitsText(market.lot, market.quantityDecimals));
  }
  return quantity !== null && exitQuantity > quantity ? problems.exitTooMuch : null;
}

/** What must not take would be refused where it does. */
function crossProblem(draft: Draft, price: bigint | null, around: Surroundings): string | null {
  const isMaker = draft.kind === "OCO" || (draft.kind === "LIMIT" && draft.isPostOnly);
  if (price === null || !isMaker) return null;
  const { bids, asks } = around.book;
  const { problems } = texts.order;
  const [ask, bid] = [asks[0]?.price, bids[0]?.price];
  if (draft.side === "BUY") return ask !== undefined && price >= ask ? problems.crossesAsk : null;
  return bid !== undefined && price <= bid ? problems.crossesBid : null;
}

function trailingProblem(draft: Draft, delta: bigint | null, market: Market): string | null {
  if (delta === null) return null;
  const { min: least, max: most } =
    draft.side === "BUY" ? market.trailing.above : market.trailing.below;
  if (delta >= BigInt(least) && delta <= BigInt(most)) return null;
  return texts.order.problems.trailing(String(least / 100), String(most / 100));
}

function quantityProblem(draft: Draft, quantity: bigint | null, market: Market): string | null {
  if (quantity === null) return null;
  const { problems } = texts.order;
  const isMarket = ["MARKET", "STOP_LOSS", "TAKE_PROFIT", "TRAILING"].includes(draft.kind);
  const most = isMarket ? min(market.quantityMax, market.marketQuantityMax) : market.quantityMax;
  const text = (units: bigint) => `${unitsText(units, market.quantityDecimals)} ${market.base}`;
  if (quantity < market.quantityMin) return problems.quantityMin(text(market.quantityMin));
  if (quantity > most) return problems.quantityMax(text(most));
  return quantity % market.lot === 0n ? null : problems.lot(text(market.lot));
}

/** The price that an order is reckoned with before it trades; null: unknown. */
export function reckonedPrice(draft: Draft, values: Values, around: Surroundings): bigint | null {
  if (draft.kind === "MARKET") {
    const { bids, asks } = around.book;
    return (draft.side === "BUY" ? asks[0] : bids[0])?.price ?? null;
  }
  return values.price ?? values.stopPrice ?? around.last;
}

function notionalProblem(draft: Draft, values: Values, around: Surroundings): string | null {
  const { market } = around;
  const { problems } = texts.order;
  const price = reckonedPrice(draft, values, around);
  const byQuantity =
    price === null || values.quantity === null ? null : notionalOf(market, price, values.quantity);
  const notional = isByTotal(draft) ? values.total : byQuantity;
  if (notional === null) return null;
  const text = (units: bigint) => `${unitsText(units, market.quoteDecimals)} ${market.quote}`;
  if (notional < market.notionalMin) return problems.notionalMin(text(market.notionalMin));
  const isCapped = draft.kind !== "MARKET" && notional > market.notionalMax;
  return isCapped ? problems.notionalMax(text(market.notionalMax)) : null;
}

function balanceProblem(
  draft: Draft,
  values: Values,
  around: Surroundings,
  met: Sweep | null,
): string | null {
  const { market } = around;
  const free = freeOf(draft, around);
  if (free === null) return null;
  const { problems } = texts.order;
  if (draft.side === "SELL" && !isByTotal(draft)) {
    const needed = values.quantity;
    if (needed === null || baseUnits(needed, market) <= free) return null;
    return problems.balance(unitsText(free, market.baseDecimals), market.base);
  }
  if (draft.side === "SELL") return null;
  const price = reckonedPrice(draft, values, around);
  const limit =
    price === null || values.quantity === null ? null : notionalOf(market, price, values.quantity);
  const needed = isByTotal(draft) ? values.total : (met?.quote ?? limit);
  if (needed === null || needed <= free) return null;
  return problems.balance(unitsText(free, market.quoteDecimals), market.quote);
}

/** What the own account may spend on this side, in the smallest units of the asset; null: unknown. */
export function freeOf(draft: Pick<Draft, "side">, around: Surroundings): bigint | null {
  const { market, base, quote } = around;
  if (draft.side === "BUY")
    return quote === undefined ? null : unitsOf(quote.free, market.quoteDecimals);
  return base === undefined ? null : unitsOf(base.free, market.baseDecimals);
}

/** A quantity in the smallest units of the base asset. */
export function baseUnits(quantity: bigint, market: Market): bigint {
  return quantity * tenTo(market.baseDecimals - market.quantityDecimals);
}

function icebergProblem({ iceberg, quantity }: Values, market: Market): string | null {
  if (iceberg === null || quantity === null) return null;
  const { problems } = texts.order;
  const text = unitsText(market.quantityMin, market.quantityDecimals);
  if (iceberg < market.quantityMin) return problems.quantityMin(`${text} ${market.base}`);
  if (iceberg >= quantity) return problems.icebergWhole;
  const parts = (quantity + iceberg - 1n) / iceberg;
  return parts > BigInt(market.icebergPartsMax)
    ? problems.icebergParts(market.icebergPartsMax)
    : null;
}

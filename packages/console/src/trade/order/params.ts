import { unitsText } from "../../venue/decimal.ts";
import type { Market } from "../../venue/market.ts";
import type { OrderParams } from "../../venue/trading.ts";
import type { Values } from "./check.ts";
import { canRest, type Draft, hasExit, hasTerm, isByTotal, type Side } from "./draft.ts";

/** The dialect's parameters of a draft that was found right. */
export function orderParams(draft: Draft, values: Values, market: Market): OrderParams {
  const price = (units: bigint | null) => given(units, market.priceDecimals);
  const quantity = given(values.quantity, market.quantityDecimals);
  const common = compact({
    symbol: market.symbol,
    side: draft.side,
    selfTradePreventionMode: draft.selfTrade,
  });
  if (draft.kind === "OCO") {
    const pair = pairParams(draft.side, ["above", "below"], values.price, values, market);
    return { ...common, ...pair, quantity };
  }
  if (hasExit(draft.kind)) return listParams(draft, values, market);
  const isPostOnly = draft.kind === "LIMIT" && draft.isPostOnly;
  return compact({
    ...common,
    type: isPostOnly ? "LIMIT_MAKER" : draft.kind === "TRAILING" ? "STOP_LOSS" : draft.kind,
    ...(isByTotal(draft)
      ? { quoteOrderQty: given(values.total, market.quoteDecimals) }
      : { quantity }),
    price: hasTerm(draft.kind) ? price(values.price) : "",
    stopPrice: hasStop(draft) ? price(values.stopPrice) : "",
    trailingDelta: draft.kind === "TRAILING" ? String(values.trailingPercent) : "",
    ...termParams(draft, values, isPostOnly),
    icebergQty: canRest(draft) ? given(values.iceberg, market.quantityDecimals) : "",
  });
}

function hasStop({ kind }: Draft): boolean {
  return kind !== "LIMIT" && kind !== "MARKET";
}

/** What cannot take names a time in force only where it has a date. */
function termParams(
  draft: Draft,
  { goodTillMs }: Values,
  isPostOnly: boolean,
): { readonly timeInForce?: string; readonly goodTillDate?: string } {
  if (!hasTerm(draft.kind)) return {};
  const isDated = draft.timeInForce === "GTD";
  return {
    timeInForce: isPostOnly && !isDated ? "" : draft.timeInForce,
    goodTillDate: isDated ? String(goodTillMs) : "",
  };
}

/** A limit order, and what follows on the other side once it is filled whole. */
function listParams(draft: Draft, values: Values, market: Market): OrderParams {
  const quantity = (units: bigint | null) => given(units, market.quantityDecimals);
  const { timeInForce = "", goodTillDate = "" } = termParams(draft, values, false);
  const exitSide: Side = draft.side === "BUY" ? "SELL" : "BUY";
  const exitPrice = given(values.exitPrice, market.priceDecimals);
  return compact({
    symbol: market.symbol,
    selfTradePreventionMode: draft.selfTrade,
    workingType: "LIMIT",
    workingSide: draft.side,
    workingPrice: given(values.price, market.priceDecimals),
    workingQuantity: quantity(values.quantity),
    workingTimeInForce: timeInForce,
    workingGoodTillDate: goodTillDate,
    pendingSide: exitSide,
    pendingQuantity: quantity(values.exitQuantity ?? values.quantity),
    ...(draft.kind === "OTO"
      ? { pendingType: "LIMIT", pendingPrice: exitPrice, pendingTimeInForce: "GTC" }
      : pairParams(exitSide, ["pendingAbove", "pendingBelow"], values.exitPrice, values, market)),
  });
}

/** The limit on the better side of the market, the stop on the worse. */
function pairParams(
  side: Side,
  [above, below]: readonly [string, string],
  limitPrice: bigint | null,
  values: Values,
  market: Market,
): OrderParams {
  const price = (units: bigint | null) => given(units, market.priceDecimals);
  const hasLimit = values.stopLimitPrice !== null;
  const [limitLeg, stopLeg] = side === "SELL" ? [above, below] : [below, above];
  return compact({
    [`${limitLeg}Type`]: "LIMIT_MAKER",
    [`${limitLeg}Price`]: price(limitPrice),
    [`${stopLeg}Type`]: hasLimit ? "STOP_LOSS_LIMIT" : "STOP_LOSS",
    [`${stopLeg}StopPrice`]: price(values.stopPrice),
    [`${stopLeg}Price`]: price(values.stopLimitPrice),
    [`${stopLeg}TimeInForce`]: hasLimit ? "GTC" : "",
  });
}

function given(units: bigint | null, decimals: number): string {
  return units === null ? "" : unitsText(units, decimals);
}

function compact(params: Readonly<Record<string, string>>): OrderParams {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ""));
}

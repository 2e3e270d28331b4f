import type { Market, OrderTerms, OrderType, PlaceOrder, SelfTradeMode } from "@halcyon/core";
import {
  badStrategyType,
  type DialectError,
  dialectError,
  filterFailure,
  overflowed,
} from "../errors.ts";
import type { MarketGrid } from "../market-grid.ts";
import { selfTradeModes, sides, timesInForce } from "../order-words.ts";
import type { Params } from "../params.ts";
import type { OrderNames } from "./order-names.ts";
import { checkOrderShape } from "./order-shape.ts";
import { checkSupported, type Support } from "./order-support.ts";

/** Where an order's parameters stand, and what it is to be read for. */
export type OrderSource = {
  readonly account: number;
  readonly market: Market;
  readonly grid: MarketGrid;
  readonly support: Support;
  readonly params: Params;
};

const int32Max = 0x7fff_ffff;
const strategyTypeMin = 1_000_000;

/**
 * The order that the parameters of these names describe, on its market's grid. What depends on the
 * state of market or account is left to the core.
 */
export function readOrder(
  source: OrderSource,
  names: OrderNames,
  type: OrderType,
  defaultClientOrderId: string,
): PlaceOrder | DialectError {
  const { account, market, support, params } = source;
  const wrong =
    checkOrderShape(params, names, type) ?? checkSupported(support, params, names, type);
  if (wrong !== null) return wrong;
  const selfTradeMode = readSelfTradeMode(market, params);
  if (typeof selfTradeMode === "object") return selfTradeMode;
  const priceTicks = readPrice(source, names.price);
  if (typeof priceTicks === "object") return priceTicks;
  const amount = readAmount(source, names);
  if ("code" in amount) return amount;
  const terms = readTerms(source, names, amount.quantityLots);
  if (terms !== undefined && "code" in terms) return terms;
  return {
    account,
    market: market.id,
    side: sides.get(params.required(names.side))!,
    type,
    timeInForce: timesInForce.get(params.text(names.timeInForce) ?? "GTC")!,
    priceTicks,
    ...amount,
    clientOrderId: params.text(names.clientOrderId) ?? defaultClientOrderId,
    selfTradeMode,
    ...(terms === undefined ? {} : { terms }),
  };
}

/** The market's own mode where none is named. There are no groups of accounts to transfer between. */
function readSelfTradeMode(market: Market, params: Params): SelfTradeMode | DialectError {
  const text = params.text("selfTradePreventionMode");
  if (text === undefined) return market.rules.selfTradeModeDefault;
  return selfTradeModes.get(text) ?? dialectError.preventionNotSupported;
}

/** Ticks within the market's range, so that they surely fit the command's field; 0: not sent. */
function readPrice({ grid, market, params }: OrderSource, name: string): number | DialectError {
  const text = params.text(name);
  if (text === undefined) return 0;
  const ticks = grid.parsePrice(name, text);
  if (typeof ticks === "object") return ticks;
  const inRange = ticks >= market.priceTicksMin && ticks <= market.priceTicksMax;
  return inRange ? ticks : filterFailure("PRICE_FILTER");
}

function readAmount(
  source: OrderSource,
  names: OrderNames,
): Pick<PlaceOrder, "quantityLots" | "quoteUnits"> | DialectError {
  const quantityLots = readLots(source, names.quantity);
  if (typeof quantityLots === "object") return quantityLots;
  const { quoteOrderQty } = names;
  const quoteText = quoteOrderQty === undefined ? undefined : source.params.text(quoteOrderQty);
  if (quoteOrderQty === undefined || quoteText === undefined) {
    return { quantityLots, quoteUnits: 0 };
  }
  const quoteUnits = source.grid.parseQuote(quoteOrderQty, quoteText);
  if (typeof quoteUnits === "object") return quoteUnits;
  return quoteUnits === 0 ? filterFailure("NOTIONAL") : { quantityLots, quoteUnits };
}

/** Lots of a quantity that is more than nothing; 0: not sent. */
function readLots({ grid, params }: OrderSource, name: string): number | DialectError {
  const text = params.text(name);
  if (text === undefined) return 0;
  const lots = grid.parseQuantity(name, text);
  return lots === 0 ? filterFailure("LOT_SIZE") : lots;
}

/** What only some orders have; undefined for an order that has nothing of it. */
function readTerms(
  source: OrderSource,
  names: OrderNames,
  quantityLots: number,
): OrderTerms | DialectError | undefined {
  const { params } = source;
  const stopPriceTicks = readPrice(source, names.stopPrice);
  if (typeof stopPriceTicks === "object") return stopPriceTicks;
  const trailingDeltaBips = params.integer(names.trailingDelta) ?? 0;
  if (params.has(names.trailingDelta) && !isInt32(trailingDeltaBips)) {
    return filterFailure("TRAILING_DELTA");
  }
  const icebergLots = readLots(source, names.icebergQty);
  if (typeof icebergLots === "object") return icebergLots;
  if (icebergLots > 0 && icebergLots >= quantityLots) return dialectError.icebergExceedsQuantity;
  const expireAtMs = params.integer(names.goodTillDate) ?? 0;
  if (params.has(names.goodTillDate) && expireAtMs === 0) return dialectError.expiryInThePast;
  const strategyType = readStrategyType(params, names.strategyType);
  if (typeof strategyType === "object") return strategyType;
  const strategyId = params.integer(names.strategyId) ?? 0;
  const hasAny =
    stopPriceTicks + trailingDeltaBips + icebergLots + expireAtMs + strategyId + strategyType > 0;
  if (!hasAny) return undefined;
  return { stopPriceTicks, trailingDeltaBips, icebergLots, expireAtMs, strategyId, strategyType };
}

function isInt32(value: number): boolean {
  return value >= 1 && value <= int32Max;
}

function readStrategyType(params: Params, name: string): number | DialectError {
  const strategyType = params.integer(name);
  if (strategyType === undefined) return 0;
  if (strategyType < strategyTypeMin) return badStrategyType(name);
  return strategyType > int32Max ? overflowed(name) : strategyType;
}

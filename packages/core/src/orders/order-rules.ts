import type { Books } from "../books/books.ts";
import { orderField as f, orderAt, orderTerm } from "../books/order-slab.ts";
import { orderType, selfTradeMode, side, timeInForce } from "../commands/command.ts";
import { kindBits, kindType } from "../commands/order-command.ts";
import { exactLimit } from "../money/amount.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { Market } from "../registry/markets.ts";
import type { OrderCheck } from "./order-check.ts";

const million = 1_000_000;

/** Orders of a market with a trailing delta, waiting or tracking: each is looked at when the price moves. */
export const trailingOrdersMax = 1_000;

/**
 * What an order is in itself where it is more than a plain one, or its market's rules are: shape and
 * filters, in the order of docs/rules.md.
 */
export function checkTerms(order: OrderCheck, rulesVersion: number, nowMs: number): Refusal | 0 {
  return (
    checkCombination(order, rulesVersion) ||
    checkRanges(order) ||
    checkIceberg(order) ||
    checkTrailing(order) ||
    checkAllowed(order) ||
    (order.expireAtMs !== 0 && order.expireAtMs <= nowMs ? refusal.expiryInThePast : 0)
  );
}

function checkCombination(order: OrderCheck, rulesVersion: number): Refusal | 0 {
  const { type, tif, kind, isStop, isMarket, icebergLots, expireAtMs } = order;
  if (
    kind >>> kindBits !== 0 ||
    type > orderType.takeProfitLimit ||
    tif > timeInForce.gtd ||
    order.selfTradeMode > selfTradeMode.decrement ||
    order.trailingDelta < 0
  ) {
    return refusal.unsupportedOrder;
  }
  const isPlain = kind >>> 8 === 0 && type <= orderType.limitMaker && tif <= timeInForce.fok;
  if (!isPlain && rulesVersion < 2) return refusal.unsupportedOrder;
  if (isStop !== (order.stopPrice !== 0 || order.trailingDelta !== 0)) {
    return refusal.unsupportedOrder;
  }
  if ((tif === timeInForce.gtd) !== (expireAtMs !== 0)) return refusal.unsupportedOrder;
  if (isMarket) {
    if (icebergLots !== 0 || tif === timeInForce.gtd || order.price !== 0) {
      return refusal.unsupportedOrder;
    }
    return isStop && (order.lots === 0 || order.quoteUnits !== 0) ? refusal.unsupportedOrder : 0;
  }
  const rests = tif === timeInForce.gtc || tif === timeInForce.gtd;
  return icebergLots !== 0 && !rests ? refusal.unsupportedOrder : 0;
}

function checkRanges(order: OrderCheck): Refusal | 0 {
  const { market, lots, stopPrice } = order;
  const outside = (price: number) => price < market.priceTicksMin || price > market.priceTicksMax;
  if (stopPrice !== 0 && outside(stopPrice)) return refusal.priceOutOfRange;
  if (!(order.isStop && order.isMarket)) return order.checkShape();
  if (lots < market.quantityLotsMin || lots > market.quantityLotsMax) {
    return refusal.quantityOutOfRange;
  }
  return lots > market.marketQuantityLotsMax ? refusal.marketQuantityOutOfRange : 0;
}

function checkIceberg({ market, lots, icebergLots }: OrderCheck): Refusal | 0 {
  if (icebergLots === 0) return 0;
  if (icebergLots < market.quantityLotsMin || icebergLots >= lots)
    return refusal.quantityOutOfRange;
  return Math.ceil(lots / icebergLots) > market.rules.icebergPartsMax
    ? refusal.tooManyIcebergParts
    : 0;
}

function checkTrailing(order: OrderCheck): Refusal | 0 {
  const delta = order.trailingDelta;
  if (delta === 0) return 0;
  const { rules } = order.market;
  const isTakeProfit = order.type >= orderType.takeProfit;
  const isAbove = order.isBuy !== isTakeProfit;
  const least = isAbove ? rules.trailingAboveBipsMin : rules.trailingBelowBipsMin;
  const most = isAbove ? rules.trailingAboveBipsMax : rules.trailingBelowBipsMax;
  return delta < least || delta > most ? refusal.trailingDeltaOutOfRange : 0;
}

function checkAllowed(order: OrderCheck): Refusal | 0 {
  const { rules } = order.market;
  if ((rules.selfTradeModes & (1 << order.selfTradeMode)) === 0) {
    return refusal.selfTradeModeNotAllowed;
  }
  return !order.isMarket && isFarFromLast(order.market, order.isBuy, order.price)
    ? refusal.priceFarFromMarket
    : 0;
}

/** Whether a price is outside the shares of the last price that the market allows a side; exact. */
export function isFarFromLast(
  { rules, lastPrice }: Market,
  isBuy: boolean,
  price: number,
): boolean {
  if (lastPrice === 0) return false;
  const down = isBuy ? rules.bidDownPpm : rules.askDownPpm;
  const up = isBuy ? rules.bidUpPpm : rules.askUpPpm;
  return (
    besideShare(price, lastPrice, down) < 0 || (up !== 0 && besideShare(price, lastPrice, up) > 0)
  );
}

/** Whether a price is below (negative), at (0) or above so many millionths of another; exact. */
function besideShare(price: number, of: number, ppm: number): number {
  const share = of * ppm;
  const scaled = price * million; // Below 2^51: a price is below 2^31.
  if (share < exactLimit) return scaled - share;
  return Number(BigInt(scaled) - BigInt(of) * BigInt(ppm)); // Rounded, its sign is what it was.
}

/** An account's open stop and take-profit orders in a market. */
export function stopsOf(books: Books, account: number, market: Market): number {
  const { words } = books.slab;
  let count = 0;
  for (let slot = books.accounts.firstOrder(account); slot !== 0; ) {
    const o = orderAt(slot);
    if (words[o + f.market] === market.id && kindType(words[o + f.kind]!) >= orderType.stopLoss) {
      count++;
    }
    slot = words[o + f.accountNext]!;
  }
  return count;
}

/** Lots that an account's open buys in a market have left, but for one order and those of its list. */
export function openBuyLots(books: Books, account: number, market: Market, except: number): number {
  const { slab } = books;
  const exceptList = except === 0 ? 0 : slab.longTerm(except, orderTerm.listId);
  const { words } = slab;
  let lots = 0;
  for (let slot = books.accounts.firstOrder(account); slot !== 0; ) {
    const o = orderAt(slot);
    const isOwnBuy = words[o + f.market] === market.id && (words[o + f.kind]! & 1) === side.buy;
    const isWithIt = exceptList !== 0 && slab.longTerm(slot, orderTerm.listId) === exceptList;
    if (isOwnBuy && slot !== except && !isWithIt) lots += slab.lotsLeft(slot);
    slot = words[o + f.accountNext]!;
  }
  return lots;
}

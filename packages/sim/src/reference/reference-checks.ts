import { refusal } from "@halcyon/core";
import type { Order } from "./commands.ts";
import { refuseWorking } from "./reference-moment.ts";
import { hasNoPrice, isByQuote, isRising, isStop, mayRest, ordersOf } from "./reference-orders.ts";
import {
  type Market,
  marketState,
  mode,
  type ReferenceState,
  side,
  tif,
  type,
} from "./reference-state.ts";

const beyondLevel = 1n << 52n;
const uncheckedLots = 1n << 28n;
const trailingOrdersMax = 1_000;

/** How an order comes: alone, or in a list behind others; and whether it waits for its list. */
export type Coming = { readonly isPending: boolean; readonly earlier: readonly Order[] };
export const alone: Coming = { isPending: false, earlier: [] };

/** The number of the refusal, 0 when the order may enter. In the order of docs/rules.md. */
export function refuseOrder(s: ReferenceState, o: Order, coming: Coming): number {
  const account = s.customer(o.account);
  if (account === undefined) return refusal.unknownAccount;
  if ((account.flags & 8) !== 0) return refusal.accountFrozen;
  if ((account.flags & 1) !== 0) return refusal.accountMayNotTrade;
  const market = s.markets[o.market];
  if (market === undefined) return refusal.unknownMarket;
  const early =
    refuseState(o, market) ||
    refuseShape(s, o) ||
    refuseFilters(s, o, market) ||
    refuseNumbers(s, o, market, coming);
  if (early !== 0 || coming.isPending) return early;
  return refuseLevelSum(s, o, market, o.lots) || refuseWorking(s, o, market);
}

function refuseState(o: Order, market: Market): number {
  switch (market.state) {
    case marketState.trading:
      return 0;
    case marketState.postOnly:
      return o.type === type.limitMaker ? 0 : refusal.marketPostOnly;
    case marketState.auction:
      return isStop(o) || mayRest(o) ? 0 : refusal.marketInAuction;
    default:
      return refusal.marketNotTrading;
  }
}

function refuseShape(s: ReferenceState, o: Order): number {
  const isKnown =
    o.strayBits === 0 &&
    o.type <= type.takeProfitLimit &&
    o.timeInForce <= tif.gtd &&
    o.selfTradeMode <= mode.decrement &&
    o.trailingDelta >= 0n;
  const isOfVersionOne =
    o.type <= type.limitMaker &&
    o.timeInForce <= tif.fok &&
    o.selfTradeMode === mode.none &&
    !o.hasTerms;
  const isSound =
    isKnown &&
    (isOfVersionOne || s.rulesVersion >= 2) &&
    isStop(o) === (o.stopPrice !== 0n || o.trailingDelta !== 0n) &&
    (o.timeInForce === tif.gtd) === (o.expireAtMs !== 0n) &&
    (hasNoPrice(o) ? isSoundWithoutPrice(o) : isSoundWithPrice(o));
  return isSound ? 0 : refusal.unsupportedOrder;
}

function isSoundWithoutPrice(o: Order): boolean {
  if (o.price !== 0n || o.icebergLots !== 0n || o.timeInForce === tif.gtd) return false;
  return isStop(o)
    ? o.lots !== 0n && o.quoteUnits === 0n
    : (o.lots === 0n) !== (o.quoteUnits === 0n);
}

function isSoundWithPrice(o: Order): boolean {
  if (o.quoteUnits !== 0n) return false;
  return mayRest(o) || (o.type !== type.limitMaker && o.icebergLots === 0n);
}

function refuseFilters(s: ReferenceState, o: Order, { grid, rules, last }: Market): number {
  const isOff = (price: bigint) => price < grid.priceMin || price > grid.priceMax;
  if (!hasNoPrice(o) && isOff(o.price)) return refusal.priceOutOfRange;
  if (o.stopPrice !== 0n && isOff(o.stopPrice)) return refusal.priceOutOfRange;
  if (!isByQuote(o)) {
    if (o.lots < grid.lotsMin || o.lots > grid.lotsMax) return refusal.quantityOutOfRange;
    if (hasNoPrice(o) && o.lots > grid.marketLotsMax) return refusal.marketQuantityOutOfRange;
  }
  if (o.icebergLots !== 0n) {
    if (o.icebergLots < grid.lotsMin || o.icebergLots >= o.lots) return refusal.quantityOutOfRange;
    const parts = (o.lots + o.icebergLots - 1n) / o.icebergLots;
    if (parts > rules.icebergPartsMax) return refusal.tooManyIcebergParts;
  }
  if (o.trailingDelta !== 0n) {
    const [fewest, most] = isRising(o)
      ? [rules.trailingAboveMin, rules.trailingAboveMax]
      : [rules.trailingBelowMin, rules.trailingBelowMax];
    if (o.trailingDelta < fewest || o.trailingDelta > most) return refusal.trailingDeltaOutOfRange;
  }
  if (((rules.selfTradeModes >> o.selfTradeMode) & 1) === 0) return refusal.selfTradeModeNotAllowed;
  if (!hasNoPrice(o) && last !== 0n) {
    const [down, up] =
      o.side === side.buy ? [rules.bidDownPpm, rules.bidUpPpm] : [rules.askDownPpm, rules.askUpPpm];
    const millionfold = o.price * 1_000_000n;
    if (millionfold < last * down || (up !== 0n && millionfold > last * up)) {
      return refusal.priceFarFromMarket;
    }
  }
  return o.expireAtMs !== 0n && o.expireAtMs <= s.clock.nowMs ? refusal.expiryInThePast : 0;
}

function refuseNumbers(s: ReferenceState, o: Order, market: Market, coming: Coming): number {
  const isUsed = s.orders.some(
    (x) => x.asked.account === o.account && x.clientOrderId === o.clientOrderId,
  );
  if (o.clientOrderId !== "" && isUsed) return refusal.duplicateClientOrderId;
  const mayStayOpen = coming.isPending || isStop(o) || mayRest(o);
  if (!mayStayOpen) return 0;
  const own = ordersOf(s, o.account, market).map(({ asked }) => asked);
  const open = [...own, ...coming.earlier];
  if (open.length >= market.grid.openOrdersMax) return refusal.tooManyOpenOrders;
  if (!isStop(o)) return 0;
  if (open.filter(isStop).length >= market.rules.algoOrdersMax) return refusal.tooManyAlgoOrders;
  const trailing = s.orders.filter(
    (x) => x.market === market && x.asked.trailingDelta !== 0n && x.state !== "pending",
  );
  return o.trailingDelta !== 0n && trailing.length >= trailingOrdersMax
    ? refusal.tooManyAlgoOrders
    : 0;
}

/** A price level never comes to 2^52 lots by an order of more than 2^28. */
export function refuseLevelSum(s: ReferenceState, o: Order, market: Market, lots: bigint): number {
  if (!mayRest(o) || isStop(o) || lots <= uncheckedLots) return 0;
  const level = s.orders.filter(
    (x) =>
      x.market === market &&
      x.state === "resting" &&
      x.asked.side === o.side &&
      x.asked.price === o.price,
  );
  const standing = level.reduce((sum, x) => sum + x.lots, 0n);
  return standing + lots >= beyondLevel ? refusal.quantityOutOfRange : 0;
}

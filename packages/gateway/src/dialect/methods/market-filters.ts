import type { Market } from "@halcyon/core";
import { formatPpm, powerOfTen } from "../../decimal.ts";
import type { MarketGrid } from "../market-grid.ts";
import type { Support } from "./order-support.ts";

/** The ledger's amounts end at 2^63 - 1 units. */
const notionalMaxUnits = 0x7fff_ffff_ffff_ffffn;

/** The rules that the core enforces, and none else. */
export function marketFilters(market: Market, grid: MarketGrid, support: Support): object[] {
  return [
    ...gridFilters(market, grid),
    ...numberFilters(market, support),
    ...ruleFilters(market, grid, support),
  ];
}

function gridFilters(market: Market, grid: MarketGrid): object[] {
  const lot = {
    minQty: grid.quantityText(market.quantityLotsMin),
    stepSize: grid.quantityText(1),
  };
  return [
    {
      filterType: "PRICE_FILTER",
      minPrice: grid.priceText(market.priceTicksMin),
      maxPrice: grid.priceText(market.priceTicksMax),
      tickSize: grid.priceText(1),
    },
    {
      filterType: "LOT_SIZE",
      minQty: lot.minQty,
      maxQty: grid.quantityText(market.quantityLotsMax),
      stepSize: lot.stepSize,
    },
    {
      filterType: "MARKET_LOT_SIZE",
      minQty: lot.minQty,
      maxQty: grid.quantityText(market.marketQuantityLotsMax),
      stepSize: lot.stepSize,
    },
    notionalFilter(market, grid),
  ];
}

/** A market order is judged by the best price there is, not by an average, and by the least only. */
function notionalFilter(market: Market, grid: MarketGrid): object {
  const { notionalMax } = market.rules;
  const ledgerMax = notionalMaxUnits - (notionalMaxUnits % powerOfTen(grid.quote.decimals));
  return {
    filterType: "NOTIONAL",
    minNotional: grid.quoteText(market.notionalMin),
    applyMinToMarket: true,
    maxNotional: grid.quoteText(notionalMax > 0n ? notionalMax : ledgerMax),
    applyMaxToMarket: false,
    avgPriceMins: 0,
  };
}

function numberFilters(market: Market, support: Support): object[] {
  const { rules } = market;
  const { stops, lists, icebergs } = support;
  const filters: object[] = [{ filterType: "MAX_NUM_ORDERS", maxNumOrders: market.openOrdersMax }];
  if (stops) {
    filters.push({ filterType: "MAX_NUM_ALGO_ORDERS", maxNumAlgoOrders: rules.algoOrdersMax });
  }
  if (lists) {
    filters.push({ filterType: "MAX_NUM_ORDER_LISTS", maxNumOrderLists: rules.orderListsMax });
  }
  if (icebergs) filters.push({ filterType: "ICEBERG_PARTS", limit: rules.icebergPartsMax });
  return filters;
}

function ruleFilters(market: Market, grid: MarketGrid, support: Support): object[] {
  const { rules } = market;
  const filters: object[] = [];
  if (support.trailing) {
    filters.push({
      filterType: "TRAILING_DELTA",
      minTrailingAboveDelta: rules.trailingAboveBipsMin,
      maxTrailingAboveDelta: rules.trailingAboveBipsMax,
      minTrailingBelowDelta: rules.trailingBelowBipsMin,
      maxTrailingBelowDelta: rules.trailingBelowBipsMax,
    });
  }
  const shares = [rules.bidDownPpm, rules.bidUpPpm, rules.askDownPpm, rules.askUpPpm];
  if (shares.some((ppm) => ppm > 0)) {
    filters.push({
      filterType: "PERCENT_PRICE_BY_SIDE",
      bidMultiplierUp: multiplierText(rules.bidUpPpm),
      bidMultiplierDown: formatPpm(rules.bidDownPpm),
      askMultiplierUp: multiplierText(rules.askUpPpm),
      askMultiplierDown: formatPpm(rules.askDownPpm),
      avgPriceMins: 0,
    });
  }
  if (rules.positionLotsMax > 0) {
    const maxPosition = grid.quantityText(rules.positionLotsMax);
    filters.push({ filterType: "MAX_POSITION", maxPosition });
  }
  return filters;
}

/** Where there is no upper bound, one that no price within the market's range meets. */
function multiplierText(ppm: number): string {
  return formatPpm(ppm > 0 ? ppm : unboundedPpm);
}
const unboundedPpm = Number.MAX_SAFE_INTEGER - (Number.MAX_SAFE_INTEGER % 1_000_000);

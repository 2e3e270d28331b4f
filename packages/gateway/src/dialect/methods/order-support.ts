import { type Market, type OrderType, orderType } from "@halcyon/core";
import { type DialectError, notSupportedHere } from "../errors.ts";
import { isStop } from "../order-words.ts";
import type { Params } from "../params.ts";
import type { OrderNames } from "./order-names.ts";

/** Beyond plain orders, what the venue's and a market's rules let in. */
export type Support = {
  readonly stops: boolean;
  readonly trailing: boolean;
  readonly icebergs: boolean;
  readonly lists: boolean;
};

/** For a request that is sent again: it may have been executed under other rules, and the core knows. */
export const anySupport: Support = { stops: true, trailing: true, icebergs: true, lists: true };

/** The first version of the venue's rules knows plain orders only (docs/rules.md). */
export function isBeyondPlain(rulesVersion: number): boolean {
  return rulesVersion > 1;
}

export function supportOf({ rules }: Market, rulesVersion: number): Support {
  const hasMore = isBeyondPlain(rulesVersion);
  const stops = hasMore && rules.algoOrdersMax > 0;
  const deltaMax = Math.max(rules.trailingAboveBipsMax, rules.trailingBelowBipsMax);
  return {
    stops,
    trailing: stops && deltaMax > 0,
    icebergs: hasMore && rules.icebergPartsMax > 0,
    lists: hasMore && rules.orderListsMax > 0,
  };
}

const stopNames: ReadonlyMap<OrderType, string> = new Map([
  [orderType.stopLoss, "Stop loss"],
  [orderType.stopLossLimit, "Stop loss limit"],
  [orderType.takeProfit, "Take profit"],
  [orderType.takeProfitLimit, "Take profit limit"],
]);

/** Kinds of orders that the market has none of have an error of their own. */
export function checkSupported(
  support: Support,
  params: Params,
  names: OrderNames,
  type: OrderType,
): DialectError | null {
  if (isStop(type) && !support.stops) return notSupportedHere(`${stopNames.get(type)} orders`);
  if (params.has(names.trailingDelta) && !support.trailing) {
    return notSupportedHere("Trailing stop orders");
  }
  if (params.has(names.icebergQty) && !support.icebergs) return notSupportedHere("Iceberg orders");
  return null;
}

import {
  type Market,
  type OrderType,
  orderType,
  type SelfTradeMode,
  selfTradeMode,
} from "@halcyon/core";
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
  readonly amends: boolean;
  readonly selfTradeModes: readonly SelfTradeMode[];
};

/** The first version of the venue's rules knows plain orders only (docs/rules.md). */
const plainRulesVersion = 1;

export function supportOf({ rules }: Market, rulesVersion: number): Support {
  const isBeyondPlain = rulesVersion > plainRulesVersion;
  const stops = isBeyondPlain && rules.algoOrdersMax > 0;
  const deltaMax = Math.max(rules.trailingAboveBipsMax, rules.trailingBelowBipsMax);
  const allowed = Object.values(selfTradeMode).filter(
    (mode) => (rules.selfTradeModes & (1 << mode)) !== 0,
  );
  return {
    stops,
    trailing: stops && deltaMax > 0,
    icebergs: isBeyondPlain && rules.icebergPartsMax > 0,
    lists: isBeyondPlain && rules.orderListsMax > 0,
    amends: isBeyondPlain,
    selfTradeModes: isBeyondPlain ? allowed : [selfTradeMode.none],
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

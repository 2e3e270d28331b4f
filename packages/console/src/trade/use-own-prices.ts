import { unitsOf } from "../venue/decimal.ts";
import type { Order } from "../venue/order.ts";
import { createStore, useStore } from "../venue/store.ts";
import { useAccount } from "../venue/use-account.ts";
import { useDesk } from "./desk.tsx";
import { groupedPrice } from "./ladder-rows.ts";

const NONE = createStore<ReadonlyMap<number, Order>>(new Map());

/** The ladder's prices, as grouped, at which own orders rest. */
export function useOwnPrices(group: bigint): ReadonlySet<bigint> {
  const { market } = useDesk();
  const open = useStore(useAccount()?.openOrders ?? NONE);
  const prices = [...open.values()]
    .filter(
      ({ symbol, status, stopPrice }) =>
        symbol === market.symbol && status !== "PENDING_NEW" && stopPrice === "",
    )
    .map(({ side, price }) =>
      groupedPrice(unitsOf(price, market.priceDecimals), side === "BUY" ? "bid" : "ask", group),
    );
  return new Set(prices);
}

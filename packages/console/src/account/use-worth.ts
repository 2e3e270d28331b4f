import { useQuery } from "@tanstack/react-query";
import type { Balance } from "../venue/account.ts";
import { unitsOf, unitsText } from "../venue/decimal.ts";
import { ask } from "../venue/http.ts";
import type { Market } from "../venue/market.ts";
import { useMarkets } from "../venue/use-markets.ts";

/** More than any asset has. */
export const AMOUNT_DECIMALS = 18;

/** What balances are worth by the markets' last prices. For show: nothing is settled by it. */
export interface Worth {
  /** In what it is told. */
  readonly asset: string;
  /** A decimal with two places; null: no market tells. */
  of(balance: Balance): string | null;
  /** Of all that markets tell of. */
  sum(balances: readonly Balance[]): string;
}

interface Price {
  readonly symbol: string;
  readonly price: string;
}

/** Null until prices are known, or where there is no market. */
export function useWorth(): Worth | null {
  const { data: markets = [] } = useMarkets();
  const { data: prices } = useQuery({
    queryKey: ["prices"],
    queryFn: () => ask<readonly Price[]>("GET", "/api/v3/ticker/price"),
    refetchInterval: 10_000,
  });
  const asset = mostQuoted(markets);
  return prices === undefined || asset === null ? null : worthIn(asset, markets, prices);
}

export function worthIn(
  asset: string,
  markets: readonly Pick<Market, "symbol" | "base" | "quote">[],
  prices: readonly Price[],
): Worth {
  const bySymbol = new Map(prices.map(({ symbol, price }) => [symbol, price]));
  const units = ({ asset: own, free, locked }: Balance): bigint | null => {
    const amount = unitsOf(free, AMOUNT_DECIMALS) + unitsOf(locked, AMOUNT_DECIMALS);
    if (own === asset) return amount;
    const market = markets.find(({ base, quote }) => base === own && quote === asset);
    const price = market === undefined ? undefined : bySymbol.get(market.symbol);
    if (price === undefined) return null;
    // No trade yet.
    if (!/[1-9]/.test(price)) return null;
    return (amount * unitsOf(price, AMOUNT_DECIMALS)) / 10n ** BigInt(AMOUNT_DECIMALS);
  };
  return {
    asset,
    of: (balance) => textOf(units(balance)),
    sum: (balances) =>
      textOf(balances.reduce((sum, balance) => sum + (units(balance) ?? 0n), 0n)) ?? "0.00",
  };
}

function textOf(units: bigint | null): string | null {
  return units === null ? null : unitsText(units / 10n ** BigInt(AMOUNT_DECIMALS - 2), 2);
}

/** The asset in which most markets trade. */
function mostQuoted(markets: readonly Market[]): string | null {
  const counts = new Map<string, number>();
  for (const { quote } of markets) counts.set(quote, (counts.get(quote) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? null;
}

import { useQuery } from "@tanstack/react-query";
import { fetchMarkets } from "./market.ts";

/** All markets and their rules, asked for again now and then: a market may halt. */
export function useMarkets() {
  return useQuery({ queryKey: ["markets"], queryFn: fetchMarkets, refetchInterval: 15_000 });
}

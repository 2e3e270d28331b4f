import { type Market, type OpenOrder, type ReferenceState, side } from "./reference-state.ts";

/** Whether a taker with this limit (null: none) would trade at the price. */
export function reaches(takerSide: number, limit: bigint | null, price: bigint): boolean {
  if (limit === null) return true;
  return takerSide === side.buy ? price <= limit : price >= limit;
}

/** What a taker on this side would meet: best price first, then the first in the queue. */
export function counterparts(
  s: ReferenceState,
  market: Market,
  takerSide: number,
  limit: bigint | null,
): OpenOrder[] {
  return s.orders
    .filter(
      ({ market: own, state, asked }) =>
        own === market &&
        state === "resting" &&
        asked.side !== takerSide &&
        reaches(takerSide, limit, asked.price),
    )
    .sort((a, b) => {
      const byPrice =
        takerSide === side.buy ? a.asked.price - b.asked.price : b.asked.price - a.asked.price;
      return byPrice === 0n ? a.turn - b.turn : Number(byPrice);
    });
}

/** The first that a taker on this side would meet. */
export function firstCounterpart(
  s: ReferenceState,
  market: Market,
  takerSide: number,
  limit: bigint | null,
): OpenOrder | undefined {
  return counterparts(s, market, takerSide, limit)[0];
}

/** One side of a market as price and lots that show, best first. */
export function levelsOf(s: ReferenceState, market: Market, of: number): [bigint, bigint][] {
  const sums = new Map<bigint, bigint>();
  for (const { asked, shown } of counterparts(s, market, 1 - of, null)) {
    sums.set(asked.price, (sums.get(asked.price) ?? 0n) + shown);
  }
  return [...sums];
}

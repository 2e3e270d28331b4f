import type { BookLevel } from "../venue/book-feed.ts";

export interface LadderRow {
  readonly price: bigint;
  readonly quantity: bigint;
  /** All from the best price to here. */
  readonly total: bigint;
}

/**
 * The best rows of one side, best first. Prices are grouped away from the market, so that no row
 * shows a better price than its orders have.
 */
export function ladderRows(
  levels: readonly BookLevel[],
  side: "bid" | "ask",
  group: bigint,
  rowsMax: number,
): LadderRow[] {
  const rows: LadderRow[] = [];
  let total = 0n;
  for (const { price, quantity } of levels) {
    const at = groupedPrice(price, side, group);
    total += quantity;
    const last = rows.at(-1);
    if (last !== undefined && last.price === at) {
      rows[rows.length - 1] = { price: at, quantity: last.quantity + quantity, total };
    } else {
      if (rows.length === rowsMax) break;
      rows.push({ price: at, quantity, total });
    }
  }
  return rows;
}

/** Bids downwards, asks upwards. */
export function groupedPrice(price: bigint, side: "bid" | "ask", group: bigint): bigint {
  const rest = price % group;
  return side === "bid" || rest === 0n ? price - rest : price - rest + group;
}

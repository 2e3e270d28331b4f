import { type KeyboardEvent, useState } from "react";
import { useDesk } from "./desk.tsx";
import type { LadderRow } from "./ladder-rows.ts";

export interface LadderKeys {
  /** The id of the row that the keys are at. */
  readonly active: string | null;
  take(price: bigint): void;
  readonly handlers: {
    readonly onKeyDown: (event: KeyboardEvent) => void;
    readonly onBlur: () => void;
    readonly "aria-activedescendant": string | undefined;
  };
}

export function rowId(side: "bid" | "ask", price: bigint): string {
  return `${side}-${price}`;
}

/** Up and down move along the prices, Enter takes one into the order form. */
export function useLadderKeys(asks: readonly LadderRow[], bids: readonly LadderRow[]): LadderKeys {
  const { taken } = useDesk();
  const [active, setActive] = useState<{ readonly id: string; readonly price: bigint } | null>(
    null,
  );
  const take = (price: bigint) => taken.set({ price, at: performance.now() });
  const rows = [
    ...asks.toReversed().map(({ price }) => ({ id: rowId("ask", price), price })),
    ...bids.map(({ price }) => ({ id: rowId("bid", price), price })),
  ];
  const move = (by: number) => {
    // A price that is gone leaves the keys where it was.
    const here = rows.findIndex(({ price }) => active !== null && price <= active.price);
    const start = active === null ? asks.length - (by > 0 ? 1 : 0) : here;
    const next = Math.max(0, Math.min(rows.length - 1, start + by));
    setActive(rows[next] ?? null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowUp") move(-1);
    else if (event.key === "ArrowDown") move(1);
    else if (event.key === "Enter" && active !== null) take(active.price);
    else return;
    event.preventDefault();
  };
  const shown = rows.some(({ id }) => id === active?.id) ? active!.id : undefined;
  return {
    active: shown ?? null,
    take,
    handlers: { onKeyDown, onBlur: () => setActive(null), "aria-activedescendant": shown },
  };
}

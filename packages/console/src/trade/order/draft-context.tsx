import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { unitsText } from "../../venue/decimal.ts";
import { useStore } from "../../venue/store.ts";
import { useDesk } from "../desk.tsx";
import { type Draft, EMPTY_DRAFT } from "./draft.ts";

interface DraftBench {
  readonly draft: Draft;
  change(change: Partial<Draft>): void;
}

const DraftContext = createContext<DraftBench | null>(null);

/** The order that is being written. */
export function useDraft(): DraftBench {
  const bench = useContext(DraftContext);
  if (bench === null) throw new Error("useDraft stands outside of a DraftProvider");
  return bench;
}

/** Keeps the draft, and takes over the prices that are taken from the ladder. */
export function DraftProvider({ children }: { readonly children: ReactNode }) {
  const { market, taken } = useDesk();
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const price = useStore(taken);
  const { priceDecimals } = market;
  useEffect(() => {
    if (price === null) return;
    const text = unitsText(price.price, priceDecimals);
    setDraft((draft) => {
      const isStop = draft.kind === "STOP_LOSS" || draft.kind === "TAKE_PROFIT";
      if (isStop || draft.kind === "TRAILING") return { ...draft, stopPrice: text };
      return draft.kind === "MARKET"
        ? { ...draft, kind: "LIMIT", price: text }
        : { ...draft, price: text };
    });
  }, [price, priceDecimals]);
  const bench = useMemo(
    () => ({
      draft,
      change: (change: Partial<Draft>) => setDraft((now) => ({ ...now, ...change })),
    }),
    [draft],
  );
  return <DraftContext value={bench}>{children}</DraftContext>;
}

import { useNowMs } from "../../design/age.tsx";
import type { Account, Balance } from "../../venue/account.ts";
import { venueNowMs } from "../../venue/clock.ts";
import { createStore, useStore } from "../../venue/store.ts";
import { useAccount } from "../../venue/use-account.ts";
import { useDesk } from "../desk.tsx";
import type { Surroundings } from "./check.ts";

const NONE = createStore<ReadonlyMap<string, Balance>>(new Map());
const ZERO = { free: "0", locked: "0" } as const;

/** What a draft is held against, as it is at this moment. */
export function useSurroundings(): Surroundings {
  const { market, book, trades } = useDesk();
  const account = useAccount();
  const balances = useStore(account?.balances ?? NONE);
  useNowMs();
  const known = isKnown(account);
  const of = (asset: string) => balances.get(asset) ?? (known ? { asset, ...ZERO } : undefined);
  return {
    market,
    book: useStore(book.view),
    last: useStore(trades.view)[0]?.price ?? null,
    base: of(market.base),
    quote: of(market.quote),
    nowMs: venueNowMs(),
  };
}

/** The venue leaves out what is zero; before it answered, nothing is known. */
function isKnown(account: Account | null): boolean {
  return account !== null && account.state.get().changedAtMs !== null;
}

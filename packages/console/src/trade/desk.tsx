import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { BookFeed } from "../venue/book-feed.ts";
import { marketStream } from "../venue/connection.ts";
import type { Market } from "../venue/market.ts";
import { createStore, type Store } from "../venue/store.ts";
import { TickerFeed } from "../venue/ticker-feed.ts";
import { TradeFeed } from "../venue/trade-feed.ts";

/** What the parts of the trade page share: the market, and what flows from it. */
export interface Desk {
  readonly market: Market;
  readonly book: BookFeed;
  readonly trades: TradeFeed;
  readonly ticker: TickerFeed;
  /** A price that was taken from the ladder or the tape, for the order form. */
  readonly taken: Store<TakenPrice | null>;
}

export interface TakenPrice {
  readonly price: bigint;
  /** Tells one taking from the next of the same price. */
  readonly at: number;
}

const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("useDesk stands outside of a DeskProvider");
  return desk;
}

export function DeskProvider(props: { readonly market: Market; readonly children: ReactNode }) {
  const { market, children } = props;
  const { symbol } = market;
  // biome-ignore lint/correctness/useExhaustiveDependencies: rules are read anew all the time, feeds begin with the market.
  const feeds = useMemo(
    () => ({
      book: new BookFeed(marketStream, market),
      trades: new TradeFeed(marketStream, market),
      ticker: new TickerFeed(marketStream, symbol),
      taken: createStore<TakenPrice | null>(null),
    }),
    [symbol],
  );
  useEffect(() => {
    const closes = [feeds.book.open(), feeds.trades.open(), feeds.ticker.open()];
    return () => {
      for (const close of closes) close();
    };
  }, [feeds]);
  const desk = useMemo(() => ({ market, ...feeds }), [market, feeds]);
  return <DeskContext value={desk}>{children}</DeskContext>;
}

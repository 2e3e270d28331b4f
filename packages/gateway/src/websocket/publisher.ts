import type { Side } from "@halcyon/core";
import type { AggregateTrade, Trade } from "../views/records.ts";
import type { Beat } from "./stream-name.ts";

/**
 * What fills one stream. It hears what happens in its market, or in all, between commands, and
 * publishes at once or on its beat.
 */
export type Publisher = {
  onTrade?(trade: Trade): void;
  onAggregateTrade?(aggregate: AggregateTrade): void;
  /** The quantity at this price level may have changed. */
  onLevel?(side: Side, priceTicks: number): void;
  /** After a command that touched the book. */
  onBookCommand?(): void;
  readonly beat?: Beat;
  onBeat?(nowMs: number): void;
  /** What the stream would say now, for somebody who starts to read; null: nothing to say. */
  current?(): string | null;
};

/** Where a publisher's events go, as JSON text. */
export type Publish = (json: string) => void;

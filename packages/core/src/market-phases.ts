import { type MarketState, marketState } from "./command.ts";
import type { EventBuffer } from "./event-buffer.ts";
import type { Market, Markets } from "./markets.ts";
import { type MarketStateCause, marketStateCause } from "./registry-event.ts";

const million = 1_000_000;

/** Where a market that resumes by itself goes from a state. */
const nextState: Readonly<Record<MarketState, MarketState>> = {
  [marketState.halt]: marketState.cancelOnly,
  [marketState.cancelOnly]: marketState.auction,
  [marketState.auction]: marketState.trading,
  [marketState.postOnly]: marketState.trading,
  [marketState.trading]: marketState.trading,
};

/** The states of markets: by command, by a fill out of the band, and by time on the way back to trading. */
export class MarketPhases {
  private readonly markets: Markets;
  private readonly events: EventBuffer;
  /** Called when a market has come to trade: opens it with an auction where its book is crossed. */
  onTrading: (market: Market, logTimeMs: number) => void = () => {};
  /** The earliest `stateUntilMs` of all markets. */
  private dueMs = Number.POSITIVE_INFINITY;

  constructor(markets: Markets, events: EventBuffer) {
    this.markets = markets;
    this.events = events;
    this.findDue();
  }

  /** Into a state; where it `resumes`, on to the next one once its time in the rules is over (none: at once). */
  enter(
    market: Market,
    to: MarketState,
    cause: MarketStateCause,
    resumes: boolean,
    logTimeMs: number,
  ): void {
    let state = to;
    while (resumes && durationMs(market, state) === 0 && state !== marketState.trading) {
      state = nextState[state];
    }
    market.state = state;
    const stays = !resumes || state === marketState.trading;
    market.stateUntilMs = stays ? 0 : logTimeMs + durationMs(market, state);
    this.findDue();
    this.events.marketStateChanged(market.id, state, cause, market.stateUntilMs);
    if (state === marketState.trading) this.onTrading(market, logTimeMs);
  }

  /** Before a batch's commands: markets whose time in their state is over go on. */
  advance(logTimeMs: number): void {
    if (logTimeMs < this.dueMs) return;
    for (const market of this.markets.all()) {
      if (market.stateUntilMs !== 0 && market.stateUntilMs <= logTimeMs) {
        this.enter(market, nextState[market.state], marketStateCause.time, true, logTimeMs);
      }
    }
  }

  /** A fill would have been out of the band. */
  halt(market: Market, logTimeMs: number): void {
    this.enter(market, marketState.halt, marketStateCause.band, true, logTimeMs);
  }

  /** Before an order's first fill: the reference price of the band, anew for each window. */
  beginWindow(market: Market, logTimeMs: number): void {
    if (logTimeMs >= market.bandWindowEndsAtMs || market.bandReference === 0) {
      this.setReference(market, logTimeMs);
    }
  }

  setReference(market: Market, logTimeMs: number): void {
    market.bandReference = market.lastPrice;
    market.bandWindowEndsAtMs = logTimeMs + market.rules.bandWindowMs;
  }

  private findDue(): void {
    this.dueMs = Number.POSITIVE_INFINITY;
    for (const { stateUntilMs } of this.markets.all()) {
      if (stateUntilMs !== 0 && stateUntilMs < this.dueMs) this.dueMs = stateUntilMs;
    }
  }
}

function durationMs({ rules }: Market, state: MarketState): number {
  switch (state) {
    case marketState.halt:
      return rules.haltMs;
    case marketState.cancelOnly:
      return rules.cancelOnlyMs;
    case marketState.auction:
      return rules.auctionMs;
    default:
      return 0;
  }
}

/** Whether a fill at this price would be further from the reference than the market's band. */
export function isOutOfBand(market: Market, price: number): boolean {
  const reference = market.bandReference;
  const distance = price > reference ? price - reference : reference - price;
  return reference !== 0 && distance * million > reference * market.bandPpm;
}

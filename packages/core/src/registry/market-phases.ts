import { type MarketState, marketState } from "../commands/command.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import { type MarketStateCause, marketStateCause } from "../events/registry-event.ts";
import type { Market, Markets } from "./markets.ts";

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

  /** Into a state; where it `resumes`, on to the next one at the first batch after its time in the rules. */
  enter(
    market: Market,
    state: MarketState,
    cause: MarketStateCause,
    resumes: boolean,
    logTimeMs: number,
  ): void {
    market.state = state;
    const stays = !resumes || state === marketState.trading;
    market.stateUntilMs = stays ? 0 : logTimeMs + durationMs(market, state);
    this.findDue();
    this.events.marketStateChanged(market.id, state, cause, market.stateUntilMs);
    if (state === marketState.trading) this.onTrading(market, logTimeMs);
  }

  /** Whether the time of any market in its state is over. */
  isDue(logTimeMs: number): boolean {
    return logTimeMs >= this.dueMs;
  }

  /** Before a batch's commands: a market whose time in its state is over goes on; a state of no time is passed over. */
  advance(market: Market, logTimeMs: number): void {
    if (market.stateUntilMs === 0 || market.stateUntilMs > logTimeMs) return;
    let state = nextState[market.state];
    while (state !== marketState.trading && durationMs(market, state) === 0) {
      state = nextState[state];
    }
    this.enter(market, state, marketStateCause.time, true, logTimeMs);
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

import { cause, changeState } from "./reference-market-state.ts";
import { type Market, marketState, type ReferenceState } from "./reference-state.ts";

/** An order comes that would match: when no window is open, one opens with the last price. */
export function openBandWindow(s: ReferenceState, market: Market): void {
  const { bandPpm, bandWindowMs } = market.rules;
  if (bandPpm === 0n || market.last === 0n || s.clock.nowMs < market.windowEndsMs) return;
  market.reference = market.last;
  market.windowEndsMs = s.clock.nowMs + Number(bandWindowMs);
}

export function isOutOfBand({ rules, reference }: Market, price: bigint): boolean {
  if (rules.bandPpm === 0n || reference === 0n) return false;
  const millionfold = price * 1_000_000n;
  return (
    millionfold < reference * (1_000_000n - rules.bandPpm) ||
    millionfold > reference * (1_000_000n + rules.bandPpm)
  );
}

/** A fill would have been out of band: the market halts, and goes on by itself. */
export function haltByBand(s: ReferenceState, market: Market): void {
  const untilMs = s.clock.nowMs + Number(market.rules.haltMs);
  changeState(s, market, marketState.halt, cause.band, untilMs);
}

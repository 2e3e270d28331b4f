import { type Market, marketState, type ReferenceState } from "./reference-state.ts";

export const cause = { command: 0, band: 1, time: 2 } as const;

export function changeState(
  s: ReferenceState,
  market: Market,
  state: number,
  why: number,
  untilMs: number,
): void {
  market.state = state;
  market.untilMs = untilMs;
  s.say(`market ${market.id} state ${state} cause ${why} until ${untilMs}`);
}

/** How long a state lasts that goes on by itself. */
export function durationMs({ rules }: Market, state: number): number {
  if (state === marketState.halt) return Number(rules.haltMs);
  return Number(state === marketState.cancelOnly ? rules.cancelOnlyMs : rules.auctionMs);
}

/** The state after this one on the way to trading: one that lasts no time is skipped. */
export function stateAfter(market: Market, state: number): number {
  const way: readonly number[] = [marketState.halt, marketState.cancelOnly, marketState.auction];
  const rest = way.slice(way.indexOf(state) + 1);
  return rest.find((next) => durationMs(market, next) > 0) ?? marketState.trading;
}

import { refusal } from "@halcyon/core";
import type { Command, MarketGrid, MarketRules } from "./commands.ts";
import { uncross } from "./reference-auction.ts";
import { cause, changeState, durationMs, stateAfter } from "./reference-market-state.ts";
import { marketState, mode, type ReferenceState } from "./reference-state.ts";
import { goOn } from "./reference-stops.ts";

/** What holds in a market for which no rules were set. */
const rulesAtFirst: MarketRules = {
  bidDownPpm: 0n,
  bidUpPpm: 0n,
  askDownPpm: 0n,
  askUpPpm: 0n,
  notionalMax: 0n,
  algoOrdersMax: 100,
  orderListsMax: 20,
  icebergPartsMax: 100n,
  trailingAboveMin: 10n,
  trailingAboveMax: 2_000n,
  trailingBelowMin: 10n,
  trailingBelowMax: 2_000n,
  positionLotsMax: 0n,
  selfTradeModeDefault: mode.none,
  selfTradeModes: 0b11111,
  bandPpm: 0n,
  bandWindowMs: 0n,
  haltMs: 0n,
  cancelOnlyMs: 0n,
  auctionMs: 0n,
};

export function createMarket(s: ReferenceState, grid: MarketGrid): number {
  const base = s.assets[grid.baseAsset];
  const quote = s.assets[grid.quoteAsset];
  if (base === undefined || quote === undefined || base === quote) return refusal.unknownAsset;
  if (s.markets.some((market) => market.grid.symbol === grid.symbol)) return refusal.marketExists;
  const scale = 10n ** BigInt(base.decimals);
  if ((grid.tickUnits * grid.lotUnits) % scale !== 0n) return refusal.marketParameters;
  const { makerFeePpm, takerFeePpm } = grid;
  const id = s.markets.length;
  s.markets.push({
    id,
    grid,
    unit: (grid.tickUnits * grid.lotUnits) / scale,
    rules: rulesAtFirst,
    state: marketState.trading,
    untilMs: 0,
    makerFeePpm,
    takerFeePpm,
    tiers: new Map(),
    trades: 0,
    prevented: 0,
    last: 0n,
    reference: 0n,
    windowEndsMs: 0,
    toPlace: [],
  });
  s.say(`market ${id} ${grid.symbol}`);
  return 0;
}

export function setMarketRules(s: ReferenceState, id: number, rules: MarketRules): number {
  const market = s.markets[id];
  if (market === undefined) return refusal.unknownMarket;
  if (!areSound(rules)) return refusal.marketParameters;
  market.rules = rules;
  s.say(`market ${id} rules ${Object.values(rules).join(" ")}`);
  return 0;
}

/** The greatest of a price's shares at least the least of them, the default mode one of those allowed. */
function areSound(r: MarketRules): boolean {
  const isShare = (down: bigint, up: bigint) => up === 0n || down <= up;
  return (
    isShare(r.bidDownPpm, r.bidUpPpm) &&
    isShare(r.askDownPpm, r.askUpPpm) &&
    r.trailingAboveMin <= r.trailingAboveMax &&
    r.trailingBelowMin <= r.trailingBelowMax &&
    r.bandPpm < 1_000_000n &&
    ((r.selfTradeModes >> r.selfTradeModeDefault) & 1) === 1
  );
}

export function setMarketState(
  s: ReferenceState,
  c: Extract<Command, { kind: "setMarketState" }>,
): number {
  const newest = s.rulesVersion >= 2 ? marketState.auction : marketState.cancelOnly;
  if (c.state < 0 || c.state > newest) return refusal.malformedCommand;
  const mayResume = s.rulesVersion >= 2 && c.state !== marketState.postOnly;
  if (c.resumes && !mayResume) return refusal.malformedCommand;
  const market = s.markets[c.market];
  if (market === undefined) return refusal.unknownMarket;
  const goesOn = c.resumes && c.state !== marketState.trading;
  const untilMs = goesOn ? s.clock.nowMs + durationMs(market, c.state) : 0;
  changeState(s, market, c.state, cause.command, untilMs);
  if (c.state === marketState.trading) uncross(s, market);
  return 0;
}

/** At the start of a batch: states whose time is over, and all that waits and is due. */
export function passTime(s: ReferenceState): void {
  for (const market of s.markets) {
    if (market.untilMs !== 0 && s.clock.nowMs >= market.untilMs) {
      const next = stateAfter(market, market.state);
      const isLast = next === marketState.trading;
      changeState(
        s,
        market,
        next,
        cause.time,
        isLast ? 0 : s.clock.nowMs + durationMs(market, next),
      );
      if (isLast) uncross(s, market);
    }
    goOn(s, market);
  }
}

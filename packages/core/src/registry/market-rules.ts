import { selfTradeMode } from "../commands/command.ts";
import type { MarketRules } from "../commands/registry-command.ts";
import { exactLimit } from "../money/amount.ts";

const shareMax = 1_000_000_000;
const bipsMax = 9_999;
const durationMsMax = 7 * 24 * 3_600_000;
const allSelfTradeModes = (1 << (selfTradeMode.decrement + 1)) - 1;

/** What holds in a market for which no rules were set. */
export const marketRulesDefault: MarketRules = {
  bidDownPpm: 0,
  bidUpPpm: 0,
  askDownPpm: 0,
  askUpPpm: 0,
  notionalMax: 0n,
  algoOrdersMax: 100,
  orderListsMax: 20,
  icebergPartsMax: 100,
  trailingAboveBipsMin: 10,
  trailingAboveBipsMax: 2_000,
  trailingBelowBipsMin: 10,
  trailingBelowBipsMax: 2_000,
  positionLotsMax: 0,
  selfTradeModeDefault: selfTradeMode.none,
  selfTradeModes: allSelfTradeModes,
  bandPpm: 0,
  bandWindowMs: 0,
  haltMs: 0,
  cancelOnlyMs: 0,
  auctionMs: 0,
};

/** Whether every field is in its range and they fit together. */
export function areSound(r: MarketRules): boolean {
  const within = (value: number, most: number) => value >= 0 && value <= most;
  const bips = (least: number, most: number) => least >= 0 && least <= most && most <= bipsMax;
  const share = (down: number, up: number) =>
    within(down, shareMax) && within(up, shareMax) && (up === 0 || down <= up);
  return (
    share(r.bidDownPpm, r.bidUpPpm) &&
    share(r.askDownPpm, r.askUpPpm) &&
    r.notionalMax >= 0n &&
    within(r.algoOrdersMax, 1_000_000) &&
    within(r.orderListsMax, 1_000_000) &&
    within(r.icebergPartsMax, 100_000) &&
    bips(r.trailingAboveBipsMin, r.trailingAboveBipsMax) &&
    bips(r.trailingBelowBipsMin, r.trailingBelowBipsMax) &&
    within(r.positionLotsMax, exactLimit - 1) &&
    within(r.selfTradeModes, allSelfTradeModes) &&
    within(r.selfTradeModeDefault, selfTradeMode.decrement) &&
    (r.selfTradeModes & (1 << r.selfTradeModeDefault)) !== 0 &&
    within(r.bandPpm, 999_999) &&
    within(r.bandWindowMs, durationMsMax) &&
    within(r.haltMs, durationMsMax) &&
    within(r.cancelOnlyMs, durationMsMax) &&
    within(r.auctionMs, durationMsMax)
  );
}

/** Whether no rule concerns an order without terms and self-trade mode. */
export function arePlain(r: MarketRules): boolean {
  return (
    (r.bidDownPpm | r.bidUpPpm | r.askDownPpm | r.askUpPpm) === 0 &&
    r.notionalMax === 0n &&
    r.positionLotsMax === 0 &&
    (r.selfTradeModes & (1 << selfTradeMode.none)) !== 0
  );
}

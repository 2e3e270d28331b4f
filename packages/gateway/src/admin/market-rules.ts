import { type Asset, type Market, type MarketRules, selfTradeMode } from "@halcyon/core";
import type { z } from "zod";
import { formatFixed, parseDecimal } from "../decimal.ts";
import { amountText, amountUnits } from "./market-parameters.ts";
import type { FieldError } from "./problem.ts";
import type { marketRules, selfTradeModeName } from "./rule-schemas.ts";

type Asked = z.output<typeof marketRules>;
type ModeName = z.output<typeof selfTradeModeName>;

const modes: Readonly<Record<ModeName, MarketRules["selfTradeModeDefault"]>> = {
  none: selfTradeMode.none,
  "expire-taker": selfTradeMode.expireTaker,
  "expire-maker": selfTradeMode.expireMaker,
  "expire-both": selfTradeMode.expireBoth,
  decrement: selfTradeMode.decrement,
};
const modeNames = Object.keys(modes) as ModeName[];
const shareMaxPpm = 1_000_000_000n;

/** Decimal strings to millionths, units and lots; every field that does not fit is told at once. */
export function toMarketRules(
  asked: Asked,
  market: Market,
  base: Asset,
  quote: Asset,
): MarketRules | FieldError[] {
  const errors: FieldError[] = [];
  const fail = (field: keyof Asked, detail: string): bigint => {
    errors.push({ pointer: `#/${field}`, detail });
    return 0n;
  };
  const ppm = (field: keyof Asked): number => {
    const value = parseDecimal(String(asked[field]), 6);
    if (value !== null && value <= shareMaxPpm) return Number(value);
    return Number(fail(field, "must be at most 1000, with at most 6 decimals"));
  };
  const units = (field: keyof Asked, asset: Asset) =>
    amountUnits(String(asked[field]), asset, (detail) => fail(field, detail));
  const position = units("maxPosition", base);
  if (position % market.lotUnits !== 0n) fail("maxPosition", "must be a whole number of lots");
  const rules: MarketRules = {
    bidDownPpm: ppm("minBidPrice"),
    bidUpPpm: ppm("maxBidPrice"),
    askDownPpm: ppm("minAskPrice"),
    askUpPpm: ppm("maxAskPrice"),
    notionalMax: units("maxNotional", quote),
    algoOrdersMax: asked.maxAlgoOrders,
    orderListsMax: asked.maxOrderLists,
    icebergPartsMax: asked.maxIcebergParts,
    trailingAboveBipsMin: asked.minTrailingAbove,
    trailingAboveBipsMax: asked.maxTrailingAbove,
    trailingBelowBipsMin: asked.minTrailingBelow,
    trailingBelowBipsMax: asked.maxTrailingBelow,
    positionLotsMax: Number(position / market.lotUnits),
    selfTradeModeDefault: modes[asked.selfTradeModeDefault],
    selfTradeModes: asked.selfTradeModes.reduce((bits, name) => bits | (1 << modes[name]), 0),
    bandPpm: ppm("band"),
    bandWindowMs: asked.bandWindowMs,
    haltMs: asked.haltMs,
    cancelOnlyMs: asked.cancelOnlyMs,
    auctionMs: asked.auctionMs,
  };
  checkTogether(rules, fail);
  return errors.length === 0 ? rules : errors;
}

function checkTogether(
  r: MarketRules,
  fail: (field: keyof Asked, detail: string) => unknown,
): void {
  if (r.bidUpPpm !== 0 && r.bidDownPpm > r.bidUpPpm) {
    fail("maxBidPrice", "must not be below minBidPrice");
  }
  if (r.askUpPpm !== 0 && r.askDownPpm > r.askUpPpm) {
    fail("maxAskPrice", "must not be below minAskPrice");
  }
  if (r.trailingAboveBipsMin > r.trailingAboveBipsMax) {
    fail("maxTrailingAbove", "must not be below minTrailingAbove");
  }
  if (r.trailingBelowBipsMin > r.trailingBelowBipsMax) {
    fail("maxTrailingBelow", "must not be below minTrailingBelow");
  }
  if ((r.selfTradeModes & (1 << r.selfTradeModeDefault)) === 0) {
    fail("selfTradeModeDefault", "must be among selfTradeModes");
  }
  if (r.bandPpm >= 1_000_000) fail("band", 'must be below "1"');
  if (r.positionLotsMax > Number.MAX_SAFE_INTEGER) fail("maxPosition", "has too many lots");
}

export function marketRulesBody(
  r: MarketRules,
  market: Market,
  base: Asset,
  quote: Asset,
): z.output<typeof marketRules> {
  const share = (ppm: number) => formatFixed(ppm, 6, 6);
  return {
    minBidPrice: share(r.bidDownPpm),
    maxBidPrice: share(r.bidUpPpm),
    minAskPrice: share(r.askDownPpm),
    maxAskPrice: share(r.askUpPpm),
    maxNotional: amountText(r.notionalMax, quote),
    maxAlgoOrders: r.algoOrdersMax,
    maxOrderLists: r.orderListsMax,
    maxIcebergParts: r.icebergPartsMax,
    minTrailingAbove: r.trailingAboveBipsMin,
    maxTrailingAbove: r.trailingAboveBipsMax,
    minTrailingBelow: r.trailingBelowBipsMin,
    maxTrailingBelow: r.trailingBelowBipsMax,
    maxPosition: amountText(BigInt(r.positionLotsMax) * market.lotUnits, base),
    selfTradeModeDefault: modeNames[r.selfTradeModeDefault]!,
    selfTradeModes: modeNames.filter((name) => (r.selfTradeModes & (1 << modes[name])) !== 0),
    band: share(r.bandPpm),
    bandWindowMs: r.bandWindowMs,
    haltMs: r.haltMs,
    cancelOnlyMs: r.cancelOnlyMs,
    auctionMs: r.auctionMs,
  };
}

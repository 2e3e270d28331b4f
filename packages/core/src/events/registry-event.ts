import { WordReader } from "../bytes/word-reader.ts";
import type { KeyKind, MarketState, SelfTradeMode } from "../commands/command.ts";
import type { MarketParameters, MarketRules } from "../commands/registry-command.ts";
import { eventLengthWords, eventType } from "./event.ts";

/** Why a market's state changed: a command, a fill out of its band, or its time in the state was over. */
export const marketStateCause = { command: 0, band: 1, time: 2 } as const;
export type MarketStateCause = (typeof marketStateCause)[keyof typeof marketStateCause];

export type RegistryEvent =
  | {
      readonly type: "assetCreated";
      readonly asset: number;
      readonly code: string;
      readonly decimals: number;
    }
  | {
      readonly type: "marketCreated";
      readonly market: number;
      readonly parameters: MarketParameters;
    }
  | {
      readonly type: "marketStateChanged";
      readonly market: number;
      readonly state: MarketState;
      readonly cause: MarketStateCause;
      /** Log time at which the next state follows by itself; 0: it stays. */
      readonly untilMs: number;
    }
  | {
      readonly type: "marketFeesChanged";
      readonly market: number;
      readonly makerFeePpm: number;
      readonly takerFeePpm: number;
    }
  | { readonly type: "accountCreated"; readonly account: number; readonly label: string }
  | { readonly type: "accountFlagsChanged"; readonly account: number; readonly flags: number }
  | {
      readonly type: "accountFeesChanged";
      readonly account: number;
      readonly makerFeePpm: number;
      readonly takerFeePpm: number;
    }
  | {
      readonly type: "keyCreated";
      readonly account: number;
      readonly kind: KeyKind;
      readonly name: string;
    }
  | { readonly type: "keyRevoked"; readonly account: number; readonly name: string }
  | { readonly type: "marketRulesChanged"; readonly market: number; readonly rules: MarketRules }
  | {
      readonly type: "feeTierChanged";
      readonly market: number;
      readonly tier: number;
      readonly makerFeePpm: number;
      readonly takerFeePpm: number;
    }
  | { readonly type: "accountTierChanged"; readonly account: number; readonly tier: number }
  | { readonly type: "rulesVersionChanged"; readonly version: number };

/** The event at words[at], undefined when it is not one of the registry. */
export function readRegistryEvent(words: Int32Array, at: number): RegistryEvent | undefined {
  const type = words[at]! & 0xff;
  const r = new WordReader(words, at + 1, at + eventLengthWords(words, at));
  switch (type) {
    case eventType.assetCreated:
      return { type: "assetCreated", asset: r.i32(), code: r.text(64), decimals: r.i32() };
    case eventType.marketCreated:
      return { type: "marketCreated", market: r.i32(), parameters: readMarketParameters(r) };
    case eventType.marketStateChanged:
      return {
        type: "marketStateChanged",
        market: r.i32(),
        state: r.i32() as MarketState,
        cause: r.i32() as MarketStateCause,
        untilMs: r.u53(),
      };
    case eventType.marketFeesChanged:
      return {
        type: "marketFeesChanged",
        market: r.i32(),
        makerFeePpm: r.i32(),
        takerFeePpm: r.i32(),
      };
    case eventType.accountCreated:
      return { type: "accountCreated", account: r.i32(), label: r.text(1024) };
    case eventType.accountFlagsChanged:
      return { type: "accountFlagsChanged", account: r.i32(), flags: r.i32() };
    case eventType.accountFeesChanged:
      return {
        type: "accountFeesChanged",
        account: r.i32(),
        makerFeePpm: r.i32(),
        takerFeePpm: r.i32(),
      };
    case eventType.keyCreated:
      return { type: "keyCreated", account: r.i32(), kind: r.i32() as KeyKind, name: r.text(256) };
    case eventType.keyRevoked:
      return { type: "keyRevoked", account: r.i32(), name: r.text(256) };
    case eventType.marketRulesChanged:
      return { type: "marketRulesChanged", market: r.i32(), rules: readMarketRules(r) };
    case eventType.feeTierChanged:
      return {
        type: "feeTierChanged",
        market: r.i32(),
        tier: r.i32(),
        makerFeePpm: r.i32(),
        takerFeePpm: r.i32(),
      };
    case eventType.accountTierChanged:
      return { type: "accountTierChanged", account: r.i32(), tier: r.i32() };
    case eventType.rulesVersionChanged:
      return { type: "rulesVersionChanged", version: r.i32() };
    default:
      return undefined;
  }
}

/** The parameters of a market in the order in which `encodeCreateMarket` writes them. */
export function readMarketParameters(r: WordReader): MarketParameters {
  return {
    symbol: r.text(64),
    baseAsset: r.i32(),
    quoteAsset: r.i32(),
    tickUnits: r.i64(),
    lotUnits: r.i64(),
    priceTicksMin: r.i32(),
    priceTicksMax: r.i32(),
    quantityLotsMin: r.u53(),
    quantityLotsMax: r.u53(),
    marketQuantityLotsMax: r.u53(),
    notionalMin: r.i64(),
    makerFeePpm: r.i32(),
    takerFeePpm: r.i32(),
    openOrdersMax: r.i32(),
  };
}

/** A market's rules in the order in which `writeMarketRules` writes them. */
export function readMarketRules(r: WordReader): MarketRules {
  return {
    bidDownPpm: r.i32(),
    bidUpPpm: r.i32(),
    askDownPpm: r.i32(),
    askUpPpm: r.i32(),
    notionalMax: r.i64(),
    algoOrdersMax: r.i32(),
    orderListsMax: r.i32(),
    icebergPartsMax: r.i32(),
    trailingAboveBipsMin: r.i32(),
    trailingAboveBipsMax: r.i32(),
    trailingBelowBipsMin: r.i32(),
    trailingBelowBipsMax: r.i32(),
    positionLotsMax: r.u53(),
    selfTradeModeDefault: r.i32() as SelfTradeMode,
    selfTradeModes: r.i32(),
    bandPpm: r.i32(),
    bandWindowMs: r.u53(),
    haltMs: r.u53(),
    cancelOnlyMs: r.u53(),
    auctionMs: r.u53(),
  };
}

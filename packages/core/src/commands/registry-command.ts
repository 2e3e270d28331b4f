import type { WordWriter } from "../bytes/word-writer.ts";
import {
  beginFrom,
  commandType,
  endCommand,
  type KeyKind,
  type MarketState,
  type Origin,
  type SelfTradeMode,
} from "./command.ts";

/** Commands that make and change what the venue trades and for whom. */
export type CreateAsset = {
  /** 1 to 20 of A-Z and 0-9. */
  readonly code: string;
  /** Digits after the point of one whole unit: 0 to 18. Amounts are in 10^-decimals. */
  readonly decimals: number;
};
export function encodeCreateAsset(w: WordWriter, origin: Origin, c: CreateAsset): void {
  const start = beginFrom(w, commandType.createAsset, origin);
  w.text(c.code).i32(c.decimals);
  endCommand(w, start);
}

/** A market's grid, limits and fees. All integers: units of the assets, ticks and lots. */
export type MarketParameters = {
  /** Name in the dialect, e.g. BTCUSDT: 1 to 40 bytes. */
  readonly symbol: string;
  readonly baseAsset: number;
  readonly quoteAsset: number;
  /** Quote units per whole base unit that one price tick is worth. */
  readonly tickUnits: bigint;
  /** Base units in one lot. */
  readonly lotUnits: bigint;
  readonly priceTicksMin: number;
  readonly priceTicksMax: number;
  readonly quantityLotsMin: number;
  readonly quantityLotsMax: number;
  readonly marketQuantityLotsMax: number;
  /** Quote units. */
  readonly notionalMin: bigint;
  /** Fees of what each side receives, in millionths, 0 to 100,000. */
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  /** Open orders of one account in this market at once. */
  readonly openOrdersMax: number;
};
export function encodeCreateMarket(w: WordWriter, origin: Origin, c: MarketParameters): void {
  const start = beginFrom(w, commandType.createMarket, origin);
  w.text(c.symbol).i32(c.baseAsset).i32(c.quoteAsset).i64(c.tickUnits).i64(c.lotUnits);
  w.i32(c.priceTicksMin).i32(c.priceTicksMax).u53(c.quantityLotsMin).u53(c.quantityLotsMax);
  w.u53(c.marketQuantityLotsMax).i64(c.notionalMin).i32(c.makerFeePpm).i32(c.takerFeePpm);
  w.i32(c.openOrdersMax);
  endCommand(w, start);
}

/**
 * Into a state at once, where it stays; with `resumes` (halt, cancelOnly, auction) only for as long
 * as the market's rules say, then on through cancelOnly and auction to trading.
 */
export function encodeSetMarketState(
  w: WordWriter,
  origin: Origin,
  c: { readonly market: number; readonly state: MarketState; readonly resumes?: boolean },
): void {
  const start = beginFrom(w, commandType.setMarketState, origin);
  w.i32(c.market).i32(c.state);
  if (c.resumes === true) w.i32(1);
  endCommand(w, start);
}

/**
 * What a market asks of orders beyond its grid. Shares of a price are in millionths; 0 turns a rule
 * off unless it says otherwise. Prices are compared with the market's last price; before its first
 * trade those rules pass.
 */
export type MarketRules = {
  /** Lowest and highest price of a buy and of a sale, as shares of the last price (PERCENT_PRICE_BY_SIDE). */
  readonly bidDownPpm: number;
  readonly bidUpPpm: number;
  readonly askDownPpm: number;
  readonly askUpPpm: number;
  /** Quote units (NOTIONAL). */
  readonly notionalMax: bigint;
  /** Open stop and take-profit orders of one account (MAX_NUM_ALGO_ORDERS); 0: none may be placed. */
  readonly algoOrdersMax: number;
  /** Open order lists of one account (MAX_NUM_ORDER_LISTS); 0: none may be placed. */
  readonly orderListsMax: number;
  /** Slices of an iceberg (ICEBERG_PARTS); 0: there are no icebergs here. */
  readonly icebergPartsMax: number;
  /** TRAILING_DELTA, in hundredths of a percent; above: buy stops and sell take-profits; 0 to 0: no trailing orders. */
  readonly trailingAboveBipsMin: number;
  readonly trailingAboveBipsMax: number;
  readonly trailingBelowBipsMin: number;
  readonly trailingBelowBipsMax: number;
  /** Base lots that an account may have, with its open buys (MAX_POSITION). */
  readonly positionLotsMax: number;
  /** For orders that name none; and which may be named, a bit each (1 << mode). */
  readonly selfTradeModeDefault: SelfTradeMode;
  readonly selfTradeModes: number;
  /** A fill further from the reference price than this halts the market instead. */
  readonly bandPpm: number;
  /** The reference is the last price as it was when the latest window of this length began. */
  readonly bandWindowMs: number;
  /** How long a market that was halted so stays in each state on its way back to trading. */
  readonly haltMs: number;
  readonly cancelOnlyMs: number;
  readonly auctionMs: number;
};
export function encodeSetMarketRules(
  w: WordWriter,
  origin: Origin,
  c: { readonly market: number; readonly rules: MarketRules },
): void {
  const start = beginFrom(w, commandType.setMarketRules, origin);
  w.i32(c.market);
  writeMarketRules(w, c.rules);
  endCommand(w, start);
}
/** Read by `readMarketRules`: change both together. */
export function writeMarketRules(w: WordWriter, r: MarketRules): void {
  w.i32(r.bidDownPpm).i32(r.bidUpPpm).i32(r.askDownPpm).i32(r.askUpPpm).i64(r.notionalMax);
  w.i32(r.algoOrdersMax).i32(r.orderListsMax).i32(r.icebergPartsMax);
  w.i32(r.trailingAboveBipsMin).i32(r.trailingAboveBipsMax);
  w.i32(r.trailingBelowBipsMin).i32(r.trailingBelowBipsMax).u53(r.positionLotsMax);
  w.i32(r.selfTradeModeDefault).i32(r.selfTradeModes);
  w.i32(r.bandPpm).u53(r.bandWindowMs).u53(r.haltMs).u53(r.cancelOnlyMs).u53(r.auctionMs);
}

/** Switches the venue's rules from this command on (`rules-version.ts`); they only go up. */
export function encodeSetRulesVersion(
  w: WordWriter,
  origin: Origin,
  c: { readonly version: number },
): void {
  const start = beginFrom(w, commandType.setRulesVersion, origin);
  w.i32(c.version);
  endCommand(w, start);
}

/** Fees of a tier (1 to `feeTiersMax`) in a market, in millionths; -1 for either means the market's own. */
export function encodeSetFeeTier(
  w: WordWriter,
  origin: Origin,
  c: {
    readonly market: number;
    readonly tier: number;
    readonly makerFeePpm: number;
    readonly takerFeePpm: number;
  },
): void {
  const start = beginFrom(w, commandType.setFeeTier, origin);
  w.i32(c.market).i32(c.tier).i32(c.makerFeePpm).i32(c.takerFeePpm);
  endCommand(w, start);
}

/** Puts an account into a tier; 0: into none. */
export function encodeSetAccountTier(
  w: WordWriter,
  origin: Origin,
  c: { readonly account: number; readonly tier: number },
): void {
  const start = beginFrom(w, commandType.setAccountTier, origin);
  w.i32(c.account).i32(c.tier);
  endCommand(w, start);
}

export function encodeSetMarketFees(
  w: WordWriter,
  origin: Origin,
  c: { readonly market: number; readonly makerFeePpm: number; readonly takerFeePpm: number },
): void {
  const start = beginFrom(w, commandType.setMarketFees, origin);
  w.i32(c.market).i32(c.makerFeePpm).i32(c.takerFeePpm);
  endCommand(w, start);
}

export function encodeCreateAccount(
  w: WordWriter,
  origin: Origin,
  c: { readonly label: string },
): void {
  const start = beginFrom(w, commandType.createAccount, origin);
  w.text(c.label);
  endCommand(w, start);
}

export function encodeSetAccountFlags(
  w: WordWriter,
  origin: Origin,
  c: { readonly account: number; readonly flags: number },
): void {
  const start = beginFrom(w, commandType.setAccountFlags, origin);
  w.i32(c.account).i32(c.flags);
  endCommand(w, start);
}

/** An account's own fees in every market; -1 for either means the market's. */
export function encodeSetAccountFees(
  w: WordWriter,
  origin: Origin,
  c: { readonly account: number; readonly makerFeePpm: number; readonly takerFeePpm: number },
): void {
  const start = beginFrom(w, commandType.setAccountFees, origin);
  w.i32(c.account).i32(c.makerFeePpm).i32(c.takerFeePpm);
  endCommand(w, start);
}

export type CreateKey = {
  readonly account: number;
  readonly kind: KeyKind;
  readonly permissions: number;
  /** The public name of the key, as in X-MBX-APIKEY: 1 to 128 bytes. */
  readonly name: string;
  readonly label: string;
  /** HMAC: the sealed secret; Ed25519 and RSA: the public key (DER); administrator: SHA-256 of the token. */
  readonly material: Uint8Array;
  /** Addresses that may use it, comma-separated; empty: any. */
  readonly allowedAddresses: string;
};
export function encodeCreateKey(w: WordWriter, origin: Origin, c: CreateKey): void {
  const start = beginFrom(w, commandType.createKey, origin);
  w.i32(c.account).i32(c.kind).i32(c.permissions).text(c.name).text(c.label).bytes(c.material);
  w.text(c.allowedAddresses);
  endCommand(w, start);
}

export function encodeRevokeKey(w: WordWriter, origin: Origin, c: { readonly name: string }): void {
  const start = beginFrom(w, commandType.revokeKey, origin);
  w.text(c.name);
  endCommand(w, start);
}

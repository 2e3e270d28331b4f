import type { WordWriter } from "./word-writer.ts";

/**
 * Commands: what may be asked of the venue, as 32-bit little-endian words.
 *
 *   word 0       type (bits 0-7) | flags (bits 8-15) | length in words, this one included (bits 16-31)
 *   words 1-4    request id (all zero: none)
 *   words 5...   the body, field by field as the encoder of the type below writes it
 *
 * Numbers of types are never reused. A node that meets a type it does not know stops before it
 * applies anything of that batch.
 */
export const commandType = {
  /** Nothing but the batch's time: keeps the log's clock going. */
  tick: 1,
  createAsset: 2,
  createMarket: 3,
  setMarketState: 4,
  setMarketFees: 5,
  createAccount: 6,
  setAccountFlags: 7,
  setAccountFees: 8,
  createKey: 9,
  revokeKey: 10,
  deposit: 11,
  withdraw: 12,
  placeOrder: 20,
  cancelOrder: 21,
  cancelAll: 22,
  cancelReplace: 23,
  reduceOrder: 24,
} as const;
export type CommandType = (typeof commandType)[keyof typeof commandType];

/** Set when the edge sends a request again: then an outcome that may have been forgotten is a refusal. */
export const commandFlagRetry = 1;

export const commandHeaderWords = 5;
export const commandWordsMax = 0xffff;

export const side = { buy: 0, sell: 1 } as const;
export type Side = (typeof side)[keyof typeof side];

export const orderType = { limit: 0, market: 1, limitMaker: 2 } as const;
export type OrderType = (typeof orderType)[keyof typeof orderType];

export const timeInForce = { gtc: 0, ioc: 1, fok: 2 } as const;
export type TimeInForce = (typeof timeInForce)[keyof typeof timeInForce];

export const marketState = { trading: 0, halt: 1, cancelOnly: 2 } as const;
export type MarketState = (typeof marketState)[keyof typeof marketState];

/** What an account may not do: bits. 0 is an account like any other. */
export const accountFlag = { noTrading: 1, noWithdrawals: 2, noDeposits: 4 } as const;

export const keyKind = { hmacSha256: 0, ed25519: 1, rsa: 2, administrator: 3 } as const;
export type KeyKind = (typeof keyKind)[keyof typeof keyKind];

/** What a key may be used for: bits. */
export const keyPermission = { read: 1, trade: 2, withdraw: 4 } as const;

/** 128 bits, as four 32-bit words; all zero means none (then nothing is remembered). */
export type RequestId = readonly [number, number, number, number];
export const noRequestId: RequestId = [0, 0, 0, 0];

/** Where a command goes when it is encoded: a WordWriter that already holds what came before. */
export function beginCommand(
  writer: WordWriter,
  type: CommandType,
  requestId: RequestId = noRequestId,
  flags = 0,
): number {
  const start = writer.length;
  writer.i32(type | (flags << 8));
  writer.i32(requestId[0]).i32(requestId[1]).i32(requestId[2]).i32(requestId[3]);
  return start;
}

export function endCommand(writer: WordWriter, start: number): void {
  const lengthWords = writer.length - start;
  if (lengthWords > commandWordsMax) throw new RangeError(`a command of ${lengthWords} words`);
  writer.words[start] = (writer.words[start]! & 0xffff) | (lengthWords << 16);
}

/** Identity of a request, and whether it is sent again. */
export type Origin = { readonly requestId?: RequestId; readonly retry?: boolean };

function begin(writer: WordWriter, type: CommandType, origin: Origin): number {
  return beginCommand(writer, type, origin.requestId, origin.retry === true ? commandFlagRetry : 0);
}

export function encodeTick(writer: WordWriter): void {
  endCommand(writer, beginCommand(writer, commandType.tick));
}

export type CreateAsset = {
  /** 1 to 20 of A-Z and 0-9. */
  readonly code: string;
  /** Digits after the point of one whole unit: 0 to 18. Amounts are in 10^-decimals. */
  readonly decimals: number;
};
export function encodeCreateAsset(w: WordWriter, origin: Origin, c: CreateAsset): void {
  const start = begin(w, commandType.createAsset, origin);
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
  const start = begin(w, commandType.createMarket, origin);
  w.text(c.symbol).i32(c.baseAsset).i32(c.quoteAsset).i64(c.tickUnits).i64(c.lotUnits);
  w.i32(c.priceTicksMin).i32(c.priceTicksMax).u53(c.quantityLotsMin).u53(c.quantityLotsMax);
  w.u53(c.marketQuantityLotsMax).i64(c.notionalMin).i32(c.makerFeePpm).i32(c.takerFeePpm);
  w.i32(c.openOrdersMax);
  endCommand(w, start);
}

export function encodeSetMarketState(
  w: WordWriter,
  origin: Origin,
  c: { readonly market: number; readonly state: MarketState },
): void {
  const start = begin(w, commandType.setMarketState, origin);
  w.i32(c.market).i32(c.state);
  endCommand(w, start);
}

export function encodeSetMarketFees(
  w: WordWriter,
  origin: Origin,
  c: { readonly market: number; readonly makerFeePpm: number; readonly takerFeePpm: number },
): void {
  const start = begin(w, commandType.setMarketFees, origin);
  w.i32(c.market).i32(c.makerFeePpm).i32(c.takerFeePpm);
  endCommand(w, start);
}

export function encodeCreateAccount(
  w: WordWriter,
  origin: Origin,
  c: { readonly label: string },
): void {
  const start = begin(w, commandType.createAccount, origin);
  w.text(c.label);
  endCommand(w, start);
}

export function encodeSetAccountFlags(
  w: WordWriter,
  origin: Origin,
  c: { readonly account: number; readonly flags: number },
): void {
  const start = begin(w, commandType.setAccountFlags, origin);
  w.i32(c.account).i32(c.flags);
  endCommand(w, start);
}

/** An account's own fees in every market; -1 for either means the market's. */
export function encodeSetAccountFees(
  w: WordWriter,
  origin: Origin,
  c: { readonly account: number; readonly makerFeePpm: number; readonly takerFeePpm: number },
): void {
  const start = begin(w, commandType.setAccountFees, origin);
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
  const start = begin(w, commandType.createKey, origin);
  w.i32(c.account).i32(c.kind).i32(c.permissions).text(c.name).text(c.label).bytes(c.material);
  w.text(c.allowedAddresses);
  endCommand(w, start);
}

export function encodeRevokeKey(w: WordWriter, origin: Origin, c: { readonly name: string }): void {
  const start = begin(w, commandType.revokeKey, origin);
  w.text(c.name);
  endCommand(w, start);
}

/** Money in or out. `reference` is the payer's or payee's own id; with one, a repetition is refused. */
export type MoneyTransfer = {
  readonly account: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly network: string;
  readonly address: string;
  readonly reference: string;
};
export function encodeDeposit(w: WordWriter, origin: Origin, c: MoneyTransfer): void {
  encodeMoneyTransfer(w, commandType.deposit, origin, c);
}
export function encodeWithdraw(w: WordWriter, origin: Origin, c: MoneyTransfer): void {
  encodeMoneyTransfer(w, commandType.withdraw, origin, c);
}
function encodeMoneyTransfer(
  w: WordWriter,
  type: CommandType,
  origin: Origin,
  c: MoneyTransfer,
): void {
  const start = begin(w, type, origin);
  w.i32(c.account).i32(c.asset).i64(c.amount);
  w.text(c.network).text(c.address).text(c.reference);
  endCommand(w, start);
}

export type PlaceOrder = {
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** 0 for a market order. */
  readonly priceTicks: number;
  /** 0 for a market order by quote quantity. */
  readonly quantityLots: number;
  /** Quote units to spend or to earn, for a market order without a quantity; else 0. */
  readonly quoteUnits: number;
  /** 0 to 36 bytes; empty: none. Unique among the account's open orders. */
  readonly clientOrderId: string;
};
/** Body, in words after the header: account 0, market 1, kind 2, price 3, lots 4-5, quote 6-7, client id 8... */
export function encodePlaceOrder(w: WordWriter, origin: Origin, c: PlaceOrder): void {
  const start = begin(w, commandType.placeOrder, origin);
  writePlaceOrder(w, c);
  endCommand(w, start);
}
function writePlaceOrder(w: WordWriter, c: PlaceOrder): void {
  w.i32(c.account)
    .i32(c.market)
    .i32(packOrderKind(c.side, c.type, c.timeInForce));
  w.i32(c.priceTicks).u53(c.quantityLots).u53(c.quoteUnits).text(c.clientOrderId);
}

/** Side, type and time in force in one word: bit 0, bits 1-4, bits 5-7. */
export function packOrderKind(s: Side, type: OrderType, tif: TimeInForce): number {
  return s | (type << 1) | (tif << 5);
}
export function kindSide(kind: number): Side {
  return (kind & 1) as Side;
}
export function kindType(kind: number): OrderType {
  return ((kind >> 1) & 15) as OrderType;
}
export function kindTimeInForce(kind: number): TimeInForce {
  return ((kind >> 5) & 7) as TimeInForce;
}

/** Which order: by its id, or by its client id where the id is 0. */
export type CancelOrder = {
  readonly account: number;
  readonly market: number;
  readonly orderId: number;
  readonly clientOrderId: string;
  /** The client's name for the cancel itself; empty: none. */
  readonly cancelClientOrderId: string;
};
/** Body: account 0, market 1, order id 2-3, client id 4..., cancel's client id ... */
export function encodeCancelOrder(w: WordWriter, origin: Origin, c: CancelOrder): void {
  const start = begin(w, commandType.cancelOrder, origin);
  writeCancelOrder(w, c);
  endCommand(w, start);
}
function writeCancelOrder(w: WordWriter, c: CancelOrder): void {
  w.i32(c.account).i32(c.market).u53(c.orderId);
  w.text(c.clientOrderId).text(c.cancelClientOrderId);
}

/** All open orders of an account; market -1: in every market. */
export function encodeCancelAll(
  w: WordWriter,
  origin: Origin,
  c: { readonly account: number; readonly market: number },
): void {
  const start = begin(w, commandType.cancelAll, origin);
  w.i32(c.account).i32(c.market);
  endCommand(w, start);
}

/** Body: 1 when the new order is tried although the cancel failed, else 0; then cancel, then order. */
export function encodeCancelReplace(
  w: WordWriter,
  origin: Origin,
  c: { readonly allowFailure: boolean; readonly cancel: CancelOrder; readonly order: PlaceOrder },
): void {
  const start = begin(w, commandType.cancelReplace, origin);
  w.i32(c.allowFailure ? 1 : 0);
  writeCancelOrder(w, c.cancel);
  writePlaceOrder(w, c.order);
  endCommand(w, start);
}

/** Takes lots off an open order, which keeps its place. Body: account 0, market 1, order id 2-3, lots 4-5. */
export function encodeReduceOrder(
  w: WordWriter,
  origin: Origin,
  c: {
    readonly account: number;
    readonly market: number;
    readonly orderId: number;
    readonly byLots: number;
  },
): void {
  const start = begin(w, commandType.reduceOrder, origin);
  w.i32(c.account).i32(c.market).u53(c.orderId).u53(c.byLots);
  endCommand(w, start);
}

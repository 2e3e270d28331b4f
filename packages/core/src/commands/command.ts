import type { WordWriter } from "../bytes/word-writer.ts";

/**
 * Commands: what may be asked of the venue, as 32-bit little-endian words.
 *
 *   word 0       type (bits 0-7) | flags (bits 8-15) | length in words, this one included (bits 16-31)
 *   words 1-4    request id (all zero: none)
 *   words 5...   the body, field by field as the encoder of its type writes it
 *                (order-command.ts, money-command.ts, registry-command.ts, people-command.ts)
 *
 * A command of more words than 16 bits can say has length 0 in word 0; its length stands in word 5,
 * before the body.
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
  /** Everything a market asks of an order beyond its grid, and its volatility band. */
  setMarketRules: 13,
  setFeeTier: 14,
  setAccountTier: 15,
  transfer: 16,
  setRulesVersion: 17,
  setPerson: 18,
  setSession: 19,
  placeOrder: 20,
  cancelOrder: 21,
  cancelAll: 22,
  cancelReplace: 23,
  reduceOrder: 24,
  amendOrder: 25,
  placeOrderList: 26,
  cancelOrderList: 27,
} as const;
export type CommandType = (typeof commandType)[keyof typeof commandType];

/** Set when the edge sends a request again: then an outcome that may have been forgotten is a refusal. */
export const commandFlagRetry = 1;

export const commandHeaderWords = 5;
export const commandWordsMax = 0xffff;

export const side = { buy: 0, sell: 1 } as const;
export type Side = (typeof side)[keyof typeof side];

export const orderType = {
  limit: 0,
  market: 1,
  limitMaker: 2,
  // From here on they wait for the market's price before they work.
  stopLoss: 3,
  stopLossLimit: 4,
  takeProfit: 5,
  takeProfitLimit: 6,
} as const;
export type OrderType = (typeof orderType)[keyof typeof orderType];

export const timeInForce = { gtc: 0, ioc: 1, fok: 2, gtd: 3 } as const;
export type TimeInForce = (typeof timeInForce)[keyof typeof timeInForce];

/** What happens when an order would meet one of its own account: the taker's mode decides. */
export const selfTradeMode = {
  none: 0,
  expireTaker: 1,
  expireMaker: 2,
  expireBoth: 3,
  decrement: 4,
} as const;
export type SelfTradeMode = (typeof selfTradeMode)[keyof typeof selfTradeMode];

/**
 * What a market lets in. Cancels are let in always. `postOnly`: only orders that cannot take.
 * `auction`: orders gather without matching until the market opens at one price.
 */
export const marketState = { trading: 0, halt: 1, cancelOnly: 2, postOnly: 3, auction: 4 } as const;
export type MarketState = (typeof marketState)[keyof typeof marketState];

/**
 * What an account may not do, or may: bits. 0 is an account like any other.
 * `frozen`: no orders, no money in or out. `mayOverdraw`: its debits may exceed its credits.
 */
export const accountFlag = {
  noTrading: 1,
  noWithdrawals: 2,
  noDeposits: 4,
  frozen: 8,
  mayOverdraw: 16,
} as const;

/** Orders that belong together: one cancels the other; one triggers one, or a pair of them. */
export const contingency = { oco: 0, oto: 1, otoco: 2 } as const;
export type Contingency = (typeof contingency)[keyof typeof contingency];

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

/** The same for a command that may be long: to be ended with `endLongCommand`. */
export function beginLongCommand(writer: WordWriter, type: CommandType, origin: Origin): number {
  const start = beginFrom(writer, type, origin);
  writer.i32(0);
  return start;
}

export function endLongCommand(writer: WordWriter, start: number): void {
  writer.words[start + commandHeaderWords] = writer.length - start;
}

/** The types that may be long; the length of all others stands in word 0. */
export const longCommandTypes: readonly CommandType[] = [commandType.transfer];

/** Length of the command at words[at], its header included. */
export function commandLengthWords(words: Int32Array, at: number): number {
  const length = words[at]! >>> 16;
  return length !== 0 ? length : words[at + commandHeaderWords]!;
}

/** Identity of a request, and whether it is sent again. */
export type Origin = { readonly requestId?: RequestId; readonly retry?: boolean };

/** Begins a command of that origin; to be ended with `endCommand`. */
export function beginFrom(writer: WordWriter, type: CommandType, origin: Origin): number {
  return beginCommand(writer, type, origin.requestId, origin.retry === true ? commandFlagRetry : 0);
}

export function encodeTick(writer: WordWriter): void {
  endCommand(writer, beginCommand(writer, commandType.tick));
}

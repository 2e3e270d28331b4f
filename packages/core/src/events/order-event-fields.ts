import type { Side } from "../commands/command.ts";
import type { CloseReason } from "./order-event.ts";

/**
 * Where the fields of orders' events lie, in words behind the event's first one: for whoever follows
 * so many events that an object for each would cost more than all the rest. Ids, lots and amounts
 * take two words, the low one first; amounts of a fill are not negative.
 */
export const orderField = { orderId: 1, account: 3, market: 4 } as const;
export const acceptedField = {
  orderId: 1,
  account: 3,
  market: 4,
  kind: 5,
  price: 6,
  lots: 7,
  quoteUnits: 9,
  clientIdBytes: 11,
  clientId: 12,
} as const;
export const fillField = {
  market: 1,
  tradeId: 2,
  price: 4,
  lots: 5,
  quoteUnits: 7,
  takerOrderId: 9,
  makerOrderId: 11,
  takerAccount: 13,
  makerAccount: 14,
  takerFee: 15,
  makerFee: 17,
  takerLeft: 19,
  makerLeft: 21,
} as const;
export const preventedField = { market: 1, account: 4 } as const;

/** Of the fill at words[at]. */
export function fillTakerSide(words: Int32Array, at: number): Side {
  return ((words[at]! >> 8) & 1) as Side;
}

/** Of the closed order at words[at]. */
export function closeReasonAt(words: Int32Array, at: number): CloseReason {
  return ((words[at]! >> 8) & 31) as CloseReason;
}

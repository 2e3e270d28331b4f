import { readFileSync } from "node:fs";

/** What a flow trades on. Users count from 1 in the flow; each trades in one or two of the markets. */
export type VenueShape = {
  readonly markets: number;
  /** So many of them, the first ones, have all their prices near the touch. */
  readonly nearMarkets: number;
  readonly users: number;
  readonly priceTicksMax: number;
};

/**
 * A flow of orders with the results that it must have, as words: a header of 8 (prefill count,
 * command count, end of ids, trades, fill hash, book hash, live orders, unused), then 8 a command
 * (type, side, user, price, quantity, order id, market, unused).
 */
export type Flow = {
  readonly shape: VenueShape;
  readonly words: Int32Array;
  readonly prefillCount: number;
  readonly commandCount: number;
  readonly idEnd: number;
  readonly trades: number;
  readonly fillHash: number;
  readonly bookHash: number;
  readonly liveOrders: number;
};

export const flowHeaderWords = 8;
export const flowCommandWords = 8;
export const flowType = { limit: 0, cancel: 1, amend: 2, market: 3 } as const;

export function readFlow(path: string, shape: VenueShape): Flow {
  const bytes = readFileSync(path);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return {
    shape,
    words,
    prefillCount: words[0]!,
    commandCount: words[1]!,
    idEnd: words[2]!,
    trades: words[3]!,
    fillHash: words[4]!,
    bookHash: words[5]!,
    liveOrders: words[6]!,
  };
}

/** One step of the hash that flows are compared by. */
export function mix(hash: number, word: number): number {
  return Math.imul(hash ^ word, 16777619);
}
export const hashStart: number = 0x811c9dc5 | 0;

/** The markets that a user trades in, both with the same quote asset. */
export function marketsOf(user: number, { markets }: VenueShape): number[] {
  const first = (user - 1) % markets;
  const row = Math.floor((user - 1) / markets);
  return markets === 1 ? [0] : [first, (first + 1 + (row % (markets - 1))) % markets];
}

/** The users of a market: in each row of as many users as there are markets one has it first, one second. */
export function userOf(market: number, row: number, asFirst: boolean, shape: VenueShape): number {
  const { markets } = shape;
  if (asFirst || markets === 1) return row * markets + market + 1;
  const first = (market + markets - 1 - (row % (markets - 1))) % markets;
  return row * markets + first + 1;
}

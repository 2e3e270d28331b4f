/**
 * Events: what a command changed, as words like the commands.
 *
 *   word 0   type (bits 0-7) | flags (bits 8-15) | length in words, this one included (bits 16-31)
 *
 * The time of an event is the log time of its batch. Positions of the fields are written down once,
 * in the writers of `EventBuffer` and in the readers of order-event.ts, money-event.ts,
 * registry-event.ts and people-event.ts.
 */
export const eventType = {
  refused: 1,
  orderAccepted: 2,
  fill: 3,
  orderClosed: 4,
  orderReduced: 5,
  /** A waiting order goes on: a list's next order is placed, a trailing one begins to track, a stop works. */
  orderActivated: 6,
  /** Two orders of one account met and did not trade. */
  tradePrevented: 7,
  orderAmended: 8,
  deposited: 10,
  withdrawn: 11,
  transferred: 12,
  transferRefused: 13,
  /** Never an event of its own: what the memory of outcomes keeps in the place of a transfer command's events. */
  transfersKept: 14,
  listOpened: 15,
  listClosed: 16,
  assetCreated: 20,
  marketCreated: 21,
  marketStateChanged: 22,
  marketFeesChanged: 23,
  accountCreated: 24,
  accountFlagsChanged: 25,
  accountFeesChanged: 26,
  keyCreated: 27,
  keyRevoked: 28,
  /** The outcome of an earlier command with the same request id: its events follow, nested. They changed nothing now. */
  repeated: 30,
  marketRulesChanged: 31,
  feeTierChanged: 32,
  accountTierChanged: 33,
  rulesVersionChanged: 34,
  personChanged: 35,
  sessionChanged: 36,
} as const;
export type EventType = (typeof eventType)[keyof typeof eventType];

/** Which part of the command was refused: cancel-replace has two; `activation`: a waiting order, which is then closed. */
export const refusedStage = { whole: 0, cancel: 1, place: 2, activation: 3 } as const;
export type RefusedStage = (typeof refusedStage)[keyof typeof refusedStage];

export function eventLengthWords(words: Int32Array, at: number): number {
  return words[at]! >>> 16;
}
export function eventTypeAt(words: Int32Array, at: number): number {
  return words[at]! & 0xff;
}

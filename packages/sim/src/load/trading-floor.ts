/** What all clients know of the venue, as one reads it in the news. */
export type TradingFloor = {
  readonly markets: number;
  /** Whether the venue's rules have been raised. */
  hasNewRules: boolean;
  /** The newest log time in any answer. */
  logTimeMs: number;
  /** How many commands the traders may still send, all together. */
  requestsLeft: number;
};

/** What a venue decides about its gateway. The same on every node, but for names and addresses. */
export type GatewayConfig = {
  /** Address and port of the one listener for REST, WebSockets and the admin API; port 0: any. */
  readonly host: string;
  readonly port: number;
  /** Addresses whose Halcyon-* and X-Forwarded-For headers are believed: those of the edge. */
  readonly trustedProxies: readonly string[];
  readonly limits: LimitsConfig;
  /** Orders worth at least this much, in whole units of the quote asset, go on the high lane; 0: none. */
  readonly highValueNotional: number;
  /** The venue's only network for deposits and withdrawals so far, as clients see it. */
  readonly network: string;
};

export type LimitsConfig = {
  /** Request weight of one client address per minute. */
  readonly weightPerMinute: number;
  /** Requests of any weight of one client address per 5 minutes. */
  readonly requestsPer5Minutes: number;
  /** New orders of one account, less what was filled. */
  readonly ordersPer10Seconds: number;
  readonly ordersPerDay: number;
  /** Sockets open at once on this node. */
  readonly connectionsMax: number;
};

export const defaultLimits: LimitsConfig = {
  weightPerMinute: 6_000,
  requestsPer5Minutes: 61_000,
  ordersPer10Seconds: 100,
  ordersPerDay: 200_000,
  connectionsMax: 20_000,
};

import type { LogOptions } from "@halcyon/log";

type Listener = { readonly host: string; readonly port: number };

/** What the supervisor tells a node, as JSON in a file. */
export type NodeConfig = {
  readonly name: string;
  readonly region: string;
  /** 0 to 255, different for every node. */
  readonly nodeId: number;
  /** REST, WebSockets and the admin API. */
  readonly listen: Listener;
  readonly health: Listener;
  /** Addresses and subnets whose Halcyon-* and X-Forwarded-For headers are believed: the edge's. */
  readonly trustedProxies: readonly string[];
  readonly log: LogOptions;
  /** A busy node appends at multiples of this by the time of day; left out: at once. */
  readonly appendBeatMs?: number;
  readonly snapshotFolder: string;
  /** A file of 32 bytes that all nodes of the venue share. */
  readonly masterKeyFile: string;
  readonly limits: {
    readonly requestWeightPerMinute: number;
    readonly requestsPer5Minutes: number;
    readonly ordersPer10Seconds: number;
    readonly ordersPerDay: number;
    readonly connections: number;
  };
  /** Orders worth at least this much of the quote asset go ahead of others; 0: none. */
  readonly highValueNotional: number;
  /** All nodes of the venue, this one too, where they take requests. */
  readonly peers?: readonly (Listener & { readonly name: string; readonly region: string })[];
};

import type { AssetConfig, LimitsConfig, MarketConfig } from "../config/schema.ts";

/**
 * What each process of a venue is told, as JSON in a file of mode 600. Secrets are named by the
 * files that hold them.
 */
export type LogConfig =
  | { readonly kind: "lmdb"; readonly path: string; readonly sizeMaxBytes: number }
  | { readonly kind: "etcd"; readonly url: string; readonly tls?: TlsFiles };
export type TlsFiles = {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
};
export type Listener = { readonly host: string; readonly port: number };

export type NodeProcessConfig = {
  readonly name: string;
  readonly region: string;
  /** 0 to 255, different for every node. */
  readonly nodeId: number;
  readonly listen: Listener;
  readonly health: Listener;
  /** Whose Halcyon-* and X-Forwarded-For headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly log: LogConfig;
  readonly appendBeatMs?: number;
  readonly snapshotFolder: string;
  readonly masterKeyFile: string;
  readonly limits: LimitsConfig;
  readonly highValueNotional: number;
  /** All nodes of the venue, this one too, where they take requests. */
  readonly peers: readonly (Listener & { readonly name: string; readonly region: string })[];
};

export type FollowerProcessConfig = {
  readonly name: string;
  readonly health: Listener;
  readonly log: LogConfig;
  /** In a cluster: where the other zones' followers are, and the key that all of them have. */
  readonly exchange?: { readonly peers: readonly string[]; readonly masterKeyFile: string };
  readonly snapshots: {
    readonly folder: string;
    readonly everySeconds: number;
    readonly offsetSeconds?: number;
    readonly everyPositions: number;
    readonly keep: number;
  };
};

export type EdgeProcessConfig = {
  readonly name: string;
  readonly region: string;
  readonly listen: Listener;
  readonly health: Listener;
  readonly regions: readonly {
    readonly name: string;
    readonly nodes: readonly {
      readonly name: string;
      readonly host: string;
      readonly port: number;
      readonly healthHost: string;
      readonly healthPort: number;
      /** 0 to 100; left out: 100. */
      readonly weight?: number;
    }[];
  }[];
  readonly limits: {
    readonly connectionsMax: number;
    readonly tunnelsMax?: number;
    readonly bodyBytesMax: number;
    readonly bodyTimeoutMs: number;
  };
  /** A folder with a built page for browsers. */
  readonly pageFolder?: string;
};

/** What HAProxy's configuration is written from, and what keeps its weights in step. */
export type BalancerProcessConfig = Omit<EdgeProcessConfig, "pageFolder"> & {
  /** The page for browsers, and who else serves it. */
  readonly page?: {
    readonly folder: string;
    readonly listen: Listener;
    readonly others: readonly Listener[];
  };
  readonly haproxy: {
    /** Of its configuration and its runtime socket. */
    readonly folder: string;
    readonly logTarget: string;
    readonly certificateFile?: string;
    readonly connectionsPerAddressMax: number;
    readonly requestsPerNodeMax: number;
    readonly connectsPerAddressMax: number;
  };
};

/** Runs to its end before the first node: writes the first batch where the log is empty. */
export type GenesisProcessConfig = {
  readonly log: LogConfig;
  /** Whether it writes the first batch where there is none, or waits until another did. */
  readonly writes: boolean;
  readonly masterKeyFile: string;
  readonly credentialsFile: string;
  readonly assets: readonly AssetConfig[];
  readonly markets: readonly MarketConfig[];
};

/** Traders that use the public API like anybody else. */
export type DemoProcessConfig = {
  readonly name: string;
  readonly url: string;
  readonly health: Listener;
  readonly credentialsFile: string;
  readonly markets: readonly MarketConfig[];
};

import type { LogOptions } from "@halcyon/log";

/** What the supervisor tells the follower, as JSON in a file. */
export type FollowerConfig = {
  readonly name: string;
  readonly health: { readonly host: string; readonly port: number };
  readonly log: LogOptions;
  /** In a cluster: where the other zones' followers are, and the key that all of them have. */
  readonly exchange?: { readonly peers: readonly string[]; readonly masterKeyFile: string };
  readonly snapshots: {
    readonly folder: string;
    /** A snapshot after this long, if a command was applied meanwhile. */
    readonly everySeconds: number;
    /** So long after each multiple of it by the time of day: zones take turns. Left out: from the start on. */
    readonly offsetSeconds?: number;
    /** And after this many positions, whatever they held. */
    readonly everyPositions: number;
    readonly keep: number;
    /** Entries that stay in the log although all kept snapshots cover them. */
    readonly marginPositions?: number;
  };
};

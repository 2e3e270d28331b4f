import type { MarketParameters } from "@halcyon/core";
import type { DurableBatch } from "./world/log-engine.ts";

/** What a client was told of one command. `shed`: surely not executed. `unknown`: it may have been. */
export type OpResult =
  | {
      readonly kind: "applied";
      readonly position: number;
      readonly logTimeMs: number;
      readonly lines: readonly string[];
      readonly node: string;
    }
  | { readonly kind: "shed" }
  | { readonly kind: "unknown" };

/** One command of one client, from its call to its answer. */
export type Op = {
  readonly id: number;
  readonly client: string;
  readonly what: string;
  /** The command's words without flags and ids, as `LoggedCommand.content`. */
  readonly content: string;
  readonly invokedAtUs: number;
  /** Every request id under which the edge sent it: one, if the edge is right. */
  readonly requestIds: Set<string>;
  returnedAtUs: number | null;
  result: OpResult | null;
};

/** What a client read of its own account, and of which position it was said to be. */
export type Read = {
  readonly client: string;
  readonly node: string;
  readonly account: number;
  /** The newest position that this client had seen before it asked. */
  readonly seenPosition: number;
  readonly position: number;
  readonly lines: readonly string[];
};

/** What the first node to apply a position put out for each command. */
export type Published = {
  readonly node: string;
  readonly logTimeMs: number;
  readonly hash: string;
  /** What log time brought about before the first command. */
  readonly start: readonly string[];
  /** Per command its lines; none for a repeated one. */
  readonly commands: string[][];
};

/** A node's state where it differs from what another node said of the same position. */
export type HashMismatch = {
  readonly position: number;
  readonly node: string;
  readonly hash: string;
  readonly others: string;
};

/** One depth event of one subscription, as the dialect's streams number them. */
export type DepthEvent = {
  readonly market: number;
  readonly position: number;
  readonly firstUpdate: number;
  readonly lastUpdate: number;
  readonly levels: readonly (readonly [side: number, price: number, lots: number])[];
};
/** A subscription at one node: the book at its start, and all that was sent until the node died. */
export type DepthFeed = {
  readonly node: string;
  readonly market: number;
  readonly position: number;
  readonly update: number;
  readonly book: readonly (readonly [side: number, price: number, lots: number])[];
  readonly events: DepthEvent[];
};

export type FinalState = {
  readonly node: string;
  readonly position: number;
  readonly hash: string;
  readonly audit: string;
  /** Lines as `stateLines` writes them. */
  readonly lines: readonly string[];
};

/** Something that must not happen, noticed while it did. */
export type Incident = { readonly atUs: number; readonly who: string; readonly what: string };

/** All that the checkers need of a run. Plain data: a test can doctor it. */
export type RunRecord = {
  readonly log: readonly DurableBatch[];
  readonly ops: readonly Op[];
  readonly reads: readonly Read[];
  readonly published: ReadonlyMap<number, Published>;
  readonly hashMismatches: readonly HashMismatch[];
  readonly depthFeeds: readonly DepthFeed[];
  readonly finals: readonly FinalState[];
  readonly incidents: readonly Incident[];
  readonly markets: readonly MarketParameters[];
};

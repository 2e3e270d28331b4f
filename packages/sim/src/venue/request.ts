import type { Origin, RequestId, WordWriter } from "@halcyon/core";
import type { Lane } from "@halcyon/replica";

/** What a client asks of the venue. */
export type Ask =
  | {
      readonly kind: "command";
      readonly lane: Lane;
      readonly encode: (writer: WordWriter, origin: Origin) => void;
    }
  | { readonly kind: "read"; readonly account: number };

/** As it goes from the edge to a node. */
export type NodeRequest = {
  readonly ask: Ask;
  readonly requestId: RequestId;
  readonly attempt: number;
  /** The node must have applied this position before it answers. */
  readonly position: number;
};

export type NodeAnswer =
  | {
      readonly kind: "applied";
      readonly node: string;
      readonly position: number;
      readonly logTimeMs: number;
      readonly lines: readonly string[];
    }
  | {
      readonly kind: "read";
      readonly node: string;
      readonly position: number;
      readonly lines: readonly string[];
    }
  /** Surely not executed by this node: another may be asked. */
  | { readonly kind: "declined" }
  | { readonly kind: "unknown" };

/** Which commands go first when not all can. Highest first: see `lanes`. */
export type Lane = "cancel" | "high" | "normal" | "bulk";

/** In the order in which a batch is filled. */
export const lanes: readonly Lane[] = ["cancel", "high", "normal", "bulk"];

/** What became of one submitted command. Exactly one of these, exactly once. */
export type Outcome =
  | {
      readonly kind: "applied";
      readonly position: number;
      readonly logTimeMs: number;
      /** This command's event words; the `repeated` wrapper, if there is one, is kept. */
      readonly events: Int32Array;
      readonly repeated: boolean;
    }
  /** Surely not executed: it never reached the log. */
  | { readonly kind: "shed"; readonly retryAfterMs: number }
  /** May have been executed: the log did not answer, or this node could not tell in time. */
  | { readonly kind: "unknown"; readonly reason: string };

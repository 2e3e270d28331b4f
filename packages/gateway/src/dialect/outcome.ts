import type { Outcome } from "@halcyon/replica";
import { dialectError } from "./errors.ts";
import type { Answer } from "./method.ts";

export type Applied = Extract<Outcome, { readonly kind: "applied" }>;

/** What the client hears of a command that this node did not see applied. */
export function answerNotApplied(outcome: Exclude<Outcome, Applied>): Answer {
  if (outcome.kind === "shed") {
    return {
      ok: false,
      error: dialectError.overloaded,
      retryAfterMs: outcome.retryAfterMs,
      notExecuted: "busy",
    };
  }
  return { ok: false, error: dialectError.unknown, outcomeUnknown: true };
}

import type { RunRecord } from "../record.ts";
import type { LoggedBatch } from "../reference/commands.ts";

export type Violation = { readonly checker: string; readonly message: string };

/** A run and its log, read once for all checkers. */
export type Evidence = { readonly run: RunRecord; readonly batches: readonly LoggedBatch[] };

/** Says what is wrong with a run, one message per fault. */
export type Checker = (evidence: Evidence) => string[];

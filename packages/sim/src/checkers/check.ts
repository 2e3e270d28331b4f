import type { RunRecord } from "../record.ts";
import { readBatch } from "../reference/command-reader.ts";
import { checkBook } from "./book.ts";
import { checkConservation } from "./conservation.ts";
import { checkDepth } from "./depth.ts";
import { checkExactlyOnce } from "./exactly-once.ts";
import { checkHashes } from "./hashes.ts";
import { checkIncidents } from "./incidents.ts";
import { checkLogTime } from "./log-time.ts";
import { checkRealTime } from "./real-time.ts";
import { checkReference } from "./reference.ts";
import { checkSessions } from "./sessions.ts";
import { checkStream } from "./stream.ts";
import type { Checker, Violation } from "./violation.ts";

export type { Violation } from "./violation.ts";

export const checkers: Readonly<Record<string, Checker>> = {
  "exactly once": checkExactlyOnce,
  "real-time order": checkRealTime,
  reference: checkReference,
  sessions: checkSessions,
  stream: checkStream,
  depth: checkDepth,
  hashes: checkHashes,
  conservation: checkConservation,
  book: checkBook,
  "log time": checkLogTime,
  incidents: checkIncidents,
};

/** Per checker: where one thing is wrong, much else is. */
const messagesMax = 5;

export function violationsOf(run: RunRecord): Violation[] {
  const evidence = { run, batches: run.log.map(({ bytes }) => readBatch(bytes)) };
  return Object.entries(checkers).flatMap(([checker, check]) =>
    check(evidence)
      .slice(0, messagesMax)
      .map((message) => ({ checker, message })),
  );
}

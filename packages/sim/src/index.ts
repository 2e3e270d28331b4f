export { checkers, type Violation, violationsOf } from "./checkers/check.ts";
export type { RunRecord } from "./record.ts";
export { readBatch } from "./reference/command-reader.ts";
export { ReferenceVenue } from "./reference/reference-venue.ts";
export type { Sabotage } from "./sabotage.ts";
export { type RunOptions, type RunReport, simulate } from "./simulate.ts";
export { Random } from "./world/random.ts";

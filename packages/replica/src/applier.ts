import { type Batch, commandLengthWords, isRepeated, type Venue } from "@halcyon/core";
import type { Outcome } from "./outcome.ts";
import type { Projections } from "./projection.ts";

/** Applies a batch command by command, telling the projections after each, and before the first. */
export function applyBatch(
  venue: Venue,
  projections: Projections,
  batch: Batch,
  position: number,
): void {
  run(venue, projections, batch, position, null);
}

/** The same for a batch of this node's own: what each command gave is kept for its caller. */
export function applyOwnBatch(
  venue: Venue,
  projections: Projections,
  batch: Batch,
  position: number,
): Outcome[] {
  const outcomes: Outcome[] = [];
  run(venue, projections, batch, position, outcomes);
  return outcomes;
}

function run(
  venue: Venue,
  projections: Projections,
  batch: Batch,
  position: number,
  outcomes: Outcome[] | null,
): void {
  const events = venue.events;
  venue.beginBatch(batch, position);
  const logTimeMs = venue.logTimeMs;
  if (events.length > 0) projections.onCommand(venue, -1, events.words, 0, events.length);
  let index = 0;
  for (let at = batch.firstCommandAt; at < batch.end; ) {
    const start = events.length;
    venue.applyCommand(batch.words, at);
    const end = events.length;
    projections.onCommand(venue, index, events.words, start, end);
    if (outcomes !== null) {
      outcomes.push({
        kind: "applied",
        position,
        logTimeMs,
        events: events.words.slice(start, end),
        repeated: isRepeated(events.words, start, end),
      });
    }
    at += commandLengthWords(batch.words, at);
    index++;
  }
  venue.endBatch();
  projections.onBatch(venue);
}

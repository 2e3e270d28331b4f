import assert from "node:assert/strict";
import { test } from "node:test";
import { Venue } from "@halcyon/core";
import { type HistoryLog, readHistory, versions } from "./fixture.ts";

// What an earlier version wrote must replay for ever: from its log, and from each of its snapshots.

function replay(venue: Venue, { batches, hashes }: HistoryLog): void {
  for (const batch of batches.slice(venue.position)) {
    venue.applyBatch(batch, venue.position + 1);
    const expected = hashes.get(venue.position);
    if (expected !== undefined) {
      assert.equal(venue.hash.join(" "), expected, `state hash at ${venue.position}`);
    }
  }
  assert.equal(venue.position, batches.length);
  assert.ok(venue.audit().balanced, "the books balance");
}

for (const version of versions()) {
  for (const log of readHistory(version)) {
    test(`${version}, ${log.name}: the log replays to the hashes that it had`, () => {
      assert.ok(log.hashes.has(log.batches.length));
      replay(Venue.create(), log);
    });
    for (const [position, snapshot] of log.snapshots) {
      test(`${version}, ${log.name}: its snapshot at ${position} goes on to the same hashes`, () => {
        const venue = Venue.restore(snapshot);
        assert.equal(venue.position, position);
        assert.equal(venue.hash.join(" "), log.hashes.get(position));
        replay(venue, log);
      });
    }
  }
}

test("there is a history to hold this version to", () => {
  assert.ok(versions().length > 0);
});

import { Venue } from "@halcyon/core";
import type { Snapshot } from "@halcyon/replica";
import type { Sabotage } from "../sabotage.ts";
import { internalsOf, requeue } from "./core-internals.ts";

/** A snapshot of a state that is not quite the one at its position. */
function inCore(change: (venue: Venue) => void): Sabotage {
  return {
    snapshot: (snapshot: Snapshot) => {
      const venue = Venue.restore(snapshot.core.slice());
      change(venue);
      return { ...snapshot, core: venue.save() };
    },
  };
}

export const snapshotPlants: Readonly<Record<string, Sabotage>> = {
  "time priority is lost in a snapshot": inCore((venue) => {
    for (const { id } of venue.markets.all()) {
      for (const side of [0, 1] as const) requeue(venue, venue.frontOrderId(id, side));
    }
  }),
  "an order id is skipped in a snapshot": inCore((venue) => {
    internalsOf(venue).books.takeOrderId();
  }),
  "a used reference is lost in a snapshot": inCore((venue) => {
    internalsOf(venue).treasury.references.clear();
  }),
  "a transfer is counted twice in a snapshot": inCore((venue) => {
    internalsOf(venue).transferIds.lastNumber++;
  }),
  "the log's clock is ahead in a snapshot": inCore((venue) => {
    internalsOf(venue).clock.nowMs += 500;
  }),
  "the last price is lost in a snapshot": inCore((venue) => {
    for (const market of internalsOf(venue).markets.all()) market.lastPrice = 0;
  }),
  "the band's reference is lost in a snapshot": inCore((venue) => {
    for (const market of internalsOf(venue).markets.all()) market.bandReference = 0;
  }),
  "a snapshot claims a later position": {
    snapshot: (snapshot) => ({
      ...snapshot,
      position: snapshot.position + 1,
      cursor: `r${snapshot.position + 1}`,
    }),
  },
  "a snapshot comes without its views": {
    snapshot: (snapshot) => ({ ...snapshot, projections: new Map() }),
  },
};

import {
  commandLengthWords,
  eventLengthWords,
  eventType,
  eventTypeAt,
  openBatch,
  side,
  Venue,
} from "@halcyon/core";
import type { FlowEncoder } from "./core-encode.ts";
import { type Flow, hashStart, mix } from "./flow.ts";
import { addElapsed, type Elapsed, noTime, startWatch } from "./stopwatch.ts";

/** A flow that is encoded already, so that nothing is left to do but to apply it. */
export type EncodedFlow = {
  readonly flow: Flow;
  readonly before: readonly Uint8Array[];
  readonly timed: readonly Uint8Array[];
  readonly flowIdByOrderId: Int32Array;
};

export function encodeWhole(flow: Flow, encoder: FlowEncoder): EncodedFlow {
  return {
    flow,
    before: [...encoder.setup(), ...encoder.prefill()],
    timed: [...encoder.timed()],
    flowIdByOrderId: encoder.flowIdByOrderId,
  };
}

/** Applies the next batch and says how much of its time counts. */
export type Timing = (venue: Venue, bytes: Uint8Array) => Elapsed;

/** Only the commands: validation, filters, matching, ledger, events. */
export const timeCommands: Timing = (venue, bytes) => {
  const batch = openBatch(bytes);
  venue.beginBatch(batch, venue.position + 1);
  const { words, end } = batch;
  const elapsed = startWatch();
  for (let at = batch.firstCommandAt; at < end; ) {
    venue.applyCommand(words, at);
    at += commandLengthWords(words, at);
  }
  const time = elapsed();
  venue.endBatch();
  return time;
};

/** Opening the batch (checksum, header, every command's bounds and type), applying it, hashing what came out. */
export const timeWhole: Timing = (venue, bytes) => {
  const elapsed = startWatch();
  venue.applyBatch(bytes, venue.position + 1);
  return elapsed();
};

export type FlowRun = {
  readonly venue: Venue;
  readonly time: Elapsed;
  /** What differs from the flow's expected results; empty when nothing does. */
  readonly wrong: string;
};

/** Runs a flow on a fresh venue. Everything is verified on the very run that is timed, outside the clock. */
export function runFlow(encoded: EncodedFlow, timing: Timing): FlowRun {
  const venue = Venue.create();
  const check = new FlowCheck(encoded.flow, encoded.flowIdByOrderId);
  for (const bytes of encoded.before) {
    timing(venue, bytes);
    check.see(venue);
  }
  let time = noTime;
  for (const bytes of encoded.timed) {
    time = addElapsed(time, timing(venue, bytes));
    check.see(venue);
  }
  return { venue, time, wrong: check.wrong(venue) };
}

/** Holds what a venue makes of a flow against the flow's own results. */
export class FlowCheck {
  private readonly flow: Flow;
  private readonly flowIdByOrderId: Int32Array;
  private hash = hashStart;
  private trades = 0;

  constructor(flow: Flow, flowIdByOrderId: Int32Array) {
    this.flow = flow;
    this.flowIdByOrderId = flowIdByOrderId;
  }

  /** After each batch, from the first: takes in its fills. */
  see(venue: Venue): void {
    const { words, length } = venue.events;
    const ids = this.flowIdByOrderId;
    let hash = this.hash;
    for (let at = 0; at < length; at += eventLengthWords(words, at)) {
      if (eventTypeAt(words, at) !== eventType.fill) continue;
      this.trades++;
      // Ids, price and quantity of a flow all fit one word.
      hash = mix(mix(hash, ids[words[at + 11]!]!), ids[words[at + 9]!]!);
      hash = mix(mix(hash, words[at + 4]!), words[at + 5]!);
    }
    this.hash = hash;
  }

  /** After the last: everything that is not as it must be, in words. */
  wrong(venue: Venue): string {
    const { flow } = this;
    return [
      this.trades === flow.trades ? "" : `${this.trades} trades, not ${flow.trades}`,
      this.hash === flow.fillHash ? "" : "the fills' hash",
      bookHash(venue) === flow.bookHash ? "" : "the books' hash",
      venue.openOrderCount === flow.liveOrders
        ? ""
        : `${venue.openOrderCount} live orders, not ${flow.liveOrders}`,
      venue.audit().balanced ? "" : "the balances do not add up",
    ]
      .filter((text) => text !== "")
      .join(", ");
  }
}

function bookHash(venue: Venue): number {
  let hash = hashStart;
  for (const { id } of venue.markets.all()) {
    for (const bookSide of [side.buy, side.sell]) {
      for (const level of venue.levels(id, bookSide, Number.POSITIVE_INFINITY)) {
        hash = mix(mix(hash, level.priceTicks), level.quantityLots);
      }
    }
  }
  return hash;
}

import { type OrderEvent, touchedLevels, type Venue, type VenueEvent } from "@halcyon/core";
import type { CommandContext, CommandEvents, Projection } from "@halcyon/replica";
import type { DepthFeed } from "../record.ts";
import type { Recorder } from "../recorder.ts";
import { eventLine } from "../reference/event-line.ts";

type Level = readonly [side: number, price: number];

/**
 * A node's projection: tells the recorder what the node puts out, and feeds the depth subscribers. Its
 * own state is a count, saved and restored like any view, so that a lost or doubled command shows.
 */
export class Tap implements Projection {
  readonly name = "tap";
  readonly #node: string;
  readonly #recorder: Recorder;
  readonly #dropsDepth: boolean;
  #eventCount = 0;
  #start: string[] = [];
  #commands: string[][] = [];
  readonly #feeds = new Set<DepthFeed>();
  readonly #updates = new Map<number, number>();

  constructor(node: string, recorder: Recorder, dropsDepth: boolean) {
    this.#node = node;
    this.#recorder = recorder;
    this.#dropsDepth = dropsDepth;
  }

  subscribe(venue: Venue, market: number): void {
    const book = ([0, 1] as const).flatMap((side) =>
      venue
        .levels(market, side, Number.MAX_SAFE_INTEGER)
        .map(({ priceTicks, quantityLots }) => [side, priceTicks, quantityLots] as const),
    );
    const update = venue.bookSequence(market);
    this.#updates.set(market, update);
    const feed: DepthFeed = {
      node: this.#node,
      market,
      position: venue.position,
      update,
      book,
      events: [],
    };
    this.#feeds.add(feed);
    this.#recorder.depthFeeds.push(feed);
  }

  unsubscribeAll(): void {
    this.#feeds.clear();
  }

  onCommand(context: CommandContext, { all: events }: CommandEvents): void {
    this.#eventCount += events.length;
    if (!this.#recorder.published.has(context.position)) {
      const lines = events.map(eventLine);
      if (context.index < 0) this.#start = lines;
      else this.#commands.push(lines);
    }
    if (this.#feeds.size > 0) this.#publishDepth(context, events);
  }

  onBatch(position: number, logTimeMs: number, venue: Venue): void {
    const words = venue.hash.map((word) => (word >>> 0).toString(16).padStart(8, "0"));
    const hash = `${words.join("")} after ${this.#eventCount} events at ${logTimeMs}`;
    const [start, commands] = [this.#start, this.#commands];
    this.#start = [];
    this.#commands = [];
    this.#recorder.applied(position, { node: this.#node, logTimeMs, hash, start, commands });
  }

  save(): Uint8Array {
    return new Uint8Array(Float64Array.of(this.#eventCount).buffer);
  }

  restore(bytes: Uint8Array): void {
    this.#eventCount = new Float64Array(bytes.slice().buffer)[0]!;
  }

  #publishDepth({ venue, position }: CommandContext, events: readonly VenueEvent[]): void {
    for (const feed of this.#feeds) {
      const { market } = feed;
      const update = venue.bookSequence(market);
      const before = feed.events.at(-1)?.lastUpdate ?? feed.update;
      if (update === before) continue;
      if (this.#dropsDepth && update % 7 === 0) continue;
      const levels = changedLevels(market, events).map(
        ([side, price]) =>
          [side, price, venue.levelQuantity(market, side as 0 | 1, price)] as const,
      );
      const first = (this.#updates.get(market) ?? feed.update) + 1;
      feed.events.push({ market, position, firstUpdate: first, lastUpdate: update, levels });
    }
    for (const { id } of venue.markets.all()) this.#updates.set(id, venue.bookSequence(id));
  }
}

/** The price levels that these events of one command may have changed. */
function changedLevels(market: number, events: readonly VenueEvent[]): Level[] {
  const levels = new Map<string, Level>();
  for (const event of events.filter(isOfOrders)) {
    for (const { market: of, side, priceTicks } of touchedLevels(event)) {
      if (of === market) levels.set(`${side} ${priceTicks}`, [side, priceTicks]);
    }
  }
  return [...levels.values()];
}

const orderEvents: readonly VenueEvent["type"][] = [
  "orderAccepted",
  "fill",
  "orderClosed",
  "orderReduced",
  "orderActivated",
  "tradePrevented",
  "orderAmended",
  "listOpened",
  "listClosed",
] satisfies OrderEvent["type"][];
function isOfOrders(event: VenueEvent): event is OrderEvent {
  return orderEvents.includes(event.type);
}

import type { DepthFeed } from "../record.ts";
import { levelsOf } from "../reference/reference-queue.ts";
import { ReferenceVenue } from "../reference/reference-venue.ts";
import type { Evidence } from "./violation.ts";

/**
 * Depth events follow each other without a gap, and whoever applies them to the book of his
 * subscription has the book: at every event it is the one of the reference at that position.
 */
export function checkDepth({ run, batches }: Evidence): string[] {
  const faults: string[] = [];
  const views = run.depthFeeds.map((feed) => new FeedView(feed));
  const reference = new ReferenceVenue();
  for (const [at, batch] of batches.entries()) {
    reference.applyBatch(batch);
    for (const view of views) faults.push(...view.advance(at + 1, reference));
    if (faults.length > 20) break;
  }
  return faults;
}

class FeedView {
  readonly #feed: DepthFeed;
  readonly #book = new Map<string, number>();
  #next = 0;
  #update: number;

  constructor(feed: DepthFeed) {
    this.#feed = feed;
    this.#update = feed.update;
    for (const level of feed.book) this.#set(level);
  }

  advance(position: number, reference: ReferenceVenue): string[] {
    const faults: string[] = [];
    const { events, market, node } = this.#feed;
    let isNew = position === this.#feed.position;
    for (let event = events[this.#next]; event?.position === position; event = events[this.#next]) {
      this.#next++;
      isNew = true;
      if (event.firstUpdate !== this.#update + 1) {
        faults.push(
          `depth of market ${market} at ${node}: update ${event.firstUpdate} came after ${this.#update}`,
        );
      }
      this.#update = event.lastUpdate;
      for (const level of event.levels) this.#set(level);
    }
    if (isNew && this.#text() !== bookText(reference, market)) {
      faults.push(`depth of market ${market} at ${node} is not the book at position ${position}`);
    }
    return faults;
  }

  #set([side, price, lots]: readonly [number, number, number]): void {
    if (lots === 0) this.#book.delete(`${side} ${price}`);
    else this.#book.set(`${side} ${price}`, lots);
  }

  #text(): string {
    return [...this.#book]
      .map(([level, lots]) => `${level} ${lots}`)
      .sort()
      .join(",");
  }
}

function bookText(reference: ReferenceVenue, market: number): string {
  const { state } = reference;
  const levels = [0, 1].flatMap((side) =>
    levelsOf(state, state.markets[market]!, side).map(
      ([price, lots]) => `${side} ${price} ${lots}`,
    ),
  );
  return levels.sort().join(",");
}

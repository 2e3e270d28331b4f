import { isRepeated, readEvents, type Venue, type VenueEvent } from "@halcyon/core";

/**
 * Where a command stands: its batch's position, and its place within the batch. Place -1 is that of
 * what ended by itself when the batch's time came, before its first command.
 */
export type CommandContext = {
  readonly position: number;
  /** -1: what the batch's log time brought about before its commands, as if a command had asked for it. */
  readonly index: number;
  readonly logTimeMs: number;
  readonly venue: Venue;
};

/** What a command did: events as words, and as objects for whoever asks for them. */
export class CommandEvents {
  /** In `words` from `start` to `end`, only until the next command. */
  readonly words: Int32Array;
  readonly start: number;
  readonly end: number;
  #all: readonly VenueEvent[] | null = null;

  constructor(words: Int32Array, start: number, end: number) {
    this.words = words;
    this.start = start;
    this.end = end;
  }

  /** Decoded once for all who ask. */
  get all(): readonly VenueEvent[] {
    this.#all ??= readEvents(this.words, this.start, this.end);
    return this.#all;
  }
}

/** Derived state kept beside the core; saved in the same snapshots, restored with them. */
export interface Projection {
  /** Unique, and the same in every version: it names the projection's part of a snapshot. */
  readonly name: string;
  /**
   * After each command, and before the first where the log's time moved something; the venue holds the state right after it. The outcome of a repeated request
   * changed nothing now, so its events are left out. Must not throw; when it does all the same, the
   * replica says so and goes on: derived state must not stop the venue.
   */
  onCommand(context: CommandContext, events: CommandEvents): void;
  /** After each batch, also an empty one: the log's time moved. */
  onBatch(position: number, logTimeMs: number, venue: Venue): void;
  save(): Uint8Array;
  /** Takes the place of all state so far. Throws when the bytes are none of its own. */
  restore(bytes: Uint8Array): void;
}

/** The projections of one replica. */
export class Projections {
  readonly #projections: Projection[] = [];
  readonly #onFailure: (projection: string, error: unknown) => void;

  constructor(onFailure: (projection: string, error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  get all(): readonly Projection[] {
    return this.#projections;
  }

  add(projection: Projection): void {
    if (this.#projections.some((other) => other.name === projection.name)) {
      throw new Error(`Two projections are called ${projection.name}: give each its own name.`);
    }
    this.#projections.push(projection);
  }

  /** `words[start, end)` are the events of the command that was just applied. */
  onCommand(venue: Venue, index: number, words: Int32Array, start: number, end: number): void {
    if (this.#projections.length === 0) return;
    const from = isRepeated(words, start, end) ? end : start;
    const events = new CommandEvents(words, from, end);
    const context = { position: venue.position, index, logTimeMs: venue.logTimeMs, venue };
    for (const projection of this.#projections) {
      try {
        projection.onCommand(context, events);
      } catch (error) {
        this.#onFailure(projection.name, error);
      }
    }
  }

  onBatch(venue: Venue): void {
    for (const projection of this.#projections) {
      try {
        projection.onBatch(venue.position, venue.logTimeMs, venue);
      } catch (error) {
        this.#onFailure(projection.name, error);
      }
    }
  }
}

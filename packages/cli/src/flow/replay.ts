import { setImmediate } from "node:timers/promises";
import { readEvents, type Side, side, type VenueEvent } from "@halcyon/core";
import { CoreDriver } from "./core-driver.ts";

/** What a replay of a LOBSTER day through the venue's core gives. */
export type ReplayReport = {
  readonly messages: number;
  /** Rows after which the best prices or sizes differ from the recorded ones. */
  readonly topMismatches: number;
  /** Executions that met the very order that the record names, where its arrival is in the record. */
  readonly headHits: number;
  /** Executions of an order that does not stand first: rules of the original venue that the record does not show. */
  readonly headExceptions: number;
  /** Events of orders from before the record that no seeded level covers. */
  readonly skipped: number;
  readonly commandsPerSecond: number;
  readonly balanced: boolean;
};

const messageType = { place: 1, reduce: 2, remove: 3, execute: 4, executeHidden: 5 } as const;

type Message = {
  readonly type: number;
  readonly id: number;
  readonly size: number;
  readonly price: number;
  /** Of the resting order. */
  readonly side: Side;
};
type Row = readonly number[];
/** A live order of the record, or a seeded level's anonymous one. */
type Standing = { readonly orderId: number; size: number };

export type ReplayInput = {
  readonly messages: readonly Message[];
  /** Per row: best ask, its size, best bid, its size. */
  readonly top: readonly Row[];
  /** Of the book after message 0: ask, size, bid, size, repeated. */
  readonly first: Row;
};

function readRows(text: string, name: string, columns: number): Row[] {
  const rows = text.split("\n").filter((line) => line.trim() !== "");
  return rows.map((line, index) => {
    const row = line.split(",").map(Number);
    if (row.length < columns || row.some((value) => !Number.isFinite(value))) {
      throw new Error(`${name} line ${index + 1}: at least ${columns} numbers are expected`);
    }
    return row;
  });
}

/** Reads the three files of a LOBSTER sample; refuses with the line what is none. */
export function readReplay(messages: string, top: string, first: string): ReplayInput {
  const input = {
    messages: readRows(messages, "messages", 6).map((row) => ({
      type: row[1]!,
      id: row[2]!,
      size: row[3]!,
      price: row[4]!,
      side: row[5] === 1 ? side.buy : side.sell,
    })),
    top: readRows(top, "top of book", 4),
    first: readRows(first, "first book", 4)[0] ?? [],
  };
  if (input.messages.length === 0 || input.messages.length !== input.top.length) {
    throw new Error(
      `${input.messages.length} messages and ${input.top.length} rows of the top of the book: the two files do not belong together`,
    );
  }
  return input;
}

export async function runReplay(
  input: ReplayInput,
  onProgress: (done: number) => void,
): Promise<ReplayReport> {
  const replay = new Replay(input);
  for (const [index, message] of input.messages.entries()) {
    replay.step(message, input.top[index]!);
    if (index % 1000 !== 0) continue;
    onProgress(index);
    // Whoever shows the progress gets a turn.
    await setImmediate();
  }
  return replay.report();
}

class Replay {
  private readonly driver: CoreDriver;
  private readonly byId = new Map<number, Standing>();
  /** Seeded orders by side and price: they stand ahead of all that arrives later. */
  private readonly seeds = new Map<string, Standing>();
  private messages = 0;
  private topMismatches = 0;
  private headHits = 0;
  private headExceptions = 0;
  private skipped = 0;

  constructor(input: ReplayInput) {
    const priceMax = input.messages.reduce((max, m) => Math.max(max, m.price), 0);
    const seedMax = input.first.reduce((max, v) => (v < 2 ** 31 ? Math.max(max, v) : max), 0);
    this.driver = new CoreDriver(Math.max(priceMax, seedMax));
    this.seed(input.first, input.messages[0]!);
    this.driver.applySeconds = 0;
    this.driver.commandCount = 0;
  }

  /** Each level of the first book as one order; message 0 is part of that book, so its size comes off first. */
  private seed(first: Row, message0: Message): void {
    for (let at = 0; at + 1 < first.length; at += 2) {
      const of = at % 4 === 0 ? side.sell : side.buy;
      const price = first[at]!;
      const isMessage0 = of === message0.side && price === message0.price;
      const size = first[at + 1]! - (isMessage0 ? message0.size : 0);
      if (size <= 0) continue;
      const orderId = this.place(of, price, size);
      this.seeds.set(`${of}:${price}`, { orderId, size });
    }
  }

  private one(): VenueEvent[] {
    let events: VenueEvent[] = [];
    this.driver.run((_index, words, start, end) => {
      events = readEvents(words, start, end);
    });
    const refused = events.find((event) => event.type === "refused");
    if (refused !== undefined) {
      throw new Error(`message ${this.messages}: the core refused it (${refused.code})`);
    }
    return events;
  }

  private place(of: Side, price: number, size: number): number {
    this.driver.addOrder({
      side: of,
      priceTicks: price,
      quantityLots: size,
      immediateOrCancel: false,
    });
    const accepted = this.one().find((event) => event.type === "orderAccepted");
    if (accepted === undefined) throw new Error("an accepted order says so");
    return accepted.orderId;
  }

  step(message: Message, top: Row): void {
    if (message.type === messageType.place) {
      const orderId = this.place(message.side, message.price, message.size);
      this.byId.set(message.id, { orderId, size: message.size });
    } else if (message.type !== messageType.executeHidden) this.change(message);
    this.messages++;
    this.compareTop(top);
  }

  private change(message: Message): void {
    const named = this.byId.get(message.id);
    const standing = named ?? this.seeds.get(`${message.side}:${message.price}`);
    if (standing === undefined || standing.size < message.size) {
      this.skipped++;
      return;
    }
    if (message.type !== messageType.execute) {
      this.takeOff(standing, message.size);
      return;
    }
    const isHead = this.driver.venue.frontOrderId(0, message.side) === standing.orderId;
    if (named !== undefined && isHead) this.headHits++;
    if (named !== undefined && !isHead) this.headExceptions++;
    if (isHead) this.execute(message, standing);
    else this.takeOff(standing, message.size);
  }

  /** The aggressor arrives; the engine must pick the named order, and nothing else. */
  private execute(message: Message, standing: Standing): void {
    this.driver.addOrder({
      side: message.side === side.buy ? side.sell : side.buy,
      priceTicks: message.price,
      quantityLots: message.size,
      immediateOrCancel: true,
    });
    const fills = this.one().filter((event) => event.type === "fill");
    if (fills.length !== 1 || fills[0]!.makerOrderId !== standing.orderId) {
      throw new Error(`message ${this.messages}: another order was executed than the named one`);
    }
    standing.size -= message.size;
  }

  private takeOff(standing: Standing, size: number): void {
    if (size < standing.size) this.driver.addReduce(standing.orderId, size);
    else this.driver.addCancel(standing.orderId);
    this.one();
    standing.size -= size;
  }

  private compareTop(top: Row): void {
    const { venue } = this.driver;
    const [ask] = venue.levels(0, side.sell, 1);
    const [bid] = venue.levels(0, side.buy, 1);
    const isEqual =
      (ask?.quantityLots ?? 0) === top[1] &&
      (bid?.quantityLots ?? 0) === top[3] &&
      (ask === undefined || ask.priceTicks === top[0]) &&
      (bid === undefined || bid.priceTicks === top[2]);
    if (!isEqual) this.topMismatches++;
  }

  report(): ReplayReport {
    return {
      messages: this.messages,
      topMismatches: this.topMismatches,
      headHits: this.headHits,
      headExceptions: this.headExceptions,
      skipped: this.skipped,
      commandsPerSecond: Math.round(this.driver.commandCount / this.driver.applySeconds),
      balanced: this.driver.venue.audit().balanced,
    };
  }
}

import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { closeReason, readEvents, refusedStage, type Side, type VenueEvent } from "@halcyon/core";
import { CoreDriver } from "./core-driver.ts";

/** What a run of an order flow of the public matching benchmark gives. */
export type OracleReport = {
  readonly messages: number;
  readonly trades: number;
  /** SHA-256 over the report lines: equal to the published one, or the matching is wrong. */
  readonly sha256: string;
  readonly messagesPerSecond: number;
  readonly balanced: boolean;
};

const headerBytes = 16;
const recordBytes = 40;
const messageType = { place: 0, cancel: 1, modify: 2 } as const;
/** Messages per batch: commands that name an order of the same batch wait for the next one. */
const batchMax = 1000;

type Message = {
  readonly type: number;
  readonly side: Side;
  readonly ioc: boolean;
  readonly quantity: number;
  readonly id: number;
  readonly price: number;
};

/** Refuses with a plain error what is not such a flow. */
export function readOracleFile(bytes: Buffer): Message[] {
  const data = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  const count = data.length >= headerBytes ? data.readUInt32LE(12) : -1;
  if (count < 0 || data.length !== headerBytes + count * recordBytes) {
    throw new Error(
      "This is no order flow of the matching benchmark: a 16-byte header and 40-byte records are expected. Give a .bin or .bin.gz file of it.",
    );
  }
  const messages: Message[] = [];
  for (let at = headerBytes; at < data.length; at += recordBytes) {
    messages.push({
      type: data.readUInt8(at),
      side: data.readUInt8(at + 1) as Side,
      ioc: data.readUInt8(at + 2) === 1,
      quantity: data.readUInt32LE(at + 4),
      id: Number(data.readBigUInt64LE(at + 16)),
      price: Number(data.readBigInt64LE(at + 24)),
    });
  }
  return messages;
}

/** Runs the messages through the venue's core and writes the benchmark's report lines over its events. */
export async function runOracle(
  messages: readonly Message[],
  onProgress: (done: number) => void,
): Promise<OracleReport> {
  const run = new OracleRun(messages);
  for (let done = 0; done < messages.length; ) {
    done = run.step(done);
    onProgress(done);
    // Whoever shows the progress gets a turn.
    await setImmediate();
  }
  return run.report();
}

class OracleRun {
  private readonly messages: readonly Message[];
  private readonly driver: CoreDriver;
  private readonly lines = createHash("sha256");
  private isFirstLine = true;
  private trades = 0;
  /** Core order id by the flow's id, and back. */
  private readonly orderIds = new Map<number, number>();
  private readonly flowIds = new Map<number, number>();
  /** Flow ids that the batch in hand places or moves: their core ids are not known yet. */
  private readonly pendingIds = new Set<number>();

  constructor(messages: readonly Message[]) {
    this.messages = messages;
    this.driver = new CoreDriver(messages.reduce((max, m) => Math.max(max, m.price), 1));
  }

  /** Applies messages from `from` on until a batch is full or one needs an id of the same batch. */
  step(from: number): number {
    let next = from;
    this.pendingIds.clear();
    while (next < this.messages.length && next - from < batchMax) {
      const message = this.messages[next]!;
      if (this.pendingIds.has(message.id)) break;
      this.add(message);
      next++;
    }
    this.driver.run((index, words, start, end) => {
      const sequence = from + index;
      this.reportOne(sequence, this.messages[sequence]!, readEvents(words, start, end));
    });
    return next;
  }

  private add(message: Message): void {
    // An id that never lived is asked for all the same: the core must refuse it.
    const orderId = this.orderIds.get(message.id) ?? Number.MAX_SAFE_INTEGER;
    const order = {
      side: message.side,
      priceTicks: message.price,
      quantityLots: message.quantity,
      immediateOrCancel: message.ioc,
    };
    if (message.type === messageType.place) this.driver.addOrder(order);
    else if (message.type === messageType.cancel) this.driver.addCancel(orderId);
    else this.driver.addReplace(orderId, order);
    if (message.type !== messageType.cancel) this.pendingIds.add(message.id);
  }

  private line(text: string): void {
    this.lines.update(this.isFirstLine ? text : `\n${text}`);
    this.isFirstLine = false;
  }

  private reportOne(sequence: number, message: Message, events: readonly VenueEvent[]): void {
    const { id, side, price, quantity } = message;
    // The benchmark reports a modification after the trades that it led to.
    let modified = "";
    for (const event of events) {
      switch (event.type) {
        case "refused":
          if (message.type === messageType.place)
            throw new Error(`message ${sequence} was refused`);
          if (event.stage !== refusedStage.place) {
            this.line(`${message.type === messageType.cancel ? 4 : 5},${sequence},${id}`);
          }
          break;
        case "orderAccepted":
          this.orderIds.set(id, event.orderId);
          this.flowIds.set(event.orderId, id);
          if (message.type === messageType.place) {
            this.line(`0,${sequence},${side},${id},${price},${quantity}`);
          } else modified = `3,${sequence},${side},${id},${price},${quantity}`;
          break;
        case "fill": {
          this.trades++;
          const maker = this.flowIds.get(event.makerOrderId)!;
          this.line(`1,${sequence},${event.priceTicks},${event.quantityLots},${maker},${id}`);
          if (event.makerRemainingLots === 0) this.flowIds.delete(event.makerOrderId);
          break;
        }
        case "orderClosed":
          this.flowIds.delete(event.orderId);
          if (event.reason !== closeReason.replaced) {
            this.line(`2,${sequence},${side},${id},${event.priceTicks}`);
          }
          break;
        default:
          throw new Error(`an event ${event.type} has no place in this flow`);
      }
    }
    if (modified !== "") this.line(modified);
  }

  report(): OracleReport {
    return {
      messages: this.messages.length,
      trades: this.trades,
      sha256: this.lines.digest("hex"),
      messagesPerSecond: Math.round(this.messages.length / this.driver.applySeconds),
      balanced: this.driver.venue.audit().balanced,
    };
  }
}

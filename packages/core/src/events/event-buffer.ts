import { WordWriter } from "../bytes/word-writer.ts";
import type { MarketState } from "../commands/command.ts";
import * as orderCommands from "../commands/order-command.ts";
import * as amounts from "../money/amount.ts";
import type { Refusal } from "../refusal.ts";
import type { EventType, RefusedStage } from "./event.ts";
import * as eventWords from "./event.ts";
import type { Activation, CloseReason } from "./order-event.ts";
import * as orderEventReader from "./order-event-reader.ts";
import type { MarketStateCause } from "./registry-event.ts";

// Locals, because V8 folds those into the code; what is imported it loads and checks at each use.
const { highWord } = amounts;
const { eventType } = eventWords;
const { fillWords } = orderEventReader;
const { kindHasTerms, placeField, termsWords } = orderCommands;

// More words than there ever are: it tells V8 that sums with it cannot overflow, which spares checks.
const lengthMask = 0x3fff_ffff;

/**
 * Where the events of commands go. The frequent ones are written here, word by word and without
 * allocating; the rare ones through `begin`, the writer's own methods, and `end`.
 * `order-event-reader.ts` and its siblings read what is written here: change both together.
 */
export class EventBuffer extends WordWriter {
  constructor() {
    super(1 << 14);
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for an event of so many words at the end, and returns where it begins. */
  extend(wordCount: number): number {
    this.reserve(wordCount);
    const at = this.length & lengthMask;
    this.length = at + wordCount;
    return at;
  }

  begin(type: EventType): number {
    const start = this.length;
    this.i32(type);
    return start;
  }

  end(start: number): void {
    this.words[start] = (this.words[start]! & 0xffff) | ((this.length - start) << 16);
  }

  /** A fill but for its amounts, which its settlement puts in; returns where it lies. */
  fill(
    market: number,
    tradeId: number,
    takerSide: number,
    price: number,
    lots: number,
    takerIdLow: number,
    takerIdHigh: number,
    makerIdLow: number,
    makerIdHigh: number,
    taker: number,
    maker: number,
    takerLeft: number,
    makerLeft: number,
  ): number {
    const at = this.extend(fillWords);
    const words = this.words;
    words[at] = eventType.fill | (takerSide << 8) | (fillWords << 16);
    words[at + 1] = market;
    words[at + 2] = tradeId | 0;
    words[at + 3] = highWord(tradeId);
    words[at + 4] = price;
    words[at + 5] = lots | 0;
    words[at + 6] = highWord(lots);
    words[at + 9] = takerIdLow;
    words[at + 10] = takerIdHigh;
    words[at + 11] = makerIdLow;
    words[at + 12] = makerIdHigh;
    words[at + 13] = taker;
    words[at + 14] = maker;
    words[at + 19] = takerLeft | 0;
    words[at + 20] = highWord(takerLeft);
    words[at + 21] = makerLeft | 0;
    words[at + 22] = highWord(makerLeft);
    return at;
  }

  /** Puts two more words behind the last event, which lies at words[at]: an auction's fill names both orders' own prices. */
  addWords(at: number, first: number, second: number): void {
    const end = this.extend(2);
    this.words[end] = first;
    this.words[end + 1] = second;
    this.words[at] = this.words[at]! + (2 << 16);
  }

  /** Puts an amount, which is not negative, into two words of an event that lies there already. */
  putAmount(at: number, amount: bigint): void {
    this.words[at] = Number(BigInt.asIntN(32, amount));
    this.words[at + 1] = Number(amount >> 32n);
  }

  refused(code: Refusal, stage: RefusedStage, commandType: number): void {
    const at = this.extend(4);
    const words = this.words;
    words[at] = eventType.refused | (4 << 16);
    words[at + 1] = code;
    words[at + 2] = stage;
    words[at + 3] = commandType;
  }

  /** Lots and quote units are copied as words from the command at `source[from]`; client id words follow at `source[from + 4]`. */
  orderAccepted(
    idLow: number,
    idHigh: number,
    account: number,
    market: number,
    kind: number,
    price: number,
    source: Int32Array,
    from: number,
  ): void {
    const idBytes = source[from + 4]!;
    const idWords = (idBytes + 3) >>> 2;
    const at = this.extend(12 + idWords);
    const words = this.words;
    words[at] = eventType.orderAccepted | ((12 + idWords) << 16);
    words[at + 1] = idLow;
    words[at + 2] = idHigh;
    words[at + 3] = account;
    words[at + 4] = market;
    words[at + 5] = kind;
    words[at + 6] = price;
    words[at + 7] = source[from]!;
    words[at + 8] = source[from + 1]!;
    words[at + 9] = source[from + 2]!;
    words[at + 10] = source[from + 3]!;
    words[at + 11] = idBytes;
    for (let i = 0; i < idWords; i++) words[at + 12 + i] = source[from + 5 + i]!;
  }

  /** The cancel's client id: its byte count at `source[from]`, then its words. `from` -1: none. */
  orderClosed(
    idLow: number,
    idHigh: number,
    account: number,
    market: number,
    kind: number,
    price: number,
    remainingLots: number,
    reason: CloseReason,
    wasResting: boolean,
    source: Int32Array,
    from: number,
  ): void {
    const idBytes = from < 0 ? 0 : source[from]!;
    const idWords = (idBytes + 3) >>> 2;
    const at = this.extend(10 + idWords);
    const words = this.words;
    words[at] =
      eventType.orderClosed | (reason << 8) | (wasResting ? 1 << 15 : 0) | ((10 + idWords) << 16);
    words[at + 1] = idLow;
    words[at + 2] = idHigh;
    words[at + 3] = account;
    words[at + 4] = market;
    words[at + 5] = kind;
    words[at + 6] = price;
    words[at + 7] = remainingLots | 0;
    words[at + 8] = highWord(remainingLots);
    words[at + 9] = idBytes;
    for (let i = 0; i < idWords; i++) words[at + 10 + i] = source[from + 1 + i]!;
  }

  /** The order's terms lie at `source[from]`; zeros where `from` is -1. */
  orderAcceptedWithTerms(
    idLow: number,
    idHigh: number,
    body: Int32Array,
    at: number,
    listId: number,
    isPending: boolean,
  ): void {
    const start = this.length;
    const kind = body[at + placeField.kind]!;
    const idBytes = body[at + placeField.clientIdBytes]!;
    this.orderAccepted(
      idLow,
      idHigh,
      body[at + placeField.account]!,
      body[at + placeField.market]!,
      kind | kindHasTerms,
      body[at + placeField.price]!,
      body,
      at + placeField.lots,
    );
    const from = at + placeField.clientId + ((idBytes + 3) >>> 2);
    const has = (kind & kindHasTerms) !== 0;
    for (let i = 0; i < termsWords; i++) this.i32(has ? body[from + i]! : 0);
    this.u53(listId).i32(isPending ? 1 : 0);
    this.end(start);
  }

  orderActivated(
    idLow: number,
    idHigh: number,
    account: number,
    market: number,
    kind: number,
    price: number,
    activation: Activation,
  ): void {
    const start = this.begin(eventType.orderActivated);
    this.words[start] = this.words[start]! | (activation << 8);
    this.i32(idLow).i32(idHigh).i32(account).i32(market).i32(kind).i32(price);
    this.end(start);
  }

  /** Between a taker and a maker of one account; the lots are those that each lost by it. */
  tradePrevented(
    market: number,
    preventedId: number,
    account: number,
    takerLow: number,
    takerHigh: number,
    makerLow: number,
    makerHigh: number,
    takerSide: number,
    mode: number,
    price: number,
    takerLots: number,
    makerLots: number,
  ): void {
    const start = this.begin(eventType.tradePrevented);
    this.words[start] = this.words[start]! | (takerSide << 8) | (mode << 9);
    this.i32(market).u53(preventedId).i32(account);
    this.i32(takerLow).i32(takerHigh).i32(makerLow).i32(makerHigh);
    this.i32(price).u53(takerLots).u53(makerLots);
    this.end(start);
  }

  marketStateChanged(
    market: number,
    state: MarketState,
    cause: MarketStateCause,
    untilMs: number,
  ): void {
    const start = this.begin(eventType.marketStateChanged);
    this.i32(market).i32(state).i32(cause).u53(untilMs);
    this.end(start);
  }
}

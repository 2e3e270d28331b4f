import {
  type Activation,
  acceptedField,
  type CloseReason,
  closeReason,
  kindHasTerms,
  kindSelfTradeMode,
  kindSide,
  kindTimeInForce,
  kindType,
  type OrderAcceptedEvent,
  readEvent,
  readU53,
  type Side,
} from "@halcyon/core";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { clientIdScratch, clientIdWordCount } from "./client-id-words.ts";
import {
  acceptedExtras,
  activatedExtras,
  noExtras,
  restoreExtras,
  saveExtras,
  type WorkingExtras,
} from "./order-extras.ts";
import { orderStatus } from "./order-status.ts";
import type { OrderRecord } from "./records.ts";
import { RowStore, rowField, rowHeadWords } from "./row-store.ts";
import type { TradeInHand } from "./trade-in-hand.ts";
import { addWide, wideToBig } from "./wide.ts";

const word = {
  market: rowHeadWords,
  kind: rowHeadWords + 1,
  /** 0: it is open. */
  closeReason: rowHeadWords + 2,
  price: rowHeadWords + 3,
  clientIdHash: rowHeadWords + 4,
  clientIdBytes: rowHeadWords + 5,
  clientId: rowHeadWords + 6,
} as const;
const wordCount = word.clientId + clientIdWordCount;

const number = {
  orderId: 0,
  lots: 1,
  executedLots: 2,
  executedQuote: 3,
  askedQuote: 5,
  timeMs: 6,
  updateTimeMs: 7,
} as const;
const numberCount = 8;

/** What was saved then was a status: new, partly filled, filled, cancelled, expired. */
const closeReasonsOfVersionOne: readonly (CloseReason | 0)[] = [
  0,
  0,
  closeReason.filled,
  closeReason.cancelled,
  closeReason.expired,
];

/** Orders as rows. What only some orders have lies beside them, so that plain ones stay small. */
export class OrderRows extends RowStore {
  readonly #extras = new Map<number, WorkingExtras>();

  constructor() {
    super(wordCount, numberCount);
  }

  /** A new row for the acceptance at source[at]; its client id is set on its own. */
  accept(source: Int32Array, at: number, timeMs: number): number {
    const row = this.take();
    const words = this.wordsOf(row);
    const w = this.wordsAt(row);
    const kind = source[at + acceptedField.kind]!;
    const lots = readU53(source, at + acceptedField.lots);
    words[w + rowField.account] = source[at + acceptedField.account]!;
    words[w + word.market] = source[at + acceptedField.market]!;
    words[w + word.kind] = kind & (kindHasTerms - 1);
    words[w + word.closeReason] = 0;
    words[w + word.price] = source[at + acceptedField.price]!;
    const numbers = this.numbersOf(row);
    const n = this.numbersAt(row);
    numbers[n + number.orderId] = readU53(source, at + acceptedField.orderId);
    numbers[n + number.lots] = lots;
    numbers[n + number.executedLots] = 0;
    numbers[n + number.executedQuote] = 0;
    numbers[n + number.executedQuote + 1] = 0;
    numbers[n + number.askedQuote] =
      lots === 0 ? readU53(source, at + acceptedField.quoteUnits) : 0;
    numbers[n + number.timeMs] = timeMs;
    numbers[n + number.updateTimeMs] = timeMs;
    if ((kind & kindHasTerms) === 0) return row;
    const extras = acceptedExtras(readEvent(source, at) as OrderAcceptedEvent, timeMs);
    if (extras !== undefined) this.#extras.set(row, extras);
    return row;
  }

  /** Returns whether it is the order's first fill. */
  fill(row: number, trade: TradeInHand): boolean {
    const numbers = this.numbersOf(row);
    const n = this.numbersAt(row);
    const executedBefore = numbers[n + number.executedLots]!;
    numbers[n + number.executedLots] = executedBefore + trade.lots;
    addWide(numbers, n + number.executedQuote, trade.quoteLow, trade.quoteHigh);
    numbers[n + number.updateTimeMs] = trade.timeMs;
    return executedBefore === 0;
  }

  close(row: number, reason: CloseReason, timeMs: number): void {
    this.setWord(row, word.closeReason, reason);
    this.setNumber(row, number.updateTimeMs, timeMs);
  }

  resize(row: number, quantityLots: number, timeMs: number): void {
    this.setNumber(row, number.lots, quantityLots);
    this.setNumber(row, number.updateTimeMs, timeMs);
  }

  activate(row: number, step: Activation, timeMs: number): void {
    const type = kindType(this.word(row, word.kind));
    this.#extras.set(row, activatedExtras(this.#extrasOf(row), type, step, timeMs));
    this.setNumber(row, number.updateTimeMs, timeMs);
  }

  prevent(row: number, preventedMatchId: number, lots: number, timeMs: number): void {
    const extras = this.#extrasOf(row);
    const preventedLots = extras.preventedLots + lots;
    this.#extras.set(row, { ...extras, preventedLots, preventedMatchId });
    this.setNumber(row, number.updateTimeMs, timeMs);
  }

  override give(row: number): void {
    this.#extras.delete(row);
    super.give(row);
  }

  orderId(row: number): number {
    return this.number(row, number.orderId);
  }
  account(row: number): number {
    return this.word(row, rowField.account);
  }
  market(row: number): number {
    return this.word(row, word.market);
  }
  side(row: number): Side {
    return kindSide(this.word(row, word.kind));
  }
  timeMs(row: number): number {
    return this.number(row, number.timeMs);
  }
  quantityLots(row: number): number {
    return this.number(row, number.lots);
  }
  /** Lots that may still trade. Of a market order by quote quantity nobody knows: Infinity. */
  remainingLots(row: number): number {
    if (this.isByQuote(row)) return Number.POSITIVE_INFINITY;
    const preventedLots = this.#extras.get(row)?.preventedLots ?? 0;
    return this.quantityLots(row) - this.number(row, number.executedLots) - preventedLots;
  }
  isOpen(row: number): boolean {
    return this.word(row, word.closeReason) === 0;
  }
  /** Whether it is a market order that was asked for by its quote quantity. */
  isByQuote(row: number): boolean {
    return this.number(row, number.askedQuote) > 0;
  }

  /** Its client id as the scratch words hold it now. */
  setClientId(row: number): void {
    const words = this.wordsOf(row);
    const w = this.wordsAt(row);
    words[w + word.clientIdBytes] = clientIdScratch.byteCount;
    words[w + word.clientIdHash] = clientIdScratch.hash;
    words.set(clientIdScratch.words, w + word.clientId);
  }
  hasClientId(row: number): boolean {
    return this.word(row, word.clientIdBytes) > 0;
  }
  clientIdHash(row: number): number {
    return this.word(row, word.clientIdHash);
  }
  clientOrderId(row: number): string {
    const w = this.wordsAt(row);
    const words = this.wordsOf(row);
    return clientIdScratch.read(words, w + word.clientId, words[w + word.clientIdBytes]!);
  }
  /** Whether its client id is the one in the scratch words. */
  hasScratchClientId(row: number): boolean {
    const words = this.wordsOf(row);
    const w = this.wordsAt(row);
    if (words[w + word.clientIdBytes] !== clientIdScratch.byteCount) return false;
    for (let i = 0; i < clientIdWordCount; i++) {
      if (words[w + word.clientId + i] !== clientIdScratch.words[i]) return false;
    }
    return true;
  }

  record(row: number): OrderRecord {
    const words = this.wordsOf(row);
    const w = this.wordsAt(row);
    const numbers = this.numbersOf(row);
    const n = this.numbersAt(row);
    const kind = words[w + word.kind]!;
    const executedLots = numbers[n + number.executedLots]!;
    const quoteLow = numbers[n + number.executedQuote]!;
    const askedQuoteUnits = numbers[n + number.askedQuote]!;
    const timeMs = numbers[n + number.timeMs]!;
    const reason = words[w + word.closeReason] as CloseReason | 0;
    const extras = this.#extras.get(row) ?? { ...noExtras, workingTimeMs: timeMs };
    const { isPending, preventedMatchId } = extras;
    return {
      orderId: numbers[n + number.orderId]!,
      account: words[w + rowField.account]!,
      market: words[w + word.market]!,
      clientOrderId: this.clientOrderId(row),
      side: kindSide(kind),
      type: kindType(kind),
      timeInForce: kindTimeInForce(kind),
      selfTradeMode: kindSelfTradeMode(kind),
      priceTicks: words[w + word.price]!,
      quantityLots: askedQuoteUnits > 0 ? executedLots : numbers[n + number.lots]!,
      executedLots,
      executedQuoteUnits: wideToBig(quoteLow, numbers[n + number.executedQuote + 1]!),
      askedQuoteUnits,
      status: orderStatus({ closeReason: reason, executedLots, isPending, preventedMatchId }),
      closeReason: reason,
      timeMs,
      updateTimeMs: numbers[n + number.updateTimeMs]!,
      ...extras,
    };
  }

  save(row: number, out: ByteWriter): void {
    const words = this.wordsOf(row);
    const w = this.wordsAt(row);
    out.u53(words[w + rowField.account]!);
    for (let field = word.market; field <= word.price; field++) out.u53(words[w + field]!);
    out.text(this.clientOrderId(row));
    const numbers = this.numbersOf(row);
    const n = this.numbersAt(row);
    for (let field = 0; field < number.updateTimeMs; field++) out.u53(numbers[n + field]!);
    out.u53(numbers[n + number.updateTimeMs]! - numbers[n + number.timeMs]!);
    saveExtras(this.#extras.get(row), out);
  }

  /** A new row, and the client id that is still to be set. */
  restore(
    from: ByteReader,
    version: number,
  ): { readonly row: number; readonly clientOrderId: string } {
    const row = this.take();
    const words = this.wordsOf(row);
    const w = this.wordsAt(row);
    words[w + rowField.account] = from.u53();
    for (let field = word.market; field <= word.price; field++) words[w + field] = from.u53();
    const clientOrderId = from.text();
    const numbers = this.numbersOf(row);
    const n = this.numbersAt(row);
    for (let field = 0; field < number.updateTimeMs; field++) numbers[n + field] = from.u53();
    numbers[n + number.updateTimeMs] = numbers[n + number.timeMs]! + from.u53();
    if (version === 1) {
      words[w + word.closeReason] = closeReasonsOfVersionOne[words[w + word.closeReason]!]!;
      return { row, clientOrderId };
    }
    const extras = restoreExtras(from);
    if (extras !== undefined) this.#extras.set(row, extras);
    return { row, clientOrderId };
  }

  /** The extras of an order about which something beyond a plain one's life is told. */
  #extrasOf(row: number): WorkingExtras {
    return this.#extras.get(row) ?? { ...noExtras, workingTimeMs: this.timeMs(row) };
  }
}

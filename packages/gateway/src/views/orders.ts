import {
  kindSide,
  kindTimeInForce,
  kindType,
  type OrderAcceptedEvent,
  packOrderKind,
  type Side,
} from "@halcyon/core";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { clientIdScratch, clientIdWordCount } from "./client-id-words.ts";
import { selectRows } from "./list-query.ts";
import type { ListQuery, OrderRecord, OrderStatus } from "./records.ts";
import { RowIndex } from "./row-index.ts";
import { RowList } from "./row-list.ts";
import { RowStore, rowField, rowHeadWords } from "./row-store.ts";
import type { TradeInHand } from "./trade-in-hand.ts";
import type { ViewLimits } from "./view-limits.ts";
import { addWide, wideToBig } from "./wide.ts";

const word = {
  market: rowHeadWords,
  kind: rowHeadWords + 1,
  status: rowHeadWords + 2,
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

const statuses: readonly OrderStatus[] = [
  "NEW",
  "PARTIALLY_FILLED",
  "FILLED",
  "CANCELED",
  "EXPIRED",
];
const statusNumber = { new: 0, partlyFilled: 1, filled: 2, cancelled: 3, expired: 4 } as const;
type StatusNumber = (typeof statusNumber)[keyof typeof statusNumber];

/**
 * The last orders of every account with what became of them: all open ones, and the closed ones that
 * were closed last. Rows are for the views themselves; everybody else gets records.
 */
export class Orders {
  readonly #limits: ViewLimits;
  readonly #store = new RowStore(wordCount, numberCount);
  readonly #open = new RowList(this.#store);
  readonly #closed = new RowList(this.#store);
  #wantedOrderId = 0;
  #wantedAccount = 0;
  readonly #byId = new RowIndex(
    (row) => this.#store.number(row, number.orderId) === this.#wantedOrderId,
  );
  readonly #byClientId = new RowIndex((row) => this.#hasWantedClientId(row));

  constructor(limits: ViewLimits) {
    this.#limits = limits;
  }

  /** Any order still remembered, open or closed, whoever owns it: compare the account. */
  byId(orderId: number): OrderRecord | undefined {
    const row = this.#find(orderId);
    return row === 0 ? undefined : this.record(row);
  }

  /** The account's latest order with this client id. */
  byClientId(account: number, clientOrderId: string): OrderRecord | undefined {
    if (clientOrderId === "" || clientOrderId.length > 36) return undefined;
    this.#wantedAccount = account;
    clientIdScratch.set(account, clientOrderId);
    const row = this.#byClientId.find(clientIdScratch.hash);
    return row === 0 ? undefined : this.record(row);
  }

  /** Ascending by order id; market -1: in every market. */
  ofAccount(account: number, market: number, query: ListQuery): OrderRecord[] {
    const store = this.#store;
    const rows: number[] = [];
    for (const list of [this.#closed, this.#open]) {
      for (let row = list.firstOf(account); row !== 0; row = list.nextOf(row)) {
        if (market < 0 || store.word(row, word.market) === market) rows.push(row);
      }
    }
    const idOf = (row: number) => store.number(row, number.orderId);
    rows.sort((a, b) => idOf(a) - idOf(b));
    const timeOf = (row: number) => store.number(row, number.timeMs);
    return selectRows(rows, query, idOf, timeOf).map((row) => this.record(row));
  }

  record(row: number): OrderRecord {
    const words = this.#store.wordsOf(row);
    const w = this.#store.wordsAt(row);
    const numbers = this.#store.numbersOf(row);
    const n = this.#store.numbersAt(row);
    const kind = words[w + word.kind]!;
    const executedLots = numbers[n + number.executedLots]!;
    const askedQuoteUnits = numbers[n + number.askedQuote]!;
    const timeMs = numbers[n + number.timeMs]!;
    return {
      orderId: numbers[n + number.orderId]!,
      account: words[w + rowField.account]!,
      market: words[w + word.market]!,
      clientOrderId: clientIdScratch.read(words, w + word.clientId, words[w + word.clientIdBytes]!),
      side: kindSide(kind),
      type: kindType(kind),
      timeInForce: kindTimeInForce(kind),
      priceTicks: words[w + word.price]!,
      quantityLots: askedQuoteUnits > 0 ? executedLots : numbers[n + number.lots]!,
      executedLots,
      executedQuoteUnits: wideToBig(
        numbers[n + number.executedQuote]!,
        numbers[n + number.executedQuote + 1]!,
      ),
      askedQuoteUnits,
      status: statuses[words[w + word.status]!]!,
      timeMs,
      updateTimeMs: numbers[n + number.updateTimeMs]!,
      workingTimeMs: timeMs,
    };
  }

  // What follows is for the views: it changes what is remembered, by the events of the log.

  accept(event: OrderAcceptedEvent, timeMs: number): number {
    const row = this.#store.take();
    const words = this.#store.wordsOf(row);
    const w = this.#store.wordsAt(row);
    words[w + rowField.account] = event.account;
    words[w + word.market] = event.market;
    words[w + word.kind] = packOrderKind(event.side, event.orderType, event.timeInForce);
    words[w + word.status] = statusNumber.new;
    words[w + word.price] = event.priceTicks;
    const numbers = this.#store.numbersOf(row);
    const n = this.#store.numbersAt(row);
    numbers[n + number.orderId] = event.orderId;
    numbers[n + number.lots] = event.quantityLots;
    numbers[n + number.executedLots] = 0;
    numbers[n + number.executedQuote] = 0;
    numbers[n + number.executedQuote + 1] = 0;
    numbers[n + number.askedQuote] = event.quantityLots === 0 ? event.quoteUnits : 0;
    numbers[n + number.timeMs] = timeMs;
    numbers[n + number.updateTimeMs] = timeMs;
    this.#open.append(row);
    this.#addToIndexes(row, event.clientOrderId);
    this.#forgetOf(event.account);
    this.#forgetOfAll();
    return row;
  }

  /** The row of an order of which the log tells something: it is open, so it is remembered. */
  row(orderId: number): number {
    const row = this.#find(orderId);
    if (row === 0)
      throw new Error(`order ${orderId} is in the log but not among the views' orders`);
    return row;
  }

  /** Returns whether it is the order's first fill. A filled order is closed. */
  fill(row: number, trade: TradeInHand, isFilled: boolean): boolean {
    const numbers = this.#store.numbersOf(row);
    const n = this.#store.numbersAt(row);
    const executedBefore = numbers[n + number.executedLots]!;
    numbers[n + number.executedLots] = executedBefore + trade.lots;
    addWide(numbers, n + number.executedQuote, trade.quoteLow, trade.quoteHigh);
    numbers[n + number.updateTimeMs] = trade.timeMs;
    if (isFilled) this.#close(row, statusNumber.filled);
    else this.#store.setWord(row, word.status, statusNumber.partlyFilled);
    return executedBefore === 0;
  }

  cancel(row: number, timeMs: number): void {
    this.#store.setNumber(row, number.updateTimeMs, timeMs);
    this.#close(row, statusNumber.cancelled);
  }

  expire(row: number, timeMs: number): void {
    this.#store.setNumber(row, number.updateTimeMs, timeMs);
    this.#close(row, statusNumber.expired);
  }

  reduce(row: number, byLots: number, timeMs: number): void {
    this.#store.setNumber(row, number.lots, this.#store.number(row, number.lots) - byLots);
    this.#store.setNumber(row, number.updateTimeMs, timeMs);
  }

  isOpen(row: number): boolean {
    return this.#store.word(row, word.status) <= statusNumber.partlyFilled;
  }
  /** Whether it is a market order that was asked for by its quote quantity. */
  isByQuote(row: number): boolean {
    return this.#store.number(row, number.askedQuote) > 0;
  }
  account(row: number): number {
    return this.#store.word(row, rowField.account);
  }
  market(row: number): number {
    return this.#store.word(row, word.market);
  }
  side(row: number): Side {
    return kindSide(this.#store.word(row, word.kind));
  }
  priceTicks(row: number): number {
    return this.#store.word(row, word.price);
  }

  #find(orderId: number): number {
    this.#wantedOrderId = orderId;
    return this.#byId.find(orderId | 0);
  }

  #hasWantedClientId(row: number): boolean {
    const words = this.#store.wordsOf(row);
    const w = this.#store.wordsAt(row);
    if (words[w + rowField.account] !== this.#wantedAccount) return false;
    if (words[w + word.clientIdBytes] !== clientIdScratch.byteCount) return false;
    for (let i = 0; i < clientIdWordCount; i++) {
      if (words[w + word.clientId + i] !== clientIdScratch.words[i]) return false;
    }
    return true;
  }

  #addToIndexes(row: number, clientOrderId: string): void {
    const words = this.#store.wordsOf(row);
    const w = this.#store.wordsAt(row);
    this.#byId.add(row, this.#store.number(row, number.orderId) | 0);
    this.#wantedAccount = words[w + rowField.account]!;
    clientIdScratch.set(this.#wantedAccount, clientOrderId);
    const { byteCount, hash } = clientIdScratch;
    words[w + word.clientIdBytes] = byteCount;
    words[w + word.clientIdHash] = hash;
    words.set(clientIdScratch.words, w + word.clientId);
    if (byteCount === 0) return;
    const earlier = this.#byClientId.find(hash);
    if (earlier === 0) this.#byClientId.add(row, hash);
    else this.#byClientId.replace(earlier, hash, row);
  }

  #close(row: number, status: StatusNumber): void {
    this.#store.setWord(row, word.status, status);
    this.#open.remove(row);
    this.#closed.append(row);
    this.#forgetOf(this.account(row));
  }

  /** Drops what is beyond the account's share, closed longest ago first; never what was just closed. */
  #forgetOf(account: number): void {
    const { ordersPerAccount, closedOrdersMin } = this.#limits;
    const closedMax = Math.max(closedOrdersMin, ordersPerAccount - this.#open.countOf(account));
    while (this.#closed.countOf(account) > closedMax) this.#drop(this.#closed.firstOf(account));
  }

  /** The same for all accounts together. */
  #forgetOfAll(): void {
    const { ordersTotal } = this.#limits;
    while (this.#open.count + this.#closed.count > ordersTotal && this.#closed.count > 0) {
      this.#drop(this.#closed.first);
    }
  }

  #drop(row: number): void {
    this.#closed.remove(row);
    this.#byId.remove(row, this.#store.number(row, number.orderId) | 0);
    const hash = this.#store.word(row, word.clientIdHash);
    if (this.#store.word(row, word.clientIdBytes) > 0 && this.#byClientId.has(row, hash)) {
      this.#byClientId.remove(row, hash);
    }
    this.#store.give(row);
  }

  /** Closed ones in the order in which they were closed, then open ones as they were accepted. */
  save(out: ByteWriter): void {
    for (const list of [this.#closed, this.#open]) {
      out.u53(list.count);
      for (let row = list.first; row !== 0; row = list.next(row)) this.#saveRow(row, out);
    }
  }

  #saveRow(row: number, out: ByteWriter): void {
    const words = this.#store.wordsOf(row);
    const w = this.#store.wordsAt(row);
    out.u53(words[w + rowField.account]!);
    for (let field = word.market; field <= word.price; field++) out.u53(words[w + field]!);
    out.text(clientIdScratch.read(words, w + word.clientId, words[w + word.clientIdBytes]!));
    const numbers = this.#store.numbersOf(row);
    const n = this.#store.numbersAt(row);
    for (let field = 0; field < number.updateTimeMs; field++) out.u53(numbers[n + field]!);
    out.u53(numbers[n + number.updateTimeMs]! - numbers[n + number.timeMs]!);
  }

  /** Into a view that is still empty. */
  restore(from: ByteReader): void {
    for (const list of [this.#closed, this.#open]) {
      const count = from.u53();
      for (let i = 0; i < count; i++) this.#restoreRow(list, from);
    }
  }

  #restoreRow(list: RowList, from: ByteReader): void {
    const row = this.#store.take();
    const words = this.#store.wordsOf(row);
    const w = this.#store.wordsAt(row);
    words[w + rowField.account] = from.u53();
    for (let field = word.market; field <= word.price; field++) words[w + field] = from.u53();
    const clientOrderId = from.text();
    const numbers = this.#store.numbersOf(row);
    const n = this.#store.numbersAt(row);
    for (let field = 0; field < number.updateTimeMs; field++) numbers[n + field] = from.u53();
    numbers[n + number.updateTimeMs] = numbers[n + number.timeMs]! + from.u53();
    list.append(row);
    this.#addToIndexes(row, clientOrderId);
  }
}

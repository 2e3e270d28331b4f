import {
  type Activation,
  acceptedField,
  type CloseReason,
  closeReason,
  type OrderAmendedEvent,
} from "@halcyon/core";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { clientIdScratch } from "./client-id-words.ts";
import { selectRows } from "./list-query.ts";
import { OrderRows } from "./order-rows.ts";
import type { ListQuery, OrderRecord } from "./records.ts";
import { RowIndex } from "./row-index.ts";
import { RowList } from "./row-list.ts";
import type { TradeInHand } from "./trade-in-hand.ts";
import type { ViewLimits } from "./view-limits.ts";

/**
 * The last orders of every account with what became of them: all open ones, and the closed ones that
 * were closed last. Rows are for the views themselves; everybody else gets records.
 */
export class Orders {
  readonly #limits: ViewLimits;
  /** What the views read of an order by its row. */
  readonly rows: OrderRows = new OrderRows();
  readonly #open = new RowList(this.rows);
  readonly #closed = new RowList(this.rows);
  #wantedOrderId = 0;
  #wantedAccount = 0;
  readonly #byId = new RowIndex((row) => this.rows.orderId(row) === this.#wantedOrderId);
  readonly #byClientId = new RowIndex(
    (row) => this.rows.account(row) === this.#wantedAccount && this.rows.hasScratchClientId(row),
  );

  constructor(limits: ViewLimits) {
    this.#limits = limits;
  }

  /** Any order still remembered, open or closed, whoever owns it: compare the account. */
  byId(orderId: number): OrderRecord | undefined {
    const row = this.#find(orderId);
    return row === 0 ? undefined : this.rows.record(row);
  }

  /** The account's latest order with this client id. */
  byClientId(account: number, clientOrderId: string): OrderRecord | undefined {
    if (clientOrderId === "" || clientOrderId.length > 36) return undefined;
    this.#wantedAccount = account;
    clientIdScratch.set(account, clientOrderId);
    const row = this.#byClientId.find(clientIdScratch.hash);
    return row === 0 ? undefined : this.rows.record(row);
  }

  /** Ascending by order id; market -1: in every market. */
  ofAccount(account: number, market: number, query: ListQuery): OrderRecord[] {
    const store = this.rows;
    const rows: number[] = [];
    for (const list of [this.#closed, this.#open]) {
      for (let row = list.firstOf(account); row !== 0; row = list.nextOf(row)) {
        if (market < 0 || store.market(row) === market) rows.push(row);
      }
    }
    const idOf = (row: number) => store.orderId(row);
    rows.sort((a, b) => idOf(a) - idOf(b));
    const timeOf = (row: number) => store.timeMs(row);
    return selectRows(rows, query, idOf, timeOf).map((row) => store.record(row));
  }

  // What follows is for the views: it changes what is remembered, by the events of the log.

  /** The order of the acceptance at words[at]. */
  accept(words: Int32Array, at: number, timeMs: number): number {
    const row = this.rows.accept(words, at, timeMs);
    const account = this.rows.account(row);
    this.#open.append(row);
    const { clientId, clientIdBytes } = acceptedField;
    clientIdScratch.setWords(account, words, at + clientId, words[at + clientIdBytes]!);
    this.#addToIndexes(row);
    this.#forgetOf(account);
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
    const isFirst = this.rows.fill(row, trade);
    if (isFilled) this.close(row, closeReason.filled, trade.timeMs);
    return isFirst;
  }

  close(row: number, reason: CloseReason, timeMs: number): void {
    this.rows.close(row, reason, timeMs);
    this.#open.remove(row);
    this.#closed.append(row);
    this.#forgetOf(this.rows.account(row));
  }

  reduce(row: number, byLots: number, timeMs: number): void {
    this.rows.resize(row, this.rows.quantityLots(row) - byLots, timeMs);
  }

  amend(row: number, event: OrderAmendedEvent, timeMs: number): void {
    this.rows.resize(row, event.newQuantityLots, timeMs);
    if (event.newClientOrderId === event.clientOrderId) return;
    this.#dropClientId(row);
    clientIdScratch.set(event.account, event.newClientOrderId);
    this.#addClientId(row);
    this.#findAgain(event.account, event.clientOrderId);
  }

  activate(row: number, step: Activation, timeMs: number): void {
    this.rows.activate(row, step, timeMs);
  }

  prevent(row: number, preventedMatchId: number, lots: number, timeMs: number): void {
    this.rows.prevent(row, preventedMatchId, lots, timeMs);
  }

  #find(orderId: number): number {
    this.#wantedOrderId = orderId;
    return this.#byId.find(orderId | 0);
  }

  /** The row's client id is the one in the scratch words. */
  #addToIndexes(row: number): void {
    this.#byId.add(row, this.rows.orderId(row) | 0);
    this.#addClientId(row);
  }

  #addClientId(row: number): void {
    this.#wantedAccount = this.rows.account(row);
    this.rows.setClientId(row);
    if (clientIdScratch.byteCount === 0) return;
    const { hash } = clientIdScratch;
    const earlier = this.#byClientId.find(hash);
    if (earlier === 0) this.#byClientId.add(row, hash);
    else this.#byClientId.replace(earlier, hash, row);
  }

  #dropClientId(row: number): void {
    const hash = this.rows.clientIdHash(row);
    if (this.rows.hasClientId(row) && this.#byClientId.has(row, hash)) {
      this.#byClientId.remove(row, hash);
    }
  }

  /** An open order gave up its client id: the closed one that had it last is meant by it again. */
  #findAgain(account: number, clientOrderId: string): void {
    if (clientOrderId === "") return;
    clientIdScratch.set(account, clientOrderId);
    const closed = this.#closed;
    let row = closed.lastOf(account);
    while (row !== 0 && !this.rows.hasScratchClientId(row)) row = closed.previousOf(row);
    if (row !== 0) this.#byClientId.add(row, clientIdScratch.hash);
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
    this.#byId.remove(row, this.rows.orderId(row) | 0);
    this.#dropClientId(row);
    this.rows.give(row);
  }

  /** Closed ones in the order in which they were closed, then open ones as they were accepted. */
  save(out: ByteWriter): void {
    for (const list of [this.#closed, this.#open]) {
      out.u53(list.count);
      for (let row = list.first; row !== 0; row = list.next(row)) this.rows.save(row, out);
    }
  }

  /** Into a view that is still empty. */
  restore(from: ByteReader, version: number): void {
    for (const list of [this.#closed, this.#open]) {
      const count = from.u53();
      for (let i = 0; i < count; i++) {
        const { row, clientOrderId } = this.rows.restore(from, version);
        list.append(row);
        clientIdScratch.set(this.rows.account(row), clientOrderId);
        this.#addToIndexes(row);
      }
    }
  }
}

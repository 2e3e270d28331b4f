import type { Contingency, ListOpenedEvent, OrderAmendedEvent } from "@halcyon/core";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { selectRows } from "./list-query.ts";
import type { ListQuery, OrderListRecord } from "./records.ts";
import { RowList } from "./row-list.ts";
import { RowStore, rowField, rowHeadWords } from "./row-store.ts";
import type { ViewLimits } from "./view-limits.ts";

/** The last order lists of every account: all open ones, and the closed ones that were closed last. */
export class OrderLists {
  readonly #limits: ViewLimits;
  readonly #store = new RowStore(rowHeadWords, 0);
  readonly #open = new RowList(this.#store);
  readonly #closed = new RowList(this.#store);
  /** By row. */
  readonly #records: OrderListRecord[] = [];
  readonly #byId = new Map<number, number>();
  readonly #byClientId = new Map<string, number>();

  constructor(limits: ViewLimits) {
    this.#limits = limits;
  }

  /** Any list still remembered, whoever owns it: compare the account. */
  byId(listId: number): OrderListRecord | undefined {
    const row = this.#byId.get(listId);
    return row === undefined ? undefined : this.#records[row];
  }

  /** The account's latest list with this client id. */
  byClientId(account: number, listClientOrderId: string): OrderListRecord | undefined {
    const row = this.#byClientId.get(clientIdKey(account, listClientOrderId));
    return row === undefined ? undefined : this.#records[row];
  }

  /** Ascending by list id, in every market. */
  ofAccount(account: number, query: ListQuery): OrderListRecord[] {
    const rows = [...rowsOf(this.#closed, account), ...rowsOf(this.#open, account)];
    const idOf = (row: number) => this.#records[row]!.listId;
    rows.sort((a, b) => idOf(a) - idOf(b));
    const timeOf = (row: number) => this.#records[row]!.timeMs;
    return selectRows(rows, query, idOf, timeOf).map((row) => this.#records[row]!);
  }

  /** The account's open lists, ascending. */
  openOf(account: number): OrderListRecord[] {
    return rowsOf(this.#open, account).map((row) => this.#records[row]!);
  }

  // What follows is for the views: it changes what is remembered, by the events of the log.

  opened(
    event: ListOpenedEvent,
    clientOrderIds: readonly string[],
    timeMs: number,
  ): OrderListRecord {
    const { listId, account, market, contingency, listClientOrderId } = event;
    const orders = event.orderIds.map((orderId, i) => ({
      orderId,
      clientOrderId: clientOrderIds[i]!,
    }));
    const record: OrderListRecord = {
      listId,
      account,
      market,
      contingency,
      listClientOrderId,
      orders,
      status: "EXECUTING",
      statusType: "EXEC_STARTED",
      timeMs,
      transactionTimeMs: timeMs,
    };
    this.#append(this.#open, record);
    this.#forgetOfAll();
    return record;
  }

  closed(listId: number, timeMs: number): OrderListRecord {
    const row = this.#row(listId);
    const record = { ...this.#records[row]!, transactionTimeMs: timeMs };
    const done: OrderListRecord = { ...record, status: "ALL_DONE", statusType: "ALL_DONE" };
    this.#records[row] = done;
    this.#open.remove(row);
    this.#closed.append(row);
    const { orderListsPerAccount } = this.#limits;
    while (this.#closed.countOf(done.account) > orderListsPerAccount) {
      this.#drop(this.#closed.firstOf(done.account));
    }
    return done;
  }

  /** One of the list's orders has another client id. */
  renamed(listId: number, event: OrderAmendedEvent): OrderListRecord {
    const row = this.#row(listId);
    const record = this.#records[row]!;
    const orders = record.orders.map((order) =>
      order.orderId === event.orderId ? { ...order, clientOrderId: event.newClientOrderId } : order,
    );
    const renamed = { ...record, orders };
    this.#records[row] = renamed;
    return renamed;
  }

  #row(listId: number): number {
    const row = this.#byId.get(listId);
    if (row === undefined) throw new Error(`list ${listId} is open but not among the views' lists`);
    return row;
  }

  #append(list: RowList, record: OrderListRecord): void {
    const row = this.#store.take();
    this.#store.setWord(row, rowField.account, record.account);
    this.#records[row] = record;
    this.#byId.set(record.listId, row);
    if (record.listClientOrderId !== "") {
      this.#byClientId.set(clientIdKey(record.account, record.listClientOrderId), row);
    }
    list.append(row);
  }

  #forgetOfAll(): void {
    const { orderListsTotal } = this.#limits;
    while (this.#open.count + this.#closed.count > orderListsTotal && this.#closed.count > 0) {
      this.#drop(this.#closed.first);
    }
  }

  #drop(row: number): void {
    const { listId, account, listClientOrderId } = this.#records[row]!;
    this.#closed.remove(row);
    this.#byId.delete(listId);
    const key = clientIdKey(account, listClientOrderId);
    if (this.#byClientId.get(key) === row) this.#byClientId.delete(key);
    this.#store.give(row);
  }

  save(out: ByteWriter): void {
    for (const list of [this.#closed, this.#open]) {
      out.u53(list.count);
      for (let row = list.first; row !== 0; row = list.next(row)) {
        saveRecord(this.#records[row]!, out);
      }
    }
  }

  /** Into a view that is still empty. */
  restore(from: ByteReader): void {
    for (const list of [this.#closed, this.#open]) {
      const isDone = list === this.#closed;
      for (let count = from.u53(); count > 0; count--) {
        this.#append(list, restoreRecord(from, isDone));
      }
    }
  }
}

function clientIdKey(account: number, listClientOrderId: string): string {
  return `${account}:${listClientOrderId}`;
}

function rowsOf(list: RowList, account: number): number[] {
  const rows: number[] = [];
  for (let row = list.firstOf(account); row !== 0; row = list.nextOf(row)) rows.push(row);
  return rows;
}

function saveRecord(record: OrderListRecord, out: ByteWriter): void {
  out.u53(record.listId);
  out.u53(record.account);
  out.u53(record.market);
  out.u53(record.contingency);
  out.text(record.listClientOrderId);
  out.u53(record.orders.length);
  for (const { orderId, clientOrderId } of record.orders) {
    out.u53(orderId);
    out.text(clientOrderId);
  }
  out.u53(record.timeMs);
  out.u53(record.transactionTimeMs);
}

function restoreRecord(from: ByteReader, isDone: boolean): OrderListRecord {
  return {
    listId: from.u53(),
    account: from.u53(),
    market: from.u53(),
    contingency: from.u53() as Contingency,
    listClientOrderId: from.text(),
    orders: Array.from({ length: from.u53() }, () => ({
      orderId: from.u53(),
      clientOrderId: from.text(),
    })),
    status: isDone ? "ALL_DONE" : "EXECUTING",
    statusType: isDone ? "ALL_DONE" : "EXEC_STARTED",
    timeMs: from.u53(),
    transactionTimeMs: from.u53(),
  };
}

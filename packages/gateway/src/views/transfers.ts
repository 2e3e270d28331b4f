import type { MoneyMovedEvent } from "@halcyon/core";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { Transfer } from "./records.ts";
import { RowList } from "./row-list.ts";
import { RowStore, rowField, rowHeadWords } from "./row-store.ts";
import type { ViewLimits } from "./view-limits.ts";
import { highOfBig, lowOfBig, wideToBig } from "./wide.ts";

const word = { asset: rowHeadWords, isDeposit: rowHeadWords + 1 } as const;
const wordCount = rowHeadWords + 2;
const number = { transferId: 0, timeMs: 1, amount: 2 } as const;
const numberCount = 4;

export type TransferQuery = {
  readonly type?: Transfer["type"] | undefined;
  readonly asset?: number | undefined;
  readonly startTimeMs?: number | undefined;
  readonly endTimeMs?: number | undefined;
  readonly offset?: number | undefined;
  readonly limit: number;
};

/** Texts of a transfer as the client gave them. */
type Texts = { readonly network: string; readonly address: string; readonly reference: string };

/** The last deposits and withdrawals of every account. */
export class Transfers {
  readonly #limits: ViewLimits;
  readonly #store = new RowStore(wordCount, numberCount);
  readonly #list = new RowList(this.#store);
  /** By row. */
  readonly #texts: (Texts | undefined)[] = [];

  constructor(limits: ViewLimits) {
    this.#limits = limits;
  }

  /** Newest first. */
  ofAccount(account: number, query: TransferQuery): Transfer[] {
    const { type, asset, startTimeMs = 0, endTimeMs = Number.POSITIVE_INFINITY } = query;
    const transfers: Transfer[] = [];
    let skip = query.offset ?? 0;
    for (let row = this.#list.lastOf(account); row !== 0; row = this.#list.previousOf(row)) {
      if (transfers.length === query.limit) break;
      if (asset !== undefined && this.#store.word(row, word.asset) !== asset) continue;
      const timeMs = this.#store.number(row, number.timeMs);
      if (timeMs < startTimeMs || timeMs > endTimeMs) continue;
      if (type !== undefined && this.#type(row) !== type) continue;
      if (skip > 0) skip--;
      else transfers.push(this.#record(row));
    }
    return transfers;
  }

  #type(row: number): Transfer["type"] {
    return this.#store.word(row, word.isDeposit) === 1 ? "deposited" : "withdrawn";
  }

  #record(row: number): Transfer {
    const store = this.#store;
    const texts = this.#texts[row]!;
    return {
      type: this.#type(row),
      transferId: store.number(row, number.transferId),
      account: store.word(row, rowField.account),
      asset: store.word(row, word.asset),
      amountUnits: wideToBig(
        store.number(row, number.amount),
        store.number(row, number.amount + 1),
      ),
      network: texts.network,
      address: texts.address,
      reference: texts.reference,
      timeMs: store.number(row, number.timeMs),
    };
  }

  add(event: MoneyMovedEvent, timeMs: number): Transfer {
    const transfer: Transfer = {
      type: event.type,
      transferId: event.transferId,
      account: event.account,
      asset: event.asset,
      amountUnits: event.amount,
      network: event.network,
      address: event.address,
      reference: event.reference,
      timeMs,
    };
    this.#append(transfer);
    const { transfersPerAccount, transfersTotal } = this.#limits;
    if (this.#list.countOf(event.account) > transfersPerAccount) {
      this.#drop(this.#list.firstOf(event.account));
    }
    if (this.#list.count > transfersTotal) this.#drop(this.#list.first);
    return transfer;
  }

  #append(transfer: Transfer): void {
    const row = this.#store.take();
    const store = this.#store;
    store.setWord(row, rowField.account, transfer.account);
    store.setWord(row, word.asset, transfer.asset);
    store.setWord(row, word.isDeposit, transfer.type === "deposited" ? 1 : 0);
    store.setNumber(row, number.transferId, transfer.transferId);
    store.setNumber(row, number.timeMs, transfer.timeMs);
    store.setNumber(row, number.amount, lowOfBig(transfer.amountUnits));
    store.setNumber(row, number.amount + 1, highOfBig(transfer.amountUnits));
    const { network, address, reference } = transfer;
    this.#texts[row] = { network, address, reference };
    this.#list.append(row);
  }

  #drop(row: number): void {
    this.#list.remove(row);
    this.#texts[row] = undefined;
    this.#store.give(row);
  }

  save(out: ByteWriter): void {
    out.u53(this.#list.count);
    for (let row = this.#list.first; row !== 0; row = this.#list.next(row)) {
      out.u53(this.#store.word(row, rowField.account));
      out.u53(this.#store.word(row, word.asset));
      out.u53(this.#store.word(row, word.isDeposit));
      for (let field = 0; field < numberCount; field++) out.u53(this.#store.number(row, field));
      const texts = this.#texts[row]!;
      out.text(texts.network);
      out.text(texts.address);
      out.text(texts.reference);
    }
  }

  /** Into a view that is still empty. */
  restore(from: ByteReader): void {
    const count = from.u53();
    for (let i = 0; i < count; i++) {
      const account = from.u53();
      const asset = from.u53();
      const type = from.u53() === 1 ? "deposited" : "withdrawn";
      const transferId = from.u53();
      const timeMs = from.u53();
      const amountLow = from.u53();
      const amountUnits = wideToBig(amountLow, from.u53());
      const texts = { network: from.text(), address: from.text(), reference: from.text() };
      this.#append({ type, transferId, account, asset, amountUnits, ...texts, timeMs });
    }
  }
}

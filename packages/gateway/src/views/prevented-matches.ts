import type { SelfTradeMode, TradePreventedEvent } from "@halcyon/core";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { selectRows } from "./list-query.ts";
import type { ListQuery, PreventedMatch } from "./records.ts";
import { RowList } from "./row-list.ts";
import { RowStore, rowField, rowHeadWords } from "./row-store.ts";
import type { ViewLimits } from "./view-limits.ts";

const word = { market: rowHeadWords, mode: rowHeadWords + 1, price: rowHeadWords + 2 } as const;
const wordCount = rowHeadWords + 3;
const number = { id: 0, takerOrderId: 1, makerOrderId: 2, takerLots: 3, makerLots: 4, timeMs: 5 };
const numberCount = 6;

/** The last matches of every account with itself that self-trade prevention kept from trading. */
export class PreventedMatches {
  readonly #limits: ViewLimits;
  readonly #store = new RowStore(wordCount, numberCount);
  readonly #list = new RowList(this.#store);

  constructor(limits: ViewLimits) {
    this.#limits = limits;
  }

  /** Ascending by id; `orderId` keeps one order's only, as taker or maker. */
  ofAccount(
    account: number,
    market: number,
    query: ListQuery & { readonly orderId?: number | undefined },
  ): PreventedMatch[] {
    const store = this.#store;
    const { orderId } = query;
    const isOf = (row: number) =>
      store.number(row, number.takerOrderId) === orderId ||
      store.number(row, number.makerOrderId) === orderId;
    const rows: number[] = [];
    for (let row = this.#list.firstOf(account); row !== 0; row = this.#list.nextOf(row)) {
      if (store.word(row, word.market) !== market) continue;
      if (orderId === undefined || isOf(row)) rows.push(row);
    }
    const idOf = (row: number) => store.number(row, number.id);
    const timeOf = (row: number) => store.number(row, number.timeMs);
    return selectRows(rows, query, idOf, timeOf).map((row) => this.#record(row));
  }

  #record(row: number): PreventedMatch {
    const store = this.#store;
    return {
      market: store.word(row, word.market),
      preventedMatchId: store.number(row, number.id),
      account: store.word(row, rowField.account),
      takerOrderId: store.number(row, number.takerOrderId),
      makerOrderId: store.number(row, number.makerOrderId),
      selfTradeMode: store.word(row, word.mode) as SelfTradeMode,
      priceTicks: store.word(row, word.price),
      takerPreventedLots: store.number(row, number.takerLots),
      makerPreventedLots: store.number(row, number.makerLots),
      timeMs: store.number(row, number.timeMs),
    };
  }

  add(event: TradePreventedEvent, timeMs: number): void {
    const store = this.#store;
    const row = store.take();
    store.setWord(row, rowField.account, event.account);
    store.setWord(row, word.market, event.market);
    store.setWord(row, word.mode, event.mode);
    store.setWord(row, word.price, event.priceTicks);
    store.setNumber(row, number.id, event.preventedMatchId);
    store.setNumber(row, number.takerOrderId, event.takerOrderId);
    store.setNumber(row, number.makerOrderId, event.makerOrderId);
    store.setNumber(row, number.takerLots, event.takerPreventedLots);
    store.setNumber(row, number.makerLots, event.makerPreventedLots);
    store.setNumber(row, number.timeMs, timeMs);
    this.#list.append(row);
    const { preventedMatchesPerAccount, preventedMatchesTotal } = this.#limits;
    if (this.#list.countOf(event.account) > preventedMatchesPerAccount) {
      this.#drop(this.#list.firstOf(event.account));
    }
    if (this.#list.count > preventedMatchesTotal) this.#drop(this.#list.first);
  }

  #drop(row: number): void {
    this.#list.remove(row);
    this.#store.give(row);
  }

  save(out: ByteWriter): void {
    out.u53(this.#list.count);
    for (let row = this.#list.first; row !== 0; row = this.#list.next(row)) {
      out.u53(this.#store.word(row, rowField.account));
      for (let f = word.market; f < wordCount; f++) out.u53(this.#store.word(row, f));
      for (let f = 0; f < numberCount; f++) out.u53(this.#store.number(row, f));
    }
  }

  /** Into a view that is still empty. */
  restore(from: ByteReader): void {
    for (let count = from.u53(); count > 0; count--) {
      const row = this.#store.take();
      this.#store.setWord(row, rowField.account, from.u53());
      for (let f = word.market; f < wordCount; f++) this.#store.setWord(row, f, from.u53());
      for (let f = 0; f < numberCount; f++) this.#store.setNumber(row, f, from.u53());
      this.#list.append(row);
    }
  }
}

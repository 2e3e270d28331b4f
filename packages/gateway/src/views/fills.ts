import { kindSide, side } from "@halcyon/core";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { selectRows } from "./list-query.ts";
import type { ListQuery, OwnFill } from "./records.ts";
import { RowList } from "./row-list.ts";
import { RowStore, rowField, rowHeadWords } from "./row-store.ts";
import type { TradeInHand } from "./trade-in-hand.ts";
import type { ViewLimits } from "./view-limits.ts";
import { wideToBig } from "./wide.ts";

const word = { market: rowHeadWords, price: rowHeadWords + 1, flags: rowHeadWords + 2 } as const;
const wordCount = rowHeadWords + 3;
const number = { tradeId: 0, orderId: 1, lots: 2, timeMs: 3, fee: 4 } as const;
const numberCount = 6;
/** Bit 0 of the flags is the side, as in an order's kind. */
const makerFlag = 2;

/** The last trades of every account, each side of a trade on its own. */
export class Fills {
  readonly #limits: ViewLimits;
  readonly #store = new RowStore(wordCount, numberCount);
  readonly #list = new RowList(this.#store);

  constructor(limits: ViewLimits) {
    this.#limits = limits;
  }

  /** Ascending by trade id; `orderId` keeps one order's only. */
  ofAccount(
    account: number,
    market: number,
    query: ListQuery & { readonly orderId?: number | undefined },
  ): OwnFill[] {
    const store = this.#store;
    const { orderId } = query;
    const rows: number[] = [];
    for (let row = this.#list.firstOf(account); row !== 0; row = this.#list.nextOf(row)) {
      if (store.word(row, word.market) !== market) continue;
      if (orderId === undefined || store.number(row, number.orderId) === orderId) rows.push(row);
    }
    const idOf = (row: number) => store.number(row, number.tradeId);
    const timeOf = (row: number) => store.number(row, number.timeMs);
    return selectRows(rows, query, idOf, timeOf).map((row) => this.record(row));
  }

  record(row: number): OwnFill {
    const store = this.#store;
    const flags = store.word(row, word.flags);
    const ownSide = kindSide(flags);
    return {
      market: store.word(row, word.market),
      tradeId: store.number(row, number.tradeId),
      orderId: store.number(row, number.orderId),
      side: ownSide,
      priceTicks: store.word(row, word.price),
      quantityLots: store.number(row, number.lots),
      feeUnits: wideToBig(store.number(row, number.fee), store.number(row, number.fee + 1)),
      feeAsset: ownSide === side.buy ? "base" : "quote",
      isMaker: (flags & makerFlag) !== 0,
      timeMs: store.number(row, number.timeMs),
    };
  }

  /** One side's part of a trade. Returns the row, which lasts until the next call. */
  add(trade: TradeInHand, isMaker: boolean): number {
    const row = this.#store.take();
    const words = this.#store.wordsOf(row);
    const w = this.#store.wordsAt(row);
    words[w + rowField.account] = isMaker ? trade.makerAccount : trade.takerAccount;
    words[w + word.market] = trade.market;
    words[w + word.price] = trade.priceTicks;
    words[w + word.flags] = isMaker ? (1 - trade.takerSide) | makerFlag : trade.takerSide;
    const numbers = this.#store.numbersOf(row);
    const n = this.#store.numbersAt(row);
    numbers[n + number.tradeId] = trade.tradeId;
    numbers[n + number.orderId] = isMaker ? trade.makerOrderId : trade.takerOrderId;
    numbers[n + number.lots] = trade.lots;
    numbers[n + number.timeMs] = trade.timeMs;
    numbers[n + number.fee] = isMaker ? trade.makerFeeLow : trade.takerFeeLow;
    numbers[n + number.fee + 1] = isMaker ? trade.makerFeeHigh : trade.takerFeeHigh;
    const account = words[w + rowField.account]!;
    this.#list.append(row);
    if (this.#list.countOf(account) > this.#limits.fillsPerAccount) {
      this.#drop(this.#list.firstOf(account));
    }
    if (this.#list.count > this.#limits.fillsTotal) this.#drop(this.#list.first);
    return row;
  }

  #drop(row: number): void {
    this.#list.remove(row);
    this.#store.give(row);
  }

  save(out: ByteWriter): void {
    out.u53(this.#list.count);
    let timeMs = 0;
    for (let row = this.#list.first; row !== 0; row = this.#list.next(row)) {
      const words = this.#store.wordsOf(row);
      const w = this.#store.wordsAt(row);
      const numbers = this.#store.numbersOf(row);
      const n = this.#store.numbersAt(row);
      out.u53(words[w + rowField.account]!);
      for (let field = word.market; field < wordCount; field++) out.u53(words[w + field]!);
      out.u53(numbers[n + number.tradeId]!);
      out.u53(numbers[n + number.orderId]!);
      out.u53(numbers[n + number.lots]!);
      out.u53(numbers[n + number.timeMs]! - timeMs);
      timeMs = numbers[n + number.timeMs]!;
      out.u53(numbers[n + number.fee]!);
      out.u53(numbers[n + number.fee + 1]!);
    }
  }

  /** Into a view that is still empty. */
  restore(from: ByteReader): void {
    const count = from.u53();
    let timeMs = 0;
    for (let i = 0; i < count; i++) {
      const row = this.#store.take();
      const words = this.#store.wordsOf(row);
      const w = this.#store.wordsAt(row);
      const numbers = this.#store.numbersOf(row);
      const n = this.#store.numbersAt(row);
      words[w + rowField.account] = from.u53();
      for (let field = word.market; field < wordCount; field++) words[w + field] = from.u53();
      numbers[n + number.tradeId] = from.u53();
      numbers[n + number.orderId] = from.u53();
      numbers[n + number.lots] = from.u53();
      timeMs += from.u53();
      numbers[n + number.timeMs] = timeMs;
      numbers[n + number.fee] = from.u53();
      numbers[n + number.fee + 1] = from.u53();
      this.#list.append(row);
    }
  }
}

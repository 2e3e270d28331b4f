import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { AggregateTrade, ListQuery, Trade } from "./records.ts";
import type { TradeInHand } from "./trade-in-hand.ts";

const tradesMax = 10_000;

/**
 * The last 10,000 rows of one market, numbered without gaps: its trades, or its aggregate trades.
 * A plain trade is an aggregate of itself and keeps no trade ids of its own.
 */
class NumberedRing {
  readonly #withTradeIds: boolean;
  #capacity = 16;
  #prices = new Int32Array(16);
  #lots = new Float64Array(16);
  #times = new Float64Array(16);
  #buyerIsMaker = new Uint8Array(16);
  #firstTradeIds = new Float64Array(0);
  /** Ids count from 1; 0 before the first row. */
  lastId = 0;
  count = 0;

  constructor(withTradeIds: boolean) {
    this.#withTradeIds = withTradeIds;
    if (withTradeIds) this.#firstTradeIds = new Float64Array(16);
  }

  get firstId(): number {
    return this.lastId - this.count + 1;
  }
  #slot(id: number): number {
    return id % this.#capacity;
  }
  priceTicks(id: number): number {
    return this.#prices[this.#slot(id)]!;
  }
  lots(id: number): number {
    return this.#lots[this.#slot(id)]!;
  }
  timeMs(id: number): number {
    return this.#times[this.#slot(id)]!;
  }
  buyerIsMaker(id: number): boolean {
    return this.#buyerIsMaker[this.#slot(id)] === 1;
  }
  firstTradeId(id: number): number {
    return this.#withTradeIds ? this.#firstTradeIds[this.#slot(id)]! : id;
  }

  push(price: number, lots: number, timeMs: number, buyerIsMaker: boolean, tradeId: number): void {
    if (this.count === this.#capacity && this.#capacity < tradesMax) this.#grow();
    this.lastId++;
    if (this.count < tradesMax) this.count++;
    const slot = this.#slot(this.lastId);
    this.#prices[slot] = price;
    this.#lots[slot] = lots;
    this.#times[slot] = timeMs;
    this.#buyerIsMaker[slot] = buyerIsMaker ? 1 : 0;
    if (this.#withTradeIds) this.#firstTradeIds[slot] = tradeId;
  }

  addToLast(lots: number): void {
    const slot = this.#slot(this.lastId);
    this.#lots[slot] = this.#lots[slot]! + lots;
  }

  #grow(): void {
    const old = this.#capacity;
    const oldPrices = this.#prices;
    const oldLots = this.#lots;
    const oldTimes = this.#times;
    const oldFlags = this.#buyerIsMaker;
    const oldTradeIds = this.#firstTradeIds;
    this.#capacity = Math.min(old * 2, tradesMax);
    this.#prices = new Int32Array(this.#capacity);
    this.#lots = new Float64Array(this.#capacity);
    this.#times = new Float64Array(this.#capacity);
    this.#buyerIsMaker = new Uint8Array(this.#capacity);
    if (this.#withTradeIds) this.#firstTradeIds = new Float64Array(this.#capacity);
    for (let id = this.firstId; id <= this.lastId; id++) {
      const to = this.#slot(id);
      this.#prices[to] = oldPrices[id % old]!;
      this.#lots[to] = oldLots[id % old]!;
      this.#times[to] = oldTimes[id % old]!;
      this.#buyerIsMaker[to] = oldFlags[id % old]!;
      if (this.#withTradeIds) this.#firstTradeIds[to] = oldTradeIds[id % old]!;
    }
  }

  /** The first id from which times are `timeMs` or later; one past the last when there is none. */
  idFromTime(timeMs: number): number {
    let low = this.firstId;
    let high = this.lastId + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.timeMs(middle) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  save(out: ByteWriter): void {
    out.u53(this.lastId);
    out.u53(this.count);
    let price = 0;
    let timeMs = 0;
    let tradeId = 0;
    for (let id = this.firstId; id <= this.lastId; id++) {
      out.signed(this.priceTicks(id) - price);
      out.u53(this.timeMs(id) - timeMs);
      out.u53(this.lots(id));
      out.u53(this.buyerIsMaker(id) ? 1 : 0);
      if (this.#withTradeIds) out.u53(this.firstTradeId(id) - tradeId);
      price = this.priceTicks(id);
      timeMs = this.timeMs(id);
      tradeId = this.firstTradeId(id);
    }
  }

  /** Into a ring that is still empty. */
  restore(from: ByteReader): void {
    const lastId = from.u53();
    const count = from.u53();
    this.lastId = lastId - count;
    let price = 0;
    let timeMs = 0;
    let tradeId = 0;
    for (let i = 0; i < count; i++) {
      price += from.signed();
      timeMs += from.u53();
      const lots = from.u53();
      const buyerIsMaker = from.u53() === 1;
      if (this.#withTradeIds) tradeId += from.u53();
      this.push(price, lots, timeMs, buyerIsMaker, tradeId);
    }
  }
}

/** The trades of one market, and the same as aggregates: one per taker order and price. */
export class TradeTape {
  readonly #trades = new NumberedRing(false);
  readonly #aggregates = new NumberedRing(true);
  /** Whose aggregate is the newest one; 0 when no further trade can belong to it. */
  #takerOrderId = 0;

  /** Returns whether the trade begins an aggregate. */
  add(trade: TradeInHand): boolean {
    const { takerOrderId, priceTicks, lots, timeMs } = trade;
    const buyerIsMaker = !trade.takerBuys;
    const trades = this.#trades;
    const aggregates = this.#aggregates;
    trades.push(priceTicks, lots, timeMs, buyerIsMaker, 0);
    if (
      takerOrderId === this.#takerOrderId &&
      aggregates.priceTicks(aggregates.lastId) === priceTicks &&
      aggregates.timeMs(aggregates.lastId) === timeMs
    ) {
      aggregates.addToLast(lots);
      return false;
    }
    this.#takerOrderId = takerOrderId;
    aggregates.push(priceTicks, lots, timeMs, buyerIsMaker, trades.lastId);
    return true;
  }

  get lastTradeId(): number {
    return this.#trades.lastId;
  }
  get lastAggregateId(): number {
    return this.#aggregates.lastId;
  }

  trade(tradeId: number): Trade | undefined {
    const ring = this.#trades;
    if (tradeId < ring.firstId || tradeId > ring.lastId) return undefined;
    return {
      tradeId,
      priceTicks: ring.priceTicks(tradeId),
      quantityLots: ring.lots(tradeId),
      timeMs: ring.timeMs(tradeId),
      buyerIsMaker: ring.buyerIsMaker(tradeId),
    };
  }

  aggregate(aggregateId: number): AggregateTrade | undefined {
    const ring = this.#aggregates;
    if (aggregateId < ring.firstId || aggregateId > ring.lastId) return undefined;
    const isNewest = aggregateId === ring.lastId;
    return {
      aggregateId,
      priceTicks: ring.priceTicks(aggregateId),
      quantityLots: ring.lots(aggregateId),
      firstTradeId: ring.firstTradeId(aggregateId),
      lastTradeId: isNewest ? this.#trades.lastId : ring.firstTradeId(aggregateId + 1) - 1,
      timeMs: ring.timeMs(aggregateId),
      buyerIsMaker: ring.buyerIsMaker(aggregateId),
    };
  }

  list(query: { readonly fromId?: number | undefined; readonly limit: number }): Trade[] {
    return listRows(this.#trades, query, (id) => this.trade(id)!);
  }

  listAggregates(query: ListQuery): AggregateTrade[] {
    return listRows(this.#aggregates, query, (id) => this.aggregate(id)!);
  }

  save(out: ByteWriter): void {
    out.u53(this.#takerOrderId);
    this.#trades.save(out);
    this.#aggregates.save(out);
  }

  restore(from: ByteReader): void {
    this.#takerOrderId = from.u53();
    this.#trades.restore(from);
    this.#aggregates.restore(from);
  }
}

function listRows<Row>(ring: NumberedRing, query: ListQuery, row: (id: number) => Row): Row[] {
  let first = ring.firstId;
  let last = ring.lastId;
  if (query.fromId !== undefined) first = Math.max(first, query.fromId);
  if (query.startTimeMs !== undefined) first = Math.max(first, ring.idFromTime(query.startTimeMs));
  if (query.endTimeMs !== undefined)
    last = Math.min(last, ring.idFromTime(query.endTimeMs + 1) - 1);
  if (query.fromId === undefined && query.startTimeMs === undefined) {
    first = Math.max(first, last - query.limit + 1);
  }
  last = Math.min(last, first + query.limit - 1);
  const rows: Row[] = [];
  for (let id = first; id <= last; id++) rows.push(row(id));
  return rows;
}

import { Amendments } from "./amendments.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { Candles } from "./candles.ts";
import { Fills } from "./fills.ts";
import { OrderCounts } from "./order-counts.ts";
import { OrderLists } from "./order-lists.ts";
import { Orders } from "./orders.ts";
import { PreventedMatches } from "./prevented-matches.ts";
import { Tickers } from "./tickers.ts";
import { Trades } from "./trades.ts";
import { Transfers } from "./transfers.ts";
import type { ViewLimits } from "./view-limits.ts";

/**
 * Rises with every change of what is saved, so that no node reads another version's bytes wrongly.
 * Version 1 knew neither lists nor prevented matches, and of orders only what plain ones have: a
 * snapshot of it restores without them. Version 2 knew no amendments.
 */
const savedVersion = 3;

/** Everything the views remember. */
export class ViewState {
  readonly orders: Orders;
  readonly orderLists: OrderLists;
  readonly fills: Fills;
  readonly preventedMatches: PreventedMatches;
  readonly amendments: Amendments;
  readonly trades: Trades = new Trades();
  readonly candles: Candles = new Candles();
  readonly tickers: Tickers = new Tickers(this.candles, this.trades);
  readonly transfers: Transfers;
  readonly orderCounts: OrderCounts = new OrderCounts();

  constructor(limits: ViewLimits) {
    this.orders = new Orders(limits);
    this.orderLists = new OrderLists(limits);
    this.fills = new Fills(limits);
    this.preventedMatches = new PreventedMatches(limits);
    this.amendments = new Amendments(limits);
    this.transfers = new Transfers(limits);
  }

  save(): Uint8Array {
    const out = new ByteWriter();
    out.u53(savedVersion);
    for (const part of this.#parts()) part.save(out);
    return out.toBytes();
  }

  static restore(bytes: Uint8Array, limits: ViewLimits): ViewState {
    const from = new ByteReader(bytes);
    const version = from.u53();
    if (version < 1 || version > savedVersion) {
      throw new Error(
        `the saved views are of version ${version}, this node reads 1 to ${savedVersion}: ` +
          "start it from a snapshot that it knows, or with the version that wrote this one",
      );
    }
    const state = new ViewState(limits);
    for (const part of state.#parts(version)) part.restore(from, version);
    if (!from.atEnd) throw new Error("the saved views are damaged: restore another snapshot");
    return state;
  }

  /** In the order in which they are saved. Tickers are summed up from candles. */
  #parts(version: number = savedVersion): SavedPart[] {
    const { orders, fills, trades, candles, transfers, orderCounts } = this;
    const first = [orders, fills, trades, candles, transfers, orderCounts];
    return [
      ...first,
      ...(version >= 2 ? [this.orderLists, this.preventedMatches] : []),
      ...(version >= 3 ? [this.amendments] : []),
    ];
  }
}

type SavedPart = {
  save(out: ByteWriter): void;
  /** Into a part that is still empty, what `save` of that version wrote. */
  restore(from: ByteReader, version: number): void;
};

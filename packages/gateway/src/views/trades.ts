import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { AggregateTrade, ListQuery, Trade } from "./records.ts";
import { TradeTape } from "./trade-ring.ts";

/** The latest trades of every market. */
export class Trades {
  readonly #markets: TradeTape[] = [];

  /** The market's tape, made when it is first asked for by a trade. */
  tape(market: number): TradeTape {
    while (this.#markets.length <= market) this.#markets.push(new TradeTape());
    return this.#markets[market]!;
  }

  /** Ascending; of the last 10,000. */
  list(
    market: number,
    query: { readonly fromId?: number | undefined; readonly limit: number },
  ): Trade[] {
    return this.#markets[market]?.list(query) ?? [];
  }

  listAggregates(market: number, query: ListQuery): AggregateTrade[] {
    return this.#markets[market]?.listAggregates(query) ?? [];
  }

  last(market: number): Trade | undefined {
    const tape = this.#markets[market];
    return tape?.trade(tape.lastTradeId);
  }

  save(out: ByteWriter): void {
    out.u53(this.#markets.length);
    for (const tape of this.#markets) tape.save(out);
  }

  restore(from: ByteReader): void {
    const count = from.u53();
    for (let market = 0; market < count; market++) this.tape(market).restore(from);
  }
}

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import {
  flowCommandWords,
  flowHeaderWords,
  flowType,
  hashStart,
  userOf,
  type VenueShape,
} from "./flow.ts";
import { FillTally, NaiveBook, type NaiveOrder } from "./naive-book.ts";

const priceTicksMax = 2 ** 31 - 1;

export type LargeCase = {
  readonly shape: VenueShape;
  readonly restingOrders: number;
  readonly commands: number;
};

export function largeCase(quick: boolean): LargeCase {
  const accounts = quick ? 50_000 : 1_000_000;
  return {
    // A user has two accounts (core-encode.ts).
    shape: { markets: 100, nearMarkets: 50, users: accounts / 2, priceTicksMax },
    restingOrders: accounts,
    commands: quick ? 100_000 : 2_000_000,
  };
}

/** Writes the large case's flow, in a process of its own: what making it takes is nobody's memory. */
export function makeLargeFlow(path: string, of: LargeCase): void {
  const made = spawnSync(process.execPath, [import.meta.filename, path, JSON.stringify(of)]);
  if (made.status !== 0) throw new Error(`the large flow was not made: ${made.stderr}`);
}

/**
 * The common flow's mixture (30 % passive, 30 % crossing, 35 % cancels, 3 % amends, 2 % market
 * orders) over many markets, each as likely as the other, each with its share of the resting
 * orders. In half of the markets prices lie near the touch as in the common flow; in three tenths
 * they are spread over many powers of ten, in a fifth over the whole range of 31 bits.
 */
class LargeFlow {
  private readonly shape: VenueShape;
  private readonly depth: number;
  private readonly fills = new FillTally();
  private readonly books: NaiveBook[];
  private readonly words: Int32Array;
  private readonly of: LargeCase;
  private at = flowHeaderWords;
  private nextId = 1;
  private randomState = 0x2545f491;

  constructor(of: LargeCase) {
    this.of = of;
    this.shape = of.shape;
    this.depth = Math.floor(of.restingOrders / of.shape.markets);
    this.books = Array.from({ length: of.shape.markets }, () => new NaiveBook(this.fills));
    const commands = this.depth * of.shape.markets + of.commands;
    this.words = new Int32Array(flowHeaderWords + commands * flowCommandWords);
  }

  make(): Int32Array {
    const { markets } = this.shape;
    for (let i = 0; i < this.depth; i++) {
      for (let market = 0; market < markets; market++) this.passive(market, i & 1);
    }
    for (let i = 0; i < this.of.commands; i++) this.command(this.below(markets));
    const bookHash = this.books.reduce((hash, book) => book.hash(hash), hashStart);
    const live = this.books.reduce((sum, book) => sum + book.live.length, 0);
    const { count, hash } = this.fills;
    this.words.set([this.depth * markets, this.of.commands, this.nextId, count, hash]);
    this.words.set([bookHash, live], 5);
    return this.words;
  }

  private command(market: number): void {
    const kind = this.random();
    const { live } = this.books[market]!;
    if (kind < 0.3) this.passive(market, this.lighterSide(market));
    else if (kind < 0.6) this.crossing(market);
    else if (kind < 0.95) {
      if (live.length >= this.depth) this.cancel(market, live[this.below(live.length)]!);
      else this.passive(market, this.lighterSide(market));
    } else if (kind < 0.98) this.amend(market, live[this.below(live.length)]!);
    else this.marketOrder(market, this.below(2));
  }

  private passive(market: number, side: number): void {
    const price = this.behindTouch(market, side, this.passivePrice(market, side));
    this.place(market, side, price, 1 + this.below(100));
  }

  private passivePrice(market: number, side: number): number {
    const away = side === 0 ? -1 : 1;
    const { markets, nearMarkets } = this.shape;
    if (market < nearMarkets) {
      return 65_536 + away * (1 + Math.floor(-Math.log(1 - this.random()) * 180));
    }
    if (market < markets * 0.8)
      return Math.floor(1_000_000 * 10 ** (away * this.random() * 3.3)) + away;
    return 2 ** 30 + away * (1 + this.below(2 ** 30 - 2));
  }

  private behindTouch(market: number, side: number, price: number): number {
    const opposite = this.books[market]!.best(1 - side);
    const behind =
      opposite === 0
        ? price
        : side === 0
          ? Math.min(opposite - 1, price)
          : Math.max(opposite + 1, price);
    return Math.min(priceTicksMax, Math.max(1, behind));
  }

  private crossing(market: number): void {
    const side = this.lighterSide(market);
    const isBig = this.random() < 0.05;
    const through = this.below(isBig ? 20 : 3);
    const best = this.books[market]!.best(1 - side);
    const price = side === 0 ? best + through : best - through;
    const inRange = Math.min(priceTicksMax, Math.max(1, price));
    this.place(market, side, inRange, 1 + this.below(isBig ? 400 : 40));
  }

  private place(market: number, side: number, price: number, quantity: number): void {
    const order = { id: this.nextId++, side, user: this.userIn(market), price, quantity };
    this.emit(flowType.limit, market, order, price, quantity);
    const left = this.books[market]!.match(order.id, side, price, quantity);
    if (left > 0) this.books[market]!.rest({ ...order, quantity: left });
  }

  private marketOrder(market: number, side: number): void {
    const quantity = 1 + this.below(60);
    const order = { id: this.nextId++, side, user: this.userIn(market) };
    this.emit(flowType.market, market, order, 0, quantity);
    this.books[market]!.match(order.id, side, 0, quantity);
  }

  private cancel(market: number, order: NaiveOrder): void {
    this.emit(flowType.cancel, market, order, order.price, 0);
    this.books[market]!.remove(order);
  }

  private amend(market: number, order: NaiveOrder): void {
    const wanted = order.price + this.below(21) - 10;
    const price = this.behindTouch(market, order.side, wanted);
    this.emit(flowType.amend, market, order, price, order.quantity);
    this.books[market]!.move(order, price);
  }

  private emit(
    type: number,
    market: number,
    order: Pick<NaiveOrder, "id" | "side" | "user">,
    price: number,
    quantity: number,
  ): void {
    const command = [type, order.side, order.user, price, quantity, order.id, market];
    this.words.set(command, this.at);
    this.at += flowCommandWords;
  }

  /** The side with fewer orders more often, so that neither runs dry. */
  private lighterSide(market: number): number {
    const [bids, asks] = this.books[market]!.count;
    const random = this.below(2);
    if (this.below(2) === 0 || Math.abs(bids - asks) < this.depth / 50) return random;
    return bids > asks ? 1 : 0;
  }

  private userIn(market: number): number {
    const rows = Math.floor(this.shape.users / this.shape.markets);
    return userOf(market, this.below(rows), this.below(2) === 0, this.shape);
  }

  /** Marsaglia's xorshift, 32 bits: the same flow on every machine. */
  private next(): number {
    let x = this.randomState;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.randomState = x;
    return x >>> 0;
  }
  private random(): number {
    return this.next() / 2 ** 32;
  }
  private below(end: number): number {
    return Math.floor(this.random() * end);
  }
}

if (import.meta.main) {
  const [path, of] = process.argv.slice(2);
  writeFileSync(path!, new LargeFlow(JSON.parse(of!) as LargeCase).make());
}

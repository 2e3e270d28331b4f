import { hashStart, mix } from "./flow.ts";

export type NaiveOrder = {
  id: number;
  readonly side: number;
  readonly user: number;
  price: number;
  quantity: number;
  /** Its place among the live orders. */
  index: number;
};

/** The fills of all books in the order in which they happened. */
export class FillTally {
  count = 0;
  hash = hashStart;

  add(maker: number, taker: number, price: number, quantity: number): void {
    this.count++;
    for (const word of [maker, taker, price, quantity]) this.hash = mix(this.hash, word);
  }
}

class NaiveSide {
  private readonly queues = new Map<number, NaiveOrder[]>();
  /** The best price last. */
  private readonly prices: number[] = [];
  /** So that on both sides a greater key is a better price: 1 for bids, -1 for asks. */
  private readonly sign: number;

  constructor(sign: 1 | -1) {
    this.sign = sign;
  }

  /** 0 when there is none. */
  get best(): number {
    return this.prices.at(-1) ?? 0;
  }
  queue(price: number): NaiveOrder[] {
    return this.queues.get(price)!;
  }
  add(order: NaiveOrder): void {
    const queue = this.queues.get(order.price);
    if (queue !== undefined) {
      queue.push(order);
      return;
    }
    this.queues.set(order.price, [order]);
    this.prices.splice(this.placeOf(order.price), 0, order.price);
  }
  remove(order: NaiveOrder): void {
    const queue = this.queue(order.price);
    queue.splice(queue.indexOf(order), 1);
    if (queue.length > 0) return;
    this.queues.delete(order.price);
    this.prices.splice(this.placeOf(order.price), 1);
  }
  /** Where a price stands or would stand. */
  private placeOf(price: number): number {
    let [from, to] = [0, this.prices.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.prices[middle]! - price) * this.sign < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
  /** Prices and quantities, best first. */
  hash(start: number): number {
    let hash = start;
    for (let i = this.prices.length - 1; i >= 0; i--) {
      const price = this.prices[i]!;
      const quantity = this.queue(price).reduce((sum, order) => sum + order.quantity, 0);
      hash = mix(mix(hash, price), quantity);
    }
    return hash;
  }
}

/** A book written only to be plainly right: what the core makes of a flow is held against it. */
export class NaiveBook {
  readonly live: NaiveOrder[] = [];
  readonly count: [number, number] = [0, 0];
  private readonly sides = [new NaiveSide(1), new NaiveSide(-1)] as const;
  private readonly fills: FillTally;

  constructor(fills: FillTally) {
    this.fills = fills;
  }

  best(side: number): number {
    return this.sides[side]!.best;
  }

  /** Trades what it can; returns what is left. Price 0: at any price. */
  match(taker: number, side: number, price: number, quantity: number): number {
    const opposite = this.sides[1 - side]!;
    let left = quantity;
    while (left > 0 && opposite.best !== 0) {
      const best = opposite.best;
      if (price !== 0 && (side === 0 ? best > price : best < price)) break;
      const maker = opposite.queue(best)[0]!;
      const traded = Math.min(left, maker.quantity);
      left -= traded;
      maker.quantity -= traded;
      this.fills.add(maker.id, taker, best, traded);
      if (maker.quantity === 0) this.remove(maker);
    }
    return left;
  }

  rest(order: Omit<NaiveOrder, "index">): void {
    const resting = { ...order, index: this.live.length };
    this.live.push(resting);
    this.count[resting.side]!++;
    this.sides[resting.side]!.add(resting);
  }

  remove(order: NaiveOrder): void {
    this.sides[order.side]!.remove(order);
    const last = this.live.pop()!;
    if (last !== order) {
      this.live[order.index] = last;
      last.index = order.index;
    }
    this.count[order.side]!--;
  }

  /** Goes to the end of the queue at another price. */
  move(order: NaiveOrder, price: number): void {
    this.sides[order.side]!.remove(order);
    order.price = price;
    this.sides[order.side]!.add(order);
  }

  hash(start: number): number {
    return this.sides[1].hash(this.sides[0].hash(start));
  }
}

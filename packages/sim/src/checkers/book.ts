import type { Evidence } from "./violation.ts";

type Order = { readonly id: string; readonly side: string; readonly price: number; lots: number };

const acceptedPattern =
  /^accepted #(\d+) account \d+ market (\d+) side (\d) type (\d) tif (\d) (\d+) @ (\d+) /;
const fillPattern = /^fill (\d+)\/\d+ side \d (\d+) @ (\d+) = .* taker #(\d+) .* maker #(\d+) /;
const closedPattern = /^closed #(\d+) account \d+ market (\d+) /;
const reducedPattern = /^reduced #(\d+) account \d+ market (\d+) .* left (\d+)$/;

/**
 * From the published events alone: every fill is with the order that is first in the queue (best price,
 * then oldest), and no book is ever crossed once a command is done.
 */
export function checkBook({ run }: Evidence): string[] {
  const faults: string[] = [];
  const books = new Map<string, Queue>();
  const bookOf = (market: string): Queue => {
    const book = books.get(market) ?? new Queue();
    books.set(market, book);
    return book;
  };
  for (let position = 1; position <= run.log.length; position++) {
    for (const lines of run.published.get(position)?.commands ?? []) {
      for (const line of lines) {
        const wrong = applyLine(line, bookOf);
        if (wrong !== null) faults.push(`position ${position}: ${wrong}`);
      }
      for (const [market, book] of books) {
        if (book.isCrossed)
          faults.push(`position ${position}: the book of market ${market} is crossed`);
      }
    }
    if (faults.length > 20) break;
  }
  return faults;
}

function applyLine(line: string, bookOf: (market: string) => Queue): string | null {
  const [, id, market, side, type, tif, lots, price] = acceptedPattern.exec(line) ?? [];
  if (id !== undefined) {
    const isForBook = type !== "1" && tif === "0";
    if (isForBook) {
      bookOf(market!).add({ id, side: side!, price: Number(price), lots: Number(lots) });
    }
    return null;
  }
  const [, filledMarket, filled, at, takerId, makerId] = fillPattern.exec(line) ?? [];
  if (filledMarket !== undefined) {
    return bookOf(filledMarket).fill(takerId!, makerId!, Number(filled), Number(at));
  }
  const closed = closedPattern.exec(line);
  if (closed !== null) bookOf(closed[2]!).remove(closed[1]!);
  const reduced = reducedPattern.exec(line);
  if (reduced !== null) bookOf(reduced[2]!).setLots(reduced[1]!, Number(reduced[3]));
  return null;
}

/** One market's resting orders, oldest first. */
class Queue {
  #orders: Order[] = [];

  add(order: Order): void {
    this.#orders.push(order);
  }
  remove(id: string): void {
    this.#orders = this.#orders.filter((order) => order.id !== id);
  }
  setLots(id: string, lots: number): void {
    const order = this.#orders.find((other) => other.id === id);
    if (order !== undefined) order.lots = lots;
    if (lots === 0) this.remove(id);
  }

  fill(takerId: string, makerId: string, lots: number, price: number): string | null {
    const maker = this.#orders.find(({ id }) => id === makerId);
    if (maker === undefined) return `a fill with #${makerId}, which is not on the book`;
    const first = this.#first(maker.side, takerId);
    if (first !== maker) return `a fill with #${makerId}, but #${first?.id} is before it`;
    if (maker.price !== price)
      return `a fill at ${price} with #${makerId}, which asks ${maker.price}`;
    if (lots > maker.lots) return `a fill of ${lots} with #${makerId}, which has ${maker.lots}`;
    this.setLots(makerId, maker.lots - lots);
    const taker = this.#orders.find(({ id }) => id === takerId);
    if (taker !== undefined) this.setLots(takerId, taker.lots - lots);
    return null;
  }

  #first(side: string, except: string): Order | undefined {
    let first: Order | undefined;
    for (const order of this.#orders) {
      if (order.side !== side || order.id === except) continue;
      const isBetter =
        first === undefined ||
        (side === "0" ? order.price > first.price : order.price < first.price);
      if (isBetter) first = order;
    }
    return first;
  }

  get isCrossed(): boolean {
    const bid = this.#first("0", "");
    const ask = this.#first("1", "");
    return bid !== undefined && ask !== undefined && bid.price >= ask.price;
  }
}

import type { Evidence } from "./violation.ts";

type Order = {
  readonly id: string;
  readonly side: string;
  readonly price: number;
  readonly icebergLots: number;
  /** Left in all, and what of it shows. */
  lots: number;
  shown: number;
};

const acceptedPattern =
  /^accepted #(\d+) account \d+ market (\d+) side (\d) type (\d) tif (\d) (\d+) @ (\d+) .* iceberg (\d+) .* pending (\w+) id /;
const fillPattern =
  /^fill (\d+)\/\d+ side \d (\d+) @ (\d+) = .* taker #(\d+) .* maker #(\d+) of \d+ fee \d+ left \d+( auction)?/;
const closedPattern = /^closed #(\d+) account \d+ market (\d+) /;
const smallerPattern = /^(?:reduced|amended) #(\d+) account \d+ market (\d+) .* left (\d+)/;
const activatedPattern = /^activated #(\d+) account \d+ market (\d+) .* how (\d)$/;
const preventedPattern =
  /^prevented (\d+)\/\d+ .* taker #(\d+) loses (\d+) maker #(\d+) loses (\d+)$/;
const statePattern = /^market (\d+) state (\d) /;
const triggered = "3";

/**
 * From the published events alone: every fill is with the order that is first in the queue (best price,
 * then oldest; an iceberg's next part is the newest), and no market that trades is crossed once a
 * command is done.
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
    const said = run.published.get(position);
    for (const lines of said === undefined ? [] : [said.start, ...said.commands]) {
      for (const line of lines) {
        const wrong = applyLine(line, bookOf);
        if (wrong !== null) faults.push(`position ${position}: ${wrong}`);
      }
      if (lines.length === 0) continue;
      for (const [market, book] of books) {
        if (book.isTrading && book.isCrossed)
          faults.push(`position ${position}: the book of market ${market} is crossed`);
      }
    }
    if (faults.length > 20) break;
  }
  return faults;
}

function applyLine(line: string, bookOf: (market: string) => Queue): string | null {
  switch (line.slice(0, line.indexOf(" "))) {
    case "accepted":
      return accept(acceptedPattern.exec(line)!, bookOf);
    case "fill": {
      const [, market, lots, price, taker, maker, auction] = fillPattern.exec(line)!;
      const queue = bookOf(market!);
      return auction === undefined
        ? queue.fill(taker!, maker!, Number(lots), Number(price))
        : queue.fillInAuction(taker!, maker!, Number(lots), Number(price));
    }
    case "closed": {
      const [, id, market] = closedPattern.exec(line)!;
      bookOf(market!).remove(id!);
      return null;
    }
    case "reduced":
    case "amended": {
      const [, id, market, left] = smallerPattern.exec(line)!;
      bookOf(market!).shrinkTo(id!, Number(left));
      return null;
    }
    case "activated": {
      const [, id, market, how] = activatedPattern.exec(line)!;
      bookOf(market!).activate(id!, how === triggered);
      return null;
    }
    case "prevented": {
      const [, market, taker, takerLoses, maker, makerLoses] = preventedPattern.exec(line)!;
      bookOf(market!).lose(taker!, Number(takerLoses));
      bookOf(market!).lose(maker!, Number(makerLoses));
      return null;
    }
    case "market": {
      const [, market, state] = statePattern.exec(line) ?? [];
      if (market !== undefined) bookOf(market).isTrading = state === "0";
      return null;
    }
    default:
      return null;
  }
}

function accept(
  [, id, market, side, type, tif, lots, price, iceberg, pending]: RegExpExecArray,
  bookOf: (market: string) => Queue,
): null {
  const isStop = Number(type) > 2;
  const mayRest = type !== "1" && type !== "3" && type !== "5" && (tif === "0" || tif === "3");
  const order = {
    id: id!,
    side: side!,
    price: Number(price),
    icebergLots: Number(iceberg),
    lots: Number(lots),
    shown: 0,
  };
  bookOf(market!).accept(order, mayRest, isStop, pending === "true");
  return null;
}

/** One market's orders: those that may stand on its book, the first in the queue first. */
class Queue {
  isTrading = true;
  #orders: Order[] = [];
  /** Orders that wait: they join the queue when they are set going. */
  readonly #waiting = new Map<string, { readonly order: Order; readonly isStop: boolean }>();

  accept(order: Order, mayRest: boolean, isStop: boolean, isPending: boolean): void {
    if (!mayRest) return;
    if (isStop || isPending) this.#waiting.set(order.id, { order, isStop });
    else this.#join(order);
  }

  /** It is placed, tracks or has triggered: what is no stop any more joins the queue. */
  activate(id: string, isTriggered: boolean): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined || (waiting.isStop && !isTriggered)) return;
    this.#waiting.delete(id);
    this.#join(waiting.order);
  }

  #join(order: Order): void {
    const { icebergLots, lots } = order;
    order.shown = icebergLots === 0 ? lots : Math.min(icebergLots, lots);
    this.#orders.push(order);
  }

  remove(id: string): void {
    this.#waiting.delete(id);
    this.#orders = this.#orders.filter((order) => order.id !== id);
  }

  #find(id: string): Order | undefined {
    return this.#orders.find((order) => order.id === id) ?? this.#waiting.get(id)?.order;
  }

  /** It keeps its place; hidden lots go first. */
  shrinkTo(id: string, lots: number): void {
    const order = this.#find(id);
    if (order === undefined) return;
    order.lots = lots;
    order.shown = Math.min(order.shown, lots);
  }

  lose(id: string, lots: number): void {
    const order = this.#find(id);
    if (order !== undefined) this.shrinkTo(id, order.lots - lots);
  }

  /** Filled lots are gone; of an iceberg the next part goes to the end. */
  #take(order: Order, lots: number, isTaker: boolean): void {
    order.lots -= lots;
    if (order.lots === 0) {
      this.remove(order.id);
      return;
    }
    if (isTaker) {
      order.shown = order.icebergLots === 0 ? order.lots : Math.min(order.icebergLots, order.lots);
      return;
    }
    order.shown -= lots;
    if (order.shown > 0) return;
    this.#orders = this.#orders.filter((other) => other !== order);
    this.#join(order);
  }

  fill(takerId: string, makerId: string, lots: number, price: number): string | null {
    const maker = this.#orders.find(({ id }) => id === makerId);
    if (maker === undefined) return `a fill with #${makerId}, which is not on the book`;
    const first = this.#first(maker.side, takerId);
    if (first !== maker) return `a fill with #${makerId}, but #${first?.id} is before it`;
    if (maker.price !== price)
      return `a fill at ${price} with #${makerId}, which asks ${maker.price}`;
    if (lots > maker.shown) return `a fill of ${lots} with #${makerId}, which shows ${maker.shown}`;
    this.#take(maker, lots, false);
    const taker = this.#orders.find(({ id }) => id === takerId);
    if (taker !== undefined) this.#take(taker, lots, true);
    return null;
  }

  fillInAuction(takerId: string, makerId: string, lots: number, price: number): string | null {
    for (const id of [makerId, takerId]) {
      const order = this.#orders.find((other) => other.id === id);
      if (order === undefined) return `an auction's fill with #${id}, which is not on the book`;
      const first = this.#first(order.side, "");
      if (first !== order) return `an auction's fill with #${id}, but #${first?.id} is before it`;
      const isWithin = order.side === "0" ? price <= order.price : price >= order.price;
      if (!isWithin) return `an auction's fill at ${price} with #${id}, which asks ${order.price}`;
      if (lots > order.shown)
        return `an auction's fill of ${lots} with #${id}, which shows ${order.shown}`;
    }
    for (const id of [makerId, takerId]) this.#take(this.#find(id)!, lots, false);
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

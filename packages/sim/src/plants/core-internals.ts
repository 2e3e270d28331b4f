import type { Venue } from "@halcyon/core";

/** What a plant tampers with: parts of the core that nobody else may see. */
export type Market = {
  id: number;
  state: number;
  bookSequence: number;
  quantityLotsMin: number;
  priceTicksMax: number;
  openOrdersMax: number;
  notionalMinNumber: number;
  bandPpm: number;
  bandReference: number;
  lastPrice: number;
  tradeCount: number;
  takerFeePpm: number;
  setRules(rules: { readonly bandPpm: number }): void;
  takerFeeOf(tier: number): number;
};
type Post = (slot: number, amount: number) => void;
type Exchange = (...amounts: number[]) => void;
export type OrderList = {
  readonly id: number;
  readonly contingency: number;
  readonly slots: readonly number[];
};
type Taker = { readonly left: number; readonly mode: number };
type Prevented = { readonly lotsTaken: number; readonly endsTaker: boolean };
export type Auction = { priceOf(market: Market): number };
type OrderInHand = { tif: number; lots: number; entering: number };

/** Word offsets of an order's slot: the next in its queue, and its kind. */
const slotWordsShift = 4;
const nextAt = 0;
const kindAt = 5;
const stopPriceAt = 0;
const stateAt = 9;
const stateWaiting = 2;

export type CoreInternals = {
  readonly outcomes: {
    find(words: Int32Array, at: number): number;
    remember(id: Int32Array, idAt: number, events: Int32Array, start: number, end: number): void;
  };
  readonly ledger: {
    credit: Post;
    releaseWide(slot: number, low: number, high: number): void;
    exchange: Exchange;
    covers(slot: number, amount: number): boolean;
  };
  readonly books: {
    readonly slab: {
      words: Int32Array;
      give(slot: number): void;
      term(slot: number, field: number): number;
    };
    readonly expiries: { due(nowMs: number): number };
    readonly byClientId: {
      find(account: number, bytes: number, words: Int32Array, at: number): number;
    };
    findById(low: number, high: number): number;
    findOwn(low: number, high: number, account: number, market: number): number;
    rest(slot: number, market: Market): void;
    unrest(slot: number, market: Market): void;
    showNextPart(slot: number, market: Market): void;
    releaseHold(slot: number, lots: number, market: Market): void;
    takeOrderId(): number;
  };
  readonly clock: { nowMs: number; advance(node: number, timeMs: number): void };
  readonly treasury: { readonly references: Set<string> };
  readonly transferIds: { lastNumber: number };
  readonly holdTable: { due(nowMs: number): number };
  readonly transfers: {
    readonly chain: { fail(words: Int32Array, at: number, code: number): void };
    readonly postings: { rollback(): void; begin(): void };
  };
  readonly accounts: { flags(account: number): number; takerFeePpm(account: number): number };
  readonly markets: {
    add(market: Market): void;
    all(): readonly Market[];
    get(id: number): Market;
  };
  readonly registry: {
    setMarketState(reader: unknown, nowMs: number): number;
    setRulesVersion(reader: unknown): number;
  };
  readonly desk: Desk;
};
type Desk = {
  readonly check: OrderInHand & {
    tooManyOpenOrders(): boolean;
    checkTriggered(slot: number): number;
    checkPlacing(slot: number): number;
  };
  readonly matching: {
    crosses(opposite: unknown): boolean;
    match(nowMs: number): void;
    idLow: number;
    readonly selfTrade: {
      prevent(taker: Taker, maker: number, price: number, market: Market): Prevented;
    };
  };
  readonly amending: {
    reduce(words: Int32Array, at: number): number;
    amend(reader: { readonly words: Int32Array; readonly at: number }): number;
  };
  readonly lists: {
    executes(slot: number): void;
    ended(slot: number, reason: number, source: Int32Array, from: number): void;
    of(slot: number): OrderList | undefined;
  };
  readonly waiting: {
    nextDue(market: Market): number;
    track(market: Market): number;
    disarm(slot: number, market: Market): void;
  };
  readonly phases: { isDue(nowMs: number): boolean; advance(market: Market, nowMs: number): void };
  cancelReplace(words: Int32Array, body: number, end: number): number;
  freeze(account: number): void;
  open(auction: Auction, market: Market, nowMs: number): void;
};

export function internalsOf(venue: Venue): CoreInternals {
  return venue as unknown as CoreInternals;
}

/** Puts something in the place of one method. It must depend on the state alone, or nodes differ by the plant itself. */
export function replace<T extends object, K extends keyof T>(
  owner: T,
  method: K,
  make: (original: T[K]) => T[K],
): void {
  const original = owner[method];
  if (typeof original !== "function") throw new Error(`there is no ${String(method)} to replace`);
  owner[method] = make(original.bind(owner) as T[K]);
}

/** The order goes to the end of its level, as if it were new. */
export function requeue(venue: Venue, orderId: number): void {
  const { books, markets } = internalsOf(venue);
  const order = venue.order(orderId);
  if (order === undefined) return;
  const slot = books.findById(orderId | 0, (orderId / 4294967296) | 0);
  const market = markets.get(order.market);
  books.unrest(slot, market);
  books.rest(slot, market);
  market.bookSequence -= 2;
}

/** The orders that stand behind this one at its price, the next one first. */
export function ordersBehind({ books }: CoreInternals, slot: number): number[] {
  const behind: number[] = [];
  const next = (of: number) => books.slab.words[(of << slotWordsShift) + nextAt]!;
  for (let other = next(slot); other !== 0; other = next(other)) behind.push(other);
  return behind;
}

export function selfTradeModeOf({ books }: CoreInternals, slot: number): number {
  return (books.slab.words[(slot << slotWordsShift) + kindAt]! >> 8) & 7;
}

/** The stop price of an order that waits for it; 0: it does not. */
export function awaitedPrice({ books }: CoreInternals, slot: number): number {
  const { slab } = books;
  return slab.term(slot, stateAt) === stateWaiting ? slab.term(slot, stopPriceAt) : 0;
}

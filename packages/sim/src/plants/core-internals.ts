import type { Venue } from "@halcyon/core";

/** What a plant tampers with: parts of the core that nobody else may see. */
type Market = {
  state: number;
  bookSequence: number;
  quantityLotsMin: number;
  priceTicksMax: number;
  openOrdersMax: number;
  notionalMinNumber: number;
};
type Triple = (slot: number, low: number, high: number) => void;
type Exchange = (...amounts: number[]) => void;
export type CoreInternals = {
  readonly outcomes: {
    find(words: Int32Array, at: number): number;
    remember(id: Int32Array, idAt: number, events: Int32Array, start: number, end: number): void;
  };
  readonly ledger: {
    credit: Triple;
    exchange: Exchange;
    covers(slot: number, low: number, high: number): boolean;
  };
  readonly books: {
    readonly slab: { give(slot: number): void };
    readonly byClientId: {
      find(account: number, bytes: number, words: Int32Array, at: number): number;
    };
    findById(low: number, high: number): number;
    findOwn(low: number, high: number, account: number, market: number): number;
    insert(slot: number, market: Market): void;
    remove(slot: number, market: Market): void;
    releaseHold(slot: number, lots: number, market: Market): void;
    takeOrderId(): number;
  };
  readonly clock: { nowMs: number; advance(node: number, timeMs: number): void };
  readonly treasury: { readonly references: Set<string> };
  readonly transferIds: { lastNumber: number };
  readonly matching: {
    crosses(opposite: unknown): boolean;
    canFillWhole(opposite: unknown): boolean;
    idLow: number;
  };
  readonly check: { checkIds(words: Int32Array, at: number): number; lots: number };
  readonly cancelling: { reduce(words: Int32Array, at: number): number };
  readonly accounts: {
    flags(account: number): number;
    takerFeePpm(account: number): number;
  };
  readonly markets: {
    add(market: Market): void;
    all(): readonly Market[];
    get(id: number): Market;
  };
  readonly registry: { setMarketState(reader: unknown): number };
  cancelReplace(words: Int32Array, body: number, end: number): number;
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
  owner[method] = make((typeof original === "function" ? original.bind(owner) : original) as T[K]);
}

/** The order goes to the end of its level, as if it were new. */
export function requeue(venue: Venue, orderId: number): void {
  const { books, markets } = internalsOf(venue);
  const order = venue.order(orderId);
  if (order === undefined) return;
  const slot = books.findById(orderId | 0, (orderId / 4294967296) | 0);
  const market = markets.get(order.market);
  const { give } = books.slab;
  books.slab.give = () => {};
  books.remove(slot, market);
  books.slab.give = give;
  books.insert(slot, market);
  market.bookSequence -= 2;
}
